#include "io_threads.hpp"

#include <algorithm>

namespace vnuma::placement {

std::set<std::uint32_t> io_thread_ids(const schema::Domain& domain) {
  std::set<std::uint32_t> ids;
  if (domain.io_thread_ids) {
    for (const schema::IOThreadID& one : domain.io_thread_ids->io_thread) {
      if (one.id) ids.insert(*one.id);
    }
  }
  const std::uint32_t count = domain.io_threads ? domain.io_threads->io_threads.value_or(0) : 0;
  for (std::uint32_t id = 1; ids.size() < std::min(count, most_io_threads); ++id) ids.insert(id);
  return ids;
}

}  // namespace vnuma::placement
