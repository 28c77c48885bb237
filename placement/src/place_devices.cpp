#include "place_devices.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "allocation.hpp"
#include "mirror.hpp"
#include "passthrough.hpp"

namespace vnuma::placement {

namespace {

// Devices that share an expander bus: those of a guest cell, or, mirrored, those of a cell and a root complex.
struct Request {
  std::uint32_t cell = 0;
  std::string root_complex;   // empty where root complexes are not mirrored
  std::vector<Group> groups;  // by host address
};

// How many groups are below each root port of the host.
std::map<PciAddress, unsigned> count_below_ports(const std::vector<Group>& groups) {
  std::map<PciAddress, unsigned> counts;
  for (const Group& group : groups) ++counts[group.place.switches.front()];
  return counts;
}

class Placing {
 public:
  Placing(Plan& plan, GuestPci& pci, const topology::Host& host, const Options& options,
          const std::vector<std::size_t>& devices)
      : plan_(plan), pci_(pci), host_(host), options_(options), to_place_(devices) {}

  // Functions join those of their slot that are there. For the rest, empty ports of the cell first, then switches that
  // mirror the device's own, then ports on an expander bus that has room, then a new expander bus.
  void place(unsigned ports_to_come) {
    Allocation allocation(plan_, pci_, ports_to_come, options_);
    Mirrored guest(plan_, pci_);
    const std::vector<std::uint32_t> empty = empty_ports();
    std::vector<NewExpander> fresh;
    join_slots(allocation);
    for (Request& request : group()) {
      if (mirrors_switches()) adopt_switches(request, guest, allocation);
      fill_empty_ports(empty, request, guest, allocation);
      if (mirrors_switches()) extend_switches(request, guest, allocation);
      if (request.groups.empty()) continue;
      std::vector<Branch> branches =
          mirrors_switches() ? mirrored_switches(std::move(request.groups)) : plain_ports(std::move(request.groups));
      std::string lacking;
      if (const auto expander = expander_with_room(request, branches, guest, allocation, lacking)) {
        allocation.add(*expander, branches, "which is of its cell and has room");
        guest.claim(*pci_.find(*expander), request.root_complex);
      } else {
        fresh.push_back({request.cell, std::move(lacking), std::move(branches)});
      }
    }
    allocation.add(fresh);
    allocation.check_indexes();
  }

 private:
  bool mirrors_root_complexes() const { return options_.mirror != Mirror::numa; }
  bool mirrors_switches() const { return options_.mirror == Mirror::pcie_switch; }

  // A function whose card has others in the guest, on their cell, goes into their slot: with its own number, or, as the
  // guest sees none without function 0, with that.
  void join_slots(Allocation& allocation) {
    std::map<PciAddress, PciAddress> slots;  // on the host, in the domain
    for (const PlannedDevice& device : plan_.devices) {
      if (!device.address || !device.source || !device.guest_cell || is_virtual(device)) continue;
      const PciController* expander = pci_.expander_of(device.address->bus);
      if (!expander || expander->node != device.guest_cell || pci_.is_single(*device.address)) continue;
      slots.emplace(device.source->first_function(), device.address->first_function());
    }
    if (slots.empty()) return;
    std::erase_if(to_place_, [&](std::size_t i) {
      const PlannedDevice& device = plan_.devices[i];
      const auto slot = is_virtual(device) ? slots.end() : slots.find(device.source->first_function());
      if (slot == slots.end() || pci_.expander_of(slot->second.bus)->node != device.guest_cell) return false;
      PciAddress address = slot->second;
      if (pci_.is_occupied(address)) address.function = device.source->function;
      if (pci_.is_occupied(address)) return false;
      allocation.plug(i, address, address.function == 0,
                      allocation.reason("it joins the other functions of its card on controller {}", address.bus));
      return true;
    });
  }

  // The devices to place, by the expander bus that they share; these by their lowest host address.
  std::vector<Request> group() const {
    std::vector<std::size_t> order = to_place_;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return plan_.devices[a].source < plan_.devices[b].source; });
    std::map<std::pair<std::size_t, PciAddress>, std::size_t> group_of;  // by request and host slot
    std::vector<Request> requests;
    std::map<std::pair<std::uint32_t, std::string>, std::size_t> request_of;
    for (const std::size_t i : order) {
      const PlannedDevice& device = plan_.devices[i];
      const topology::Place place = host_place(device);
      const std::string root_complex = mirrors_root_complexes() ? place.root_complex : "";
      const auto [entry, fresh] = request_of.emplace(std::pair(*device.guest_cell, root_complex), requests.size());
      if (fresh) requests.push_back({*device.guest_cell, root_complex, {}});
      std::vector<Group>& groups = requests[entry->second].groups;
      const std::pair slot(entry->second, device.source->first_function());
      const auto card = is_virtual(device) ? std::pair(group_of.end(), true) : group_of.emplace(slot, groups.size());
      if (card.second)
        groups.push_back({{i}, *device.source, place});
      else
        groups[card.first->second].devices.push_back(i);
    }
    return requests;
  }

  // Functions of one host slot share a port; virtual functions and mediated devices are devices of their own.
  bool is_virtual(const PlannedDevice& device) const {
    if (!device.uuid.empty()) return true;
    const topology::PciDevice* on_host = host_.find(*device.source);
    return on_host && on_host->physical_function;
  }

  // Ports under an expander bus with nothing in them, in the guest's order.
  std::vector<std::uint32_t> empty_ports() const {
    std::map<std::uint8_t, std::uint32_t> empty;  // bus in the guest -> index
    for (const auto& [index, bus] : pci_.guest_buses()) {
      if (!pci_.find(index)->is_port() || pci_.occupants(index) > 0) continue;
      if (pci_.fault({0, static_cast<std::uint8_t>(index), 0, 0}).empty()) empty.emplace(bus, index);
    }
    std::vector<std::uint32_t> indexes;
    indexes.reserve(empty.size());
    for (const auto& [bus, index] : empty) indexes.push_back(index);
    return indexes;
  }

  // Switches of the guest that have lost all their devices stand for host switches again, in the order in which they
  // were made.
  void adopt_switches(const Request& request, Mirrored& guest, const Allocation& allocation) const {
    if (!guest.has_free_switches()) return;
    std::vector<Group> below;  // of a switch that is there
    for (const Group& group : request.groups) {
      if (guest.top_of(group.place)) below.push_back(group);
    }
    adopt_switches(nested_switches(below), request, guest, allocation);
    adopt_switches(mirrored_switches(request.groups), request, guest, allocation);
  }

  void adopt_switches(const std::vector<Branch>& branches, const Request& request, Mirrored& guest,
                      const Allocation& allocation) const {
    for (const Branch& branch : branches) {
      if (!branch.is_switch()) continue;
      const auto own =
          std::find_if(branch.ports.begin(), branch.ports.end(), [](const Branch& port) { return !port.is_switch(); });
      const auto adopted = guest.adopt(own->group.place, [&](std::uint32_t index) {
        return is_for(index, request, guest) && fits(branch, index, allocation);
      });
      if (adopted) guest.claim(*pci_.expander_of(*adopted), request.root_complex);
      adopt_switches(branch.ports, request, guest, allocation);
    }
  }

  // Whether a switch that is there has room for all that is to be on it.
  bool fits(const Branch& branch, std::uint32_t upstream, const Allocation& allocation) const {
    const auto [ports, all] = unused_below(upstream);
    const unsigned needed = buses(branch.ports);
    return allocation
        .shortage(upstream, branch.ports.size() - std::min(ports, branch.ports.size()), needed - std::min(all, needed))
        .empty();
  }

  // Of a switch: the ports with nothing in them but, at most, a switch in turn; and all bridges below it.
  std::pair<std::size_t, unsigned> unused_below(std::uint32_t upstream) const {
    std::size_t ports = 0;
    unsigned all = 0;
    for (const PciController& port : pci_.controllers()) {
      if (!port.is_port() || !port.address || port.address->bus != upstream) continue;
      const auto inner = std::find_if(pci_.controllers().begin(), pci_.controllers().end(), [&](const auto& one) {
        return one.is_upstream() && one.address && one.address->bus == port.index;
      });
      const bool has_switch = inner != pci_.controllers().end();
      if (pci_.occupants(port.index) != has_switch) continue;
      ++ports;
      all += has_switch ? 2 + unused_below(inner->index).second : 1;
    }
    return {ports, all};
  }

  // They get the first groups that they are right for: libvirt would plug the next device without an address into them.
  void fill_empty_ports(const std::vector<std::uint32_t>& empty, Request& request, Mirrored& guest,
                        Allocation& allocation) {
    const auto below = count_below_ports(request.groups);
    for (const std::uint32_t index : empty) {
      if (request.groups.empty()) return;
      if (pci_.occupants(index) > 0 || !is_for(index, request, guest)) continue;
      const auto group = std::find_if(request.groups.begin(), request.groups.end(), [&](const Group& one) {
        return !mirrors_root_complexes() || is_right(index, one, below, guest);
      });
      if (group == request.groups.end()) continue;
      allocation.plug(
          *group, index,
          allocation.reason("port {} of its cell is empty, and libvirt would plug another device into it", index));
      guest.claim(*pci_.expander_of(index), request.root_complex);
      request.groups.erase(group);
    }
  }

  // Whether a controller is below an expander bus that the request may use.
  bool is_for(std::uint32_t index, const Request& request, const Mirrored& guest) const {
    const PciController* expander = pci_.expander_of(index);
    if (!expander || expander->node != request.cell) return false;
    return !mirrors_root_complexes() || guest.is_of(*expander, request.root_complex);
  }

  // A port of a switch is right for the devices of the host's switch, a root port for what is alone below one.
  bool is_right(std::uint32_t port, const Group& group, const std::map<PciAddress, unsigned>& below,
                const Mirrored& guest) const {
    const PciController& controller = *pci_.find(port);
    if (controller.model != PciModel::root_port) return guest.switch_of(group.place) == controller.address->bus;
    if (!mirrors_switches()) return true;
    return !guest.top_of(group.place) && below.at(group.place.switches.front()) == 1;
  }

  // Where devices of the same host switch, or of a switch below the same root port, have a switch in the guest already,
  // further ones join it.
  void extend_switches(Request& request, const Mirrored& guest, Allocation& allocation) {
    std::vector<Group> left;
    std::map<std::uint32_t, std::vector<Group>> below;  // index of the topmost switch
    for (Group& group : request.groups) {
      const auto own = guest.switch_of(group.place);
      const bool has_own = own && is_for(*own, request, guest);
      if (const std::vector<Branch> branch{{group, {}}}; has_own && add_to(*own, branch, allocation)) continue;
      const auto top = guest.top_of(group.place);
      if (top && !(has_own && own == top) && is_for(*top, request, guest))
        below[*top].push_back(std::move(group));
      else
        left.push_back(std::move(group));
    }
    for (auto& [top, groups] : below) {
      if (!add_to(top, nested_switches(groups), allocation)) {
        std::move(groups.begin(), groups.end(), std::back_inserter(left));
      }
    }
    std::stable_sort(left.begin(), left.end(), [](const Group& a, const Group& b) { return a.first < b.first; });
    request.groups = std::move(left);
  }

  // Whether they fit on the switch.
  bool add_to(std::uint32_t upstream, const std::vector<Branch>& branches, Allocation& allocation) {
    const std::string shortage = allocation.shortage(upstream, branches);
    if (!shortage.empty()) {
      doubt(branches, shortage);
      return false;
    }
    allocation.add(upstream, branches, "which stands for a switch above it on the host");
    return true;
  }

  // Says, once, that devices get a port that is farther from their neighbours than on the host, for which there is no
  // room.
  void doubt(const std::vector<Branch>& branches, const std::string& shortage) {
    for (const Branch& branch : branches) {
      if (branch.is_switch()) {
        doubt(branch.ports, shortage);
        continue;
      }
      if (!doubted_.insert(branch.group.devices.front()).second) continue;
      const PlannedDevice& device = plan_.devices[branch.group.devices.front()];
      const std::string message =
          fmt::format("{} has no room near the devices that are near to it on the host: {}", device.name(), shortage);
      if (options_.strict) throw Exhausted(path_of(device), message);
      plan_.warnings.push_back(fmt::format("{}: {}", path_of(device), message));
    }
  }

  // An expander bus with free slots, indexes and bus numbers for all, the lowest index first: the root complex's own,
  // else one without devices. If there is none, `lacking` says what those that are there lack.
  std::optional<std::uint32_t> expander_with_room(const Request& request, const std::vector<Branch>& branches,
                                                  const Mirrored& guest, const Allocation& allocation,
                                                  std::string& lacking) {
    std::string of_own;  // what the root complex's own expander bus lacks
    std::optional<std::uint32_t> other;
    lacking = mirrors_root_complexes()
                  ? fmt::format("cell {} has no expander bus for {}", request.cell, request.root_complex)
                  : fmt::format("cell {} has no expander bus", request.cell);
    for (const PciController& controller : pci_.controllers()) {
      if (!controller.is_expander() || controller.node != request.cell) continue;
      const bool is_own = is_for(controller.index, request, guest);
      if (!is_own && (other || guest.is_in_use(controller))) continue;
      const std::string shortage = allocation.shortage(controller.index, branches);
      if (shortage.empty() && is_own) return controller.index;
      if (shortage.empty()) other = controller.index;
      if (!shortage.empty()) lacking = fmt::format("the expander bus {} has no room: {}", controller.index, shortage);
      if (mirrors_root_complexes() && guest.is_in_use(controller)) of_own = shortage;
    }
    if (!of_own.empty()) doubt(branches, of_own);
    return other;
  }

  Plan& plan_;
  GuestPci& pci_;
  const topology::Host& host_;
  const Options& options_;
  std::vector<std::size_t> to_place_;  // in Plan::devices
  std::set<std::size_t> doubted_;      // likewise
};

}  // namespace

void place_devices(Plan& plan, GuestPci& pci, const topology::Host& host, const Options& options,
                   const std::vector<std::size_t>& devices, unsigned ports_to_come) {
  Placing(plan, pci, host, options, devices).place(ports_to_come);
}

}  // namespace vnuma::placement
