#include "characters.hpp"

#include <algorithm>
#include <array>

#include <libxml/chvalid.h>
#include <libxml/xmlstring.h>

namespace vnuma::schema {

namespace {

// The first character, and its length in bytes; -1 if XML does not allow it.
int character(std::string_view text, std::size_t& length) {
  int bytes = static_cast<int>(std::min<std::size_t>(text.size(), 4));
  const int c = xmlGetUTF8Char(reinterpret_cast<const unsigned char*>(text.data()), &bytes);
  if (c < 0 || !xmlIsCharQ(c)) return -1;
  length = static_cast<std::size_t>(bytes);
  return c;
}

struct Range {
  int first;
  int last;
};

// NameStartChar, and the other characters of NameChar, since the fifth edition of XML 1.0.
constexpr std::array<Range, 16> name_start{{{':', ':'},
                                            {'A', 'Z'},
                                            {'_', '_'},
                                            {'a', 'z'},
                                            {0xc0, 0xd6},
                                            {0xd8, 0xf6},
                                            {0xf8, 0x2ff},
                                            {0x370, 0x37d},
                                            {0x37f, 0x1fff},
                                            {0x200c, 0x200d},
                                            {0x2070, 0x218f},
                                            {0x2c00, 0x2fef},
                                            {0x3001, 0xd7ff},
                                            {0xf900, 0xfdcf},
                                            {0xfdf0, 0xfffd},
                                            {0x10000, 0xeffff}}};
constexpr std::array<Range, 5> name_more{{{'-', '.'}, {'0', '9'}, {0xb7, 0xb7}, {0x300, 0x36f}, {0x203f, 0x2040}}};

bool in(const auto& ranges, int c) {
  return std::any_of(ranges.begin(), ranges.end(), [&](Range range) { return range.first <= c && c <= range.last; });
}

}  // namespace

std::size_t first_forbidden(std::string_view text) {
  for (std::size_t i = 0, length = 0; i < text.size(); i += length) {
    if (character(text.substr(i), length) < 0) return i;
  }
  return std::string_view::npos;
}

bool is_name(std::string_view name) {
  for (std::size_t i = 0, length = 0; i < name.size(); i += length) {
    const int c = character(name.substr(i), length);
    if (c < 0 || !(in(name_start, c) || (i > 0 && in(name_more, c)))) return false;
  }
  return !name.empty();
}

bool is_instruction_target(std::string_view name) {
  const auto is = [&](std::size_t i, char lower) { return name[i] == lower || name[i] == lower - 'a' + 'A'; };
  return is_name(name) && !(name.size() == 3 && is(0, 'x') && is(1, 'm') && is(2, 'l'));
}

}  // namespace vnuma::schema
