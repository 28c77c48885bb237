// OptionValue: the value of an option of QEMU, as "pxb-pcie,id=vnuma-pci1,bus=pcie.0".
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "../bytes.hpp"

namespace vnuma::placement {

// A size as QEMU reads it, in the largest unit that divides it: "64G".
inline std::string qemu_size(std::uint64_t bytes) {
  for (const auto& [unit, suffix] : {std::pair(GiB, "G"), std::pair(MiB, "M"), std::pair(KiB, "K")}) {
    if (bytes > 0 && bytes % unit == 0) return fmt::format("{}{}", bytes / unit, suffix);
  }
  return fmt::format("{}B", bytes);
}

class OptionValue {
 public:
  explicit OptionValue(std::string_view first) { append(first); }

  // Adds ",key=value".
  OptionValue& add(std::string_view key, std::string_view value) {
    text_ += ',';
    text_ += key;
    text_ += '=';
    append(value);
    return *this;
  }
  OptionValue& add(std::string_view key, std::integral auto number) { return add(key, fmt::to_string(number)); }
  OptionValue& add_switch(std::string_view key, bool is_on) { return add(key, is_on ? "on" : "off"); }

  const std::string& text() const { return text_; }

 private:
  // QEMU reads two commas as one that is part of the value.
  void append(std::string_view value) {
    for (const char c : value) text_.append(c == ',' ? 2 : 1, c);
  }

  std::string text_;
};

}  // namespace vnuma::placement
