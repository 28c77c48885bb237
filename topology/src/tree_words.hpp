// The words for an entry in texts and drawings of a tree.
#pragma once

#include <string>
#include <vector>

#include <vnuma/topology/tree.hpp>

namespace vnuma::topology {

// The tone of a word, which decides its colour.
enum class Tone { plain, heading, gpu, nic, disk, good, bad, faint };

struct Words {
  std::string text;
  Tone tone = Tone::plain;
};

// One line, with control characters escaped.
struct Line {
  Words label;  // kind and address, which are never cut
  std::vector<Words> details;
};

Tone tone_of(const TreeEntry& entry);
Line line_of(const TreeEntry& entry, bool is_guest);

// "host 0000:18:00.0"
std::string source(const Passthrough& device);

// "host", "guest", or "guest NAME".
std::string title(const PciTree& tree);

// "14 of 16 passthrough devices are on the cell of their host node; for 1, the cell is unknown"; empty if there are
// none, or the host is unknown.
std::string verdict(const PciTree& tree);

}  // namespace vnuma::topology
