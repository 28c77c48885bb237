/// \file
/// BusNumbers: the allocator of busNr.
#pragma once

#include <optional>
#include <span>
#include <vector>

#pragma GCC visibility push(default)
namespace vnuma::placement {

/// A range of bus numbers, both ends included: an expander bus, whose busNr is the first, and all buses below it.
struct BusRange {
  unsigned first = 0;
  unsigned last = 0;
  bool operator==(const BusRange&) const = default;
};

/// A range that is wanted.
struct BusRequest {
  unsigned size = 1;     ///< buses: 1 for the expander bus, 1 for each bridge below it
  unsigned lowest = 0;   ///< it must not begin below
  unsigned below = 256;  ///< it must end below
};

/// The bus numbers from `lowest` to 255, of which ranges are taken. Firmware numbers buses depth first from each busNr,
/// so ranges that overlap, or end beyond 255, lose devices (or hang SeaBIOS).
class BusNumbers {
 public:
  explicit BusNumbers(unsigned lowest) : lowest_(lowest) {}

  /// Marks a range as taken, whether it was free or not.
  void take(BusRange range) { taken_.push_back(range); }
  bool is_free(BusRange range) const;
  /// The number of free buses from `first` up to the next range that is taken, or 255.
  unsigned room_from(unsigned first) const;
  /// Takes a range for each request, ascending and disjoint, as high as they fit and each beginning at a multiple of
  /// 16, so that there is room to grow behind each; of 8, 4, 2 or 1 where that does not fit. nullopt, and takes
  /// nothing, if they do not fit at all. `alignment`, if given, is set to which of these it was.
  std::optional<std::vector<BusRange>> take(std::span<const BusRequest> requests, unsigned* alignment = nullptr);
  /// The lowest number that is given.
  unsigned lowest() const { return lowest_; }

 private:
  std::optional<std::vector<BusRange>> fit(std::span<const BusRequest> requests, unsigned alignment) const;

  unsigned lowest_;
  std::vector<BusRange> taken_;
};

}  // namespace vnuma::placement
#pragma GCC visibility pop
