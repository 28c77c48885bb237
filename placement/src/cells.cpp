#include "cells.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <vnuma/schema/size.hpp>

#include "bytes.hpp"

namespace vnuma::placement {

namespace {

// QEMU 7.2 does not start a cell without memory ("memory-backend-ram doesn't take value '0'"), and one huge page of 2
// MiB would not do: until the end of 2023, Linux on x86 ignored nodes of less than 4 MiB (NODE_MIN_SIZE).
constexpr std::uint64_t least_memory = 64 * MiB;

// Distances are ACPI's, as libvirt checks them (virDomainNumaDefNodeDistanceParseXML): 10 to the cell itself and to no
// other, and no more than 255. 20 is what libvirt takes where the domain does not say.
constexpr unsigned own_distance = 10;
constexpr unsigned least_distance = 11;
constexpr unsigned most_distance = 255;
constexpr unsigned default_distance = 20;

constexpr const char* no_cell_stands_for_any =
    "no guest cell stands for any host node; pin its vCPUs, or name the node in a memnode";

// A cell without an id has its position as id, as in libvirt.
std::uint32_t id_of(const std::vector<schema::NUMACell>& cells, std::size_t position) {
  return cells[position].id.value_or(static_cast<std::uint32_t>(position));
}

bool has_vcpus(const std::vector<schema::NUMACell>& cells, std::uint32_t id) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (id_of(cells, i) == id) return cells[i].cpus && !cells[i].cpus.value().empty();
  }
  return false;
}

// By the list of `from`, else by that of `to`.
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

// Of the nodes that the cells stand for, the two that are nearest to each other.
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

// From the new cells to all, themselves included. The list of the lower cell is taken for both directions, so that
// they agree.
void add_distances(const topology::Host& host, const std::map<std::uint32_t, std::set<NodeId>>& nodes_of,
                   std::vector<PlannedCell>& planned) {
  for (PlannedCell& cell : planned) {
    for (const auto& [other, nodes] : nodes_of) {
      unsigned distance = own_distance;
      if (other < cell.id) distance = cell_distance(host, nodes, {cell.host_node});
      if (other > cell.id) distance = cell_distance(host, {cell.host_node}, nodes);
      cell.distances.emplace_back(other, distance);
    }
  }
}

// The position of the huge pages that back a cell: those that name it, else those for cells that none names.
std::optional<std::size_t> page_of(const schema::HugePages& pages, std::uint32_t cell) {
  std::optional<std::size_t> rest;
  for (std::size_t i = 0; i < pages.huge_page.size(); ++i) {
    const schema::HugePage& page = pages.huge_page[i];
    if (page.node_set && page.node_set.value().contains(cell)) return i;
    if (!page.node_set) rest = i;
  }
  return rest;
}

// What a new cell takes from a cell: whole huge pages where that cell has them. Of the host's default huge pages the
// domain does not give the size; 64 MiB is a whole number of the usual ones.
std::uint64_t taken_memory(const schema::Domain& domain, std::uint32_t cell) {
  if (!domain.memory_backing || !domain.memory_backing->huge_pages) return least_memory;
  const schema::HugePages& pages = *domain.memory_backing->huge_pages;
  const auto position = page_of(pages, cell);
  if (!position) return least_memory;
  const std::uint64_t size =
      schema::bytes(pages.huge_page[*position], fmt::format("/domain/memoryBacking/hugepages/page[{}]", *position + 1));
  if (size == 0) return least_memory;
  return size >= least_memory ? size : (least_memory + size - 1) / size * size;
}

// As the domain says it, in the list of either; nullopt if in none.
std::optional<unsigned> distance(const std::vector<schema::NUMACell>& cells, std::uint32_t from, std::uint32_t to) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::uint32_t id = id_of(cells, i);
    if ((id != from && id != to) || !cells[i].distances) continue;
    for (const schema::NUMACellSibling& sibling : cells[i].distances->siblings) {
      if (sibling.id == (id == from ? to : from) && sibling.value) return *sibling.value;
    }
  }
  return std::nullopt;
}

// In the cell's own unit, if that is possible.
void set_memory(schema::NUMACell& cell, std::uint64_t bytes) {
  const bool given = cell.unit.has_value() && !cell.unit.text().empty();
  const auto unit = static_cast<std::uint64_t>(given ? *cell.unit : schema::Unit::KiB);
  if (bytes % unit == 0) {
    cell.memory = bytes / unit;
  } else {
    cell.memory = bytes;
    cell.unit = schema::Unit::bytes;
  }
}

void set_distance(schema::NUMACellDistances& distances, std::uint32_t to, unsigned value) {
  for (schema::NUMACellSibling& sibling : distances.siblings) {
    if (sibling.id == to) {
      sibling.value = value;
      return;
    }
  }
  schema::NUMACellSibling& sibling = distances.siblings.emplace_back();
  sibling.id = to;
  sibling.value = value;
}

[[noreturn]] void stale_cells() {
  throw PlanError("/domain/cpu/numa", "the plan is not for this domain; plan it again");
}

// Adds the cell, and takes its memory from another.
void add_cell(const PlannedCell& planned, std::vector<schema::NUMACell>& cells) {
  schema::NUMACell made;
  made.id = planned.id;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::uint32_t id = id_of(cells, i);
    if (id == planned.id) stale_cells();
    if (id != planned.taken_from) continue;
    schema::NUMACell& source = cells[i];
    const std::uint64_t bytes = schema::bytes(source);
    if (bytes <= planned.memory) stale_cells();
    made.unit = source.unit;
    made.memory_access = source.memory_access;
    made.discard = source.discard;
    set_memory(made, planned.memory);
    set_memory(source, bytes - planned.memory);
  }
  if (!made.memory) stale_cells();
  cells.push_back(std::move(made));
}

// libvirt gives a cell without <distances> those that others have to it (virDomainNumaDefNodeDistanceParseXML); lists
// that are there stay complete.
void add_distances(const PlannedCell& planned, std::vector<schema::NUMACell>& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::uint32_t id = id_of(cells, i);
    if (id == planned.id) {
      for (const auto& [other, distance] : planned.distances) {
        set_distance(cells[i].distances ? *cells[i].distances : cells[i].distances.emplace(), other, distance);
      }
    } else if (cells[i].distances) {
      const auto to = std::find_if(planned.distances.begin(), planned.distances.end(),
                                   [&](const auto& entry) { return entry.first == id; });
      if (to == planned.distances.end()) stale_cells();
      set_distance(*cells[i].distances, planned.id, to->second);
    }
  }
}

}  // namespace

Alignment::Alignment(const schema::Domain& domain, const topology::Host& host, const Options& options,
                     const GuestPci& pci, Plan& plan, topology::GuestMap& map)
    : domain_(domain), host_(host), options_(options), pci_(pci), plan_(plan), map_(map) {}

void Alignment::extend() {
  const std::map<NodeId, std::uint32_t> known = map_.cells;
  add_device_cells();
  if (options_.unaligned == Unaligned::nearest) add_nearest(known);
  if (options_.unaligned != Unaligned::cell) return;
  std::set<NodeId> nodes;
  for (const PlannedDevice& device : plan_.devices) {
    const bool may_move = options_.readdress && device.outcome == Outcome::kept;
    const bool may_be_placed = device.reason.empty() || may_move;
    if (may_be_placed && device.host_node && !has_cell(*device.host_node)) nodes.insert(*device.host_node);
  }
  reuse_cells(nodes);
  add_new_cells(nodes);
}

void Alignment::map(NodeId node, std::uint32_t cell, std::string why) {
  map_.cells.emplace(node, cell);
  map_.reasons.emplace(node, std::move(why));
}

std::set<std::uint32_t> Alignment::free_cells() const {
  std::set<std::uint32_t> free;
  const std::vector<schema::NUMACell>& cells = domain_.cpu->numa->cells;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (const std::uint32_t id = id_of(cells, i); !has_vcpus(cells, id)) free.insert(id);
  }
  for (const auto& [node, cell] : map_.cells) free.erase(cell);
  return free;
}

// A new cell is in no memnode: libvirt refuses host nodes that are not there, and the kernel, in every mode, those
// without memory (mbind(2)), as the node of a GPU is when no driver of the host has it. So it is known again by the
// devices that are on it: a cell without CPUs stands for the host node of the devices under its expander bus.
void Alignment::add_device_cells() {
  std::set<std::uint32_t> free = free_cells();
  std::set<std::pair<NodeId, std::uint32_t>> found;
  for (const PlannedDevice& device : plan_.devices) {
    if (!device.host_node || !device.address || has_cell(*device.host_node)) continue;
    const PciController* expander = pci_.expander_of(device.address->bus);
    if (expander && expander->node && free.contains(*expander->node)) {
      found.emplace(*device.host_node, *expander->node);
    }
  }
  for (const auto& [node, cell] : found) {
    if (!has_cell(node) && free.erase(cell) > 0) map(node, cell, "it has no CPUs, and devices of the node are on it");
  }
}

// A cell that has lost its devices is known again by what a new one would be: no CPUs, no memnode, the same memory and
// the same distances, no device under an expander bus.
void Alignment::reuse_cells(std::set<NodeId>& nodes) {
  std::set<std::uint32_t> free = free_cells();
  if (domain_.numa_tune) {
    for (const schema::MemNode& memnode : domain_.numa_tune->mem_nodes) {
      if (memnode.cell_id.valid()) free.erase(*memnode.cell_id);
    }
  }
  for (const PlannedDevice& device : plan_.devices) {
    const PciController* expander = device.address ? pci_.expander_of(device.address->bus) : nullptr;
    if (expander && expander->node) free.erase(*expander->node);
  }
  const std::vector<schema::NUMACell>& cells = domain_.cpu->numa->cells;
  const auto is_as_new = [&](NodeId node, std::uint32_t id) {
    const auto cell = std::find_if(cells.begin(), cells.end(), [&](const schema::NUMACell& one) {
      return id_of(cells, static_cast<std::size_t>(&one - cells.data())) == id;
    });
    if (!cell->memory || schema::bytes(*cell) != taken_memory(domain_, id)) return false;
    // Cells of other devices may have come when this one stood for no node.
    std::map<std::uint32_t, std::set<NodeId>> nodes_of;
    for (const auto& [other, stands_for] : map_.cells) {
      if (has_vcpus(cells, stands_for)) nodes_of[stands_for].insert(other);
    }
    return std::all_of(nodes_of.begin(), nodes_of.end(), [&](const auto& other) {
      const unsigned wanted =
          other.first < id ? cell_distance(host_, other.second, {node}) : cell_distance(host_, {node}, other.second);
      return distance(cells, id, other.first).value_or(default_distance) == wanted;
    });
  };
  std::erase_if(nodes, [&](NodeId node) {
    const auto cell = std::find_if(free.begin(), free.end(), [&](std::uint32_t id) { return is_as_new(node, id); });
    if (cell == free.end()) return false;
    map(node, *cell, "it has no CPUs and no devices, and is as a new one for the node would be");
    free.erase(cell);
    return true;
  });
}

void Alignment::add_nearest(const std::map<NodeId, std::uint32_t>& known) {
  std::set<NodeId> nodes;
  for (const PlannedDevice& device : plan_.devices) {
    const bool counts = device.reason.empty() || device.outcome == Outcome::kept;
    if (counts && device.host_node && !has_cell(*device.host_node)) nodes.insert(*device.host_node);
  }
  for (const NodeId node : nodes) {
    std::optional<unsigned> least;
    std::map<NodeId, std::uint32_t>::const_iterator nearest;
    for (auto candidate = known.begin(); candidate != known.end(); ++candidate) {
      const auto distance = host_distance(host_, node, candidate->first);
      if (!distance || (least && *distance >= *least)) continue;
      least = distance;
      nearest = candidate;
    }
    if (known.empty()) {
      reasons_[node] = no_cell_stands_for_any;
      continue;
    }
    if (!least) {
      reasons_[node] = fmt::format("host node {} has no guest cell, and the host does not say which one is near", node);
      continue;
    }
    map(node, nearest->second,
        fmt::format("of the nodes that have one, node {} is the nearest, at distance {}", nearest->first, *least));
    plan_.warnings.push_back(fmt::format(
        "host node {} has no guest cell; its devices go to cell {}, of host node {}, the nearest at distance "
        "{}",
        node, nearest->second, nearest->first, *least));
  }
}

void Alignment::add_new_cells(const std::set<NodeId>& nodes) {
  if (nodes.empty()) return;
  const std::vector<schema::NUMACell>& cells = domain_.cpu->numa->cells;
  std::map<std::uint32_t, std::uint64_t> memory;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    memory.emplace(id_of(cells, i), schema::bytes(cells[i], fmt::format("/domain/cpu/numa/cell[{}]", i + 1)));
  }
  std::map<std::uint32_t, std::set<NodeId>> nodes_of;
  for (const auto& [id, bytes] : memory) nodes_of[id];
  for (const auto& [node, id] : map_.cells) nodes_of[id].insert(node);
  std::uint64_t next = std::uint64_t{memory.rbegin()->first} + 1;
  for (const NodeId node : nodes) {
    const auto largest =
        std::max_element(memory.begin(), memory.end(), [](auto& a, auto& b) { return a.second < b.second; });
    const std::uint64_t taken = taken_memory(domain_, largest->first);
    if (largest->second < taken || largest->second - taken < taken ||
        next > std::numeric_limits<std::uint32_t>::max()) {
      reasons_[node] = fmt::format(
          "host node {} has no guest cell, and the largest, cell {}, has too little memory to "
          "give {} to a new one",
          node, largest->first, size_text(taken));
      continue;
    }
    largest->second -= taken;
    const auto id = static_cast<std::uint32_t>(next++);
    plan_.cells.push_back({.id = id, .host_node = node, .memory = taken, .taken_from = largest->first});
    nodes_of[id].insert(node);
    map(node, id,
        fmt::format("it is new, as the node had none; its memory was that of cell {}, which has most", largest->first));
  }
  add_distances(host_, nodes_of, plan_.cells);
  check_expanders();
}

// libvirt refuses an expander bus on a cell that is not there; what is on it must not come to be on a new cell.
void Alignment::check_expanders() const {
  for (const PlannedCell& cell : plan_.cells) {
    for (const PciController& controller : pci_.controllers()) {
      if (!controller.is_expander() || controller.node != cell.id) continue;
      throw PlanError(fmt::format("/domain/devices/controller[{}]/target/node", controller.position + 1),
                      fmt::format("there is no guest cell {}; name one that the domain has", cell.id));
    }
  }
}

std::string Alignment::reason(NodeId node) const {
  const auto found = reasons_.find(node);
  if (found != reasons_.end()) return found->second;
  if (map_.cells.empty()) return no_cell_stands_for_any;
  return fmt::format(
      "host node {} has no guest cell: no vCPU is pinned to its CPUs and no memnode names it; {} says what else to do",
      node, options_.names.unaligned);
}

void Alignment::drop_unused(const std::vector<std::size_t>& to_place) {
  std::set<NodeId> used;
  for (const std::size_t i : to_place) used.insert(*plan_.devices[i].host_node);
  std::set<NodeId> kept;
  for (const PlannedCell& cell : plan_.cells) {
    if (used.contains(cell.host_node)) kept.insert(cell.host_node);
  }
  if (kept.size() == plan_.cells.size()) return;
  std::set<std::uint32_t> former;
  for (const PlannedCell& cell : plan_.cells) {
    former.insert(cell.id);
    map_.cells.erase(cell.host_node);
    map_.reasons.erase(cell.host_node);
  }
  plan_.cells.clear();
  add_new_cells(kept);
  for (PlannedDevice& device : plan_.devices) {
    if (!device.guest_cell || !former.contains(*device.guest_cell)) continue;
    const auto cell = map_.cells.find(*device.host_node);
    device.guest_cell = cell == map_.cells.end() ? std::nullopt : std::optional(cell->second);
    if (cell == map_.cells.end()) device.reason += ", and " + reason(*device.host_node);
  }
}

ChangedCells::ChangedCells(const std::vector<PlannedCell>& cells, const schema::Domain& domain) {
  if (cells.empty()) return;
  if (!topology::has_guest_cells(domain)) stale_cells();
  numa_ = domain.cpu->numa;
  for (const PlannedCell& cell : cells) add_cell(cell, numa_->cells);
  for (const PlannedCell& cell : cells) add_distances(cell, numa_->cells);
  if (!domain.memory_backing || !domain.memory_backing->huge_pages) return;
  huge_pages_ = domain.memory_backing->huge_pages;
  for (const PlannedCell& cell : cells) {
    const auto position = page_of(*huge_pages_, cell.taken_from);
    if (!position || !huge_pages_->huge_page[*position].node_set) continue;
    schema::CpuSet cell_ids = *huge_pages_->huge_page[*position].node_set;
    cell_ids.insert({cell.id, cell.id});
    huge_pages_->huge_page[*position].node_set = cell_ids;
  }
}

void ChangedCells::move_into(schema::Domain& domain) noexcept {
  if (numa_) domain.cpu->numa = std::move(numa_);
  if (huge_pages_) domain.memory_backing->huge_pages = std::move(huge_pages_);
}

}  // namespace vnuma::placement
