// Places in a JSON text, for messages. The texts must be JSON, but for text_place.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace vnuma::topology {

struct TextPlace {
  std::size_t line = 1;
  std::size_t column = 1;  // in bytes
};

// Of the byte at `at`.
TextPlace text_place(std::string_view text, std::size_t at);

// Of the value at `path`, as "devices[3].bars[0]"; where a member is missing, of the object that lacks it. Linear.
TextPlace json_place(std::string_view text, std::string_view path);

struct JsonFlaw {
  TextPlace place;
  std::string message;
};

// The first object that has a name twice, of which JSON does not say what it means, or value that is nested deeper than
// `depth`; nullopt if there is none. Linear, times a logarithm.
std::optional<JsonFlaw> json_flaw(std::string_view text, std::size_t depth);

}  // namespace vnuma::topology
