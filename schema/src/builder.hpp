// Builder: fills a model from the events of a document, which come from a text or from a tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kept.hpp"
#include "model.hpp"

namespace vnuma::schema {

// The name of an element as written, and the size of its prefix.
struct Name {
  std::string_view whole;
  std::size_t prefix_size = 0;  // 0 also for a name that begins with a colon

  Name() = default;
  explicit Name(std::string_view name) : whole(name) {
    if (const std::size_t colon = name.find(':'); colon != name.npos) prefix_size = colon;
  }
  Name(std::string_view name, std::size_t size) : whole(name), prefix_size(size) {}
  std::string_view prefix() const { return whole.substr(0, prefix_size); }
  std::string_view local() const { return prefix_size == 0 ? whole : whole.substr(prefix_size + 1); }
};

struct AttributeEvent {
  std::string_view name;  // as written, with prefix; namespace declarations too
  std::string_view value;
};

struct StartEvent {
  Name name;
  std::string_view uri;  // namespace of the element; empty for none; must stay valid while the element is open
  std::span<const AttributeEvent> attributes;
};

// An error that the Builder finds. Its caller knows line and column, and makes a ParseError of it.
struct Refusal {
  std::string path;
  std::string message;
};

class Builder {
 public:
  // The object must be new. All names of events must stay where they are as long as `names` lives.
  Builder(const ModelType& root, void* object, FoundNames& names) : root_(root), object_(object), names_(names) {}

  void start(const StartEvent& event);
  void text(std::string_view text) {
    if (!frames_.empty()) text_ += text;
  }
  void comment(std::string_view text) { add_node(comment_key, std::string(text)); }
  void instruction(std::string_view target, std::string_view content);
  void end();

  // For a tree without a root element: its attributes and children belong to the root model.
  void start_root(std::string_view name, std::span<const AttributeEvent> attributes);

  // Whether the root element has ended.
  bool done() const { return done_; }
  // The path of the open element, or of one of its attributes; empty before the root element.
  std::string path(std::string_view attribute = {}) const;

 private:
  enum class Into : unsigned char { model, scalar, tree };

  // An open element.
  struct Frame {
    Into into = Into::model;
    Name name{};
    std::string_view uri{};
    const ModelType* model = nullptr;             // for a scalar: the model that it is a field of
    const Field* field = nullptr;                 // nullptr for the root and for trees
    void* object = nullptr;                       // the object of `model`
    boost::property_tree::ptree* tree = nullptr;  // for trees
    std::size_t text_begin = 0;
    std::size_t run_begin = 0;  // of the text since the last child
    std::size_t order_begin = 0;
    std::uint16_t last_code = 1;  // of its children
    bool mixed = false;           // has text between children, so its white space is significant
    bool has_children = false;    // elements, comments or instructions
    bool ordered = true;          // all children are modelled and in the order of declaration

    bool holds_character_data() const { return into == Into::scalar || (into == Into::model && model->text); }
  };

  const Field* child_field(const Frame& parent, const StartEvent& event);
  const Field* attribute_field(const ModelType& model, std::string_view name);
  void start_document(const StartEvent& event);
  void start_modelled(const Field& field, const StartEvent& event);
  void start_unmodelled(const StartEvent& event);
  Frame& open(Into into, const Name& name, std::string_view uri);
  void keep_prefix();
  void fill_attributes(const Frame& frame, std::span<const AttributeEvent> attributes);
  void keep_attributes(const Frame& frame, std::span<const AttributeEvent> attributes);
  void add_node(const char* key, std::string content);
  void flush_text(Frame& frame, bool before_element);
  void assign(const Field& field, void* object, std::string_view text, std::string_view attribute) {
    if (!field.assign(object, text, nullptr)) assign_invalid(field, object, text, attribute);
  }
  void assign_invalid(const Field& field, void* object, std::string_view text, std::string_view attribute);
  std::uint32_t add_child(Frame& frame, std::uint16_t code);
  UnmodelledChild& keep_child(Frame& frame, std::string name);
  UnmodelledAccess::Kept& kept(const Frame& frame);

  const ModelType& root_;
  void* object_;
  FoundNames& names_;
  bool done_ = false;
  std::vector<Frame> frames_;
  std::string text_;  // of all open elements, each behind that of its parent
  Codes order_;       // codes of the children of all open models, in the same way
};

}  // namespace vnuma::schema
