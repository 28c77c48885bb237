#include "mirrored.hpp"

#include <algorithm>

namespace vnuma::placement {

namespace {

std::optional<std::uint32_t> index_of(const auto& map, const auto& what) {
  const auto found = map.find(what);
  return found == map.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

Mirrored::Mirrored(const std::vector<AssignedDevice>& devices, const HostLocations& locations, const PciTree& pci)
    : free_(without_devices(pci)) {
  // A bus shared by devices of different host parents mirrors none of them.
  std::map<std::uint32_t, std::optional<Switch>> switches;
  std::map<std::uint32_t, std::optional<Port>> tops;
  const auto note = [](auto& map, std::uint32_t index, const auto& what) {
    const auto [entry, fresh] = map.emplace(index, what);
    if (!fresh && entry->second != what) entry->second.reset();
  };
  const auto is_upstream = [](const PciController* controller) { return controller->is_upstream(); };
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const HostLocation& on_host = locations[i];
    const auto& address = devices[i].address;
    if (!address || !on_host.source || !(on_host.in_tree || on_host.node)) continue;
    const topology::Location location = on_host.location_or_own();
    const Port port(location.root_complex, location.switches.front());
    ports_.insert(port);
    const auto chain = pci.chain(address->bus);
    if (chain.empty() || !chain.front()->is_expander()) continue;
    note(expanders_, chain.front()->index, location.root_complex);
    const auto top = std::find_if(chain.begin(), chain.end(), is_upstream);
    if (top == chain.end()) continue;
    note(tops, (*top)->index, port);
    note(switches, (*std::find_if(chain.rbegin(), chain.rend(), is_upstream))->index,
         Switch(port.first, location.switches));
  }
  for (const auto& [index, whose] : expanders_) {
    if (whose) with_expander_.emplace(pci.find(index)->node, *whose);
  }
  for (const auto& [index, whose] : switches) {
    if (whose) switches_.emplace(*whose, index);
  }
  for (const auto& [index, whose] : tops) {
    // Its own ports may be empty, but devices below it have a host parent already, or several.
    if (!whose || !tops_.emplace(*whose, index).second) free_.erase(index);
  }
}

Mirrored::Upstreams Mirrored::without_devices(const PciTree& pci) {
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

std::optional<std::uint32_t> Mirrored::switch_of(const topology::Location& location) const {
  return index_of(switches_, Switch(location.root_complex, location.switches));
}

std::optional<std::uint32_t> Mirrored::top_of(const topology::Location& location) const {
  return index_of(tops_, Port(location.root_complex, location.switches.front()));
}

bool Mirrored::knows_port_of(const topology::Location& location) const {
  return ports_.contains(Port(location.root_complex, location.switches.front()));
}

std::optional<std::uint32_t> Mirrored::adopt(const topology::Location& location,
                                             const std::function<bool(std::uint32_t)>& is_usable) {
  if (switch_of(location)) return std::nullopt;
  const auto wanted = top_of(location);
  if (!wanted && knows_port_of(location)) return std::nullopt;  // its neighbours are elsewhere
  const auto is_taken = [&](std::uint32_t top) {
    return std::any_of(tops_.begin(), tops_.end(), [&](const auto& entry) { return entry.second == top; });
  };
  for (const auto& [index, top] : free_) {
    if (wanted ? top != *wanted : top != index || is_taken(top)) continue;
    if (!is_usable(index)) continue;
    switches_.emplace(Switch(location.root_complex, location.switches), index);
    tops_.emplace(Port(location.root_complex, location.switches.front()), top);
    const std::uint32_t taken = index;  // the entry goes
    free_.erase(taken);
    return taken;
  }
  return std::nullopt;
}

}  // namespace vnuma::placement
