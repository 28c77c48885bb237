// From models to text.
#include <algorithm>
#include <array>
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

class XmlSink {
 public:
  explicit XmlSink(Layout layout) : indented_(layout == Layout::indented) {}

  void open(std::string_view prefix, std::string_view name) {
    new_line();
    put('<');
    put(prefix, name);
    tag_open_ = true;
    ++depth_;
  }

  void attribute(std::string_view name, std::string_view value) {
    char* end = room(name.size() + value.size() + 4);
    *end++ = ' ';
    end = copy(name, end);
    *end++ = '=';
    *end++ = '\'';
    // Most values are plain, and go over letter by letter while that is found out.
    std::size_t i = 0;
    for (; i < value.size() && plain[static_cast<unsigned char>(value[i])]; ++i) end[i] = value[i];
    end_ = end + i;
    if (i < value.size()) escape(value.substr(i), true);
    put('\'');
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
    if (tag_open_) {
      put("/>");
      tag_open_ = false;
    } else {
      if (!in_line) new_line();
      put("</");
      put(prefix, name);
      put('>');
    }
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
  void put(std::string_view prefix, std::string_view name) {
    if (!prefix.empty()) {
      put(prefix);
      put(':');
    }
    put(name);
  }

  void raw(std::string_view begin, std::string_view content, std::string_view end) {
    new_line();
    put(begin);
    check_characters(content);
    put(content);
    put(end);
  }

  void finish_tag() {
    if (tag_open_) put('>');
    tag_open_ = false;
  }

  void new_line() {
    finish_tag();
    if (inline_depth_ != 0) return;
    if (!indented_) return;
    if (size() != 0) put('\n');
    std::memset(room(2 * depth_), ' ', 2 * depth_);
    end_ += 2 * depth_;
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
