#include <algorithm>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "tree_words.hpp"

namespace vnuma::topology {

namespace {

using Kind = TreeEntry::Kind;

// The colours of the boxes of NUMA nodes, in turn.
constexpr std::string_view box_colours[] = {"#eef3f8", "#f8f2e8", "#eff6ee", "#f7eff4"};

std::string_view fill(Tone tone) {
  switch (tone) {
    case Tone::gpu: return "#b9dcb0";
    case Tone::nic: return "#b5d3ee";
    case Tone::disk: return "#f0dfa6";
    default: return "#ffffff";
  }
}

// A quoted string, with escapes for backslashes and HTML entities, which Graphviz reads in it.
std::string dot_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    out += c;
    if (c == '&') out += "amp;";
  }
  return out + '"';
}

class DotWriter {
 public:
  explicit DotWriter(const PciTree& tree) : tree_(tree) {}

  std::string write() {
    out_ =
        "digraph vnuma {\n"
        "  graph [rankdir=LR, bgcolor=white, fontname=\"Helvetica,Arial,sans-serif\", fontsize=13, nodesep=0.12, "
        "ranksep=0.35]\n"
        "  node [shape=box, style=\"rounded,filled\", fillcolor=white, color=\"#8a8a8a\", fontname=\"Helvetica,Arial,"
        "sans-serif\", fontsize=11, height=0.3, margin=\"0.12,0.05\"]\n"
        "  edge [arrowhead=none, color=\"#8a8a8a\"]\n";
    out_ += fmt::format("  label={}\n  labelloc=t\n", dot_string(title(tree_)));
    // The order of the output makes dot draw everything in order from the top. dot starts at the bottom with the
    // entries below an entry, and with boxes that no edge joins; edges join the boxes of expander buses.
    const auto is_expander = [](const TreeEntry& entry) { return entry.kind == Kind::expander_bus; };
    const bool joined = std::any_of(tree_.nodes.begin(), tree_.nodes.end(), [&](const TreeEntry& node) {
      return std::any_of(node.below.begin(), node.below.end(), is_expander);
    });
    const std::size_t count = tree_.nodes.size();
    for (std::size_t i = 0; i < count; ++i) write_node(joined ? i : count - 1 - i);
    // The expander buses of a guest are devices on its root complex.
    for (const std::string& expander : expanders_) {
      if (!root_.empty()) out_ += fmt::format("  {} -> {}\n", root_, expander);
    }
    return out_ + "}\n";
  }

 private:
  void write_node(std::size_t number) {
    const TreeEntry& node = tree_.nodes[number];
    const Line line = line_of(node, tree_.is_guest);
    std::string text = line.label.text;
    for (const Words& detail : line.details) text += (&detail == line.details.data() ? "   " : ", ") + detail.text;
    out_ += fmt::format(
        "  subgraph cluster_{} {{\n"
        "    label={}\n    labelloc=t\n    labeljust=l\n    style=\"rounded,filled\"\n    color=\"#c4c4c4\"\n"
        "    fillcolor=\"{}\"\n",
        number, dot_string(text), node.node ? box_colours[number % std::size(box_colours)] : "#f4f4f4");
    for (const TreeEntry& below : node.below) write_entry(below);
    if (node.below.empty()) {
      out_ += fmt::format("    {} [label=\"no PCI device\", shape=plaintext, style=\"\"]\n", new_id());
    }
    out_ += "  }\n";
  }

  std::string write_entry(const TreeEntry& entry) {
    std::string id = new_id();
    out_ += fmt::format("    {} [label={}{}]\n", id, label(entry), style(entry));
    if (entry.kind == Kind::expander_bus) expanders_.push_back(id);
    if (entry.kind == Kind::root_complex && root_.empty() && tree_.is_guest) root_ = id;
    for (auto below = entry.below.rbegin(); below != entry.below.rend(); ++below) {
      const std::string other = write_entry(*below);
      out_ += fmt::format("    {} -> {}\n", id, other);
    }
    return id;
  }

  std::string label(const TreeEntry& entry) const {
    const Line line = line_of(entry, tree_.is_guest);
    std::string text = dot_string(line.label.text);
    text.pop_back();
    const auto add = [&](std::string_view more) {
      if (more.empty()) return;
      const std::string in_quotes = dot_string(more);
      text += "\\n" + in_quotes.substr(1, in_quotes.size() - 2);
    };
    if (entry.kind == Kind::expander_bus) {
      for (const Words& detail : line.details) add(detail.text);
    }
    if (entry.kind == Kind::device) {
      if (entry.passthrough) add(source(*entry.passthrough));
      add(short_name(entry.device_name));
    }
    return text + '"';
  }

  static std::string style(const TreeEntry& entry) {
    switch (entry.kind) {
      case Kind::root_complex:
      case Kind::expander_bus: return ", penwidth=1.6";
      case Kind::root_port:
      case Kind::downstream_port: return ", fontsize=9, style=filled, margin=\"0.06,0.03\", height=0.2";
      case Kind::summary: return ", style=\"rounded,dashed\", fontsize=9";
      case Kind::device: break;
      default: return ", style=filled";
    }
    const bool is_wrong = entry.passthrough && entry.passthrough->is_on_its_cell == false;
    return fmt::format(", fillcolor=\"{}\"{}", fill(tone_of(entry)), is_wrong ? ", color=\"#c00000\", penwidth=2" : "");
  }

  std::string new_id() { return fmt::format("n{}", ++count_); }

  const PciTree& tree_;
  std::string out_;
  std::size_t count_ = 0;
  std::string root_;
  std::vector<std::string> expanders_;
};

}  // namespace

std::string tree_dot(const PciTree& tree) { return DotWriter(tree).write(); }

}  // namespace vnuma::topology
