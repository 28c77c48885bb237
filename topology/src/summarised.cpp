#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vnuma/topology/tree.hpp>

namespace vnuma::topology {

namespace {

using Kind = TreeEntry::Kind;

// The entries that a summary replaces.
struct Count {
  std::size_t root_complexes = 0;
  std::size_t devices = 0;
  std::size_t empty_ports = 0;
};

bool has_devices(const TreeEntry& entry) {
  return entry.kind == Kind::device || std::any_of(entry.below.begin(), entry.below.end(), has_devices);
}

// Whether the entry keeps its own line, for itself or for an entry below it.
bool is_listed(const TreeEntry& entry) {
  switch (entry.kind) {
    case Kind::numa_node:
    case Kind::expander_bus:
    case Kind::summary: return true;
    case Kind::device:
      if (entry.is_shown) return true;
      break;
    default:
      if (!entry.remark.empty()) return true;
      break;
  }
  return std::any_of(entry.below.begin(), entry.below.end(), is_listed);
}

void add(const TreeEntry& entry, Count& count) {
  count.root_complexes += entry.kind == Kind::root_complex;
  count.devices += entry.kind == Kind::device;
  if (entry.is_bridge() && !has_devices(entry)) {
    ++count.empty_ports;
    return;  // the ports below it are not counted
  }
  for (const TreeEntry& below : entry.below) add(below, count);
}

std::string text(const Count& count) {
  std::vector<std::string> parts;
  const auto add = [&](std::size_t number, const char* one, const char* many) {
    if (number > 0) parts.push_back(fmt::format("{} {}", number, number == 1 ? one : many));
  };
  add(count.root_complexes, "other root complex", "other root complexes");
  if (count.root_complexes > 0)
    add(count.devices, "device", "devices");
  else
    add(count.devices, "other device", "other devices");
  add(count.empty_ports, "empty port", "empty ports");
  return fmt::format("{}", fmt::join(parts, ", "));
}

bool is_equal_function(const TreeEntry& a, const TreeEntry& b) {
  return b.kind == Kind::device && b.word.ends_with(" VF") && b.below.empty() && a.word == b.word && a.ids == b.ids &&
         a.node == b.node && !b.passthrough;
}

// Replaces each run of equal virtual functions with a summary.
void join_functions(std::vector<TreeEntry>& entries) {
  constexpr std::ptrdiff_t least = 4;
  std::vector<TreeEntry> joined;
  for (auto first = entries.begin(); first != entries.end();) {
    const auto last =
        std::find_if_not(first, entries.end(), [&](const TreeEntry& e) { return is_equal_function(*first, e); });
    if (std::distance(first, last) < least) {
      joined.push_back(std::move(*first));
      ++first;
      continue;
    }
    joined.push_back({.kind = Kind::summary,
                      .name = fmt::format("{} {}s, {} to {}", std::distance(first, last), first->word,
                                          first->address->format(), std::prev(last)->address->format())});
    first = last;
  }
  entries = std::move(joined);
}

void summarise(TreeEntry& entry) {
  Count count;
  std::size_t others = 0;
  for (const TreeEntry& below : entry.below) {
    if (is_listed(below)) continue;
    ++others;
    add(below, count);
  }
  // A summary of a single entry would save no line.
  if (others > 1 || count.root_complexes + count.devices + count.empty_ports > 1) {
    std::erase_if(entry.below, [](const TreeEntry& below) { return !is_listed(below); });
    entry.below.push_back({.kind = Kind::summary, .name = text(count)});
  }
  join_functions(entry.below);
  for (TreeEntry& below : entry.below) summarise(below);
}

}  // namespace

PciTree summarised(const PciTree& tree) {
  PciTree shorter = tree;
  for (TreeEntry& node : shorter.nodes) summarise(node);
  return shorter;
}

}  // namespace vnuma::topology
