// CellMap: which guest cell the devices of each host node go to.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <vnuma/placement/plan.hpp>
#include <vnuma/topology/guest_map.hpp>

#include "../domain/domain_view.hpp"
#include "host_locations.hpp"

namespace vnuma::placement {

// Why a host node has no guest cell.
struct MissingCell {
  std::string sentence;
  std::optional<OptionHint> option{};
  Reason reason = Reason::no_cell;
};

struct CellMap {
  std::map<NodeId, std::uint32_t> cells{};  // host node -> guest cell
  std::map<NodeId, std::string> reasons{};  // why that cell
  std::map<NodeId, MissingCell> missing{};  // nodes for which no cell could be found or made
  std::vector<PlannedCell> added{};         // new cells, by id
  std::vector<Diagnostic> warnings{};
  std::map<NodeId, topology::CellTie> ties{};  // nodes without a cell, because several may be meant

  bool has_cell(NodeId node) const { return cells.contains(node); }
  // Whether a cell may be found or made for the node: it has none, and the domain does not name several.
  bool may_get_cell(NodeId node) const { return !has_cell(node) && !ties.contains(node); }
  std::optional<std::uint32_t> cell_of(std::optional<NodeId> node) const;
  // Why the node has no cell. Precondition: it has none.
  MissingCell why_missing(NodeId node) const;
};

// The cells that the domain has for the host nodes of its devices:
// - those that pinning and memnodes give (topology::guest_map, which may throw);
// - a cell without vCPUs that no node is mapped to, for the node of the devices under its expander bus: a cell that an
//   earlier plan added;
// - with Unaligned::nearest, the cell of the nearest node that has one;
// - with Unaligned::cell, a cell that an earlier plan added and that has lost its devices.
// A node with a tie gets no cell.
CellMap map_cells(const DomainView& view, const topology::Host& host, const HostLocations& locations,
                  const Options& options);

// Of the devices that can be placed, the host nodes that have no cell and may get one.
std::set<NodeId> nodes_without_cell(const DomainView& view, const HostLocations& locations, const CellMap& cells,
                                    bool readdress);

}  // namespace vnuma::placement
