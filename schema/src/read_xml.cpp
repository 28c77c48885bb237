// From text to models: libxml2's SAX2 events go straight to the Builder.
#include <algorithm>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <vnuma/schema/locations.hpp>

#include "builder.hpp"

namespace vnuma::schema {

namespace {

std::string_view view(const xmlChar* text) {
  return text ? std::string_view(reinterpret_cast<const char*>(text)) : std::string_view();
}

const char* letters(const xmlChar* name) { return reinterpret_cast<const char*>(name); }

std::string_view view(const xmlChar* begin, const xmlChar* end) {
  return {reinterpret_cast<const char*>(begin), static_cast<std::size_t>(end - begin)};
}

// What a handler of SAX events shares with libxml2's callbacks. No exception may cross libxml2's C frames: it is kept,
// the parser is stopped, and it goes on its way when the parser has returned.
struct Session {
  std::string_view source;  // the text
  bool converted = false;   // the parser's buffer holds the text in UTF-8, the source in another encoding
  xmlParserCtxt* context = nullptr;
  std::exception_ptr failure;
  std::string error;  // libxml2's first
  Location error_place{1, 1};
  std::string error_path;
  mutable std::size_t counted = 0;     // so much of the text
  mutable std::size_t lines = 0;       // in it
  mutable std::size_t line_begin = 0;  // of the last of them
  // What is open where libxml2 found an error, if somebody keeps track of it.
  const Builder* builder_of_path = nullptr;

  template <class F>
  void guarded(F&& f) noexcept {
    if (failure) return;
    try {
      f();
    } catch (...) {
      failure = std::current_exception();
      xmlStopParser(context);
    }
  }

  // Where the parser is, and where the start tag begins that it has just read: a raw '<' cannot be within it.
  Location here() const { return of(context->input ? context->input->cur : nullptr); }
  Location tag() const {
    const xmlParserInput* input = context->input;
    const xmlChar* tag = input->cur;
    while (tag > input->base && *tag != '<') --tag;
    return of(tag);
  }

  // A place in the parser's buffer. The parser itself counts characters, and not everywhere; so count in the text,
  // unless the buffer holds another encoding of it.
  Location of(const xmlChar* place) const {
    const xmlParserInput* input = context->input;
    if (!input || !place) return {1, 1};
    if (converted) return of_converted(place);
    const std::size_t offset = input->consumed + static_cast<std::size_t>(place - input->base);
    count_lines(std::min(offset, source.size()));
    return {lines + 1, counted - line_begin + 1};
  }

  // Counts on from the place that was asked for last, which is near: many places are asked for in one reading.
  void count_lines(std::size_t offset) const {
    const std::string_view between =
        source.substr(std::min(offset, counted), std::max(offset, counted) - std::min(offset, counted));
    const auto passed = static_cast<std::size_t>(std::count(between.begin(), between.end(), '\n'));
    lines = offset < counted ? lines - passed : lines + passed;
    counted = offset;
    if (passed > 0) line_begin = source.substr(0, offset).rfind('\n') + 1;  // npos + 1 is 0
  }

  Location of_converted(const xmlChar* place) const {
    const xmlParserInput* input = context->input;
    const auto count_characters = [](const xmlChar* begin, const xmlChar* end) {
      return static_cast<std::size_t>(std::count_if(begin, end, [](xmlChar c) { return (c & 0xc0) != 0x80; }));
    };
    const auto at_least_one = [](std::ptrdiff_t number) {
      return static_cast<std::size_t>(std::max<std::ptrdiff_t>(1, number));
    };
    const std::ptrdiff_t lines = std::count(place, input->cur, '\n');
    if (lines == 0) {
      return {at_least_one(input->line),
              at_least_one(input->col - static_cast<std::ptrdiff_t>(count_characters(place, input->cur)))};
    }
    const xmlChar* line_begin = place;
    while (line_begin > input->base && line_begin[-1] != '\n') --line_begin;
    return {at_least_one(input->line - lines), count_characters(line_begin, place) + 1};
  }
};

// `Error` is xmlError, const since libxml2 2.12.
template <class Error>
void on_error(void* user, Error* error) {
  auto* context = static_cast<xmlParserCtxt*>(user);
  auto* session = static_cast<Session*>(context->_private);
  if (!error || error->level < XML_ERR_FATAL || !session->error.empty()) return;
  session->guarded([&] {
    if (error->code == XML_ERR_NO_MEMORY) throw std::bad_alloc();
    session->error = error->message ? error->message : "not well-formed";
    session->error_place = session->here();
    if (session->builder_of_path) session->error_path = session->builder_of_path->path();
  });
}

struct ContextDeleter {
  void operator()(xmlParserCtxt* context) const { xmlFreeParserCtxt(context); }
};
using Context = std::unique_ptr<xmlParserCtxt, ContextDeleter>;

Context new_context() {
  static const bool initialised = (xmlInitParser(), true);
  static_cast<void>(initialised);
  Context context(xmlNewParserCtxt());
  if (!context) throw std::bad_alloc();
  return context;
}

// What libxml2 cannot lay at the door of a parser, as bytes that are not of the declared encoding, it prints, unless
// the thread says otherwise. The parser refuses the text all the same.
class Silence {
 public:
  Silence() : handler_(xmlStructuredError), context_(xmlStructuredErrorContext) {
    xmlSetStructuredErrorFunc(nullptr, [](void*, auto*) {});
  }
  ~Silence() { xmlSetStructuredErrorFunc(context_, handler_); }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  xmlStructuredErrorFunc handler_;
  void* context_;
};

// Whether the text says that it is UTF-8, or ASCII, which is a part of it: by its first bytes, else by the encoding of
// its XML declaration (XML 1.0, appendix F). libxml2 tells its encoder only by members that are deprecated since 2.14.
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

std::string tidy(std::string message) {
  while (!message.empty() && (message.back() == '\n' || message.back() == ' ')) message.pop_back();
  std::replace(message.begin(), message.end(), '\n', ' ');
  return message;
}

// Runs the parser over the text, for the first time or again. `session` is a Session or derived from it; `sax` its
// callbacks. Throws ParseError for what libxml2 refuses, and what the callbacks threw.
void run(std::string_view text, xmlParserCtxt& context, Session& session, xmlSAXHandler& sax) {
  if (text.size() > max_document_size) {
    throw ParseError(1, 1, "/",
                     fmt::format("the document has {} bytes and {} are the most; take out what is not libvirt's",
                                 text.size(), max_document_size));
  }
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    throw ParseError(1, 1, "/", "the document is empty; give the XML of one");
  }
  const Silence silence;
  session.source = text;
  session.converted = !is_utf8(text);
  session.context = &context;
  sax.initialized = XML_SAX2_MAGIC;
  sax.serror = on_error;
  *context.sax = sax;
  context._private = &session;
  context.userData = &context;
  xmlCtxtReadMemory(&context, text.data(), static_cast<int>(text.size()), nullptr, nullptr,
                    XML_PARSE_NOENT | XML_PARSE_NONET | XML_PARSE_NOWARNING);
  if (session.failure) std::rethrow_exception(session.failure);
  if (!context.wellFormed || !session.error.empty()) {
    throw ParseError(session.error_place.line, session.error_place.column,
                     session.error_path.empty() ? "/" : session.error_path,
                     fmt::format("not well-formed XML: {}; mend it, libvirt refuses it as well",
                                 tidy(session.error.empty() ? "unknown" : session.error)));
  }
}

// libxml2's parser, which keeps each name once, and the builder, which knows names again by where they are kept.
struct Parser {
  Context context = new_context();
  Builder builder;
  std::vector<AttributeEvent> attributes;
};

// A thread keeps its parser for the next document: most have the same names, and need the same buffers. One that has
// read much, or failed, is not kept.
class LentParser {
 public:
  LentParser() : parser_(std::move(kept_)) {
    if (!parser_) parser_ = std::make_unique<Parser>();
  }
  void give_back(std::size_t read) {
    xmlCtxtReset(parser_->context.get());  // lets go of the text
    constexpr std::size_t most_read = std::size_t{64} << 10;
    constexpr std::size_t most_names = std::size_t{64} << 10;  // bytes of libxml2's pools, each four times the last
    if (read <= most_read && xmlDictGetUsage(parser_->context->dict) <= most_names) kept_ = std::move(parser_);
  }
  Parser* operator->() const { return parser_.get(); }
  Parser& operator*() const { return *parser_; }

 private:
  static thread_local std::unique_ptr<Parser> kept_;
  std::unique_ptr<Parser> parser_;
};
thread_local std::unique_ptr<Parser> LentParser::kept_;

struct Reader : Session {
  explicit Reader(Parser& parser)
      : dictionary(parser.context->dict), builder(parser.builder), attributes(parser.attributes) {
    builder_of_path = &builder;
  }

  void start(const xmlChar* local, const xmlChar* prefix, const xmlChar* uri, int namespaces, const xmlChar** declared,
             int count, const xmlChar** values) {
    attributes.resize(static_cast<std::size_t>(count) + static_cast<std::size_t>(namespaces));
    auto next = attributes.begin();
    for (int i = 0; i < count; ++i, values += 5) {
      AttributeEvent& attribute = *next++;
      attribute.name = values[1] ? qualified(values[1], values[0]) : letters(values[0]);
      attribute.value = view(values[3], values[4]);
    }
    for (int i = 0; i < namespaces; ++i, declared += 2) {
      static const auto* const xmlns = reinterpret_cast<const xmlChar*>("xmlns");
      *next++ = {declared[0] ? qualified(xmlns, declared[0]) : letters(xmlns), view(declared[1])};
    }
    const Name name = prefix ? Name(qualified(prefix, local), view(prefix).size()) : Name(letters(local), 0);
    try {
      builder.start(name, uri ? letters(uri) : nullptr, attributes);
    } catch (const Refusal& refusal) {
      const Location place = tag();
      throw ParseError(place.line, place.column, refusal.path, refusal.message);
    }
  }

  const char* qualified(const xmlChar* prefix, const xmlChar* local) {
    const xmlChar* name = xmlDictQLookup(dictionary, prefix, local);
    if (!name) throw std::bad_alloc();
    return letters(name);
  }

  xmlDict* dictionary;
  Builder& builder;
  std::vector<AttributeEvent>& attributes;
};

Reader& reader(void* user) {
  return *static_cast<Reader*>(static_cast<Session*>(static_cast<xmlParserCtxt*>(user)->_private));
}

void on_start(void* user, const xmlChar* local, const xmlChar* prefix, const xmlChar* uri, int namespaces,
              const xmlChar** declared, int count, int, const xmlChar** values) {
  Reader& r = reader(user);
  r.guarded([&] { r.start(local, prefix, uri, namespaces, declared, count, values); });
}

void on_end(void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
  Reader& r = reader(user);
  r.guarded([&] { r.builder.end(); });
}

void on_text(void* user, const xmlChar* text, int length) {
  Reader& r = reader(user);
  r.guarded([&] { r.builder.text(view(text, text + length)); });
}

void on_comment(void* user, const xmlChar* text) {
  Reader& r = reader(user);
  r.guarded([&] { r.builder.comment(view(text)); });
}

void on_instruction(void* user, const xmlChar* target, const xmlChar* content) {
  Reader& r = reader(user);
  r.guarded([&] { r.builder.instruction(view(target), view(content)); });
}

void on_doctype(void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
  Reader& r = reader(user);
  r.guarded([&] {
    const Location place = r.here();
    throw ParseError(place.line, place.column, "/",
                     "the document has a DOCTYPE; remove it, libvirt's documents have none");
  });
}

// Finds paths, which share their beginnings: a tree of wanted elements. For each open element that is wanted or leads
// to one, it counts the children of each name.
struct Locator : Session {
  struct Wanted {
    std::map<std::pair<std::string_view, std::size_t>, std::size_t> below;  // by name and number: in `wanted`
    std::map<std::string_view, std::optional<Location>> attributes;
    std::optional<Location> place;
  };
  struct Open {
    std::size_t index;  // in `wanted`
    std::map<std::string, std::size_t> seen;
  };
  std::vector<Wanted> wanted{1};  // the first is what is around the root
  std::vector<Open> open{{0, {}}};
  std::size_t depth = 0;  // open elements
  std::size_t missing = 0;

  // A place that is wanted: an element, and its attribute or nothing.
  struct Target {
    std::vector<std::size_t> way;  // in `wanted`, from the root down
    std::string_view attribute;
  };

  // nullopt for what is no path.
  std::optional<Target> add(std::string_view path) {
    Target target;
    std::size_t at = 0;
    while (!path.empty()) {
      if (path[0] != '/') return std::nullopt;
      path.remove_prefix(1);
      std::string_view part = path.substr(0, path.find('/'));
      path.remove_prefix(part.size());
      if (part.starts_with('@')) {
        target.attribute = part.substr(1);
        break;
      }
      std::size_t position = 1;
      if (const std::size_t bracket = part.find('['); bracket != std::string_view::npos) {
        position = 0;
        for (const char c : part.substr(bracket + 1)) {
          if (c >= '0' && c <= '9') position = position * 10 + static_cast<std::size_t>(c - '0');
        }
        part = part.substr(0, bracket);
      }
      const auto [child, fresh] = wanted[at].below.try_emplace({part, position}, wanted.size());
      at = child->second;
      if (fresh) {
        wanted.emplace_back();
        ++missing;
      }
      target.way.push_back(at);
    }
    if (!path.empty() || target.way.empty()) return std::nullopt;
    if (!target.attribute.empty()) wanted[at].attributes.try_emplace(target.attribute);
    return target;
  }

  // An attribute that is not there is at the element's tag.
  std::optional<Location> found(const Target& target) const {
    const Wanted& element = wanted[target.way.back()];
    return target.attribute.empty() ? element.place : element.attributes.at(target.attribute);
  }

  std::optional<Location> nearest(const Target& target) const {
    if (const auto exact = found(target)) return exact;
    std::optional<Location> place;
    for (const std::size_t index : target.way) {
      if (wanted[index].place) place = wanted[index].place;
    }
    return place;
  }

  void start(const xmlChar* local, const xmlChar* prefix) {
    const std::size_t level = depth++;
    if (missing == 0 || open.size() != level + 1) return;
    const std::string name = prefix ? fmt::format("{}:{}", view(prefix), view(local)) : std::string(view(local));
    const std::size_t number = ++open.back().seen[name];
    const auto& below = wanted[open.back().index].below;
    const auto child = below.find({name, number});
    if (child == below.end()) return;
    Wanted& element = wanted[child->second];
    element.place = tag();
    for (auto& [attribute, place] : element.attributes) place = attribute_place(attribute);
    open.push_back({child->second, {}});
    if (--missing == 0) xmlStopParser(context);
  }

  // The attribute's name within the start tag; the tag itself if it is not there.
  Location attribute_place(std::string_view attribute) const {
    const xmlChar* c = context->input->cur;
    while (c > context->input->base && *c != '<') --c;
    const std::string_view tag_text = view(c, context->input->cur);
    const auto space = [](char x) { return x == ' ' || x == '\t' || x == '\n' || x == '\r'; };
    std::size_t i = 0;
    while (i < tag_text.size()) {
      while (i < tag_text.size() && !space(tag_text[i])) ++i;
      while (i < tag_text.size() && space(tag_text[i])) ++i;
      const std::size_t equals = tag_text.find('=', i);
      if (equals == std::string_view::npos) break;
      std::size_t end = i;
      while (end < equals && !space(tag_text[end])) ++end;
      if (tag_text.substr(i, end - i) == attribute) return of(c + i);
      const std::size_t quote = tag_text.find_first_of("\"'", equals);
      if (quote == std::string_view::npos) break;
      i = tag_text.find(tag_text[quote], quote + 1);
    }
    return tag();
  }

  void end() {
    if (open.size() == depth + 1) open.pop_back();
    --depth;
  }

  void read(std::string_view text);
};

Locator& locator(void* user) {
  return *static_cast<Locator*>(static_cast<Session*>(static_cast<xmlParserCtxt*>(user)->_private));
}

void Locator::read(std::string_view text) {
  if (missing == 0) return;
  xmlSAXHandler sax{};
  sax.startElementNs = [](void* user, const xmlChar* local, const xmlChar* prefix, const xmlChar*, int, const xmlChar**,
                          int, int, const xmlChar**) {
    Locator& l = locator(user);
    l.guarded([&] { l.start(local, prefix); });
  };
  sax.endElementNs = [](void* user, const xmlChar*, const xmlChar*, const xmlChar*) { locator(user).end(); };
  // from_xml reads no further either; libxml2 would expand its entities, and lose memory over broken ones.
  sax.internalSubset = [](void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
    xmlStopParser(locator(user).context);
  };
  try {
    run(text, *new_context(), *this, sax);
  } catch (const ParseError&) {
    // What was found before the fault, or before the parser was stopped, counts.
  }
}

}  // namespace

void read_xml(std::string_view text, const Record& record, void* object) {
  LentParser parser;
  parser->builder.begin(record, object);
  Reader session(*parser);
  xmlSAXHandler sax{};
  sax.startElementNs = on_start;
  sax.endElementNs = on_end;
  sax.characters = on_text;
  sax.ignorableWhitespace = on_text;
  sax.cdataBlock = on_text;
  sax.comment = on_comment;
  sax.processingInstruction = on_instruction;
  sax.internalSubset = on_doctype;
  run(text, *parser->context, session, sax);
  if (!parser->builder.done()) throw std::bad_alloc();  // libxml2 tells nobody that it has no memory for the text
  parser.give_back(text.size());
}

std::optional<Location> locate(std::string_view text, std::string_view path) {
  Locator session;
  const auto target = session.add(path);
  if (!target) return std::nullopt;
  session.read(text);
  return session.found(*target);
}

std::vector<std::optional<Location>> locations(std::string_view text, std::span<const std::string_view> paths) {
  Locator session;
  std::vector<std::optional<Locator::Target>> targets;
  targets.reserve(paths.size());
  for (const std::string_view path : paths) targets.push_back(session.add(path));
  session.read(text);
  std::vector<std::optional<Location>> places;
  places.reserve(paths.size());
  for (const auto& target : targets) places.push_back(target ? session.nearest(*target) : std::nullopt);
  return places;
}

}  // namespace vnuma::schema
