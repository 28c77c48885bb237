// Builder: fills a model from the events of a document, whether they come from a text or from a tree.
#pragma once

#include <array>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kept.hpp"
#include "record.hpp"

namespace vnuma::schema {

// All names and namespaces are null-terminated, and stay where they are as long as the Builder lives: it knows names
// again by their addresses, also in the next document.

// An element's name as written, and where in it the prefix ends.
struct Name {
  const char* whole;
  std::size_t colon = 0;  // 0: no prefix, also where the colon is the first

  explicit Name(const char* name) : whole(name) {
    if (const char* found = std::strchr(name, ':')) colon = static_cast<std::size_t>(found - name);
  }
  Name(const char* name, std::size_t prefix_size) : whole(name), colon(prefix_size) {}
  std::string_view prefix() const { return {whole, colon}; }
  const char* local() const { return colon == 0 ? whole : whole + colon + 1; }
};

struct AttributeEvent {
  const char* name;  // as written, with prefix; namespace declarations too
  std::string_view value;
};

// A refusal of ours; whoever drives the builder knows line and column and makes a ParseError of it.
struct Refusal {
  std::string path;
  std::string message;
};

// The fields that were found, by the address of their name. libxml2 keeps each name of a document once: most names are
// then found without a look at their letters.
class FoundFields {
 public:
  template <class Find>
  const Field* of(const Record& record, const char* name, Find&& find) {
    const std::uint64_t key = reinterpret_cast<std::uintptr_t>(name) + 3 * reinterpret_cast<std::uintptr_t>(&record);
    Entry& entry = entries_[key * 0x9e3779b97f4a7c15 >> 56];
    if (entry.name != name || entry.record != &record) [[unlikely]]
      look_up(entry, record, name, find);
    return entry.field;
  }

 private:
  struct Entry {
    const char* name = nullptr;
    const Record* record = nullptr;
    const Field* field = nullptr;
  };

  template <class Find>
  [[gnu::noinline]] static void look_up(Entry& entry, const Record& record, const char* name, Find&& find) {
    entry = {name, &record, find()};
  }

  std::array<Entry, 256> entries_;
};

class Builder {
 public:
  Builder() {
    frames_.reserve(16);  // domains are seldom deeper
    text_.reserve(256);
    order_.reserve(128);
  }

  // Before a document, which must have come to its end if another one follows.
  void begin(const Record& root, void* object) {
    root_ = &root;
    object_ = object;
    done_ = false;
  }

  // `uri` is the namespace the prefix is bound to; nullptr for none.
  void start(Name name, const char* uri, std::span<const AttributeEvent> attributes);
  void text(std::string_view text) {
    if (!frames_.empty()) text_ += text;
  }
  void comment(std::string_view text) { node(comment_key, std::string(text)); }
  void instruction(std::string_view target, std::string_view content);
  void end();

  // For a tree that has no root element of its own: attributes and children go straight to the root model.
  void start_root(const char* name, std::span<const AttributeEvent> attributes);

  std::size_t depth() const { return frames_.size(); }
  // Whether the root element has come to its end.
  bool done() const { return done_; }
  // The path of the open element, or of one of its attributes.
  std::string path(std::string_view attribute = {}) const;

 private:
  enum class Into : unsigned char { model, scalar, tree };

  struct Frame {
    Name name{"", 0};
    const char* uri = nullptr;
    const Record* record = nullptr;  // model; scalar: of the model it belongs to
    const Field* field = nullptr;    // the field this fills; null for the root and for trees
    void* object = nullptr;          // model: itself; scalar: the model it belongs to
    boost::property_tree::ptree* tree = nullptr;
    std::size_t text_begin = 0;
    std::size_t run_begin = 0;  // text since the last child
    std::size_t order_begin = 0;
    std::uint16_t last_code = 1;  // of its children
    Into into = Into::model;
    bool mixed = false;         // has text beside children; its white space counts
    bool has_children = false;  // elements, comments, instructions
    bool ordered = true;        // children are modelled and in the order of declaration
  };

  void start_document(Name name, const char* uri, std::span<const AttributeEvent> attributes);
  void start_unmodelled(Name name, std::span<const AttributeEvent> attributes);
  void open_tree(Name name, boost::property_tree::ptree& tree, std::span<const AttributeEvent> attributes);
  Frame& open(Into into, Name name, const char* uri);
  void keep_prefix();
  const Field* child_of(const Frame& parent, Name name, const char* uri);
  const Field* attribute_of(const Record& record, const char* name);
  void fill_attributes(const Frame& frame, std::span<const AttributeEvent> attributes);
  void keep_attributes(const Frame& frame, std::span<const AttributeEvent> attributes);
  void node(const char* key, std::string content);
  void flush(Frame& frame, bool before_element);
  void flush_text(Frame& frame, bool before_element);
  void assign(const Field& field, void* object, std::string_view text, const char* attribute);
  void assign_invalid(const Field& field, void* object, std::string_view text, const char* attribute);
  std::size_t add_code(Frame& frame, std::uint16_t code);
  void keep_order(const Frame& frame);
  UnmodelledChild& keep(Frame& frame, std::string name);
  UnmodelledAccess::Kept& kept(const Frame& frame);

  const Record* root_ = nullptr;
  void* object_ = nullptr;
  bool done_ = false;
  std::vector<Frame> frames_;
  std::string text_;  // of all open elements, each behind its parent's
  Codes order_;       // of the children of all open models, likewise
  FoundFields found_children_;
  FoundFields found_attributes_;  // an attribute may have the name of a child
};

}  // namespace vnuma::schema
