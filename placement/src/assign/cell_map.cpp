#include "cell_map.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <vnuma/schema/size.hpp>

#include "../counted.hpp"
#include "new_cells.hpp"

namespace vnuma::placement {

namespace {

constexpr const char* no_node_has_a_cell =
    "no host node maps to a guest cell; pin the vCPUs of each cell, or name nodes in memnodes";

CellMap cells_of_domain(const DomainView& view, const topology::Host& host, bool strict) {
  topology::GuestMap map = topology::guest_map(view.domain, host);
  if (strict && !map.ignored.empty()) {
    throw PlanError(make_diagnostic(Code::ignored_memnode, map.ignored[0].path, map.ignored[0].message, "correct it"));
  }
  CellMap cells{.cells = std::move(map.cells), .reasons = std::move(map.reasons), .ties = std::move(map.ties)};
  for (topology::IgnoredMemNode& ignored : map.ignored) {
    cells.warnings.push_back(make_diagnostic(Code::ignored_memnode, std::move(ignored.path), std::move(ignored.message),
                                             "correct it; until then, pinning decides"));
  }
  return cells;
}

void map_node(CellMap& map, NodeId node, std::uint32_t cell, std::string why) {
  map.cells.emplace(node, cell);
  map.reasons.emplace(node, std::move(why));
}

// Cells without vCPUs to which no node maps.
std::set<std::uint32_t> free_cells(const DomainView& view, const CellMap& map) {
  std::set<std::uint32_t> free;
  for (const GuestCell& cell : view.cells) {
    if (!cell.has_vcpus()) free.insert(cell.id);
  }
  for (const auto& [node, cell] : map.cells) free.erase(cell);
  return free;
}

// A new cell is in no memnode: libvirt refuses host nodes that do not exist, and the kernel refuses, in every mode,
// nodes without memory (mbind(2)), as the node of a GPU is when no driver of the host has it. So a cell that an earlier
// plan added is recognized by the devices that are on it.
void add_cells_of_devices(const DomainView& view, const HostLocations& locations, CellMap& map) {
  std::set<std::uint32_t> free = free_cells(view, map);
  std::set<std::pair<NodeId, std::uint32_t>> found;
  for (std::size_t i = 0; i < view.devices.size(); ++i) {
    const auto& address = view.devices[i].address;
    if (!locations[i].node || !address || !map.may_get_cell(*locations[i].node)) continue;
    const PciController* expander = view.pci.expander_of(address->bus);
    if (expander && expander->node && free.contains(*expander->node)) {
      found.emplace(*locations[i].node, *expander->node);
    }
  }
  for (const auto& [node, cell] : found) {
    if (!map.has_cell(node) && free.erase(cell) > 0)
      map_node(map, node, cell, "it has no CPUs, and devices of the node are on it");
  }
}

// The node of `known` that is nearest to the node, and its distance; nullopt if the host gives no distance.
std::optional<std::pair<NodeId, unsigned>> nearest(const topology::Host& host, NodeId node,
                                                   const std::map<NodeId, std::uint32_t>& known) {
  std::optional<std::pair<NodeId, unsigned>> best;
  for (const auto& [candidate, cell] : known) {
    const auto distance = host_distance(host, node, candidate);
    if (distance && (!best || *distance < best->second)) best = {candidate, *distance};
  }
  return best;
}

// `known`: the nodes that pinning and memnodes map.
void add_nearest(const DomainView& view, const topology::Host& host, const HostLocations& locations,
                 const std::map<NodeId, std::uint32_t>& known, CellMap& map) {
  for (const NodeId node : nodes_without_cell(view, locations, map, true)) {
    const auto found = nearest(host, node, known);
    if (!found) {
      map.missing[node] = {
          known.empty()
              ? no_node_has_a_cell
              : fmt::format("host node {} has no guest cell, and the host gives no distance to a node that has one",
                            node)};
      continue;
    }
    const auto& [other, distance] = *found;
    const std::uint32_t cell = known.at(other);
    map_node(map, node, cell,
             fmt::format("of the nodes that have a cell, node {} is the nearest, at distance {}", other, distance));
    map.warnings.push_back(make_diagnostic(
        Code::nearest_cell, "",
        fmt::format(
            "host node {} has no guest cell; its devices go to cell {}, of host node {}, the nearest at distance "
            "{}",
            node, cell, other, distance)));
  }
}

// Cells without vCPUs, memnode and devices: those that an earlier plan may have added.
std::set<std::uint32_t> abandoned_cells(const DomainView& view, const CellMap& map) {
  std::set<std::uint32_t> free = free_cells(view, map);
  if (view.domain.numa_tune) {
    for (const schema::MemNode& memnode : view.domain.numa_tune->mem_nodes) {
      if (memnode.cell_id.valid()) free.erase(*memnode.cell_id);
    }
  }
  for (const PassthroughDevice& device : view.devices) {
    const PciController* expander = device.address ? view.pci.expander_of(device.address->bus) : nullptr;
    if (expander && expander->node) free.erase(*expander->node);
  }
  return free;
}

// Whether the cell has the memory and the distances that a new one for the node would have.
bool equals_new_cell(const DomainView& view, const topology::Host& host, const CellMap& map, std::uint32_t id,
                     NodeId node) {
  const GuestCell& cell = *find_cell(view.cells, id);
  if (!cell.cell->memory || schema::bytes(*cell.cell) != memory_of_new_cell(view.domain, id)) return false;
  // Cells of other devices may have been added when no node mapped to this one.
  std::map<std::uint32_t, std::set<NodeId>> nodes_of;
  for (const auto& [other, stands_for] : map.cells) {
    const GuestCell* mapped = find_cell(view.cells, stands_for);
    if (mapped && mapped->has_vcpus()) nodes_of[stands_for].insert(other);
  }
  return std::all_of(nodes_of.begin(), nodes_of.end(), [&](const auto& other) {
    const unsigned wanted =
        other.first < id ? cell_distance(host, other.second, {node}) : cell_distance(host, {node}, other.second);
    return distance(view.cells, id, other.first).value_or(default_distance) == wanted;
  });
}

void reuse_cells(const DomainView& view, const topology::Host& host, const HostLocations& locations, bool readdress,
                 CellMap& map) {
  std::set<std::uint32_t> free = abandoned_cells(view, map);
  for (const NodeId node : nodes_without_cell(view, locations, map, readdress)) {
    const auto cell = std::find_if(free.begin(), free.end(),
                                   [&](std::uint32_t id) { return equals_new_cell(view, host, map, id, node); });
    if (cell == free.end()) continue;
    map_node(map, node, *cell, "it has no CPUs and no devices, and equals a new cell for the node");
    free.erase(cell);
  }
}

}  // namespace

std::optional<std::uint32_t> CellMap::cell_of(std::optional<NodeId> node) const {
  const auto found = node ? cells.find(*node) : cells.end();
  return found == cells.end() ? std::nullopt : std::optional(found->second);
}

MissingCell CellMap::why_missing(NodeId node) const {
  if (const auto tie = ties.find(node); tie != ties.end()) {
    return {fmt::format("host node {} has equally many vCPUs of the guest cells {}: pin the vCPUs of each cell to its "
                        "node, or name the node in the memnode of one cell",
                        node, listed(tie->second.cells)),
            std::nullopt, Reason::ambiguous_cell};
  }
  if (const auto found = missing.find(node); found != missing.end()) return found->second;
  if (cells.empty()) return {no_node_has_a_cell};
  return {fmt::format("host node {} has no guest cell: no vCPU is pinned to its CPUs and no memnode names it", node),
          OptionHint{Option::unaligned}};
}

CellMap map_cells(const DomainView& view, const topology::Host& host, const HostLocations& locations,
                  const Options& options) {
  CellMap map = cells_of_domain(view, host, options.strict);
  const std::map<NodeId, std::uint32_t> known = map.cells;
  add_cells_of_devices(view, locations, map);
  if (options.unaligned == Unaligned::nearest) add_nearest(view, host, locations, known, map);
  if (options.unaligned == Unaligned::cell) reuse_cells(view, host, locations, options.readdress, map);
  return map;
}

std::set<NodeId> nodes_without_cell(const DomainView& view, const HostLocations& locations, const CellMap& cells,
                                    bool readdress) {
  std::set<NodeId> nodes;
  for (std::size_t i = 0; i < view.devices.size(); ++i) {
    const PassthroughDevice& device = view.devices[i];
    const bool may_be_placed = !device.has_address_element || (readdress && device.is_kept());
    if (may_be_placed && locations[i].node && cells.may_get_cell(*locations[i].node)) nodes.insert(*locations[i].node);
  }
  return nodes;
}

}  // namespace vnuma::placement
