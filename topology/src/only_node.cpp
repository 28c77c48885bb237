#include "only_node.hpp"

namespace vnuma::topology {

std::optional<NodeId> only_node_with_cpus(const std::vector<Node>& nodes) {
  std::optional<NodeId> found;
  for (const Node& node : nodes) {
    if (node.cpus.empty()) continue;
    if (found) return std::nullopt;
    found = node.id;
  }
  return found;
}

void assume_only_node(Host& host) {
  const std::optional<NodeId> only = only_node_with_cpus(host.nodes);
  for (PciDevice& device : host.devices) {
    if (device.numa_node && device.node_source != NodeSource::only_node) continue;
    device.numa_node = only;
    device.node_source = only ? NodeSource::only_node : NodeSource::firmware;
  }
}

}  // namespace vnuma::topology
