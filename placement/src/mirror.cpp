#include "mirror.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <utility>

#include "passthrough.hpp"

namespace vnuma::placement {

namespace {

using Path = std::vector<PciAddress>;  // topology::Place::switches

bool is_below(const Path& path, const Path& above) {
  return path.size() > above.size() && std::equal(above.begin(), above.end(), path.begin());
}

void sort(std::vector<Branch>& ports) {
  std::stable_sort(ports.begin(), ports.end(), [](const Branch& a, const Branch& b) { return a.first() < b.first(); });
}

using Switches = std::map<Path, std::vector<Group>>;

// The switch at `begin`, with those that are nested in it, which follow it up to `end`.
Branch nested(Switches::iterator begin, Switches::iterator end) {
  Branch branch = switch_of(std::move(begin->second));
  for (auto inner = std::next(begin); inner != end;) {
    const auto next =
        std::find_if(std::next(inner), end, [&](const auto& other) { return !is_below(other.first, inner->first); });
    branch.ports.push_back(nested(inner, next));
    inner = next;
  }
  sort(branch.ports);
  return branch;
}

// Groups that share a root port of the host. The first host switch comes first in the order of paths also where it is
// not the one above all others: those that are not in it are no nearer to it, or to each other, for being nested in it.
Branch below_one_port(std::vector<Group> groups) {
  if (groups.size() == 1) return {std::move(groups.front()), {}};
  Switches switches;
  for (Group& group : groups) switches[group.place.switches].push_back(std::move(group));
  return nested(switches.begin(), switches.end());
}

}  // namespace

unsigned Branch::buses() const { return is_switch() ? 2 + placement::buses(ports) : 1; }

unsigned buses(const std::vector<Branch>& branches) {
  return std::accumulate(branches.begin(), branches.end(), 0U,
                         [](unsigned sum, const Branch& branch) { return sum + branch.buses(); });
}

std::vector<Branch> plain_ports(std::vector<Group> groups) {
  std::vector<Branch> ports;
  ports.reserve(groups.size());
  for (Group& group : groups) ports.push_back({std::move(group), {}});
  return ports;
}

Branch switch_of(std::vector<Group> groups) { return {{}, plain_ports(std::move(groups))}; }

std::vector<Branch> mirrored_switches(std::vector<Group> groups) {
  std::map<PciAddress, std::vector<Group>> ports;  // by the host's root port
  for (Group& group : groups) ports[group.place.switches.front()].push_back(std::move(group));
  std::vector<Branch> branches;
  branches.reserve(ports.size());
  for (auto& [port, below] : ports) branches.push_back(below_one_port(std::move(below)));
  sort(branches);
  return branches;
}

std::vector<Branch> nested_switches(const std::vector<Group>& groups) {
  Switches switches;
  for (const Group& group : groups) switches[group.place.switches].push_back(group);
  std::vector<Branch> branches;
  for (auto& [path, own] : switches) branches.push_back(switch_of(std::move(own)));
  sort(branches);
  return branches;
}

Mirrored::Mirrored(const Plan& plan, const GuestPci& pci) : free_(without_devices(pci)) {
  // What devices of several parts of the host are on stands for none.
  std::map<std::uint32_t, std::optional<Switch>> switches;
  std::map<std::uint32_t, std::optional<Port>> tops;
  const auto note = [](auto& map, std::uint32_t index, const auto& what) {
    const auto [entry, fresh] = map.emplace(index, what);
    if (!fresh && entry->second != what) entry->second.reset();
  };
  const auto is_upstream = [](const PciController* controller) { return controller->is_upstream(); };
  for (const PlannedDevice& device : plan.devices) {
    // Without a place of its own, one that was placed by Options::numa_nodes is near to none.
    if (!device.address || !device.source || !(device.host_place || device.host_node)) continue;
    const topology::Place place = host_place(device);
    const Port port(place.root_complex, place.switches.front());
    ports_.insert(port);
    const auto chain = pci.chain(device.address->bus);
    if (chain.empty() || !chain.front()->is_expander()) continue;
    note(expanders_, chain.front()->index, place.root_complex);
    const auto top = std::find_if(chain.begin(), chain.end(), is_upstream);
    if (top == chain.end()) continue;
    note(tops, (*top)->index, port);
    note(switches, (*std::find_if(chain.rbegin(), chain.rend(), is_upstream))->index,
         Switch(port.first, place.switches));
  }
  for (const auto& [index, whose] : expanders_) {
    if (whose) with_expander_.emplace(pci.find(index)->node, *whose);
  }
  for (const auto& [index, whose] : switches) {
    if (whose) switches_.emplace(*whose, index);
  }
  for (const auto& [index, whose] : tops) {
    // Its own ports may be empty, but what is below it has a place already, or several.
    if (!whose || !tops_.emplace(*whose, index).second) free_.erase(index);
  }
}

Mirrored::Upstreams Mirrored::without_devices(const GuestPci& pci) {
  std::map<std::uint32_t, std::size_t> plugged;  // controllers in each
  for (const PciController& controller : pci.controllers()) {
    if (controller.address) ++plugged[controller.address->bus];
  }
  Upstreams found;
  std::set<std::uint32_t> busy;
  for (const PciController& controller : pci.controllers()) {
    if (controller.is_upstream()) {
      const auto chain = pci.chain(controller.index);
      const auto top = std::find_if(chain.begin(), chain.end(), [](const auto* one) { return one->is_upstream(); });
      found.emplace(controller.index, (*top)->index);
    } else if (controller.is_port() && controller.address &&
               pci.occupants(controller.index) > plugged[controller.index]) {
      busy.insert(controller.address->bus);
    }
  }
  std::erase_if(found, [&](const auto& upstream) { return busy.contains(upstream.first); });
  return found;
}

bool Mirrored::is_of(const PciController& expander, const std::string& root_complex) const {
  const auto found = expanders_.find(expander.index);
  if (found != expanders_.end()) return found->second == root_complex;
  return !with_expander_.contains(std::pair(expander.node, root_complex));
}

void Mirrored::claim(const PciController& expander, const std::string& root_complex) {
  expanders_[expander.index] = root_complex;
  with_expander_.emplace(expander.node, root_complex);
}

namespace {

std::optional<std::uint32_t> index_of(const auto& map, const auto& what) {
  const auto found = map.find(what);
  return found == map.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::optional<std::uint32_t> Mirrored::switch_of(const topology::Place& place) const {
  return index_of(switches_, Switch(place.root_complex, place.switches));
}

std::optional<std::uint32_t> Mirrored::top_of(const topology::Place& place) const {
  return index_of(tops_, Port(place.root_complex, place.switches.front()));
}

bool Mirrored::knows_port_of(const topology::Place& place) const {
  return ports_.contains(Port(place.root_complex, place.switches.front()));
}

std::optional<std::uint32_t> Mirrored::adopt(const topology::Place& place,
                                             const std::function<bool(std::uint32_t)>& is_usable) {
  if (switch_of(place)) return std::nullopt;
  const auto wanted = top_of(place);
  if (!wanted && knows_port_of(place)) return std::nullopt;  // its neighbours have ports elsewhere
  const auto is_taken = [&](std::uint32_t top) {
    return std::any_of(tops_.begin(), tops_.end(), [&](const auto& entry) { return entry.second == top; });
  };
  for (const auto& [index, top] : free_) {
    if (wanted ? top != *wanted : top != index || is_taken(top)) continue;
    if (!is_usable(index)) continue;
    switches_.emplace(Switch(place.root_complex, place.switches), index);
    tops_.emplace(Port(place.root_complex, place.switches.front()), top);
    const std::uint32_t taken = index;  // the entry goes
    free_.erase(taken);
    return taken;
  }
  return std::nullopt;
}

}  // namespace vnuma::placement
