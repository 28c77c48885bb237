// What generate and Cells::add share: how memory is split over cells, and the distances between cells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <vnuma/placement/layout.hpp>

namespace vnuma::placement {

// The bytes of each cell: whole pages, the same number for each cell; the first cells take one more each if some
// remain. Throws PlanError if the memory is not a multiple of the page, or has fewer pages than there are cells.
// `page_name`: as in "huge page".
std::vector<std::uint64_t> split_memory(std::uint64_t memory, std::uint64_t page, std::size_t cells,
                                        const std::string& page_name, const std::string& path);

// Fills in LayoutCell::distances.
void add_distances(const topology::Host& host, std::vector<LayoutCell>& cells);

}  // namespace vnuma::placement
