#include <algorithm>
#include <string_view>

#include "tree_words.hpp"

namespace vnuma::topology {

namespace {

// The maximum number of columns of a text. Many characters from U+1000 on take two columns, except U+2000 to U+2FFF,
// which has the box characters.
std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) != 0x80) count += byte == 0xe1 || byte >= 0xe3 ? 2 : 1;
  }
  return count;
}

// The beginning of the text that fits the columns, in whole characters.
std::string_view fitting(std::string_view text, std::size_t width) {
  std::size_t end = 0;
  while (end < text.size()) {
    std::size_t next = end + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xc0) == 0x80) ++next;
    if (columns(text.substr(0, next)) > width) break;
    end = next;
  }
  return text.substr(0, end);
}

// ANSI's "select graphic rendition".
std::string_view code(Tone tone) {
  switch (tone) {
    case Tone::plain: return "";
    case Tone::heading: return "1";
    case Tone::gpu: return "32";
    case Tone::nic: return "36";
    case Tone::disk: return "33";
    case Tone::good: return "32";
    case Tone::bad: return "1;31";
    case Tone::faint: return "2";
  }
  return "";
}

struct Lines {
  std::string_view branch, last, through, space, beside, cut;
};
constexpr Lines unicode{"├── ", "└── ", "│   ", "    ", " ── ", "…"};
constexpr Lines ascii{"|-- ", "`-- ", "|   ", "    ", " -- ", "..."};

class TextWriter {
 public:
  TextWriter(const PciTree& tree, const TextStyle& style)
      : tree_(tree), style_(style), lines_(style.unicode ? unicode : ascii) {}

  std::string write() {
    out_ = title(tree_) + '\n';
    write_below(tree_.nodes, "");
    const std::string last = verdict(tree_);
    if (!last.empty()) out_ += '\n' + last + '\n';
    return std::move(out_);
  }

 private:
  void write_below(const std::vector<TreeEntry>& entries, const std::string& indent) {
    for (const TreeEntry& entry : entries) {
      const bool is_last = &entry == &entries.back();
      write_line(entry, indent + std::string(is_last ? lines_.last : lines_.branch),
                 indent + std::string(is_last ? lines_.space : lines_.through));
    }
  }

  // Writes the entry, on the same line each only entry below a port, and then the entries below the last one.
  void write_line(const TreeEntry& first, const std::string& start, const std::string& indent) {
    const TreeEntry* entry = &first;
    Line line = line_of(*entry, tree_.is_guest);
    std::size_t used = columns(start) + columns(line.label.text);
    out_ += start;
    write(line.label, line.label.text);
    while (entry->is_bridge() && entry->below.size() == 1 && line.details.empty()) {
      Line next = line_of(entry->below[0], tree_.is_guest);
      const std::size_t more = columns(lines_.beside) + columns(next.label.text);
      if (style_.width > 0 && used + more > style_.width) break;
      out_ += lines_.beside;
      write(next.label, next.label.text);
      used += more;
      entry = &entry->below[0];
      line = std::move(next);
    }
    write_details(line.details, used);
    out_ += '\n';
    write_below(entry->below, indent);
  }

  // Writes as many details as fit.
  void write_details(const std::vector<Words>& details, std::size_t used) {
    std::string_view before = "  ";
    for (const Words& detail : details) {
      const std::size_t wanted = before.size() + columns(detail.text);
      // More details follow and may not fit, so keep room for the mark of a cut.
      const std::size_t mark = &detail == &details.back() ? 0 : columns(lines_.cut);
      if (style_.width > 0 && used + wanted + mark > style_.width) return write_cut(detail, before, used);
      out_ += before;
      write(detail, detail.text);
      used += wanted;
      before = ", ";
    }
  }

  void write_cut(const Words& detail, std::string_view before, std::size_t used) {
    const std::size_t least = before.size() + columns(lines_.cut);
    if (used + least > style_.width) {
      if (used + columns(lines_.cut) <= style_.width) out_ += lines_.cut;
      return;
    }
    const std::string_view part = fitting(detail.text, style_.width - used - least);
    if (!part.empty()) out_ += before;
    write(detail, part);
    out_ += lines_.cut;
  }

  void write(const Words& words, std::string_view text) {
    const std::string_view tone = style_.colour ? code(words.tone) : "";
    if (tone.empty() || text.empty()) {
      out_ += text;
      return;
    }
    ((((out_ += "\x1b[") += tone) += 'm') += text) += "\x1b[0m";
  }

  const PciTree& tree_;
  const TextStyle& style_;
  const Lines& lines_;
  std::string out_;
};

}  // namespace

std::string tree_text(const PciTree& tree, const TextStyle& style) { return TextWriter(tree, style).write(); }

}  // namespace vnuma::topology
