/// \file
/// FreeList: the allocator of controller indexes, chassis and slots.
#pragma once

#include <bitset>
#include <cstddef>
#include <optional>

#include <vnuma/placement/export.hpp>

namespace vnuma::placement {

/// The numbers from `first` to `last` (at most 255), some of which are taken: controller indexes (1-255), chassis
/// (1-255), slots of a bus (0-31).
class VNUMA_PLACEMENT_EXPORT FreeList {
 public:
  FreeList(unsigned first, unsigned last) : first_(first), last_(last), lowest_(first) {}

  /// Marks a number as taken. Returns whether it was free; numbers out of range are ignored, and return false.
  bool take(unsigned number);
  /// Takes the lowest free number that is not below `least`; nullopt if none is left.
  std::optional<unsigned> take_lowest(unsigned least = 0);
  bool is_free(unsigned number) const { return number >= first_ && number <= last_ && !taken_[number]; }
  /// How many free numbers are not below `least`.
  std::size_t free_count(unsigned least = 0) const;

 private:
  unsigned first_;
  unsigned last_;
  unsigned lowest_;  // none below is free
  std::bitset<256> taken_;
};

}  // namespace vnuma::placement
