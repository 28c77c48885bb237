/// \file
/// BusNumbers: the allocator of busNr.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include <vnuma/placement/export.hpp>

namespace vnuma::placement {

/// A range of bus numbers, both ends included: an expander bus, whose busNr is the first, and all buses below it.
struct BusRange {
  unsigned first = 0;
  unsigned last = 0;
  bool operator==(const BusRange&) const = default;
};

/// A range that is asked for.
struct BusRequest {
  unsigned size = 1;     ///< buses: 1 for the expander bus, 1 for each bridge below it
  unsigned lowest = 0;   ///< the range must not begin below
  unsigned below = 256;  ///< the range must end below
};

/// The bus numbers from `lowest` to 255, some ranges of which are taken. Firmware numbers buses depth first from each
/// busNr, so ranges that overlap, or end beyond 255, lose devices (or hang SeaBIOS).
class VNUMA_PLACEMENT_EXPORT BusNumbers {
 public:
  explicit BusNumbers(unsigned lowest) : lowest_(lowest) {}

  /// Marks a range as taken, whether it was free or not.
  void take(BusRange range) { taken_.push_back(range); }
  bool is_free(BusRange range) const;
  /// The number of free buses from `first` up to the next range that is taken, or 255.
  unsigned room_from(unsigned first) const;
  /// Takes a range for each request, ascending and disjoint, as high as they fit. Each begins at a multiple of 16, to
  /// leave room to grow; of 8, 4, 2 or 1 if that does not fit. Returns nullopt, and takes nothing, if they do not fit
  /// at all. `alignment`, if given, is set to the multiple.
  std::optional<std::vector<BusRange>> take(std::span<const BusRequest> requests, unsigned* alignment = nullptr);
  /// The lowest number that take() returns.
  unsigned lowest() const { return lowest_; }

 private:
  std::optional<std::vector<BusRange>> fit(std::span<const BusRequest> requests, unsigned alignment) const;

  unsigned lowest_;
  std::vector<BusRange> taken_;
};

}  // namespace vnuma::placement
