#include "cell_resources.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <vnuma/placement/plan.hpp>

#include "../counted.hpp"
#include "../domain/guest_cells.hpp"

namespace vnuma::placement {

std::vector<std::uint64_t> split_memory(std::uint64_t memory, std::uint64_t page, std::size_t cells,
                                        const std::string& page_name, const std::string& path) {
  if (page == 0 || memory % page != 0) {
    throw PlanError(make_diagnostic(
        Code::memory_indivisible, path,
        fmt::format("the memory of {} bytes is not a multiple of the {} of {} bytes", memory, page_name, page),
        "give a multiple"));
  }
  const std::uint64_t pages = memory / page;
  if (pages < cells) {
    throw PlanError(
        make_diagnostic(Code::memory_indivisible, path,
                        fmt::format("the memory of {} bytes is {} of {} bytes, fewer than the {} NUMA nodes that the "
                                    "CPUs are on",
                                    memory, counted(pages, page_name), page, cells),
                        fmt::format("give each node a {}", page_name)));
  }
  std::vector<std::uint64_t> split(cells, pages / cells * page);
  for (std::size_t i = 0; i < pages % cells; ++i) split[i] += page;
  return split;
}

void add_distances(const topology::Host& host, std::vector<LayoutCell>& cells) {
  std::map<topology::NodeId, std::uint32_t> cell_of;
  for (const LayoutCell& cell : cells) cell_of.emplace(cell.host_node, cell.id);
  for (LayoutCell& cell : cells) {
    for (const auto& [node, distance] : host.node(cell.host_node)->distances) {
      const auto to = cell_of.find(node);
      if (to == cell_of.end()) continue;
      const bool is_own = to->second == cell.id;
      cell.distances.emplace_back(to->second,
                                  is_own ? own_distance : std::clamp(distance, least_distance, most_distance));
    }
  }
}

}  // namespace vnuma::placement
