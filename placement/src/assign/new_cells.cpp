#include "new_cells.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include <vnuma/schema/size.hpp>

#include "../bytes.hpp"

namespace vnuma::placement {

namespace {

// QEMU 7.2 does not start a cell without memory ("memory-backend-ram doesn't take value '0'"), and one huge page of 2
// MiB is too little: until the end of 2023, Linux on x86 ignored nodes of less than 4 MiB (NODE_MIN_SIZE).
constexpr std::uint64_t least_memory = 64 * MiB;

// From the new cells to all, themselves included. Both directions take the list of the lower cell, so that they agree.
void add_distances(const topology::Host& host, const std::map<std::uint32_t, std::set<NodeId>>& nodes_of,
                   std::vector<PlannedCell>& added) {
  for (PlannedCell& cell : added) {
    for (const auto& [other, nodes] : nodes_of) {
      unsigned distance = own_distance;
      if (other < cell.id) distance = cell_distance(host, nodes, {cell.host_node});
      if (other > cell.id) distance = cell_distance(host, {cell.host_node}, nodes);
      cell.distances.emplace_back(other, distance);
    }
  }
}

}  // namespace

std::optional<unsigned> host_distance(const topology::Host& host, NodeId from, NodeId to) {
  for (const auto& [node, other] : {std::pair{from, to}, std::pair{to, from}}) {
    const topology::Node* lists = host.node(node);
    if (!lists) continue;
    for (const auto& [id, distance] : lists->distances) {
      if (id == other) return distance;
    }
  }
  return std::nullopt;
}

unsigned cell_distance(const topology::Host& host, const std::set<NodeId>& from, const std::set<NodeId>& to) {
  std::optional<unsigned> least;
  for (const NodeId a : from) {
    for (const NodeId b : to) {
      const auto distance = host_distance(host, a, b);
      if (distance) least = std::min(least.value_or(*distance), *distance);
    }
  }
  return std::clamp(least.value_or(default_distance), least_distance, most_distance);
}

std::optional<std::size_t> pages_of(const schema::HugePages& pages, std::uint32_t cell) {
  std::optional<std::size_t> rest;
  for (std::size_t i = 0; i < pages.huge_page.size(); ++i) {
    const schema::HugePage& page = pages.huge_page[i];
    if (page.node_set && page.node_set.value().contains(cell)) return i;
    if (!page.node_set) rest = i;
  }
  return rest;
}

// The domain does not give the size of the host's default huge pages; 64 MiB is a whole number of the usual ones.
std::uint64_t memory_of_new_cell(const schema::Domain& domain, std::uint32_t cell) {
  if (!domain.memory_backing || !domain.memory_backing->huge_pages) return least_memory;
  const schema::HugePages& pages = *domain.memory_backing->huge_pages;
  const auto position = pages_of(pages, cell);
  if (!position) return least_memory;
  const std::uint64_t size =
      schema::bytes(pages.huge_page[*position], fmt::format("/domain/memoryBacking/hugepages/page[{}]", *position + 1));
  if (size == 0) return least_memory;
  return size >= least_memory ? size : (least_memory + size - 1) / size * size;
}

CellMap with_new_cells(CellMap map, const std::set<NodeId>& nodes, const DomainView& view, const topology::Host& host) {
  if (nodes.empty()) return map;
  std::map<std::uint32_t, std::uint64_t> memory;
  for (const GuestCell& cell : view.cells) memory.emplace(cell.id, schema::bytes(*cell.cell, cell.path()));
  std::map<std::uint32_t, std::set<NodeId>> nodes_of;
  for (const auto& [id, bytes] : memory) nodes_of[id];
  for (const auto& [node, id] : map.cells) nodes_of[id].insert(node);
  std::uint64_t next = std::uint64_t{memory.rbegin()->first} + 1;
  for (const NodeId node : nodes) {
    const auto largest =
        std::max_element(memory.begin(), memory.end(), [](auto& a, auto& b) { return a.second < b.second; });
    const std::uint64_t taken = memory_of_new_cell(view.domain, largest->first);
    if (largest->second < taken || largest->second - taken < taken ||
        next > std::numeric_limits<std::uint32_t>::max()) {
      map.missing[node] = {fmt::format(
          "host node {} has no guest cell, and the largest, cell {}, has too little memory to give {} to a new one",
          node, largest->first, size_text(taken))};
      continue;
    }
    largest->second -= taken;
    const auto id = static_cast<std::uint32_t>(next++);
    map.added.push_back({.id = id, .host_node = node, .memory = taken, .taken_from = largest->first});
    nodes_of[id].insert(node);
    map.cells.emplace(node, id);
    map.reasons.emplace(node, fmt::format("it is new, because the node had none; its memory comes from cell {}, which "
                                          "has the most",
                                          largest->first));
  }
  add_distances(host, nodes_of, map.added);
  return map;
}

void check_expanders(const DomainView& view, const std::vector<PlannedCell>& added) {
  for (const PlannedCell& cell : added) {
    for (const PciController& controller : view.pci.controllers()) {
      if (!controller.is_expander() || controller.node != cell.id) continue;
      throw PlanError(make_diagnostic(Code::unknown_cell, controller.path() + "/target/node",
                                      fmt::format("there is no guest cell {}", cell.id),
                                      "name a cell that the domain has"));
    }
  }
}

}  // namespace vnuma::placement
