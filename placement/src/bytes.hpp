// Numbers of bytes: units, alignment, and as text.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

namespace vnuma::placement {

inline constexpr std::uint64_t KiB = std::uint64_t{1} << 10;
inline constexpr std::uint64_t MiB = std::uint64_t{1} << 20;
inline constexpr std::uint64_t GiB = std::uint64_t{1} << 30;

// The next multiple of the alignment, a power of two. Saturates.
constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t alignment) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  return value > most - (alignment - 1) ? most : (value + (alignment - 1)) & ~(alignment - 1);
}

// "64 GiB", or, of less than 10 GiB, "1536 MiB" where it is no whole number of them; rounded up.
std::string size_text(std::uint64_t bytes);

}  // namespace vnuma::placement
