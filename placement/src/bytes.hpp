// Numbers of bytes: units, alignment, and as text.
#pragma once

#include <cstdint>
#include <limits>

#include <vnuma/topology/size_text.hpp>

namespace vnuma::placement {

inline constexpr std::uint64_t KiB = std::uint64_t{1} << 10;
inline constexpr std::uint64_t MiB = std::uint64_t{1} << 20;
inline constexpr std::uint64_t GiB = std::uint64_t{1} << 30;

// The next multiple of the alignment, a power of two. Saturates.
constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t alignment) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  return value > most - (alignment - 1) ? most : (value + (alignment - 1)) & ~(alignment - 1);
}

using topology::size_text;

}  // namespace vnuma::placement
