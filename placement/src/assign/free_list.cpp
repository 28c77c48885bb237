#include <vnuma/placement/free_list.hpp>

#include <algorithm>

namespace vnuma::placement {

bool FreeList::take(unsigned number) {
  if (!is_free(number)) return false;
  taken_[number] = true;
  return true;
}

std::optional<unsigned> FreeList::take_lowest(unsigned least) {
  unsigned number = std::max(lowest_, least);
  while (number <= last_ && !is_free(number)) ++number;
  if (least <= lowest_) lowest_ = number + 1;
  return take(number) ? std::optional(number) : std::nullopt;
}

std::size_t FreeList::free_count(unsigned least) const {
  std::size_t count = 0;
  for (unsigned number = std::max(first_, least); number <= last_; ++number) count += !taken_[number];
  return count;
}

}  // namespace vnuma::placement
