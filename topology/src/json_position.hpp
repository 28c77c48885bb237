// Positions in a JSON text, for messages. The text must be valid JSON, except for text_position.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace vnuma::topology {

struct TextPosition {
  std::size_t line = 1;
  std::size_t column = 1;  // in bytes
};

// The position of the byte at `at`.
TextPosition text_position(std::string_view text, std::size_t at);

// The position of the value at `path`, such as "devices[3].bars[0]"; if a member is missing, of the object that lacks
// it. Linear.
TextPosition json_position(std::string_view text, std::string_view path);

struct JsonFlaw {
  TextPosition position;
  std::string message;
};

// The first name that occurs twice in an object, which JSON leaves undefined, or the first value that is nested deeper
// than `depth`; nullopt if there is none. Linear, times a logarithm.
std::optional<JsonFlaw> json_flaw(std::string_view text, std::size_t depth);

}  // namespace vnuma::topology
