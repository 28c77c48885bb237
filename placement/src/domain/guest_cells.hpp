// The guest cells that a domain declares: their effective ids, and the distances between them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <vnuma/schema/domain.hpp>

namespace vnuma::placement {

// A guest cell. `id` is its effective id: libvirt numbers a cell without an id by its position; so does this a cell
// whose id is invalid, which is reported elsewhere.
struct GuestCell {
  std::uint32_t id = 0;
  std::size_t position = 0;  // in NUMA::cells
  const schema::NUMACell* cell = nullptr;

  std::string path() const;  // "/domain/cpu/numa/cell[1]"
  bool has_vcpus() const { return cell->cpus && !cell->cpus.value().empty(); }
};

// The effective id of a cell at a position.
std::uint32_t effective_id(const schema::NUMACell& cell, std::size_t position);

std::vector<GuestCell> guest_cells(const schema::Domain& domain);

// The cell with the id; nullptr if there is none.
const GuestCell* find_cell(const std::vector<GuestCell>& cells, std::uint32_t id);

// The distance that the domain gives, in the list of either cell; nullopt if in neither.
std::optional<unsigned> distance(const std::vector<GuestCell>& cells, std::uint32_t from, std::uint32_t to);

// ACPI's distances as libvirt checks them (virDomainNumaDefNodeDistanceParseXML): 10 to the cell itself and to no other
// cell, and at most 255. libvirt assumes 20 where the domain does not say.
inline constexpr unsigned own_distance = 10;
inline constexpr unsigned least_distance = 11;
inline constexpr unsigned most_distance = 255;
inline constexpr unsigned default_distance = 20;

}  // namespace vnuma::placement
