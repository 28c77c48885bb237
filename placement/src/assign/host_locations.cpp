#include "host_locations.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace vnuma::placement {

namespace {

HostLocation find_on_host(const PassthroughDevice& device, const topology::Host* host) {
  HostLocation location{.source = device.source};
  if (!host) return location;
  if (device.is_mediated()) {
    const topology::MediatedDevice* mediated = host->find_mediated(device.uuid);
    if (!mediated) return location;
    location.source = mediated->parent;
  }
  location.on_host = host->find(*location.source);
  if (!location.on_host) return location;
  if (!location.is_bridge()) location.node = location.on_host->numa_node;
  location.node_source = location.on_host->node_source;
  location.in_tree = topology::location_of(*location.on_host);
  return location;
}

// The node that is given for the device. A pattern does not confirm that the host has a device.
std::optional<NodeId> given_node_of(const HostLocation& location, const topology::NodeOverrides& given_nodes) {
  if (location.is_bridge()) return std::nullopt;
  if (location.on_host) return given_node(given_nodes, location.on_host->address);
  const auto given = location.source ? given_nodes.find(*location.source) : given_nodes.end();
  return given != given_nodes.end() ? std::optional(given->second) : std::nullopt;
}

}  // namespace

topology::Location HostLocation::location_or_own() const {
  if (in_tree) return *in_tree;
  const PciAddress slot = source->first_function();
  return {slot.format(), {slot}, node};
}

HostLocations locate_on_host(const std::vector<PassthroughDevice>& devices, const topology::Host* host,
                             const topology::NodeOverrides& given_nodes) {
  HostLocations locations;
  locations.reserve(devices.size());
  for (const PassthroughDevice& device : devices) {
    HostLocation& location = locations.emplace_back(find_on_host(device, host));
    const auto given = given_node_of(location, given_nodes);
    if (!given) continue;
    if (!host || !host->node(*given)) {
      throw PlanError(make_diagnostic(
          Code::unknown_host_node, device.path(),
          fmt::format("{} is to be on host node {}, which the host does not have", location.source->format(), *given)));
    }
    location.node = given;
    location.node_source = topology::NodeSource::given;
    if (location.in_tree) location.in_tree->node = location.node;
  }
  return locations;
}

std::string missing_on_host(const PassthroughDevice& device, const HostLocation& location) {
  if (!device.is_mediated()) return fmt::format("the host has no device {}", device.name());
  if (!location.source) return fmt::format("the host has no mediated device {}", device.uuid);
  return fmt::format("the host has no device {}, the parent of {}", location.source->format(), device.uuid);
}

std::vector<Diagnostic> unused_nodes(const topology::NodeOverrides& given_nodes, const HostLocations& locations) {
  std::vector<Diagnostic> warnings;
  for (const auto& [pattern, node] : given_nodes) {
    const auto is_matched = [&, &wanted = pattern](const HostLocation& location) {
      return location.source && wanted.matches(*location.source);
    };
    if (std::any_of(locations.begin(), locations.end(), is_matched)) continue;
    warnings.push_back(make_diagnostic(
        Code::unused_node, "",
        fmt::format("a host node is given for {}, which {}", pattern.format(),
                    pattern.address() ? "the domain does not have" : "matches no device of the domain")));
  }
  return warnings;
}

}  // namespace vnuma::placement
