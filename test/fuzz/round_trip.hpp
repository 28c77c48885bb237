// The codec's promise, held against any text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <vnuma/schema/ptree.hpp>
#include <vnuma/schema/xml.hpp>

#include "canonical.hpp"
#include "fuzz/require.hpp"

namespace vnuma::test {

// Reads the text. What is refused must be refused as documented, with a place in the text.
template <class T>
std::optional<T> read(std::string_view text) {
  try {
    return schema::from_xml<T>(text);
  } catch (const schema::ParseError& error) {
    require(error.line() > 0 && error.line() <= text.size() + 1, "a refusal has a line", error.what());
    // Other encodings are converted to UTF-8 first, which can be longer.
    require(error.column() > 0 && error.column() <= 3 * text.size() + 1, "a refusal has a column", error.what());
    require(error.path().starts_with('/'), "a refusal has a path", error.what());
    static_cast<void>(schema::locate(text, error.path()));
    return std::nullopt;
  }
}

// What is read comes back: as text in both layouts and as a tree, with an equal value and the same canonical form.
template <class T>
void check_round_trip(const std::string& text, const T& value) {
  const std::string expected = canonical(text);
  for (const schema::Layout layout : {schema::Layout::indented, schema::Layout::compact}) {
    const std::string written = schema::to_xml(value, layout);
    const std::string form = canonical(written);
    require(form == expected, "the text comes back",
            written + "\n== canonical\n" + form + "\n== expected\n" + expected);
    require(schema::from_xml<T>(written) == value, "the text gives an equal value", written);
  }
  const T through_tree = schema::from_ptree<T>(schema::to_ptree(value));
  require(through_tree == value, "the tree gives an equal value");
  const std::string written = schema::to_xml(through_tree);
  require(canonical(written) == expected, "the tree comes back", written + "\n== expected\n" + expected);
}

}  // namespace vnuma::test
