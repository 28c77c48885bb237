/// \file
/// GuestMap: which guest cell stands for which node of the host.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

struct GuestMap {
  std::map<NodeId, std::uint32_t> cells{};  ///< host node -> guest cell
  std::vector<std::string> warnings{};      ///< where the domain says it in more than one way
};

/// Per host node: the cell of the one `<numatune><memnode>` that names it; else the cell that has most of the vCPUs
/// that are pinned to the node's CPUs (a vCPU counts for each node that its pinning touches; ties: the lowest cell,
/// with a warning). vCPUs without a vcpupin are pinned to `<vcpu cpuset>`. vCPUs outside every cell, and cells without
/// CPUs, do not count. A memnode that names an unknown cell, holds nonsense, or shares a node with another cell's does
/// not count, with a warning, or, if `strict`, an error. \throws schema::Error, with the path, for a cell list that
/// overlaps, two cells with one id, a pinning to a CPU that the host does not have, a vCPU pinned twice, and numbers
/// that are none.
GuestMap guest_map(const schema::Domain& domain, const Host& host, bool strict = false);

}  // namespace vnuma::topology
