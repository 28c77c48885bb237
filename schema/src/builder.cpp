#include "builder.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <vnuma/schema/xml.hpp>

namespace vnuma::schema {

namespace {

using boost::property_tree::ptree;

// Of the characters up to the space, XML allows only white space.
bool blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) <= ' '; });
}

}  // namespace

void Builder::start(const StartEvent& event) {
  if (frames_.empty()) return start_document(event);
  if (frames_.size() >= max_depth) {
    throw Refusal{path(), fmt::format("elements are nested more than {} deep; remove the inner ones", max_depth)};
  }
  Frame& parent = frames_.back();
  flush_text(parent, true);
  parent.has_children = true;
  if (const Field* field = child_field(parent, event))
    start_modelled(*field, event);
  else
    start_unmodelled(event);
}

// The parent's field for an element; nullptr if the element is not modelled.
const Field* Builder::child_field(const Frame& parent, const StartEvent& event) {
  if (parent.into != Into::model) return nullptr;
  const ModelType& model = *parent.model;
  const std::string_view name = event.name.local();
  if (!event.uri.empty() || !parent.uri.empty()) return model.child(name, event.uri, parent.uri);
  if (event.name.prefix_size != 0) return nullptr;  // a prefix without namespace makes the name another one
  return names_.children.find(model, name, [&] { return model.child(name, {}, {}); });
}

const Field* Builder::attribute_field(const ModelType& model, std::string_view name) {
  return names_.attributes.find(model, name, [&] { return model.attribute(name); });
}

void Builder::start_modelled(const Field& field, const StartEvent& event) {
  Frame& parent = frames_.back();
  const bool is_model = field.is_model();
  const bool is_taken = !is_model && field.count(parent.object) != 0;
  void* object = is_model ? field.add(parent.object) : parent.object;
  if (is_taken || !object) {
    if (field.once) throw Refusal{path(), fmt::format("there are two <{}>; remove one", event.name.whole)};
    return start_unmodelled(event);
  }
  const ModelType* model = is_model ? &field.model() : parent.model;
  const std::uint32_t place = add_child(parent, field.code);
  const bool prefixed = event.name.prefix_size != 0 || parent.name.prefix_size != 0 || !field.prefix.empty();
  Frame& frame = open(is_model ? Into::model : Into::scalar, event.name, event.uri);
  frame.model = model;
  frame.field = &field;
  frame.object = object;
  if (prefixed) keep_prefix();
  if (is_model) {
    UnmodelledAccess::place(model->unmodelled(object)) = place;
    fill_attributes(frame, event.attributes);
  } else {
    for (const AttributeEvent& attribute : event.attributes) {
      kept(frame).attributes.emplace_back(attribute.name, attribute.value);
    }
  }
}

void Builder::start_document(const StartEvent& event) {
  const std::string path = fmt::format("/{}", event.name.whole);
  if (root_.element.empty()) {
    throw Refusal{path, fmt::format("{} is only part of a document; read the whole document", root_.name)};
  }
  if (!event.uri.empty()) {
    throw Refusal{path, fmt::format("the root element is <{}> in the namespace {}; expected <{}> without namespace",
                                    event.name.whole, event.uri, root_.element)};
  }
  if (event.name.whole != root_.element) {
    throw Refusal{path, fmt::format("the root element is <{}>; expected <{}>", event.name.whole, root_.element)};
  }
  start_root(event.name.whole, event.attributes);
}

void Builder::start_root(std::string_view name, std::span<const AttributeEvent> attributes) {
  Frame& frame = open(Into::model, Name(name, 0), {});
  frame.model = &root_;
  frame.object = object_;
  fill_attributes(frame, attributes);
}

void Builder::start_unmodelled(const StartEvent& event) {
  Frame& parent = frames_.back();
  const std::string name(event.name.whole);
  ptree& tree = parent.into == Into::tree ? parent.tree->push_back({name, {}})->second : keep_child(parent, name).tree;
  open(Into::tree, event.name, {}).tree = &tree;
  if (event.attributes.empty()) return;
  ptree& list = tree.push_back({attributes_key, {}})->second;
  for (const AttributeEvent& attribute : event.attributes) {
    list.push_back({std::string(attribute.name), ptree(std::string(attribute.value))});
  }
}

Builder::Frame& Builder::open(Into into, const Name& name, std::string_view uri) {
  Frame& frame = frames_.emplace_back();
  frame.into = into;
  frame.name = name;
  frame.uri = uri;
  frame.text_begin = text_.size();
  frame.run_begin = text_.size();
  frame.order_begin = order_.size();
  return frame;
}

// Keeps the prefix of the open element if a new element would get another one.
void Builder::keep_prefix() {
  const Frame& frame = frames_.back();
  const Frame& parent = frames_[frames_.size() - 2];
  const std::string_view expected = frame.field->ns.empty() ? parent.name.prefix() : frame.field->prefix;
  if (frame.name.prefix() != expected) kept(frame).prefix.emplace(frame.name.prefix());
}

void Builder::fill_attributes(const Frame& frame, std::span<const AttributeEvent> attributes) {
  bool ordered = true;
  std::uint16_t last = 0;
  for (const AttributeEvent& attribute : attributes) {
    const Field* field = attribute_field(*frame.model, attribute.name);
    ordered = ordered && field && field->code > last;
    if (!field) continue;
    last = field->code;
    assign(*field, frame.object, attribute.value, attribute.name);
  }
  if (!ordered) keep_attributes(frame, attributes);
}

// Keeps the attributes that are not modelled, and the order of all attributes.
void Builder::keep_attributes(const Frame& frame, std::span<const AttributeEvent> attributes) {
  Codes order;
  for (const AttributeEvent& attribute : attributes) {
    const Field* field = attribute_field(*frame.model, attribute.name);
    order.push_back(static_cast<char8_t>(field ? field->code : 0));
    if (!field) kept(frame).attributes.emplace_back(attribute.name, attribute.value);
  }
  UnmodelledAccess::keep_attribute_order(frame.model->unmodelled(frame.object), std::move(order));
}

// An invalid value keeps its path for error messages.
void Builder::assign_invalid(const Field& field, void* object, std::string_view text, std::string_view attribute) {
  const std::string where = path(attribute);
  field.assign(object, text, &where);
}

void Builder::instruction(std::string_view target, std::string_view content) {
  add_node(instruction_key, content.empty() ? std::string(target) : fmt::format("{} {}", target, content));
}

// Adds a comment or an instruction.
void Builder::add_node(const char* key, std::string content) {
  if (frames_.empty()) {
    UnmodelledAccess::Kept& root = UnmodelledAccess::kept(root_.unmodelled(object_));
    (done_ ? root.epilog : root.prolog).push_back({key, ptree(content)});
    return;
  }
  Frame& frame = frames_.back();
  flush_text(frame, false);
  frame.has_children = true;
  if (frame.into == Into::tree)
    frame.tree->push_back({key, ptree(content)});
  else
    keep_child(frame, key).tree.data() = std::move(content);
}

// Takes the text since the last child. In character data it stays in text_; elsewhere it becomes a child, unless it is
// white space between children.
void Builder::flush_text(Frame& frame, bool before_element) {
  if (text_.size() == frame.run_begin) return;
  const std::string_view run = std::string_view(text_).substr(frame.run_begin);
  if (frame.holds_character_data()) {
    if (before_element && blank(run)) text_.resize(frame.run_begin);
    frame.run_begin = text_.size();
    return;
  }
  if (frame.mixed || !blank(run)) {
    frame.mixed = true;
    std::string content(run);
    if (frame.into == Into::tree)
      frame.tree->push_back({text_key, ptree(content)});
    else
      keep_child(frame, text_key).tree.data() = std::move(content);
  }
  text_.resize(frame.run_begin);
}

// Records a child by the code of its field, or 0 if it is unmodelled. Returns its place, from 1.
std::uint32_t Builder::add_child(Frame& frame, std::uint16_t code) {
  frame.ordered = frame.ordered && code >= frame.last_code;
  frame.last_code = code;
  order_.push_back(static_cast<char8_t>(code));
  return static_cast<std::uint32_t>(order_.size() - frame.order_begin);
}

UnmodelledChild& Builder::keep_child(Frame& frame, std::string name) {
  const auto offset = static_cast<std::uint32_t>(text_.size() - frame.text_begin);
  const std::uint32_t place = frame.holds_character_data() ? offset + 1 : add_child(frame, 0);
  return kept(frame).children.emplace_back(UnmodelledChild{std::move(name), {}, place});
}

UnmodelledAccess::Kept& Builder::kept(const Frame& frame) {
  UnmodelledAccess::Kept& own = UnmodelledAccess::kept(frame.model->unmodelled(frame.object));
  if (frame.into == Into::model) return own;
  for (auto& [field, scalar] : own.scalars) {
    if (field == frame.field->code) return UnmodelledAccess::kept(scalar);
  }
  own.scalars.emplace_back(frame.field->code, Unmodelled());
  return UnmodelledAccess::kept(own.scalars.back().second);
}

void Builder::end() {
  Frame& frame = frames_.back();
  const bool empty = text_.size() == frame.run_begin;
  if (frame.into == Into::tree && !frame.has_children) {
    frame.tree->data() = text_.substr(frame.run_begin);
  } else if (!frame.holds_character_data()) {
    if (!frame.has_children && !empty) frame.mixed = true;  // <a> </a> is not <a/>
    flush_text(frame, true);
  } else {
    if (frame.has_children) flush_text(frame, true);
    const std::string_view all = std::string_view(text_).substr(frame.text_begin);
    if (frame.into == Into::scalar)
      assign(*frame.field, frame.object, all, {});
    else if (!all.empty())
      assign(*frame.model->text, frame.object, all, {});
  }
  if (!frame.ordered) kept(frame).child_order = order_.substr(frame.order_begin);
  order_.resize(frame.order_begin);
  text_.resize(frame.text_begin);
  frames_.pop_back();
  done_ = frames_.empty();
}

std::string Builder::path(std::string_view attribute) const {
  std::string path;
  const void* parent = object_;
  for (const Frame& frame : frames_) {
    path += '/';
    path += frame.name.whole;
    // The open child is the last one of its parent.
    if (frame.field && frame.field->repeated) path += fmt::format("[{}]", frame.field->count(parent));
    parent = frame.object;
  }
  if (!attribute.empty()) path += fmt::format("/@{}", attribute);
  return path;
}

}  // namespace vnuma::schema
