// What any tree that is shown must hold to.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

#include <vnuma/topology/tree.hpp>

#include "fuzz/require.hpp"

namespace vnuma::test {

template <class F>
std::size_t count(const std::vector<topology::TreeEntry>& entries, F&& counts) {
  std::size_t sum = 0;
  for (const topology::TreeEntry& entry : entries) sum += counts(entry) + count(entry.below, counts);
  return sum;
}

// Draws it in every way, and requires that a terminal is safe.
inline void check_tree(const topology::PciTree& tree) {
  const auto is_control = [](char c) { return (c >= 0 && c < ' ' && c != '\n') || c == '\x7f'; };
  for (const topology::PciTree& one : {tree, summarised(tree)}) {
    for (const std::string& text :
         {tree_text(one), tree_text(one, {.unicode = true, .width = 60}), tree_dot(one), tree_json(one)}) {
      require(std::none_of(text.begin(), text.end(), is_control), "a tree has no control characters", text);
    }
  }
}

}  // namespace vnuma::test
