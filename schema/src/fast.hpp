// What the codec does only for speed. The figures are times of from_xml or to_xml without it, relative to those with
// it, for the three documents of benchmarks/run. Scalar has two more: see scalar.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "codes.hpp"
#include "field_set.hpp"
#include "sax_context.hpp"

namespace vnuma::schema {

class ModelType;
struct Field;

// The fields that were found for names. It compares the addresses of names, so each name must keep its address as long
// as this lives. from_xml without it: 1.05, 1.10, 1.12.
class FoundFields {
 public:
  // The field that `search` finds for the name in the model.
  template <class Search>
  const Field* find(const ModelType& model, std::string_view name, Search&& search) {
    const auto key = reinterpret_cast<std::uintptr_t>(name.data()) + 3 * reinterpret_cast<std::uintptr_t>(&model);
    Entry& entry = entries_[key * 0x9e3779b97f4a7c15 >> 56];
    if (entry.name != name.data() || entry.model != &model) entry = {name.data(), &model, search()};
    return entry.field;
  }

 private:
  struct Entry {
    const char* name = nullptr;
    const ModelType* model = nullptr;
    const Field* field = nullptr;
  };

  std::array<Entry, 256> entries_;
};

struct FoundNames {
  FoundFields attributes;
  FoundFields children;  // separate, because a child can have the name of an attribute
};

// libxml2's parser, and the fields that were found for the names in its dictionary.
struct Parser {
  SaxContext context = new_sax_context();
  FoundNames names;
};

// A parser for one document, which the thread keeps for its next document. from_xml without it: 1.16, 1.11, 1.15.
class LentParser {
 public:
  LentParser();
  Parser& operator*() const { return *parser_; }
  Parser* operator->() const { return parser_.get(); }

  // To be called after a document of `size` bytes was read. A parser that failed, or holds much memory, is not kept.
  void give_back(std::size_t size);

 private:
  std::unique_ptr<Parser> parser_;
};

// Up to eight codes from 1 to 15 in one number, four bits each, the first code in the lowest bits; 0 for other codes.
// An element with attributes in an unusual order then needs no Unmodelled::Kept. from_xml without it: 1.06, 1.00, 1.08.
inline std::uint32_t packed(const Codes& codes) {
  const bool fits = std::ranges::all_of(codes, [](char8_t code) { return code > 0 && code < 16; });
  if (codes.size() > 8 || !fits) return 0;
  std::uint32_t number = 0;
  for (std::size_t i = codes.size(); i-- > 0;) number = number << 4 | codes[i];
  return number;
}
inline Codes unpacked(std::uint32_t number) {
  Codes codes;
  for (; number != 0; number >>= 4) codes.push_back(static_cast<char8_t>(number & 15));
  return codes;
}

// Appends an item. The first one reserves memory for eight, because models are expensive to move. from_xml without it:
// 1.03, 1.03, 1.05; the last document would then miss 0.5 of libxml2's tree.
template <class T>
T& add_to(std::vector<T>& items) {
  if (items.empty()) items.reserve(8);
  return items.emplace_back();
}

// A text that is made of many short parts. It checks its capacity once per call. to_xml with fmt::memory_buffer::append
// for each part: 1.33, 1.24, 1.31.
class Output {
 public:
  struct Spaces {
    std::size_t count;
  };

  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // Appends characters, texts and spaces.
  template <class... Parts>
  void put(Parts... parts) {
    const std::size_t added = (size_of(parts) + ...);
    if (static_cast<std::size_t>(limit_ - end_) < added) grow(added);
    char* end = end_;
    ((end = copy(parts, end)), ...);
    end_ = end;
  }
  std::string_view text() const { return {buffer_.get(), static_cast<std::size_t>(end_ - buffer_.get())}; }

 private:
  static std::size_t size_of(char) { return 1; }
  static std::size_t size_of(std::string_view text) { return text.size(); }
  static std::size_t size_of(Spaces spaces) { return spaces.count; }
  static char* copy(char c, char* to) {
    *to = c;
    return to + 1;
  }
  static char* copy(std::string_view text, char* to) { return std::copy(text.begin(), text.end(), to); }
  static char* copy(Spaces spaces, char* to) { return std::fill_n(to, spaces.count, ' '); }
  void grow(std::size_t added);

  std::unique_ptr<char[]> buffer_;
  char* end_ = nullptr;    // of the text
  char* limit_ = nullptr;  // of the buffer
};

// The fields of an object that have a value. The compiler knows the fields, and makes a few instructions of each
// instead of an indirect call. to_xml without it: 1.44, 1.27, 1.34.
template <const auto& fields>
FieldSet present_fields(const void* object) {
  return [&]<std::size_t... i>(std::index_sequence<i...>) {
    return FieldSet((std::uint64_t{0} | ... | (std::uint64_t{fields[i].count(object) != 0} << i)));
  }(std::make_index_sequence<fields.size()>());
}

}  // namespace vnuma::schema
