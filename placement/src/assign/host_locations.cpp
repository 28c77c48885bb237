#include "host_locations.hpp"

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
  location.node = location.on_host->numa_node;
  location.node_source = location.on_host->node_source;
  location.in_tree = topology::location_of(*location.on_host);
  return location;
}

}  // namespace

topology::Location HostLocation::location_or_own() const {
  if (in_tree) return *in_tree;
  const PciAddress slot = source->first_function();
  return {slot.format(), {slot}, node};
}

HostLocations locate_on_host(const std::vector<PassthroughDevice>& devices, const topology::Host* host,
                             const std::map<PciAddress, NodeId>& given_nodes) {
  HostLocations locations;
  locations.reserve(devices.size());
  for (const PassthroughDevice& device : devices) {
    HostLocation& location = locations.emplace_back(find_on_host(device, host));
    const auto given = location.source ? given_nodes.find(*location.source) : given_nodes.end();
    if (given == given_nodes.end()) continue;
    if (!host || !host->node(given->second)) {
      throw PlanError(make_diagnostic(Code::unknown_host_node, device.path(),
                                      fmt::format("{} is to be on host node {}, which the host does not have",
                                                  location.source->format(), given->second)));
    }
    location.node = given->second;
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

std::vector<Diagnostic> unused_nodes(const std::map<PciAddress, NodeId>& given_nodes, const HostLocations& locations) {
  std::map<PciAddress, NodeId> unused = given_nodes;
  for (const HostLocation& location : locations) {
    if (location.source) unused.erase(*location.source);
  }
  std::vector<Diagnostic> warnings;
  for (const auto& [address, node] : unused) {
    warnings.push_back(
        make_diagnostic(Code::unused_node, "",
                        fmt::format("a host node is given for {}, which the domain does not have", address.format())));
  }
  return warnings;
}

}  // namespace vnuma::placement
