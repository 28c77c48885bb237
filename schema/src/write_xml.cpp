#include "write_xml.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "characters.hpp"
#include "fast.hpp"
#include "writer.hpp"

namespace vnuma::schema {

namespace {

// Whether a character is written as it is everywhere: printable ASCII except &, <, > and '.
bool is_plain(char c) {
  static constexpr std::array<bool, 256> plain = [] {
    std::array<bool, 256> table{};
    for (std::size_t i = ' '; i < 0x7f; ++i) table[i] = i != '&' && i != '<' && i != '>' && i != '\'';
    return table;
  }();
  return plain[static_cast<unsigned char>(c)];
}
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_plain(c); });
}

// What is written for a character; empty if it is written as it is, or not allowed.
std::string_view reference_for(char c, bool in_attribute) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '\r': return "&#13;";
    case '\'': return in_attribute ? "&apos;" : "";
    case '\n': return in_attribute ? "&#10;" : "";
    case '\t': return in_attribute ? "&#9;" : "";
    default: return "";
  }
}

class XmlSink {
 public:
  explicit XmlSink(Layout layout) : indented_(layout == Layout::indented) {}

  void open(std::string_view prefix, std::string_view name) {
    new_line();
    put_tag("<", prefix, name);
    tag_open_ = true;
    ++depth_;
  }

  void attribute(std::string_view name, std::string_view value) {
    if (is_plain(value)) return out_.put(' ', name, '=', '\'', value, '\'');
    out_.put(' ', name, '=', '\'');
    escape(value, true);
    out_.put('\'');
  }

  void content(bool inlined) {
    end_tag();
    if (inlined && inline_depth_ == 0) inline_depth_ = depth_;
  }

  void text(std::string_view text, bool) {
    end_tag();
    escape(text, false);
  }

  void close(std::string_view prefix, std::string_view name) {
    const bool was_inline = inline_depth_ != 0;
    if (inline_depth_ == depth_) inline_depth_ = 0;
    --depth_;
    if (std::exchange(tag_open_, false)) return out_.put('/', '>');
    if (!was_inline) new_line();
    put_tag("</", prefix, name);
    out_.put('>');
  }

  // An unmodelled child and everything in it.
  void child(const std::string& name, const boost::property_tree::ptree& tree) {
    if (name == text_key)
      text(tree.data(), false);
    else if (name == comment_key)
      comment(tree.data());
    else if (name == instruction_key)
      instruction(tree.data());
    else
      element(name, tree);
  }

  std::string finish() {
    if (indented_) out_.put('\n');
    return std::string(out_.text());
  }

 private:
  void put_tag(std::string_view begin, std::string_view prefix, std::string_view name) {
    if (prefix.empty())
      out_.put(begin, name);
    else
      out_.put(begin, prefix, ':', name);
  }

  void end_tag() {
    if (std::exchange(tag_open_, false)) out_.put('>');
  }

  // Ends the tag and begins a line, unless the layout has none here.
  void new_line() {
    end_tag();
    if (inline_depth_ != 0 || !indented_) return;
    if (!out_.text().empty()) out_.put('\n');
    out_.put(Output::Spaces{2 * depth_});
  }

  void comment(std::string_view content) {
    if (content.find("--") != content.npos || content.ends_with('-')) {
      throw ValueError("", "a comment must not contain \"--\" or end with \"-\"");
    }
    node("<!--", content, "-->");
  }

  void instruction(std::string_view content) {
    if (content.find("?>") != content.npos) {
      throw ValueError("", "a processing instruction must not contain \"?>\"");
    }
    if (!is_instruction_target(content.substr(0, content.find(' ')))) {
      throw ValueError("", "a processing instruction must begin with a name other than xml, followed by a space");
    }
    node("<?", content, "?>");
  }

  void node(std::string_view begin, std::string_view content, std::string_view end) {
    check_characters(content);
    new_line();
    out_.put(begin, content, end);
  }

  void element(const std::string& name, const boost::property_tree::ptree& tree) {
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

  static void check_characters(std::string_view text) {
    const std::size_t at = first_forbidden(text);
    if (at == text.npos) return;
    throw ValueError("", fmt::format("the byte 0x{:02x} is not allowed in XML; the text must be UTF-8 without control "
                                     "characters",
                                     static_cast<unsigned char>(text[at])));
  }

  static void check_name(const std::string& name) {
    if (!is_name(name)) throw ValueError("", fmt::format("\"{}\" is not a name in XML", name));
  }

  void escape(std::string_view text, bool in_attribute) {
    std::size_t done = 0;
    bool checked = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (is_plain(text[i])) continue;
      const std::string_view reference = reference_for(text[i], in_attribute);
      if (!reference.empty()) {
        out_.put(text.substr(done, i - done), reference);
        done = i + 1;
      } else if (!std::exchange(checked, true)) {
        check_characters(text.substr(i));
      }
    }
    out_.put(text.substr(done));
  }

  Output out_;
  bool indented_;
  bool tag_open_ = false;
  std::size_t depth_ = 0;
  std::size_t inline_depth_ = 0;  // from this depth on, no white space is added; 0: nowhere
};

}  // namespace

std::string write_xml(const ModelType& model, const void* object, Layout layout) {
  XmlSink sink(layout);
  Writer<XmlSink>(sink).document(model, object);
  return sink.finish();
}

}  // namespace vnuma::schema
