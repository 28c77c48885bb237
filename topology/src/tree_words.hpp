// What texts and drawings of a tree say of an entry.
#pragma once

#include <string>
#include <vector>

#include <vnuma/topology/tree.hpp>

namespace vnuma::topology {

// What a word is about, for colours.
enum class Tone { plain, heading, gpu, nic, disk, good, bad, faint };

struct Words {
  std::string text;
  Tone tone = Tone::plain;
};

// On one line that does no harm to a terminal.
struct Line {
  Words label;  // what it is, with its address: never cut
  std::vector<Words> details;
};

Tone tone_of(const TreeEntry& entry);
Line line_of(const TreeEntry& entry, bool is_guest);

// "host 0000:18:00.0"
std::string source(const Passthrough& device);

// "H100 SXM5 80GB" of "GH100 [H100 SXM5 80GB]", as pci.ids has it; empty if not known.
std::string short_name(const TreeEntry& entry);

// "host", "guest", or "guest NAME".
std::string title(const PciTree& tree);

// "14 of 16 passthrough devices are on the cell of their host node; of 1 that cell is not known"; empty where there are
// none, or the host is not known.
std::string verdict(const PciTree& tree);

}  // namespace vnuma::topology
