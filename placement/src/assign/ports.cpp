#include "ports.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "../domain/guest_numbering.hpp"
#include "mirrored.hpp"

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
  for (const Group& group : groups) ++counts[group.location.switches.front()];
  return counts;
}

class PortChooser {
 public:
  PortChooser(const DomainView& domain, const topology::Host& host, const HostLocations& locations,
              const CellMap& cells, const Moves& moves, const Options& options)
      : domain_(domain),
        host_(host),
        locations_(locations),
        cells_(cells),
        options_(options),
        assignment_(domain, locations, moves, options),
        guest_(assignment_.devices(), locations, assignment_.pci()),
        to_place_(moves.to_place) {}

  AssignedPorts choose() {
    const std::vector<std::uint32_t> empty = empty_ports();
    std::vector<NewExpander> new_expanders;
    join_slots();
    for (Request& request : requests()) {
      if (mirrors_switches()) adopt_switches(request);
      fill_empty_ports(empty, request);
      if (mirrors_switches()) extend_switches(request);
      if (!request.groups.empty()) add_ports(request, new_expanders);
    }
    assignment_.add(new_expanders);
    assignment_.check_indexes();
    AssignedPorts assigned = std::move(assignment_).take();
    assigned.warnings = std::move(warnings_);
    return assigned;
  }

 private:
  bool mirrors_root_complexes() const { return options_.mirror != Mirror::numa; }
  bool mirrors_switches() const { return options_.mirror == Mirror::pcie_switch; }

  void add_ports(Request& request, std::vector<NewExpander>& new_expanders) {
    std::vector<Branch> branches =
        mirrors_switches() ? mirrored_switches(std::move(request.groups)) : plain_ports(std::move(request.groups));
    std::string lacking;
    if (const auto expander = expander_with_room(request, branches, lacking)) {
      assignment_.add(*expander, branches, "which is of its cell and has room");
      guest_.claim(*pci().find(*expander), request.root_complex);
    } else {
      new_expanders.push_back({request.cell, std::move(lacking), std::move(branches)});
    }
  }

  // The slots of the guest that cards of the host have on their cell, by the slot on the host.
  std::map<PciAddress, PciAddress> slots_of_cards() const {
    std::map<PciAddress, PciAddress> slots;
    for (std::size_t i = 0; i < locations_.size(); ++i) {
      const auto& address = assignment_.devices()[i].address;
      if (!address || !locations_[i].source || !cell_of(i) || is_virtual(i)) continue;
      const PciController* expander = pci().expander_of(address->bus);
      if (!expander || expander->node != cell_of(i) || pci().is_single(*address)) continue;
      slots.emplace(locations_[i].source->first_function(), address->first_function());
    }
    return slots;
  }

  // A function whose card has other functions in the guest, on their cell, joins their slot: with its own number, or
  // with 0 if that is free, because the guest finds no function without function 0.
  void join_slots() {
    const std::map<PciAddress, PciAddress> slots = slots_of_cards();
    if (slots.empty()) return;
    std::erase_if(to_place_, [&](std::size_t i) {
      const auto slot = is_virtual(i) ? slots.end() : slots.find(locations_[i].source->first_function());
      if (slot == slots.end() || pci().expander_of(slot->second.bus)->node != cell_of(i)) return false;
      PciAddress address = slot->second;
      if (pci().is_occupied(address)) address.function = locations_[i].source->function;
      if (pci().is_occupied(address)) return false;
      assignment_.plug(i, address, address.function == 0,
                       assignment_.reason("it joins the other functions of its card on controller {}", address.bus));
      return true;
    });
  }

  // The devices to place, by the expander bus that they share; the requests by their lowest host address.
  std::vector<Request> requests() const {
    std::vector<std::size_t> order = to_place_;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return locations_[a].source < locations_[b].source; });
    std::map<std::pair<std::size_t, PciAddress>, std::size_t> group_of;  // by request and host slot
    std::vector<Request> requests;
    std::map<std::pair<std::uint32_t, std::string>, std::size_t> request_of;
    for (const std::size_t i : order) {
      const PciAddress& source = *locations_[i].source;
      const topology::Location location = locations_[i].location_or_own();
      const std::string root_complex = mirrors_root_complexes() ? location.root_complex : "";
      const auto [entry, is_new] = request_of.emplace(std::pair(*cell_of(i), root_complex), requests.size());
      if (is_new) requests.push_back({*cell_of(i), root_complex, {}});
      std::vector<Group>& groups = requests[entry->second].groups;
      const std::pair slot(entry->second, source.first_function());
      const auto card = is_virtual(i) ? std::pair(group_of.end(), true) : group_of.emplace(slot, groups.size());
      if (card.second)
        groups.push_back({{i}, source, location});
      else
        groups[card.first->second].devices.push_back(i);
    }
    return requests;
  }

  std::optional<std::uint32_t> cell_of(std::size_t device) const { return cells_.cell_of(locations_[device].node); }
  const PciTree& pci() const { return assignment_.pci(); }

  // Functions of one host slot share a port; virtual functions and mediated devices are devices of their own.
  bool is_virtual(std::size_t device) const {
    if (domain_.devices[device].is_mediated()) return true;
    const topology::PciDevice* on_host = host_.find(*locations_[device].source);
    return on_host && on_host->physical_function;
  }

  // Ports under an expander bus with nothing in them, in the guest's order.
  std::vector<std::uint32_t> empty_ports() const {
    std::map<std::uint8_t, std::uint32_t> empty;  // bus in the guest -> index
    for (const auto& [index, bus] : guest_buses(pci())) {
      if (!pci().find(index)->is_port() || pci().occupants(index) > 0) continue;
      if (hidden_because(pci(), {0, static_cast<std::uint8_t>(index), 0, 0}).empty()) empty.emplace(bus, index);
    }
    std::vector<std::uint32_t> indexes;
    indexes.reserve(empty.size());
    for (const auto& [bus, index] : empty) indexes.push_back(index);
    return indexes;
  }

  // Lets switches of the guest that have lost all their devices mirror host switches again, in the order in which
  // they were added.
  void adopt_switches(const Request& request) {
    if (!guest_.has_free_switches()) return;
    std::vector<Group> below;  // of an existing switch
    for (const Group& group : request.groups) {
      if (guest_.top_of(group.location)) below.push_back(group);
    }
    adopt_switches(nested_switches(below), request);
    adopt_switches(mirrored_switches(request.groups), request);
  }

  void adopt_switches(const std::vector<Branch>& branches, const Request& request) {
    for (const Branch& branch : branches) {
      if (!branch.is_switch()) continue;
      const auto own =
          std::find_if(branch.ports.begin(), branch.ports.end(), [](const Branch& port) { return !port.is_switch(); });
      const auto adopted = guest_.adopt(
          own->group.location, [&](std::uint32_t index) { return is_for(index, request) && fits(branch, index); });
      if (adopted) guest_.claim(*pci().expander_of(*adopted), request.root_complex);
      adopt_switches(branch.ports, request);
    }
  }

  // Whether an existing switch has room for all that the branch holds.
  bool fits(const Branch& branch, std::uint32_t upstream) const {
    const auto [ports, all] = unused_below(upstream);
    const unsigned needed = buses(branch.ports);
    return assignment_
        .shortage(upstream, branch.ports.size() - std::min(ports, branch.ports.size()), needed - std::min(all, needed))
        .empty();
  }

  // Of a switch: how many of its ports hold nothing, or an unused switch in turn; and how many bridges are below it.
  std::pair<std::size_t, unsigned> unused_below(std::uint32_t upstream) const {
    std::size_t ports = 0;
    unsigned all = 0;
    for (const PciController& port : pci().controllers()) {
      if (!port.is_port() || !port.address || port.address->bus != upstream) continue;
      const auto inner = std::find_if(pci().controllers().begin(), pci().controllers().end(), [&](const auto& one) {
        return one.is_upstream() && one.address && one.address->bus == port.index;
      });
      const bool has_switch = inner != pci().controllers().end();
      if (pci().occupants(port.index) != has_switch) continue;
      ++ports;
      all += has_switch ? 2 + unused_below(inner->index).second : 1;
    }
    return {ports, all};
  }

  // Gives each empty port the first group that it is right for: libvirt would plug the next device without an address
  // into it.
  void fill_empty_ports(const std::vector<std::uint32_t>& empty, Request& request) {
    const auto below = count_below_ports(request.groups);
    for (const std::uint32_t index : empty) {
      if (request.groups.empty()) return;
      if (pci().occupants(index) > 0 || !is_for(index, request)) continue;
      const auto group = std::find_if(request.groups.begin(), request.groups.end(), [&](const Group& one) {
        return !mirrors_root_complexes() || is_right(index, one, below);
      });
      if (group == request.groups.end()) continue;
      assignment_.plug(
          *group, index,
          assignment_.reason("port {} of its cell is empty, and libvirt would plug another device into it", index));
      guest_.claim(*pci().expander_of(index), request.root_complex);
      request.groups.erase(group);
    }
  }

  // Whether a controller is below an expander bus that the request may use.
  bool is_for(std::uint32_t index, const Request& request) const {
    const PciController* expander = pci().expander_of(index);
    if (!expander || expander->node != request.cell) return false;
    return !mirrors_root_complexes() || guest_.is_of(*expander, request.root_complex);
  }

  // A port of a switch is right for devices of the host switch that it mirrors, a root port for a group that is alone
  // below a root port of the host.
  bool is_right(std::uint32_t port, const Group& group, const std::map<PciAddress, unsigned>& below) const {
    const PciController& controller = *pci().find(port);
    if (controller.model != PciModel::root_port) return guest_.switch_of(group.location) == controller.address->bus;
    if (!mirrors_switches()) return true;
    return !guest_.top_of(group.location) && below.at(group.location.switches.front()) == 1;
  }

  // Groups join the switch of the guest that devices of the same host switch, or of a switch below the same root port,
  // are on already.
  void extend_switches(Request& request) {
    std::vector<Group> left;
    std::map<std::uint32_t, std::vector<Group>> below;  // index of the topmost switch
    for (Group& group : request.groups) {
      const auto own = guest_.switch_of(group.location);
      const bool has_own = own && is_for(*own, request);
      if (const std::vector<Branch> branch{{group, {}}}; has_own && add_to(*own, branch)) continue;
      const auto top = guest_.top_of(group.location);
      if (top && !(has_own && own == top) && is_for(*top, request))
        below[*top].push_back(std::move(group));
      else
        left.push_back(std::move(group));
    }
    for (auto& [top, groups] : below) {
      if (!add_to(top, nested_switches(groups))) {
        std::move(groups.begin(), groups.end(), std::back_inserter(left));
      }
    }
    std::stable_sort(left.begin(), left.end(), [](const Group& a, const Group& b) { return a.first < b.first; });
    request.groups = std::move(left);
  }

  // Whether they fit on the switch.
  bool add_to(std::uint32_t upstream, const std::vector<Branch>& branches) {
    const std::string shortage = assignment_.shortage(upstream, branches);
    if (!shortage.empty()) {
      report_no_room(branches, shortage);
      return false;
    }
    assignment_.add(upstream, branches, "which mirrors a switch above it on the host");
    return true;
  }

  // Reports, once, that devices get a port that is farther from their neighbours than on the host.
  void report_no_room(const std::vector<Branch>& branches, const std::string& shortage) {
    for (const Branch& branch : branches) {
      if (branch.is_switch()) {
        report_no_room(branch.ports, shortage);
        continue;
      }
      if (!reported_.insert(branch.group.devices.front()).second) continue;
      const PassthroughDevice& device = domain_.devices[branch.group.devices.front()];
      std::string message = fmt::format("{} has no room near its neighbours on the host: {}", device.name(), shortage);
      if (options_.strict) throw Exhausted(std::move(message), {}, device.path(), Code::far_from_neighbours);
      warnings_.push_back(make_diagnostic(Code::far_from_neighbours, device.path(), std::move(message)));
    }
  }

  // An expander bus with free slots, indexes and bus numbers for all, the lowest index first: the root complex's own,
  // else one without devices. If there is none, `lacking` says what the existing ones lack.
  std::optional<std::uint32_t> expander_with_room(const Request& request, const std::vector<Branch>& branches,
                                                  std::string& lacking) {
    std::string of_own;  // what the root complex's own expander bus lacks
    std::optional<std::uint32_t> other;
    lacking = mirrors_root_complexes()
                  ? fmt::format("cell {} has no expander bus for {}", request.cell,
                                request.root_complex.empty() ? "an unknown root complex" : request.root_complex)
                  : fmt::format("cell {} has no expander bus", request.cell);
    for (const PciController& controller : pci().controllers()) {
      if (!controller.is_expander() || controller.node != request.cell) continue;
      const bool is_own = is_for(controller.index, request);
      if (!is_own && (other || guest_.is_in_use(controller))) continue;
      const std::string shortage = assignment_.shortage(controller.index, branches);
      if (shortage.empty() && is_own) return controller.index;
      if (shortage.empty()) other = controller.index;
      if (!shortage.empty()) lacking = fmt::format("the expander bus {} has no room: {}", controller.index, shortage);
      if (mirrors_root_complexes() && guest_.is_in_use(controller)) of_own = shortage;
    }
    if (!of_own.empty()) report_no_room(branches, of_own);
    return other;
  }

  const DomainView& domain_;
  const topology::Host& host_;
  const HostLocations& locations_;
  const CellMap& cells_;
  const Options& options_;
  Assignment assignment_;
  Mirrored guest_;
  std::vector<std::size_t> to_place_;  // in DomainView::devices
  std::set<std::size_t> reported_;     // the same, of report_no_room
  std::vector<Diagnostic> warnings_;
};

}  // namespace

AssignedPorts assign_ports(const DomainView& domain, const topology::Host& host, const HostLocations& locations,
                           const CellMap& cells, const Moves& moves, const Options& options) {
  return PortChooser(domain, host, locations, cells, moves, options).choose();
}

}  // namespace vnuma::placement
