/// \file
/// GuestMap: the guest cell of each node of the host.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <vnuma/topology/export.hpp>
#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

/// A tie for a host node: several cells have the same, highest number of vCPUs pinned to the node's CPUs.
struct CellTie {
  std::vector<std::uint32_t> cells{};  ///< these cells, ascending: two or more
  bool operator==(const CellTie&) const = default;
};

/// A memnode that is ignored, and the reason.
struct IgnoredMemNode {
  std::string path{};     ///< as in schema::Error
  std::string message{};  ///< a sentence without its full stop
  bool operator==(const IgnoredMemNode&) const = default;
};

/// The guest cells of the host nodes. A node has no cell if no memnode names it, and either no vCPU is pinned to its
/// CPUs or there is a tie.
struct GuestMap {
  std::map<NodeId, std::uint32_t> cells{};  ///< host node -> guest cell
  std::map<NodeId, std::string> reasons{};  ///< the reason for each cell, for a person
  std::vector<IgnoredMemNode> ignored{};    ///< in document order; pinning decides the cells of their nodes
  std::map<NodeId, CellTie> ties{};         ///< host nodes whose cell is ambiguous; they are not in `cells`
};

/// Returns whether the domain has guest cells (`<cpu><numa>`). Without them there is nothing to map.
VNUMA_TOPOLOGY_EXPORT bool has_guest_cells(const schema::Domain& domain);

/// Returns the guest cell of each host node. Only reads its arguments.
///
/// The cell of a node is the cell of the `<numatune><memnode>` that names the node. Otherwise, it is the cell with the
/// most vCPUs that are pinned to the node's CPUs:
///
/// - A vCPU counts for each node that its pinning includes.
/// - A vCPU without a vcpupin is pinned to `<vcpu cpuset>`, except with placement='auto': libvirt then ignores cpuset.
/// - vCPUs outside all cells and cells without CPUs do not count.
/// - In a tie, the node has no cell: nothing says which of the cells the node's devices belong on.
///
/// Pinning also decides if memnodes of several cells, or the memnode of an unknown cell, name the node. A memnode with
/// an invalid value, or with a node that the host does not have, does not count. The id of a cell without an id is its
/// index, from 0 (libvirt's virDomainNumaDefParseXML).
///
/// \param strict whether an ignored memnode is an error; otherwise GuestMap::ignored lists it
/// \return the map, which is empty for a domain without guest cells
/// \throws schema::Error, with the path, if cells overlap or have the same id, a vCPU is pinned twice or to a CPU that
/// the host does not have, or a number or a CPU set is invalid
/// \note Complexity: the product of the numbers of vcpupins, cells and nodes.
VNUMA_TOPOLOGY_EXPORT GuestMap guest_map(const schema::Domain& domain, const Host& host, bool strict = false);

}  // namespace vnuma::topology
