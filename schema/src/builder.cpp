#include "builder.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace vnuma::schema {

namespace {

// Of the characters up to the space, XML allows white space only.
bool blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) <= ' '; });
}

}  // namespace

// What every element passes through comes first, to be inlined.

// Takes down a child: its field's code, or 0 if it is unmodelled. Gives its place, from 1.
inline std::size_t Builder::add_code(Frame& frame, std::uint16_t code) {
  frame.ordered = frame.ordered && code >= frame.last_code;
  frame.last_code = code;
  order_.push_back(static_cast<char8_t>(code));
  return order_.size() - frame.order_begin;
}

// Deals with the text since the last child.
inline void Builder::flush(Frame& frame, bool before_element) {
  if (text_.size() > frame.run_begin) flush_text(frame, before_element);
}

// Written member by member: a frame that is made and then copied stalls the processor.
inline Builder::Frame& Builder::open(Into into, Name name, const char* uri) {
  Frame& frame = frames_.emplace_back();
  frame.into = into;
  frame.name = name;
  frame.uri = uri;
  frame.text_begin = text_.size();
  frame.run_begin = text_.size();
  frame.order_begin = order_.size();
  return frame;
}

// The parent's field of a child's name; nullptr if it has none, or is no model.
inline const Field* Builder::child_of(const Frame& parent, Name name, const char* uri) {
  if (parent.into != Into::model) return nullptr;
  const Record& record = *parent.record;
  if (uri || parent.uri) return record.child(name.local(), uri ? uri : "", parent.uri ? parent.uri : "");
  // A prefix that is bound to no namespace makes a name of its own.
  if (name.colon != 0) return nullptr;
  return found_children_.of(record, name.whole, [&] { return record.child(name.whole, {}, {}); });
}

inline const Field* Builder::attribute_of(const Record& record, const char* name) {
  return found_attributes_.of(record, name, [&] { return record.attribute(name); });
}

inline void Builder::assign(const Field& field, void* object, std::string_view text, const char* attribute) {
  if (!field.assign(object, text, nullptr)) [[unlikely]]
    assign_invalid(field, object, text, attribute);
}

void Builder::start(Name name, const char* uri, std::span<const AttributeEvent> attributes) {
  if (frames_.empty()) return start_document(name, uri, attributes);
  if (frames_.size() >= max_depth) {
    throw Refusal{path(), fmt::format("elements are nested more than {} deep; take the inner ones out", max_depth)};
  }
  Frame& parent = frames_.back();
  flush(parent, true);
  parent.has_children = true;
  const Field* field = child_of(parent, name, uri);
  if (!field) return start_unmodelled(name, attributes);
  const Record* record = parent.record;
  void* object = parent.object;
  const bool is_model = field->is_model();
  const bool taken = !is_model && field->count(object) != 0;
  if (is_model) object = field->add(object);
  if (taken || !object) {
    if (field->once) throw Refusal{path(), fmt::format("there are two <{}>; remove one", name.whole)};
    return start_unmodelled(name, attributes);
  }
  const std::size_t place = add_code(parent, field->code);
  if (is_model) {
    record = &field->record();
    UnmodelledAccess::place(record->unmodelled(object)) = static_cast<std::uint32_t>(place);
  }
  const bool prefixed = name.colon != 0 || parent.name.colon != 0 || !field->prefix.empty();
  Frame& frame = open(is_model ? Into::model : Into::scalar, name, uri);
  frame.record = record;
  frame.field = field;
  frame.object = object;
  if (prefixed) keep_prefix();
  if (is_model) return fill_attributes(frame, attributes);
  for (const AttributeEvent& attribute : attributes) {
    kept(frame).attributes.emplace_back(attribute.name, attribute.value);
  }
}

// The prefix of the open element, where it is not the one that a new one would get.
void Builder::keep_prefix() {
  const Frame& frame = frames_.back();
  const Frame& parent = frames_[frames_.size() - 2];
  const std::string_view expected = frame.field->ns.empty() ? parent.name.prefix() : frame.field->prefix;
  if (frame.name.prefix() != expected) kept(frame).prefix.emplace(frame.name.prefix());
}

void Builder::start_document(Name name, const char* uri, std::span<const AttributeEvent> attributes) {
  const std::string path = fmt::format("/{}", name.whole);
  if (root_->element.empty()) {
    throw Refusal{path, fmt::format("{} is no document of its own; read the document that it is part of", root_->name)};
  }
  if (name.whole != root_->element || uri) {
    throw Refusal{path, fmt::format("the root element is <{}>{}, not <{}>; give a document whose root is <{}>",
                                    name.whole, uri == nullptr ? "" : fmt::format(" in the namespace {}", uri),
                                    root_->element, root_->element)};
  }
  start_root(name.whole, attributes);
}

void Builder::start_root(const char* name, std::span<const AttributeEvent> attributes) {
  Frame& frame = open(Into::model, Name(name, 0), nullptr);
  frame.record = root_;
  frame.object = object_;
  fill_attributes(frame, attributes);
}

void Builder::start_unmodelled(Name name, std::span<const AttributeEvent> attributes) {
  Frame& parent = frames_.back();
  if (parent.into == Into::tree)
    open_tree(name, parent.tree->push_back({name.whole, {}})->second, attributes);
  else
    open_tree(name, keep(parent, name.whole).tree, attributes);
}

void Builder::open_tree(Name name, boost::property_tree::ptree& tree, std::span<const AttributeEvent> attributes) {
  open(Into::tree, name, nullptr).tree = &tree;
  if (attributes.empty()) return;
  auto& kept = tree.push_back({attributes_key, {}})->second;
  for (const AttributeEvent& attribute : attributes) {
    kept.push_back({attribute.name, boost::property_tree::ptree(std::string(attribute.value))});
  }
}

void Builder::fill_attributes(const Frame& frame, std::span<const AttributeEvent> attributes) {
  bool ordered = true;
  std::uint16_t last = 0;
  for (const AttributeEvent& attribute : attributes) {
    const Field* field = attribute_of(*frame.record, attribute.name);
    ordered = ordered && field && field->code > last;
    if (!field) continue;
    last = field->code;
    assign(*field, frame.object, attribute.value, attribute.name);
  }
  if (!ordered) keep_attributes(frame, attributes);
}

// Attributes that are unmodelled, and the order of all.
void Builder::keep_attributes(const Frame& frame, std::span<const AttributeEvent> attributes) {
  Codes order;
  for (const AttributeEvent& attribute : attributes) {
    const Field* field = attribute_of(*frame.record, attribute.name);
    order.push_back(static_cast<char8_t>(field ? field->code : 0));
    if (!field) kept(frame).attributes.emplace_back(attribute.name, attribute.value);
  }
  UnmodelledAccess::keep_attribute_order(frame.record->unmodelled(frame.object), std::move(order));
}

// What is no value of the type is kept with its path.
void Builder::assign_invalid(const Field& field, void* object, std::string_view text, const char* attribute) {
  const std::string where = path(attribute ? attribute : "");
  field.assign(object, text, &where);
}

void Builder::instruction(std::string_view target, std::string_view content) {
  node(instruction_key, content.empty() ? std::string(target) : fmt::format("{} {}", target, content));
}

void Builder::node(const char* key, std::string content) {
  if (frames_.empty()) {
    UnmodelledAccess::Kept& root = UnmodelledAccess::kept(root_->unmodelled(object_));
    (done_ ? root.epilog : root.prolog).push_back({key, boost::property_tree::ptree(content)});
    return;
  }
  Frame& frame = frames_.back();
  flush(frame, false);
  frame.has_children = true;
  if (frame.into == Into::tree) {
    frame.tree->push_back({key, boost::property_tree::ptree(content)});
  } else {
    keep(frame, key).tree.data() = std::move(content);
  }
}

// Character data of models and scalars just goes on; elsewhere text becomes a child, white space between children
// nothing.
void Builder::flush_text(Frame& frame, bool before_element) {
  const std::string_view run = std::string_view(text_).substr(frame.run_begin);
  const bool character_data = frame.into == Into::scalar || (frame.into == Into::model && frame.record->text);
  if (character_data) {
    if (before_element && blank(run)) text_.resize(frame.run_begin);
    frame.run_begin = text_.size();
    return;
  }
  if (frame.mixed || !blank(run)) {
    frame.mixed = true;
    std::string content(run);
    if (frame.into == Into::tree) {
      frame.tree->push_back({text_key, boost::property_tree::ptree(content)});
    } else {
      keep(frame, text_key).tree.data() = std::move(content);
    }
  }
  text_.resize(frame.run_begin);
}

UnmodelledChild& Builder::keep(Frame& frame, std::string name) {
  const bool in_text = frame.into == Into::scalar || frame.record->text;
  const std::size_t place = in_text ? text_.size() - frame.text_begin + 1 : add_code(frame, 0);
  auto& children = kept(frame).children;
  children.push_back({std::move(name), {}, static_cast<std::uint32_t>(place)});
  return children.back();
}

UnmodelledAccess::Kept& Builder::kept(const Frame& frame) {
  Unmodelled& unmodelled = frame.record->unmodelled(frame.object);
  UnmodelledAccess::Kept& own = UnmodelledAccess::kept(unmodelled);
  if (frame.into == Into::model) return own;
  for (auto& [field, scalar] : own.scalars) {
    if (field == frame.field->code) return UnmodelledAccess::kept(scalar);
  }
  own.scalars.emplace_back(frame.field->code, Unmodelled());
  return UnmodelledAccess::kept(own.scalars.back().second);
}

void Builder::end() {
  Frame& frame = frames_.back();
  const std::string_view run = std::string_view(text_).substr(frame.run_begin);
  if (frame.into == Into::tree) {
    if (frame.has_children)
      flush(frame, true);
    else
      frame.tree->data() = run;
  } else if (frame.into == Into::scalar || frame.record->text) {
    if (frame.has_children) flush(frame, true);
    const std::string_view all = std::string_view(text_).substr(frame.text_begin);
    const Field& field = frame.into == Into::scalar ? *frame.field : *frame.record->text;
    if (frame.into == Into::scalar || !all.empty()) assign(field, frame.object, all, {});
  } else {
    if (!frame.has_children && !run.empty()) frame.mixed = true;  // <a> </a> is not <a/>
    flush(frame, true);
  }
  if (!frame.ordered) keep_order(frame);
  order_.resize(frame.order_begin);
  text_.resize(frame.text_begin);
  frames_.pop_back();
  done_ = frames_.empty();
}

void Builder::keep_order(const Frame& frame) { kept(frame).child_order = order_.substr(frame.order_begin); }

std::string Builder::path(std::string_view attribute) const {
  std::string path;
  const void* parent = object_;
  for (const Frame& frame : frames_) {
    path += '/';
    path += frame.name.whole;
    // The open child is its parent's last.
    if (frame.field && frame.field->repeated) path += fmt::format("[{}]", frame.field->count(parent));
    parent = frame.object;
  }
  if (!attribute.empty()) path += fmt::format("/@{}", attribute);
  return path;
}

}  // namespace vnuma::schema
