#include "guest_cells.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace vnuma::placement {

std::string GuestCell::path() const { return fmt::format("/domain/cpu/numa/cell[{}]", position + 1); }

std::uint32_t effective_id(const schema::NUMACell& cell, std::size_t position) {
  return cell.id && cell.id.valid() ? *cell.id : static_cast<std::uint32_t>(position);
}

std::vector<GuestCell> guest_cells(const schema::Domain& domain) {
  std::vector<GuestCell> cells;
  if (!domain.cpu || !domain.cpu->numa) return cells;
  for (const schema::NUMACell& cell : domain.cpu->numa->cells) {
    cells.push_back({effective_id(cell, cells.size()), cells.size(), &cell});
  }
  return cells;
}

const GuestCell* find_cell(const std::vector<GuestCell>& cells, std::uint32_t id) {
  const auto found = std::find_if(cells.begin(), cells.end(), [&](const GuestCell& cell) { return cell.id == id; });
  return found == cells.end() ? nullptr : &*found;
}

std::optional<unsigned> distance(const std::vector<GuestCell>& cells, std::uint32_t from, std::uint32_t to) {
  for (const GuestCell& cell : cells) {
    if ((cell.id != from && cell.id != to) || !cell.cell->distances) continue;
    for (const schema::NUMACellSibling& sibling : cell.cell->distances->siblings) {
      if (sibling.id == (cell.id == from ? to : from) && sibling.value) return *sibling.value;
    }
  }
  return std::nullopt;
}

}  // namespace vnuma::placement
