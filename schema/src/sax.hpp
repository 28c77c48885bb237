// A pass of libxml2's SAX2 parser over the text of a document, for the reader and for positions.
#pragma once

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>

#include <libxml/parser.h>

#include <vnuma/schema/xml.hpp>

#include "sax_context.hpp"

namespace vnuma::schema {

inline std::string_view view(const xmlChar* text) {
  return text ? std::string_view(reinterpret_cast<const char*>(text)) : std::string_view();
}
inline std::string_view view(const xmlChar* begin, const xmlChar* end) {
  return {reinterpret_cast<const char*>(begin), static_cast<std::size_t>(end - begin)};
}

// The state of one pass. A handler of SAX events derives from it and runs each event in guarded().
class SaxPass {
 public:
  explicit SaxPass(std::string_view text);
  SaxPass(const SaxPass&) = delete;
  SaxPass& operator=(const SaxPass&) = delete;

  // The pass to which libxml2 sends an event; `user` is the first argument of each callback.
  static SaxPass& of(void* user) { return *static_cast<SaxPass*>(static_cast<xmlParserCtxt*>(user)->_private); }

  // Runs the parser. Throws ParseError for a text that libxml2 refuses, and any exception of an event.
  void run(xmlParserCtxt& context, const xmlSAXHandler& handler);

  // Exceptions must not cross libxml2's C frames: stores the exception and stops the parser; run() rethrows it.
  template <class F>
  void guarded(F&& f) noexcept {
    if (failure_) return;
    try {
      f();
    } catch (...) {
      failure_ = std::current_exception();
      stop();
    }
  }
  void stop() { xmlStopParser(context_); }

  // Where the parser is.
  Position here() const { return position(context_->input ? context_->input->cur : nullptr); }
  // The text of the start tag that the parser has just read, from its '<' on.
  std::string_view tag_text() const;
  // Where it begins.
  Position tag() const { return position(reinterpret_cast<const xmlChar*>(tag_text().data())); }
  // Line and column of a place in the parser's buffer.
  Position position(const xmlChar* at) const;

 protected:
  ~SaxPass() = default;

 private:
  // The path of the open element, for an error that libxml2 finds.
  virtual std::string open_path() const { return "/"; }
  void on_error(int code, const char* message);
  void check_size() const;
  Position converted_position(const xmlChar* at) const;
  void count_lines(std::size_t offset) const;

  std::string_view text_;
  bool converted_;  // the parser's buffer holds the text in UTF-8, the text itself has another encoding
  xmlParserCtxt* context_ = nullptr;
  std::exception_ptr failure_;
  std::string error_;  // libxml2's first error
  std::string error_path_;
  Position error_position_{1, 1};

  // Lines are counted on from the last position: most positions of one pass are near each other.
  mutable std::size_t counted_ = 0;     // bytes of the text
  mutable std::size_t lines_ = 0;       // line ends in them
  mutable std::size_t line_begin_ = 0;  // offset behind the last of these line ends
};

}  // namespace vnuma::schema
