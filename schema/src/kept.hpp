// What Unmodelled holds, for the codec.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <vnuma/schema/ptree.hpp>
#include <vnuma/schema/unmodelled.hpp>

#include "codes.hpp"
#include "fast.hpp"

namespace vnuma::schema {

// What an element needs, besides the members of its model, to be written as it was read.
struct Unmodelled::Kept {
  std::vector<Attribute> attributes;
  // The place of a child is its position in child_order, from 1; in an element with character data it is its offset in
  // the text, plus 1.
  std::vector<UnmodelledChild> children;
  // Both orders are those of the document, and empty if the document has the order of declaration.
  Codes attribute_order;
  Codes child_order;
  // For child elements that hold a scalar: the code of the field, and the attributes, comments and prefix of the
  // element.
  std::vector<std::pair<std::uint16_t, Unmodelled>> scalars;
  std::optional<std::string> prefix;  // only if a new element would get another one
  std::vector<UnmodelledChild> prolog;
  std::vector<UnmodelledChild> epilog;
};

struct UnmodelledAccess {
  using Kept = Unmodelled::Kept;

  static Kept& kept(Unmodelled& unmodelled) {
    if (!unmodelled.kept_) unmodelled.kept_ = new Kept;
    return *unmodelled.kept_;
  }
  static const Kept* find(const Unmodelled& unmodelled) { return unmodelled.kept_; }

  // The order of an element's attributes; empty if it is that of declaration. Most orders fit into Unmodelled itself.
  static void keep_attribute_order(Unmodelled& unmodelled, Codes order) {
    unmodelled.attribute_order_ = packed(order);
    if (unmodelled.attribute_order_ == 0) kept(unmodelled).attribute_order = std::move(order);
  }
  static Codes attribute_order(const Unmodelled& unmodelled) {
    if (unmodelled.attribute_order_ != 0) return unpacked(unmodelled.attribute_order_);
    return unmodelled.kept_ ? unmodelled.kept_->attribute_order : Codes();
  }

  static std::uint32_t& place(Unmodelled& unmodelled) { return unmodelled.place_; }
  static std::uint32_t place(const Unmodelled& unmodelled) { return unmodelled.place_; }
};

inline constexpr const char* attributes_key = "<xmlattr>";
inline constexpr const char* comment_key = "<xmlcomment>";
inline constexpr const char* text_key = "<xmltext>";
inline constexpr const char* instruction_key = "<xmlpi>";

}  // namespace vnuma::schema
