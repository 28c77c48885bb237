// The only node of a host that has CPUs.
#pragma once

#include <optional>
#include <vector>

#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

// nullopt if no node or several nodes have CPUs.
std::optional<NodeId> only_node_with_cpus(const std::vector<Node>& nodes);

}  // namespace vnuma::topology
