// New guest cells for host nodes that have none: their ids, memory and distances.
#pragma once

#include <cstdint>
#include <optional>
#include <set>

#include "cell_map.hpp"

namespace vnuma::placement {

// The map with a new cell for each of the nodes. Where no cell has enough memory to give, the node stays without, and
// CellMap::missing says why. Throws ValueError for invalid sizes.
CellMap with_new_cells(CellMap map, const std::set<NodeId>& nodes, const DomainView& view, const topology::Host& host);

// Throws PlanError for an expander bus that already names the id of a new cell. libvirt refuses a cell that does not
// exist, so nobody meant the devices on the bus to be on the new cell.
void check_expanders(const DomainView& view, const std::vector<PlannedCell>& added);

// The bytes that a new cell takes from a cell: whole huge pages, if the cell has them.
std::uint64_t memory_of_new_cell(const schema::Domain& domain, std::uint32_t cell);

// The distance from one host node to another, in the list of the first, else of the second.
std::optional<unsigned> host_distance(const topology::Host& host, NodeId from, NodeId to);

// The distance between the cells that these nodes map to: that of the two nodes that are nearest to each other.
unsigned cell_distance(const topology::Host& host, const std::set<NodeId>& from, const std::set<NodeId>& to);

// The huge pages that back a cell: the position of those that name it, else of those for cells that no entry names.
std::optional<std::size_t> pages_of(const schema::HugePages& pages, std::uint32_t cell);

}  // namespace vnuma::placement
