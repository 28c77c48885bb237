// Numbers of things, for a person.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace vnuma::placement {

// "1 port", "2 ports".
std::string counted(std::integral auto count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

}  // namespace vnuma::placement
