#include <vnuma/placement/free_list.hpp>

namespace vnuma::placement {

bool FreeList::take(unsigned number) {
  if (!is_free(number)) return false;
  taken_[number] = true;
  return true;
}

std::optional<unsigned> FreeList::take_lowest() {
  for (unsigned number = first_; number <= last_; ++number) {
    if (take(number)) return number;
  }
  return std::nullopt;
}

}  // namespace vnuma::placement
