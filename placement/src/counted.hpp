// Numbers of things, for a person.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <vnuma/schema/cpu_set.hpp>

namespace vnuma::placement {

// "1 port", "2 ports".
std::string counted(std::integral auto count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

// "3", "0 and 4", "0-3,8".
inline std::string listed(const schema::CpuSet& numbers) {
  if (numbers.size() != 2) return numbers.format();
  return fmt::format("{} and {}", numbers.ranges().front().first, numbers.ranges().back().last);
}

// The same for a range of numbers.
template <class Range>
std::string listed(const Range& numbers) {
  schema::CpuSet set;
  for (const std::uint32_t number : numbers) set.insert({number, number});
  return listed(set);
}

}  // namespace vnuma::placement
