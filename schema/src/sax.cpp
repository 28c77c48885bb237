#include "sax.hpp"

#include <algorithm>
#include <new>

#include <fmt/format.h>
#include <libxml/parserInternals.h>

namespace vnuma::schema {

namespace {

// Suppresses what libxml2 prints to stderr on this thread: errors that it reports to no parser, such as bytes that are
// invalid in the declared encoding. The parser refuses the text all the same.
class QuietErrors {
 public:
  QuietErrors() : handler_(xmlStructuredError), context_(xmlStructuredErrorContext) {
    xmlSetStructuredErrorFunc(nullptr, [](void*, auto*) {});
  }
  ~QuietErrors() { xmlSetStructuredErrorFunc(context_, handler_); }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;

 private:
  xmlStructuredErrorFunc handler_;
  void* context_;
};

// Whether the text is UTF-8, or ASCII, which is a subset: according to its first bytes, or else to the encoding in its
// XML declaration (XML 1.0, appendix F). libxml2 has this only in members that are deprecated since 2.14.
bool is_utf8(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) return true;
  if (text.size() < 6 || text[0] == '\0' || text[1] == '\0' || text.starts_with("\xfe\xff") ||
      text.starts_with("\xff\xfe") || text.starts_with("\x4c\x6f\xa7\x94")) {
    return false;
  }
  if (!text.starts_with("<?xml") || std::string_view(" \t\r\n").find(text[5]) == std::string_view::npos) return true;
  const std::string_view declaration = text.substr(0, text.find("?>"));
  const std::size_t key = declaration.find("encoding");
  const std::size_t quote = key == declaration.npos ? key : declaration.find_first_of("'\"", key);
  if (quote == declaration.npos) return true;
  std::string name(declaration.substr(quote + 1, declaration.find(declaration[quote], quote + 1) - quote - 1));
  for (char& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name == "UTF-8" || name == "UTF8" || name == "ASCII" || name == "US-ASCII";
}

std::string one_line(std::string message) {
  while (!message.empty() && (message.back() == '\n' || message.back() == ' ')) message.pop_back();
  std::replace(message.begin(), message.end(), '\n', ' ');
  return message;
}

}  // namespace

void SaxContextDeleter::operator()(xmlParserCtxt* context) const { xmlFreeParserCtxt(context); }

SaxContext new_sax_context() {
  static const bool initialised = (xmlInitParser(), true);
  static_cast<void>(initialised);
  SaxContext context(xmlNewParserCtxt());
  if (!context) throw std::bad_alloc();
  return context;
}

SaxPass::SaxPass(std::string_view text) : text_(text), converted_(!is_utf8(text)) {}

void SaxPass::check_size() const {
  if (text_.size() <= max_document_size) return;
  throw ParseError(1, 1, "/",
                   fmt::format("the document has {} bytes; at most {} are allowed; remove what libvirt does not need",
                               text_.size(), max_document_size));
}

void SaxPass::run(xmlParserCtxt& context, const xmlSAXHandler& handler) {
  check_size();
  const QuietErrors quiet;
  context_ = &context;
  *context.sax = handler;
  context.sax->initialized = XML_SAX2_MAGIC;
  // The error is const since libxml2 2.12.
  context.sax->serror = [](void* user, auto* error) {
    if (!error || error->level < XML_ERR_FATAL) return;
    of(user).on_error(error->code, error->message);
  };
  context._private = this;
  context.userData = &context;
  xmlCtxtReadMemory(&context, text_.data(), static_cast<int>(text_.size()), nullptr, nullptr,
                    XML_PARSE_NOENT | XML_PARSE_NONET | XML_PARSE_NOWARNING);
  if (failure_) std::rethrow_exception(failure_);
  if (!context.wellFormed || !error_.empty()) {
    throw ParseError(error_position_.line, error_position_.column, error_path_.empty() ? "/" : error_path_,
                     fmt::format("not well-formed XML: {}; fix it, libvirt rejects it too",
                                 one_line(error_.empty() ? "unknown" : error_)));
  }
}

void SaxPass::on_error(int code, const char* message) {
  if (!error_.empty()) return;
  guarded([&] {
    if (code == XML_ERR_NO_MEMORY) throw std::bad_alloc();
    error_ = message ? message : "unknown error";
    error_position_ = here();
    error_path_ = open_path();
  });
}

// A start tag cannot contain a raw '<'.
std::string_view SaxPass::tag_text() const {
  const xmlParserInput* input = context_->input;
  const xmlChar* begin = input->cur;
  while (begin > input->base && *begin != '<') --begin;
  return view(begin, input->cur);
}

// The parser's own column counts characters, and not everywhere. So this counts in the text, unless the buffer holds
// another encoding of it.
Position SaxPass::position(const xmlChar* at) const {
  const xmlParserInput* input = context_->input;
  if (!input || !at) return {1, 1};
  if (converted_) return converted_position(at);
  const std::size_t offset = input->consumed + static_cast<std::size_t>(at - input->base);
  count_lines(std::min(offset, text_.size()));
  return {lines_ + 1, counted_ - line_begin_ + 1};
}

void SaxPass::count_lines(std::size_t offset) const {
  const std::size_t first = std::min(offset, counted_);
  const std::string_view between = text_.substr(first, std::max(offset, counted_) - first);
  const auto passed = static_cast<std::size_t>(std::count(between.begin(), between.end(), '\n'));
  lines_ = offset < counted_ ? lines_ - passed : lines_ + passed;
  counted_ = offset;
  if (passed > 0) line_begin_ = text_.substr(0, offset).rfind('\n') + 1;  // npos + 1 is 0
}

Position SaxPass::converted_position(const xmlChar* at) const {
  const xmlParserInput* input = context_->input;
  const auto count_characters = [](const xmlChar* begin, const xmlChar* end) {
    return static_cast<std::size_t>(std::count_if(begin, end, [](xmlChar c) { return (c & 0xc0) != 0x80; }));
  };
  const auto at_least_one = [](std::ptrdiff_t number) {
    return static_cast<std::size_t>(std::max<std::ptrdiff_t>(1, number));
  };
  const std::ptrdiff_t lines = std::count(at, input->cur, '\n');
  if (lines == 0) {
    return {at_least_one(input->line),
            at_least_one(input->col - static_cast<std::ptrdiff_t>(count_characters(at, input->cur)))};
  }
  const xmlChar* line_begin = at;
  while (line_begin > input->base && line_begin[-1] != '\n') --line_begin;
  return {at_least_one(input->line - lines), count_characters(line_begin, at) + 1};
}

}  // namespace vnuma::schema
