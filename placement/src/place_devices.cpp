#include "place_devices.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

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

class Placing {
 public:
  Placing(Plan& plan, GuestPci& pci, const topology::Host& host, const Options& options,
          const std::vector<std::size_t>& devices)
      : plan_(plan), pci_(pci), host_(host), options_(options), to_place_(devices) {}

  // Empty ports of the cell first, then switches that mirror the device's own, then ports on an expander bus that has
  // room, then a new expander bus.
  void place(unsigned ports_to_come) {
    Allocation allocation(plan_, pci_, ports_to_come, options_.reserve_buses);
    Mirrored guest(plan_, pci_);
    std::vector<NewExpander> fresh;
    for (Request& request : group()) {
      fill_empty_ports(request, guest, allocation);
      if (mirrors_switches()) extend_switches(request, guest, allocation);
      if (request.groups.empty()) continue;
      std::vector<Branch> branches =
          mirrors_switches() ? mirrored_switches(std::move(request.groups)) : plain_ports(std::move(request.groups));
      if (const auto expander = expander_with_room(request, branches, guest, allocation)) {
        allocation.add(*expander, branches);
        guest.claim(*expander, request.root_complex);
      } else {
        fresh.push_back({request.cell, std::move(branches)});
      }
    }
    allocation.add(fresh);
    allocation.check_indexes();
  }

 private:
  bool mirrors_root_complexes() const { return options_.mirror != Mirror::numa; }
  bool mirrors_switches() const { return options_.mirror == Mirror::pcie_switch; }

  // The devices to place, by the expander bus that they share; these by their lowest host address.
  std::vector<Request> group() const {
    std::vector<std::size_t> order = to_place_;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return plan_.devices[a].source < plan_.devices[b].source; });
    std::vector<Request> requests;
    std::map<std::pair<std::uint32_t, std::string>, std::size_t> request_of;
    for (const std::size_t i : order) {
      const PlannedDevice& device = plan_.devices[i];
      const topology::Place place = host_place(device);
      const std::string root_complex = mirrors_root_complexes() ? place.root_complex : "";
      const auto [entry, fresh] = request_of.emplace(std::pair(*device.guest_cell, root_complex), requests.size());
      if (fresh) requests.push_back({*device.guest_cell, root_complex, {}});
      std::vector<Group>& groups = requests[entry->second].groups;
      if (!groups.empty() && together(groups.back(), device))
        groups.back().devices.push_back(i);
      else
        groups.push_back({{i}, device.source, place});
    }
    return requests;
  }

  // Functions of one host slot share a port; virtual functions and mediated devices are devices of their own.
  bool together(const Group& group, const PlannedDevice& device) const {
    const PlannedDevice& last = plan_.devices[group.devices.back()];
    return last.source.first_function() == device.source.first_function() && last.source != device.source &&
           !is_virtual(last) && !is_virtual(device);
  }

  bool is_virtual(const PlannedDevice& device) const {
    const topology::PciDevice* on_host = host_.find(device.source);
    return !device.uuid.empty() || (on_host && on_host->physical_function);
  }

  // Ports of the cell with nothing in them, in the guest's order, get the first groups that they are right for: libvirt
  // would plug the next device without an address into them.
  void fill_empty_ports(Request& request, Mirrored& guest, Allocation& allocation) {
    std::map<std::uint8_t, std::uint32_t> empty;  // bus in the guest -> index
    for (const auto& [index, bus] : pci_.guest_buses()) {
      if (!pci_.controllers().at(index).is_port() || pci_.occupants(index) > 0) continue;
      if (!is_for(index, request, guest)) continue;
      if (pci_.fault({0, static_cast<std::uint8_t>(index), 0, 0}).empty()) empty.emplace(bus, index);
    }
    for (const auto& [bus, index] : empty) {
      const auto group = std::find_if(
          request.groups.begin(), request.groups.end(),
          [&, port = index](const Group& one) { return !mirrors_switches() || is_right(port, one, request, guest); });
      if (group == request.groups.end()) continue;
      allocation.plug(*group, index);
      guest.claim(pci_.expander_of(index)->index, request.root_complex);
      request.groups.erase(group);
    }
  }

  // Whether a controller is below an expander bus that the request may use.
  bool is_for(std::uint32_t index, const Request& request, const Mirrored& guest) const {
    const PciController* expander = pci_.expander_of(index);
    if (!expander || expander->node != request.cell) return false;
    return !mirrors_root_complexes() || guest.is_of(expander->index, request.root_complex);
  }

  // A port of a switch is right for the devices of the host's switch, a root port for what is alone below one.
  bool is_right(std::uint32_t port, const Group& group, const Request& request, const Mirrored& guest) const {
    const PciController& controller = pci_.controllers().at(port);
    if (controller.model != "pcie-root-port") return guest.switch_of(group.place) == controller.address->bus;
    const auto is_below_the_same = [&](const Group& other) {
      return other.place.switches.front() == group.place.switches.front();
    };
    return !guest.knows_port_of(group.place) &&
           std::count_if(request.groups.begin(), request.groups.end(), is_below_the_same) == 1;
  }

  // Where devices of the same host switch, or of a switch below the same root port, have a switch in the guest already,
  // further ones join it.
  void extend_switches(Request& request, const Mirrored& guest, Allocation& allocation) {
    std::vector<Group> left;
    std::map<std::uint32_t, std::vector<Group>> below;  // index of the topmost switch
    for (Group& group : request.groups) {
      const auto own = guest.switch_of(group.place);
      const auto top = guest.top_of(group.place);
      if (own && is_for(*own, request, guest) && allocation.has_room(*own, {{group, {}}}))
        allocation.add(*own, {{std::move(group), {}}});
      else if (top && is_for(*top, request, guest))
        below[*top].push_back(std::move(group));
      else
        left.push_back(std::move(group));
    }
    for (auto& [top, groups] : below) {
      std::vector<Branch> branches = nested_switches(groups);
      if (allocation.has_room(top, branches))
        allocation.add(top, branches);
      else
        std::move(groups.begin(), groups.end(), std::back_inserter(left));
    }
    std::stable_sort(left.begin(), left.end(), [](const Group& a, const Group& b) { return a.first < b.first; });
    request.groups = std::move(left);
  }

  // An expander bus that the request may use, with free slots, indexes and bus numbers for all, the lowest index first.
  std::optional<std::uint32_t> expander_with_room(const Request& request, const std::vector<Branch>& branches,
                                                  const Mirrored& guest, const Allocation& allocation) const {
    for (const auto& [index, controller] : pci_.controllers()) {
      if (!controller.is_expander() || !is_for(index, request, guest)) continue;
      if (allocation.has_room(index, branches)) return index;
    }
    return std::nullopt;
  }

  Plan& plan_;
  GuestPci& pci_;
  const topology::Host& host_;
  const Options& options_;
  const std::vector<std::size_t>& to_place_;  // in Plan::devices
};

}  // namespace

void place_devices(Plan& plan, GuestPci& pci, const topology::Host& host, const Options& options,
                   const std::vector<std::size_t>& devices, unsigned ports_to_come) {
  Placing(plan, pci, host, options, devices).place(ports_to_come);
}

}  // namespace vnuma::placement
