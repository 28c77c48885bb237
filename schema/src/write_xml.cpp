// From models to text.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "characters.hpp"
#include "writer.hpp"

namespace vnuma::schema {

namespace {

// What is written as it is: printable ASCII without &, <, > and '.
constexpr std::array<bool, 256> plain = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = ' '; c < 0x80; ++c) table[c] = c != '&' && c != '<' && c != '>' && c != '\'';
  return table;
}();

// Eight bytes at once. May take plain bytes for others, not others for plain ones.
constexpr bool all_plain(std::uint64_t bytes) {
  constexpr std::uint64_t each = 0x0101010101010101;
  const auto below = [](std::uint64_t value, std::uint64_t limit) { return (value - limit * each) & ~value; };
  const auto either = [&](std::uint64_t mask, std::uint64_t c) {
    return below((bytes & (mask * each)) ^ (c * each), 1);
  };
  // & and ' differ in one bit, < and > as well.
  return ((bytes | below(bytes, ' ') | either(0xfe, '&') | either(0xfd, '<')) & (0x80 * each)) == 0;
}

// Copies text of at least a word's size word by word, the last two overlapping; most texts are too short for a call.
// Gives whether all of it is plain, as all_plain does.
template <class Word>
bool copy_words(std::string_view text, char* to) {
  bool plain_words = true;
  const auto copy = [&](std::size_t at) {
    Word word;
    std::memcpy(&word, text.data() + at, sizeof word);
    std::memcpy(to + at, &word, sizeof word);
    constexpr std::uint64_t spaces = sizeof word == 8 ? 0 : 0x2020202000000000;
    plain_words &= all_plain(word | spaces);
  };
  for (std::size_t at = 0; at + sizeof(Word) < text.size(); at += sizeof(Word)) copy(at);
  copy(text.size() - sizeof(Word));
  return plain_words;
}
inline bool copy_checked(std::string_view text, char* to) {
  if (text.size() >= 8) return copy_words<std::uint64_t>(text, to);
  if (text.size() >= 4) return copy_words<std::uint32_t>(text, to);
  bool all = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    to[i] = text[i];
    all = all && plain[static_cast<unsigned char>(text[i])];
  }
  return all;
}

class XmlSink {
 public:
  explicit XmlSink(Layout layout) : indented_(layout == Layout::indented) {}

  void open(std::string_view prefix, std::string_view name) {
    char* end = new_line(room(2 * depth_ + prefix.size() + name.size() + 4));
    *end++ = '<';
    end_ = qualified(prefix, name, end);
    tag_open_ = true;
    ++depth_;
  }

  void attribute(std::string_view name, std::string_view value) {
    char* end = room(name.size() + value.size() + 4);
    *end++ = ' ';
    end = copy(name, end);
    *end++ = '=';
    *end++ = '\'';
    if (!copy_checked(value, end)) {
      end_ = end;
      escape(value, true);
      put('\'');
      return;
    }
    end += value.size();
    *end++ = '\'';
    end_ = end;
  }

  void content(bool inlined) {
    finish_tag();
    if (inlined && inline_depth_ == 0) inline_depth_ = depth_;
  }

  void text(std::string_view text, bool) {
    finish_tag();
    escape(text, false);
  }

  void close(std::string_view prefix, std::string_view name) {
    const bool in_line = inline_depth_ != 0;
    if (inline_depth_ == depth_) inline_depth_ = 0;
    --depth_;
    char* end = room(2 * depth_ + prefix.size() + name.size() + 5);
    if (tag_open_) {
      *end++ = '/';
      tag_open_ = false;
    } else {
      if (!in_line) end = new_line(end);
      *end++ = '<';
      *end++ = '/';
      end = qualified(prefix, name, end);
    }
    *end++ = '>';
    end_ = end;
  }

  // An unmodelled child, with all below it.
  void child(const std::string& name, const boost::property_tree::ptree& tree) {
    if (name == text_key) return text(tree.data(), false);
    if (name == comment_key) {
      if (tree.data().find("--") != std::string::npos || tree.data().ends_with('-')) {
        throw ValueError("", "a comment cannot hold \"--\" or end in \"-\"");
      }
      return raw("<!--", tree.data(), "-->");
    }
    if (name == instruction_key) {
      if (tree.data().find("?>") != std::string::npos) {
        throw ValueError("", "a processing instruction cannot hold \"?>\"");
      }
      if (!is_instruction_target(std::string_view(tree.data()).substr(0, tree.data().find(' ')))) {
        throw ValueError("", "a processing instruction begins with a name that is not xml, and a space behind it");
      }
      return raw("<?", tree.data(), "?>");
    }
    check_name(name);
    open({}, name);
    bool mixed = !tree.data().empty();
    bool any = mixed;
    for (const auto& [key, node] : tree) {
      if (key == attributes_key) {
        for (const auto& [attribute_name, value] : node) {
          check_name(attribute_name);
          attribute(attribute_name, value.data());
        }
      } else {
        any = true;
        mixed = mixed || key == text_key;
      }
    }
    if (any) content(mixed);
    if (!tree.data().empty()) text(tree.data(), true);
    for (const auto& [key, node] : tree) {
      if (key != attributes_key) child(key, node);
    }
    close({}, name);
  }

  std::string finish() {
    if (indented_) put('\n');
    return {out_.data(), size()};
  }

 private:
  // The output is out_ up to end_; what lies behind is room.
  std::size_t size() const { return static_cast<std::size_t>(end_ - out_.data()); }
  char* room(std::size_t wanted) {
    if (static_cast<std::size_t>(out_.data() + out_.size() - end_) < wanted) grow(wanted);
    return end_;
  }
  [[gnu::noinline]] void grow(std::size_t wanted) {
    const std::size_t used = size();
    out_.resize(std::max<std::size_t>(2 * used, used + wanted + 16384));
    end_ = out_.data() + used;
  }
  static char* copy(std::string_view text, char* to) {
    std::memcpy(to, text.data(), text.size());
    return to + text.size();
  }

  void put(char c) {
    *room(1) = c;
    ++end_;
  }
  void put(std::string_view text) { end_ = copy(text, room(text.size())); }
  static char* qualified(std::string_view prefix, std::string_view name, char* end) {
    if (!prefix.empty()) {
      end = copy(prefix, end);
      *end++ = ':';
    }
    return copy(name, end);
  }

  void raw(std::string_view begin, std::string_view content, std::string_view end) {
    end_ = new_line(room(2 * depth_ + 2));
    put(begin);
    check_characters(content);
    put(content);
    put(end);
  }

  void finish_tag() {
    if (tag_open_) put('>');
    tag_open_ = false;
  }

  // Closes the tag and begins a line, where there is to be one; in room that is there. Gives the new end.
  char* new_line(char* end) {
    if (tag_open_) *end++ = '>';
    tag_open_ = false;
    if (inline_depth_ != 0 || !indented_) return end;
    if (end != out_.data()) *end++ = '\n';
    return std::fill_n(end, 2 * depth_, ' ');
  }

  static void check_characters(std::string_view text) {
    const std::size_t at = first_forbidden(text);
    if (at == text.npos) return;
    throw ValueError("", fmt::format("the byte 0x{:02x} cannot stand in XML; the text must be UTF-8 without control "
                                     "characters",
                                     static_cast<unsigned char>(text[at])));
  }

  static void check_name(const std::string& name) {
    if (!is_name(name)) throw ValueError("", fmt::format("\"{}\" is not a name that XML allows", name));
  }

  void escape(std::string_view text, bool in_attribute) {
    std::size_t done = 0;
    bool checked = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto c = static_cast<unsigned char>(text[i]);
      if (plain[c]) continue;
      std::string_view with;
      switch (c) {
        case '&': with = "&amp;"; break;
        case '<': with = "&lt;"; break;
        case '>': with = "&gt;"; break;
        case '\'': with = in_attribute ? "&apos;" : ""; break;
        case '\r': with = "&#13;"; break;
        case '\n': with = in_attribute ? "&#10;" : ""; break;
        case '\t': with = in_attribute ? "&#9;" : ""; break;
        default:
          if (!checked) check_characters(text.substr(i));
          checked = true;
      }
      if (with.empty()) continue;
      put(text.substr(done, i - done));
      put(with);
      done = i + 1;
    }
    put(text.substr(done));
  }

  fmt::memory_buffer out_;
  char* end_ = out_.data();
  bool indented_;
  bool tag_open_ = false;
  std::size_t depth_ = 0;
  std::size_t inline_depth_ = 0;  // the depth from which on nothing is added between nodes; 0: none
};

}  // namespace

std::string write_xml(const Record& record, const void* object, Layout layout) {
  XmlSink sink(layout);
  Writer<XmlSink>(sink).document(record, object);
  return sink.finish();
}

}  // namespace vnuma::schema
