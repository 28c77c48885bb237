// An element of <devices>, by name and position.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace vnuma::placement {

// "hostdev", and its position among the elements of this name.
struct Element {
  std::string_view name;
  std::size_t position = 0;

  // "/domain/devices/hostdev[2]"
  std::string path() const { return fmt::format("/domain/devices/{}[{}]", name, position + 1); }
};

}  // namespace vnuma::placement
