// Walks a model in document order and tells a sink what it holds. The sink writes text or makes a tree.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "characters.hpp"
#include "kept.hpp"
#include "record.hpp"

namespace vnuma::schema {

// The children of one element in the order in which they are written. Old ones go to their places; where a vector was
// reordered, its old items fill the places they have in the vector's order. A new item follows its predecessor in the
// vector; the first of a kind goes after the last child that was declared before it.
class ChildOrder {
 public:
  struct Child {
    std::uint16_t code;  // field number + 1; 0: unmodelled
    std::size_t position;
  };

  ChildOrder(const Record& record, const void* object, const UnmodelledAccess::Kept& kept) : slots_(kept.child_order) {
    heads_.assign(slots_.size() + 1, none);
    tails_.assign(slots_.size() + 1, none);
    (record.present(object) & record.elements).each([&](std::size_t i) {
      const Field& field = record.fields[i];
      const std::size_t count = field.count(object);
      places_.assign(count, 0);
      const auto code = static_cast<std::uint16_t>(i + 1);
      if (!field.repeated) {
        const auto slot = std::find(slots_.begin(), slots_.end(), code);
        if (slot != slots_.end()) places_[0] = static_cast<std::uint32_t>(slot - slots_.begin() + 1);
      } else {
        const Record& child = field.record();
        for (std::size_t k = 0; k < count; ++k) {
          places_[k] = UnmodelledAccess::place(child.unmodelled(field.at(object, k)));
        }
      }
      add(code);
    });
    if (kept.children.empty()) return;
    places_.clear();
    for (const UnmodelledChild& child : kept.children) places_.push_back(child.place);
    add(0);
  }

  template <class F>
  void each(F&& f) const {
    for (const std::size_t head : heads_) {
      for (std::size_t i = head; i != none; i = entries_[i].next) f(entries_[i].child);
    }
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  struct Entry {
    Child child;
    std::size_t next;
  };

  bool old(std::uint32_t place, std::uint16_t code) const {
    return place > 0 && place <= slots_.size() && slots_[place - 1] == code;
  }

  // Takes the items of one kind, whose places stand in places_ (0: new).
  void add(std::uint16_t code) {
    settle(code);
    std::size_t bucket = first_bucket(code);
    for (std::size_t k = 0; k < places_.size(); ++k) {
      if (places_[k] != 0) bucket = places_[k];
      append(bucket, {code, k});
    }
  }

  // Forgets places that are not of this kind or taken twice, and makes the rest ascend.
  void settle(std::uint16_t code) {
    taken_.clear();
    bool ascending = true;
    for (std::uint32_t& place : places_) {
      if (!old(place, code)) {
        place = 0;
        continue;
      }
      ascending = ascending && (taken_.empty() || place > taken_.back());
      taken_.push_back(place);
    }
    if (ascending) return;
    std::sort(taken_.begin(), taken_.end());
    const bool twice = std::adjacent_find(taken_.begin(), taken_.end()) != taken_.end();
    if (twice) {
      taken_.erase(std::unique(taken_.begin(), taken_.end()), taken_.end());
      std::vector<std::uint32_t> seen;
      for (std::uint32_t& place : places_) {
        if (place == 0) continue;
        if (std::find(seen.begin(), seen.end(), place) != seen.end())
          place = 0;
        else
          seen.push_back(place);
      }
    }
    std::size_t next = 0;
    for (std::uint32_t& place : places_) {
      if (place != 0) place = taken_[next++];
    }
  }

  // Where new items go that have no predecessor.
  std::size_t first_bucket(std::uint16_t code) const {
    for (const std::uint32_t place : places_) {
      if (place != 0) return place;  // before the first old one: appended to its bucket ahead of it
    }
    if (code == 0) return slots_.size();
    std::size_t bucket = 0;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i] != 0 && slots_[i] <= code) bucket = i + 1;
    }
    return bucket;
  }

  void append(std::size_t bucket, Child child) {
    entries_.push_back({child, none});
    std::size_t& tail = tails_[bucket];
    (tail == none ? heads_[bucket] : entries_[tail].next) = entries_.size() - 1;
    tail = entries_.size() - 1;
  }

  const Codes& slots_;
  std::vector<std::size_t> heads_;  // by place; 0 is before all
  std::vector<std::size_t> tails_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> places_;
  std::vector<std::uint32_t> taken_;
};

// Whether each child stands where it was read: then the slots say the order.
inline bool is_as_read(const Record& record, const void* object, const UnmodelledAccess::Kept& kept) {
  std::array<std::uint32_t, FieldSet::most + 1> counts{};  // by code
  std::uint32_t place = 0;
  for (const char8_t code : kept.child_order) {
    const std::uint32_t position = counts[code]++;
    ++place;
    if (code == 0) {
      if (position >= kept.children.size() || kept.children[position].place != place) return false;
      continue;
    }
    const Field& field = record.fields[code - 1];
    if (position >= field.count(object)) return false;
    if (!field.repeated) continue;
    const void* child = field.at(object, position);
    if (UnmodelledAccess::place(field.record().unmodelled(child)) != place) return false;
  }
  bool all = counts[0] == kept.children.size();
  (record.present(object) & record.elements).each([&](std::size_t i) {
    all = all && record.fields[i].count(object) == counts[i + 1];
  });
  return all;
}

// Sink: open(prefix, name), attribute(name, value), content(inlined), text(text, alone), child(name, tree),
// close(prefix, name).
template <class Sink>
class Writer {
 public:
  explicit Writer(Sink& sink) : sink_(sink) {}

  void document(const Record& record, const void* object) {
    if (record.element.empty()) {
      throw ValueError("",
                       fmt::format("{} is no document of its own; write the document that it is part of", record.name));
    }
    const UnmodelledAccess::Kept& kept = kept_of(record, object);
    for (const UnmodelledChild& child : kept.prolog) sink_.child(child.name, child.tree);
    model(record, object, record.element, {});
    for (const UnmodelledChild& child : kept.epilog) sink_.child(child.name, child.tree);
  }

  // The element that a model stands for. `usual` is its prefix where no other one is kept.
  void model(const Record& record, const void* object, std::string_view name, std::string_view usual,
             std::string_view ns = {}) {
    const Unmodelled& unmodelled = record.unmodelled(object);
    const FieldSet present = record.present(object);
    if (ns.empty() && UnmodelledAccess::holds_nothing(unmodelled)) {
      as_declared(record, object, name, usual, present);
    } else {
      as_kept(record, object, name, usual, ns, present);
    }
  }

 private:
  const UnmodelledAccess::Kept& kept_of(const Unmodelled& unmodelled) const {
    const auto* kept = UnmodelledAccess::find(unmodelled);
    return kept ? *kept : none_;
  }
  const UnmodelledAccess::Kept& kept_of(const Record& record, const void* object) const {
    return kept_of(record.unmodelled(object));
  }

  // An element of which nothing is kept: all is modelled, and in the order of declaration.
  void as_declared(const Record& record, const void* object, std::string_view name, std::string_view prefix,
                   FieldSet present) {
    sink_.open(prefix, name);
    (present & record.attributes).each([&](std::size_t i) { attribute(record.fields[i], object); });
    if (record.text) {
      if (record.text->count(object) != 0) character_data(record.text->text(object, scratch_), none_.children);
    } else if (const FieldSet elements = present & record.elements; !elements.empty()) {
      sink_.content(false);
      elements.each([&](std::size_t i) {
        const Field& field = record.fields[i];
        const std::size_t count = field.repeated ? field.count(object) : 1;
        for (std::size_t k = 0; k < count; ++k) element(field, object, k, none_, prefix);
      });
    }
    sink_.close(prefix, name);
  }

  void as_kept(const Record& record, const void* object, std::string_view name, std::string_view usual,
               std::string_view ns, FieldSet present) {
    const Unmodelled& unmodelled = record.unmodelled(object);
    const UnmodelledAccess::Kept& kept = kept_of(unmodelled);
    const std::string_view prefix = kept.prefix ? std::string_view(*kept.prefix) : usual;
    const std::size_t scope = scope_.size();
    sink_.open(prefix, name);
    attributes(record, object, UnmodelledAccess::attribute_order(unmodelled), kept.attributes, present);
    if (!ns.empty()) declare(prefix, ns, kept);
    if (record.text) {
      std::string_view text;
      if (record.text->count(object)) text = record.text->text(object, scratch_);
      character_data(text, kept.children);
    } else {
      children(record, object, kept, prefix, present & record.elements);
    }
    sink_.close(prefix, name);
    scope_.resize(scope);
  }

  void attribute(const Field& field, const void* object) { sink_.attribute(field.name, field.text(object, scratch_)); }

  void attribute(const Record& record, const Unmodelled::Attribute& attribute) {
    if (!is_name(attribute.first)) {
      throw ValueError("", fmt::format("\"{}\" is not a name that XML allows", attribute.first));
    }
    for (const Field& field : record.fields) {
      if (field.kind != Kind::attribute || field.name != attribute.first) continue;
      throw ValueError("", fmt::format("{} stands among the unmodelled attributes of {}; set the member of that name",
                                       attribute.first, record.name));
    }
    if (attribute.first.starts_with("xmlns:")) {
      scope_.emplace_back(std::string_view(attribute.first).substr(6), attribute.second);
    }
    sink_.attribute(attribute.first, attribute.second);
  }

  void attributes(const Record& record, const void* object, const Codes& order,
                  const std::vector<Unmodelled::Attribute>& unmodelled, FieldSet present) {
    std::size_t next = 0;
    if (order.empty()) {
      (present & record.attributes).each([&](std::size_t i) { attribute(record.fields[i], object); });
    } else {
      // The old ones where they stood, then the new ones.
      FieldSet old;
      for (const char8_t code : order) {
        if (code == 0) {
          if (next < unmodelled.size()) attribute(record, unmodelled[next++]);
          continue;
        }
        old.add(code - 1U);
        if (present.contains(code - 1U)) attribute(record.fields[code - 1], object);
      }
      (present & record.attributes).each([&](std::size_t i) {
        if (!old.contains(i)) attribute(record.fields[i], object);
      });
    }
    for (; next < unmodelled.size(); ++next) attribute(record, unmodelled[next]);
  }

  // The namespace of an element that is new, or comes from another document, where nothing around declares it. A model
  // stands below models only, so that scope_ holds all prefixes there are, and no default namespace is around one that
  // has its own.
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

  // Character data with the nodes that stood in it, each at its offset.
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

  void children(const Record& record, const void* object, const UnmodelledAccess::Kept& kept, std::string_view prefix,
                FieldSet present) {
    const bool inlined = std::any_of(kept.children.begin(), kept.children.end(),
                                     [](const UnmodelledChild& child) { return child.name == text_key; });
    bool any = false;
    const auto write = [&](ChildOrder::Child child) {
      if (!any) sink_.content(inlined);
      any = true;
      if (child.code == 0) {
        const UnmodelledChild& node = kept.children[child.position];
        sink_.child(node.name, node.tree);
      } else {
        element(record.fields[child.code - 1], object, child.position, kept, prefix);
      }
    };
    if (!kept.child_order.empty()) {
      if (!is_as_read(record, object, kept)) return ChildOrder(record, object, kept).each(write);
      std::array<std::uint32_t, FieldSet::most + 1> counts{};
      for (const char8_t code : kept.child_order) write({code, counts[code]++});
      return;
    }
    present.each([&](std::size_t i) {
      const std::size_t count = record.fields[i].repeated ? record.fields[i].count(object) : 1;
      for (std::size_t k = 0; k < count; ++k) write({static_cast<std::uint16_t>(i + 1), k});
    });
    for (std::size_t k = 0; k < kept.children.size(); ++k) write({0, k});
  }

  void element(const Field& field, const void* object, std::size_t position, const UnmodelledAccess::Kept& kept,
               std::string_view parent_prefix) {
    const std::string_view usual = field.ns.empty() ? parent_prefix : field.prefix;
    if (field.is_model()) return model(field.record(), field.at(object, position), field.name, usual, field.ns);
    const auto found = std::find_if(kept.scalars.begin(), kept.scalars.end(),
                                    [&](const auto& scalar) { return scalar.first == field.code; });
    const auto& own = found == kept.scalars.end() ? none_ : kept_of(found->second);
    const std::string_view prefix = own.prefix ? std::string_view(*own.prefix) : usual;
    sink_.open(prefix, field.name);
    for (const auto& attribute : own.attributes) sink_.attribute(attribute.first, attribute.second);
    character_data(field.text(object, scratch_), own.children);
    sink_.close(prefix, field.name);
  }

  Sink& sink_;
  const UnmodelledAccess::Kept none_{};
  std::string scratch_;
  std::vector<std::pair<std::string_view, std::string_view>> scope_;  // prefixes declared around, and their namespaces
};

}  // namespace vnuma::schema
