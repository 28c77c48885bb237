#include "changed_cells.hpp"

#include <algorithm>
#include <utility>

#include <vnuma/schema/size.hpp>
#include <vnuma/topology/guest_map.hpp>

#include "assign/new_cells.hpp"
#include "domain/guest_cells.hpp"
#include "stale.hpp"

namespace vnuma::placement {

namespace {

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

// Adds the cell, and takes its memory from another.
void add_cell(const PlannedCell& planned, std::vector<schema::NUMACell>& cells) {
  schema::NUMACell made;
  made.id = planned.id;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::uint32_t id = effective_id(cells[i], i);
    if (id == planned.id) refuse_stale("/domain/cpu/numa");
    if (id != planned.taken_from) continue;
    schema::NUMACell& source = cells[i];
    const std::uint64_t bytes = schema::bytes(source);
    if (bytes <= planned.memory) refuse_stale("/domain/cpu/numa");
    made.unit = source.unit;
    made.memory_access = source.memory_access;
    made.discard = source.discard;
    set_memory(made, planned.memory);
    set_memory(source, bytes - planned.memory);
  }
  if (!made.memory) refuse_stale("/domain/cpu/numa");
  cells.push_back(std::move(made));
}

// libvirt gives a cell without <distances> those that others have to it (virDomainNumaDefNodeDistanceParseXML); lists
// that are there stay complete.
void add_distances(const PlannedCell& planned, std::vector<schema::NUMACell>& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::uint32_t id = effective_id(cells[i], i);
    if (id == planned.id) {
      for (const auto& [other, distance] : planned.distances) {
        set_distance(cells[i].distances ? *cells[i].distances : cells[i].distances.emplace(), other, distance);
      }
    } else if (cells[i].distances) {
      const auto to = std::find_if(planned.distances.begin(), planned.distances.end(),
                                   [&](const auto& entry) { return entry.first == id; });
      if (to == planned.distances.end()) refuse_stale("/domain/cpu/numa");
      set_distance(*cells[i].distances, planned.id, to->second);
    }
  }
}

}  // namespace

ChangedCells::ChangedCells(const std::vector<PlannedCell>& cells, const schema::Domain& domain) {
  if (cells.empty()) return;
  if (!topology::has_guest_cells(domain)) refuse_stale("/domain/cpu/numa");
  numa_ = domain.cpu->numa;
  for (const PlannedCell& cell : cells) add_cell(cell, numa_->cells);
  for (const PlannedCell& cell : cells) add_distances(cell, numa_->cells);
  if (!domain.memory_backing || !domain.memory_backing->huge_pages) return;
  huge_pages_ = domain.memory_backing->huge_pages;
  for (const PlannedCell& cell : cells) {
    const auto position = pages_of(*huge_pages_, cell.taken_from);
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
