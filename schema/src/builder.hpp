// Builder: fills a model from the events of a document, whether they come from a text or from a tree.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kept.hpp"
#include "record.hpp"

namespace vnuma::schema {

// An element's name as written, and where in it the prefix ends.
struct Name {
  std::string_view whole;
  std::size_t colon = 0;  // 0: no prefix, also where the colon is the first

  explicit Name(std::string_view name) : whole(name), colon(name.find(':')) {
    if (colon == std::string_view::npos) colon = 0;
  }
  Name(std::string_view name, std::size_t prefix_size) : whole(name), colon(prefix_size) {}
  std::string_view prefix() const { return whole.substr(0, colon); }
  std::string_view local() const { return colon == 0 ? whole : whole.substr(colon + 1); }
};

struct AttributeEvent {
  std::string_view name;  // as written, with prefix; namespace declarations too
  std::string_view value;
};

// A refusal of ours; whoever drives the builder knows line and column and makes a ParseError of it.
struct Refusal {
  std::string path;
  std::string message;
};

class Builder {
 public:
  Builder(const Record& root, void* object) : root_(root), object_(object) {}

  // `uri` is the namespace the prefix is bound to, empty for none.
  void start(Name name, std::string_view uri, std::span<const AttributeEvent> attributes);
  void text(std::string_view text);
  void comment(std::string_view text) { node(comment_key, std::string(text)); }
  void instruction(std::string_view target, std::string_view content);
  void end();

  // For a tree that has no root element of its own: attributes and children go straight to the root model.
  void start_root(std::string_view name, std::span<const AttributeEvent> attributes);

  std::size_t depth() const { return frames_.size(); }
  // The path of the open element, or of one of its attributes.
  std::string path(std::string_view attribute = {}) const;

 private:
  enum class Into : unsigned char { model, scalar, tree };

  struct Frame {
    Into into;
    bool mixed;             // has text beside children; its white space counts
    bool has_children;      // elements, comments, instructions
    std::string_view name;  // as written
    std::string_view uri;
    std::string_view prefix;  // that a new child element would get
    const Record* record;     // model
    const Field* field;       // the field this fills; null for the root and for trees
    void* object;             // model: itself; scalar: the model it belongs to
    boost::property_tree::ptree* tree;
    std::size_t text_begin;
    std::size_t run_begin;  // text since the last child
    std::size_t order_begin;
    std::uint32_t position;  // among siblings of its kind
  };

  void open_model(Name name, std::string_view uri, const Field* field, const Record& record, void* object,
                  std::uint32_t position, std::span<const AttributeEvent> attributes);
  void open_scalar(Name name, std::string_view uri, const Field& field, void* object,
                   std::span<const AttributeEvent> attributes);
  void open_tree(std::string_view name, boost::property_tree::ptree& tree, std::span<const AttributeEvent> attributes);
  void fill_attributes(Frame& frame, std::span<const AttributeEvent> attributes);
  void node(const char* key, std::string content);
  void flush(Frame& frame, bool before_element);
  void assign(const Field& field, void* object, std::string_view text, std::string_view attribute);
  void keep_order(Frame& frame);
  UnmodelledChild& keep(Frame& frame, std::string name);
  UnmodelledAccess::Kept& kept(const Frame& frame);
  static std::uint16_t number(const Record& record, const Field& field) {
    return static_cast<std::uint16_t>(&field - record.fields.data() + 1);
  }

  const Record& root_;
  void* object_;
  bool done_ = false;
  std::vector<Frame> frames_;
  std::string text_;                  // of all open elements, each behind its parent's
  std::vector<std::uint16_t> order_;  // of the children of all open models, likewise
  std::vector<std::uint16_t> attribute_order_;
};

}  // namespace vnuma::schema
