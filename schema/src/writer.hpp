// Writer: walks a model in document order and tells a sink what it holds. The sinks write text or a property tree.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <vnuma/schema/error.hpp>

#include "characters.hpp"
#include "child_order.hpp"
#include "kept.hpp"
#include "model.hpp"

namespace vnuma::schema {

// Sink has open(prefix, name), attribute(name, value), content(inlined), text(text, alone), child(name, tree) and
// close(prefix, name).
template <class Sink>
class Writer {
 public:
  explicit Writer(Sink& sink) : sink_(sink) {}

  void document(const ModelType& model, const void* object) {
    if (model.element.empty()) {
      throw ValueError("", fmt::format("{} is only part of a document; write the whole document", model.name));
    }
    const UnmodelledAccess::Kept& kept = kept_of(model.unmodelled(object));
    for (const UnmodelledChild& child : kept.prolog) sink_.child(child.name, child.tree);
    element(model, object, model.element, {});
    for (const UnmodelledChild& child : kept.epilog) sink_.child(child.name, child.tree);
  }

  // Writes the element of a model. `prefix` is that of a new element; `ns` is the namespace of the field, which the
  // element declares if nothing around it does.
  void element(const ModelType& model, const void* object, std::string_view name, std::string_view prefix,
               std::string_view ns = {}) {
    const UnmodelledAccess::Kept& kept = kept_of(model.unmodelled(object));
    if (kept.prefix) prefix = *kept.prefix;
    const FieldSet present = model.present(object);
    const std::size_t scope = scope_.size();
    sink_.open(prefix, name);
    attributes(model, object, kept, UnmodelledAccess::attribute_order(model.unmodelled(object)),
               present & model.attributes);
    if (!ns.empty()) declare(prefix, ns, kept);
    if (!model.text)
      children(model, object, kept, prefix, present & model.elements);
    else if (model.text->count(object) != 0)
      character_data(model.text->text(object, scratch_), kept.children);
    else
      character_data({}, kept.children);
    sink_.close(prefix, name);
    scope_.resize(scope);
  }

 private:
  const UnmodelledAccess::Kept& kept_of(const Unmodelled& unmodelled) const {
    const auto* kept = UnmodelledAccess::find(unmodelled);
    return kept ? *kept : nothing_;
  }

  void attribute(const Field& field, const void* object) { sink_.attribute(field.name, field.text(object, scratch_)); }

  void attribute(const ModelType& model, const Unmodelled::Attribute& attribute) {
    if (!is_name(attribute.first)) {
      throw ValueError("", fmt::format("\"{}\" is not a name in XML", attribute.first));
    }
    if (model.attribute(attribute.first)) {
      throw ValueError("",
                       fmt::format("{} is among the unmodelled attributes of {}, which has a member for it; set the "
                                   "member",
                                   attribute.first, model.name));
    }
    if (attribute.first.starts_with("xmlns:")) {
      scope_.emplace_back(std::string_view(attribute.first).substr(6), attribute.second);
    }
    sink_.attribute(attribute.first, attribute.second);
  }

  // The attributes that were read in their order, then the new ones.
  void attributes(const ModelType& model, const void* object, const UnmodelledAccess::Kept& kept, const Codes& order,
                  FieldSet present) {
    FieldSet written;
    auto unmodelled = kept.attributes.begin();
    for (const char8_t code : order) {
      if (code != 0) {
        written.add(code - 1U);
        if (present.contains(code - 1U)) attribute(model.fields[code - 1U], object);
      } else if (unmodelled != kept.attributes.end()) {
        attribute(model, *unmodelled++);
      }
    }
    present.each([&](std::size_t i) {
      if (!written.contains(i)) attribute(model.fields[i], object);
    });
    for (; unmodelled != kept.attributes.end(); ++unmodelled) attribute(model, *unmodelled);
  }

  // Declares the namespace of an element that is new, or comes from another document, unless an element around it does.
  // The parents of a model are models, so scope_ holds all prefixes, and no parent has a default namespace.
  void declare(std::string_view prefix, std::string_view uri, const UnmodelledAccess::Kept& kept) {
    if (prefix.empty()) {
      const bool declared = std::any_of(kept.attributes.begin(), kept.attributes.end(),
                                        [](const auto& attribute) { return attribute.first == "xmlns"; });
      if (!declared) sink_.attribute("xmlns", uri);
      return;
    }
    const auto bound = std::find_if(scope_.rbegin(), scope_.rend(), [&](const auto& b) { return b.first == prefix; });
    if (bound != scope_.rend() && bound->second == uri) return;
    scope_.emplace_back(prefix, uri);
    sink_.attribute("xmlns:" + std::string(prefix), uri);
  }

  // Character data, and the nodes in it at their offsets.
  void character_data(std::string_view text, const std::vector<UnmodelledChild>& nodes) {
    if (text.empty() && nodes.empty()) return;
    sink_.content(true);
    std::size_t done = 0;
    for (const UnmodelledChild& node : nodes) {
      const std::size_t offset = node.place == 0 ? text.size() : std::min<std::size_t>(node.place - 1, text.size());
      if (offset > done) sink_.text(text.substr(done, offset - done), false);
      done = std::max(done, offset);
      sink_.child(node.name, node.tree);
    }
    if (done < text.size()) sink_.text(text.substr(done), nodes.empty());
  }

  void children(const ModelType& model, const void* object, const UnmodelledAccess::Kept& kept, std::string_view prefix,
                FieldSet present) {
    if (present.empty() && kept.children.empty()) return;
    const bool inlined = std::any_of(kept.children.begin(), kept.children.end(),
                                     [](const UnmodelledChild& child) { return child.name == text_key; });
    sink_.content(inlined);
    if (!kept.child_order.empty()) {
      for (const OrderedChild& ordered : ordered_children(model, object, kept)) {
        if (ordered.code == 0)
          sink_.child(kept.children[ordered.index].name, kept.children[ordered.index].tree);
        else
          child(model.fields[ordered.code - 1U], object, ordered.index, kept, prefix);
      }
      return;
    }
    present.each([&](std::size_t i) {
      const Field& field = model.fields[i];
      const std::size_t count = field.repeated ? field.count(object) : 1;
      for (std::size_t k = 0; k < count; ++k) child(field, object, k, kept, prefix);
    });
    for (const UnmodelledChild& node : kept.children) sink_.child(node.name, node.tree);
  }

  void child(const Field& field, const void* object, std::size_t index, const UnmodelledAccess::Kept& kept,
             std::string_view parent_prefix) {
    const std::string_view prefix = field.ns.empty() ? parent_prefix : field.prefix;
    if (field.is_model()) return element(field.model(), field.at(object, index), field.name, prefix, field.ns);
    scalar(field, object, scalar_kept(field, kept), prefix);
  }

  const UnmodelledAccess::Kept& scalar_kept(const Field& field, const UnmodelledAccess::Kept& kept) const {
    for (const auto& [code, scalar] : kept.scalars) {
      if (code == field.code) return kept_of(scalar);
    }
    return nothing_;
  }

  // A child element that holds a scalar.
  void scalar(const Field& field, const void* object, const UnmodelledAccess::Kept& kept, std::string_view prefix) {
    if (kept.prefix) prefix = *kept.prefix;
    sink_.open(prefix, field.name);
    for (const auto& [name, value] : kept.attributes) sink_.attribute(name, value);
    character_data(field.text(object, scratch_), kept.children);
    sink_.close(prefix, field.name);
  }

  Sink& sink_;
  const UnmodelledAccess::Kept nothing_{};
  std::string scratch_;
  std::vector<std::pair<std::string_view, std::string_view>> scope_;  // declared prefixes and their namespaces
};

}  // namespace vnuma::schema
