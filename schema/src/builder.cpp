#include "builder.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace vnuma::schema {

namespace {

bool blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; });
}

}  // namespace

void Builder::start(Name name, std::string_view uri, std::span<const AttributeEvent> attributes) {
  if (frames_.empty()) {
    const std::string path = fmt::format("/{}", name.whole);
    if (root_.element.empty()) {
      throw Refusal{path,
                    fmt::format("{} is no document of its own; read the document that it is part of", root_.name)};
    }
    if (name.whole != root_.element || !uri.empty()) {
      throw Refusal{
          path, fmt::format("the root element is <{}>{}, not <{}>; give a document whose root is <{}>", name.whole,
                            uri.empty() ? "" : fmt::format(" in the namespace {}", uri), root_.element, root_.element)};
    }
    open_model(name, uri, nullptr, root_, object_, 0, attributes);
    return;
  }
  if (frames_.size() >= max_depth) {
    throw Refusal{path(), fmt::format("elements are nested more than {} deep; take the inner ones out", max_depth)};
  }
  Frame& parent = frames_.back();
  flush(parent, true);
  parent.has_children = true;
  // A prefix that is bound to no namespace makes a name of its own.
  const bool known = !uri.empty() || name.colon == 0;
  if (parent.into == Into::model && known) {
    const Field* field = parent.record->child(name.local(), uri, parent.uri);
    const std::size_t count = field ? field->count(parent.object) : 0;
    if (field && field->once && count > 0) {
      throw Refusal{path(), fmt::format("there are two <{}>; remove one", name.whole)};
    }
    if (field && (field->repeated || count == 0)) {
      order_.push_back(number(*parent.record, *field));
      if (!field->is_model()) {
        open_scalar(name, uri, *field, parent.object, attributes);
        return;
      }
      const auto place = static_cast<std::uint32_t>(order_.size() - parent.order_begin);
      void* child = field->add(parent.object);
      const Record& record = field->record();
      UnmodelledAccess::place(record.unmodelled(child)) = place;
      open_model(name, uri, field, record, child, static_cast<std::uint32_t>(count), attributes);
      return;
    }
  }
  if (parent.into == Into::tree) {
    auto& tree = parent.tree->push_back({std::string(name.whole), {}})->second;
    open_tree(name.whole, tree, attributes);
  } else {
    open_tree(name.whole, keep(parent, std::string(name.whole)).tree, attributes);
  }
}

void Builder::start_root(std::string_view name, std::span<const AttributeEvent> attributes) {
  open_model(Name(name), {}, nullptr, root_, object_, 0, attributes);
}

void Builder::open_model(Name name, std::string_view uri, const Field* field, const Record& record, void* object,
                         std::uint32_t position, std::span<const AttributeEvent> attributes) {
  const std::string_view expected =
      field && !field->ns.empty() ? field->prefix : (frames_.empty() ? std::string_view() : frames_.back().prefix);
  const std::string_view prefix = name.prefix();
  frames_.push_back({Into::model, false, false, name.whole, uri, prefix, &record, field, object, nullptr, text_.size(),
                     text_.size(), order_.size(), position});
  if (prefix != expected) kept(frames_.back()).prefix.emplace(prefix);
  fill_attributes(frames_.back(), attributes);
}

void Builder::open_scalar(Name name, std::string_view uri, const Field& field, void* object,
                          std::span<const AttributeEvent> attributes) {
  const Frame& parent = frames_.back();
  const std::string_view expected = field.ns.empty() ? parent.prefix : field.prefix;
  const std::string_view prefix = name.prefix();
  frames_.push_back({Into::scalar, false, false, name.whole, uri, prefix, parent.record, &field, object, nullptr,
                     text_.size(), text_.size(), order_.size(), 0});
  if (prefix != expected) kept(frames_.back()).prefix.emplace(prefix);
  for (const AttributeEvent& attribute : attributes) {
    kept(frames_.back()).attributes.emplace_back(attribute.name, attribute.value);
  }
}

void Builder::open_tree(std::string_view name, boost::property_tree::ptree& tree,
                        std::span<const AttributeEvent> attributes) {
  frames_.push_back({Into::tree,
                     false,
                     false,
                     name,
                     {},
                     {},
                     nullptr,
                     nullptr,
                     nullptr,
                     &tree,
                     text_.size(),
                     text_.size(),
                     order_.size(),
                     0});
  if (attributes.empty()) return;
  auto& kept = tree.push_back({attributes_key, {}})->second;
  for (const AttributeEvent& attribute : attributes) {
    kept.push_back({std::string(attribute.name), boost::property_tree::ptree(std::string(attribute.value))});
  }
}

void Builder::fill_attributes(Frame& frame, std::span<const AttributeEvent> attributes) {
  attribute_order_.clear();
  bool plain = true;
  std::uint16_t last = 0;
  for (const AttributeEvent& attribute : attributes) {
    const Field* field = frame.record->attribute(attribute.name);
    if (!field) {
      kept(frame).attributes.emplace_back(attribute.name, attribute.value);
      attribute_order_.push_back(0);
      last = UINT16_MAX;
      continue;
    }
    const std::uint16_t current = number(*frame.record, *field);
    plain = plain && current > last;
    last = std::max(last, current);
    attribute_order_.push_back(current);
    assign(*field, frame.object, attribute.value, attribute.name);
  }
  if (!plain) kept(frame).attribute_order = attribute_order_;
}

void Builder::assign(const Field& field, void* object, std::string_view text, std::string_view attribute) {
  if (field.assign(object, text, nullptr)) return;
  const std::string where = path(attribute);
  field.assign(object, text, &where);
}

void Builder::text(std::string_view text) {
  if (!frames_.empty()) text_ += text;
}

void Builder::instruction(std::string_view target, std::string_view content) {
  node(instruction_key, content.empty() ? std::string(target) : fmt::format("{} {}", target, content));
}

void Builder::node(const char* key, std::string content) {
  if (frames_.empty()) {
    UnmodelledAccess::Kept& root = UnmodelledAccess::kept(root_.unmodelled(object_));
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

// Deals with the text since the last child. Character data of models and scalars just goes on; elsewhere text becomes
// a child, white space between children nothing.
void Builder::flush(Frame& frame, bool before_element) {
  const std::string_view run = std::string_view(text_).substr(frame.run_begin);
  const bool character_data = frame.into == Into::scalar || (frame.into == Into::model && frame.record->text);
  if (character_data) {
    if (before_element && blank(run)) text_.resize(frame.run_begin);
    frame.run_begin = text_.size();
    return;
  }
  if (!run.empty() && (frame.mixed || !blank(run))) {
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
  std::uint32_t place = 0;
  if (frame.into == Into::model && !frame.record->text) {
    order_.push_back(0);
    place = static_cast<std::uint32_t>(order_.size() - frame.order_begin);
  } else {
    place = static_cast<std::uint32_t>(text_.size() - frame.text_begin + 1);
  }
  auto& children = kept(frame).children;
  children.push_back({std::move(name), {}, place});
  return children.back();
}

UnmodelledAccess::Kept& Builder::kept(const Frame& frame) {
  Unmodelled& unmodelled = frame.record->unmodelled(frame.object);
  UnmodelledAccess::Kept& own = UnmodelledAccess::kept(unmodelled);
  if (frame.into == Into::model) return own;
  const std::uint16_t key = number(*frame.record, *frame.field);
  for (auto& [field, scalar] : own.scalars) {
    if (field == key) return UnmodelledAccess::kept(scalar);
  }
  own.scalars.emplace_back(key, Unmodelled());
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
  if (frame.into == Into::model) keep_order(frame);
  text_.resize(frame.text_begin);
  frames_.pop_back();
  done_ = frames_.empty();
}

void Builder::keep_order(Frame& frame) {
  const auto begin = order_.begin() + static_cast<std::ptrdiff_t>(frame.order_begin);
  const bool plain = std::is_sorted(begin, order_.end()) && (begin == order_.end() || *begin != 0);
  if (!plain) kept(frame).child_order.assign(begin, order_.end());
  order_.erase(begin, order_.end());
}

std::string Builder::path(std::string_view attribute) const {
  std::string path;
  for (const Frame& frame : frames_) {
    path += '/';
    path += frame.name;
    if (frame.field && frame.field->repeated) path += fmt::format("[{}]", frame.position + 1);
  }
  if (!attribute.empty()) path += fmt::format("/@{}", attribute);
  return path;
}

}  // namespace vnuma::schema
