#include "read_xml.hpp"

#include <new>
#include <vector>

#include <fmt/format.h>

#include "builder.hpp"
#include "fast.hpp"
#include "sax.hpp"

namespace vnuma::schema {

namespace {

// Sends libxml2's events to a Builder.
class Reader : public SaxPass {
 public:
  Reader(std::string_view text, xmlParserCtxt& context, Builder& builder)
      : SaxPass(text), dictionary_(context.dict), builder_(builder) {}
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() = default;

  static const xmlSAXHandler& handler();

 private:
  static Reader& of(void* user) { return static_cast<Reader&>(SaxPass::of(user)); }
  static void on_start(void* user, const xmlChar* local, const xmlChar* prefix, const xmlChar* uri, int namespaces,
                       const xmlChar** declared, int count, int defaulted, const xmlChar** values);
  static void on_end(void* user, const xmlChar* local, const xmlChar* prefix, const xmlChar* uri);
  static void on_text(void* user, const xmlChar* text, int size);
  static void on_comment(void* user, const xmlChar* text);
  static void on_instruction(void* user, const xmlChar* target, const xmlChar* content);
  static void on_doctype(void* user, const xmlChar* name, const xmlChar* external_id, const xmlChar* system_id);

  void start(const xmlChar* local, const xmlChar* prefix, const xmlChar* uri, int namespaces, const xmlChar** declared,
             int count, const xmlChar** values);
  std::string_view qualified(const xmlChar* prefix, const xmlChar* local);
  std::string open_path() const override { return builder_.path(); }

  xmlDict* dictionary_;
  Builder& builder_;
  std::vector<AttributeEvent> attributes_;  // of the last start tag
};

const xmlSAXHandler& Reader::handler() {
  static const xmlSAXHandler handler = [] {
    xmlSAXHandler callbacks{};
    callbacks.startElementNs = on_start;
    callbacks.endElementNs = on_end;
    callbacks.characters = on_text;
    callbacks.ignorableWhitespace = on_text;
    callbacks.cdataBlock = on_text;
    callbacks.comment = on_comment;
    callbacks.processingInstruction = on_instruction;
    callbacks.internalSubset = on_doctype;
    return callbacks;
  }();
  return handler;
}

void Reader::on_start(void* user, const xmlChar* local, const xmlChar* prefix, const xmlChar* uri, int namespaces,
                      const xmlChar** declared, int count, int, const xmlChar** values) {
  Reader& reader = of(user);
  reader.guarded([&] { reader.start(local, prefix, uri, namespaces, declared, count, values); });
}

void Reader::on_end(void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
  Reader& reader = of(user);
  reader.guarded([&] { reader.builder_.end(); });
}

void Reader::on_text(void* user, const xmlChar* text, int size) {
  Reader& reader = of(user);
  reader.guarded([&] { reader.builder_.text(view(text, text + size)); });
}

void Reader::on_comment(void* user, const xmlChar* text) {
  Reader& reader = of(user);
  reader.guarded([&] { reader.builder_.comment(view(text)); });
}

void Reader::on_instruction(void* user, const xmlChar* target, const xmlChar* content) {
  Reader& reader = of(user);
  reader.guarded([&] { reader.builder_.instruction(view(target), view(content)); });
}

void Reader::on_doctype(void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
  Reader& reader = of(user);
  reader.guarded([&] {
    const Position position = reader.here();
    throw ParseError(position.line, position.column, "/", "the document has a DOCTYPE; remove it, libvirt uses none");
  });
}

// libxml2 passes five pointers per attribute (local name, prefix, URI, begin and end of the value) and two per
// namespace declaration (prefix, URI).
void Reader::start(const xmlChar* local, const xmlChar* prefix, const xmlChar* uri, int namespaces,
                   const xmlChar** declared, int count, const xmlChar** values) {
  attributes_.resize(static_cast<std::size_t>(count) + static_cast<std::size_t>(namespaces));
  auto next = attributes_.begin();
  for (int i = 0; i < count; ++i, values += 5) {
    *next++ = {qualified(values[1], values[0]), view(values[3], values[4])};
  }
  static const auto* const xmlns = reinterpret_cast<const xmlChar*>("xmlns");
  for (int i = 0; i < namespaces; ++i, declared += 2) {
    *next++ = {declared[0] ? qualified(xmlns, declared[0]) : view(xmlns), view(declared[1])};
  }
  try {
    builder_.start({Name(qualified(prefix, local), view(prefix).size()), view(uri), attributes_});
  } catch (const Refusal& refusal) {
    const Position position = tag();
    throw ParseError(position.line, position.column, refusal.path, refusal.message);
  }
}

// The name lives as long as the parser's dictionary.
std::string_view Reader::qualified(const xmlChar* prefix, const xmlChar* local) {
  if (!prefix) return view(local);
  const xmlChar* name = xmlDictQLookup(dictionary_, prefix, local);
  if (!name) throw std::bad_alloc();
  return view(name);
}

}  // namespace

void read_xml(std::string_view text, const ModelType& model, void* object) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    throw ParseError(1, 1, "/", fmt::format("the document is empty; expected <{}>", model.element));
  }
  LentParser parser;
  Builder builder(model, object, parser->names);
  Reader(text, *parser->context, builder).run(*parser->context, Reader::handler());
  if (!builder.done()) throw std::bad_alloc();  // libxml2 does not report that it has no memory for the text
  parser.give_back(text.size());
}

}  // namespace vnuma::schema
