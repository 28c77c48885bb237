/// \file
/// GuestMap: which guest cell stands for which node of the host.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <vnuma/topology/export.hpp>
#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

/// A node that no memnode names and that no vCPU is pinned to is in no cell.
struct GuestMap {
  std::map<NodeId, std::uint32_t> cells{};  ///< host node -> guest cell
  std::map<NodeId, std::string> reasons{};  ///< why that cell, for a person
  std::vector<std::string> warnings{};      ///< memnodes that do not count, with their paths
  std::map<NodeId, std::string> ties{};  ///< host nodes of which several cells have as many vCPUs, and what was taken
};

/// Whether the domain has guest cells (`<cpu><numa>`); without, there is nothing to map.
VNUMA_TOPOLOGY_EXPORT bool has_guest_cells(const schema::Domain& domain);

/// Which cell stands for each host node; nothing for a domain without guest cells.
///
/// The cell of the `<numatune><memnode>` that names the node; else the one that has most of the vCPUs that are pinned
/// to the node's CPUs. A vCPU counts for each node that its pinning touches; without a vcpupin it is pinned to `<vcpu
/// cpuset>`, except with placement='auto', where libvirt ignores that. vCPUs outside every cell, and cells without
/// CPUs, do not count. Of equals the lowest cell is taken.
///
/// For a node that a memnode of an unknown cell names, or memnodes of several cells, pinning decides, and a memnode
/// that holds nonsense or a node that the host does not have does not count: a warning, or, if `strict`, an error. A
/// cell without an id has its position, from 0, as id (libvirt's virDomainNumaDefParseXML).
///
/// \throws schema::Error, with the path, for cells that overlap, two cells with one id, a pinning to a CPU that the
/// host does not have, a vCPU pinned twice, and numbers and CPU sets that are none.
/// Complexity: the product of the numbers of vcpupins, cells and nodes. Reads its arguments only.
VNUMA_TOPOLOGY_EXPORT GuestMap guest_map(const schema::Domain& domain, const Host& host, bool strict = false);

}  // namespace vnuma::topology
