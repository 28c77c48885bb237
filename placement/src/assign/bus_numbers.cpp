#include <vnuma/placement/bus_numbers.hpp>

#include <algorithm>

namespace vnuma::placement {

bool BusNumbers::is_free(BusRange range) const {
  return range.first >= lowest_ && range.last <= 255 && range.first <= range.last &&
         std::none_of(taken_.begin(), taken_.end(),
                      [&](const BusRange& other) { return other.first <= range.last && range.first <= other.last; });
}

unsigned BusNumbers::room_from(unsigned first) const {
  unsigned end = 256;
  for (const BusRange& range : taken_) {
    if (range.last >= first) end = std::min(end, std::max(range.first, first));
  }
  return end > first ? end - first : 0;
}

std::optional<std::vector<BusRange>> BusNumbers::take(std::span<const BusRequest> requests, unsigned* alignment) {
  for (const unsigned one : {16U, 8U, 4U, 2U, 1U}) {
    auto ranges = fit(requests, one);
    if (!ranges) continue;
    if (alignment) *alignment = one;
    taken_.insert(taken_.end(), ranges->begin(), ranges->end());
    return ranges;
  }
  return std::nullopt;
}

// From the top down, so that the order comes out ascending.
std::optional<std::vector<BusRange>> BusNumbers::fit(std::span<const BusRequest> requests, unsigned alignment) const {
  std::vector<BusRange> ranges(requests.size());
  unsigned end = 256;
  for (std::size_t i = requests.size(); i-- > 0;) {
    const BusRequest& request = requests[i];
    const unsigned lowest = std::max(lowest_, request.lowest);
    end = std::min(end, request.below);
    do {
      if (end < lowest + request.size) return std::nullopt;
      const unsigned first = (end - request.size) / alignment * alignment;
      if (first < lowest) return std::nullopt;
      ranges[i] = {first, first + request.size - 1};
      end = ranges[i].last;  // the next try, if this one is taken
    } while (!is_free(ranges[i]));
    end = ranges[i].first;
  }
  return ranges;
}

}  // namespace vnuma::placement
