// What Unmodelled holds, for the codec.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

// Codes of fields (Field::code), a byte each, 0 for what is unmodelled. A string, for short ones need no allocation.
using Codes = std::u8string;

struct Unmodelled::Kept {
  std::vector<Attribute> attributes;
  std::vector<UnmodelledChild> children;
  // In document order; empty where that is the order of declaration.
  // A child's place is its position in child_order, + 1; in an element with character data, it is the offset in the
  // text, + 1.
  Codes attribute_order;
  Codes child_order;
  // What stands in or at elements that hold a scalar: code of the field -> its attributes, comments, prefix.
  std::vector<std::pair<std::uint16_t, Unmodelled>> scalars;
  std::optional<std::string> prefix;  // where it is not the one that a new element would get
  std::vector<UnmodelledChild> prolog;
  std::vector<UnmodelledChild> epilog;
};

struct UnmodelledAccess {
  using Kept = Unmodelled::Kept;

  static Unmodelled::Kept& kept(Unmodelled& u) {
    if (!u.kept_) u.kept_.reset(new Unmodelled::Kept);
    return *u.kept_;
  }
  static const Unmodelled::Kept* find(const Unmodelled& u) { return u.kept_.get(); }
  // Then the element is written as a new one would be.
  static bool holds_nothing(const Unmodelled& u) { return !u.kept_ && u.attribute_order_ == 0; }
  static std::uint32_t& place(Unmodelled& u) { return u.place_; }
  static std::uint32_t place(const Unmodelled& u) { return u.place_; }

  // The order of an element's attributes; empty where it is that of declaration. Most that differ are short, and stand
  // in Unmodelled itself: four bits for each, the first one lowest.
  static void keep_attribute_order(Unmodelled& u, Codes order) {
    const bool fits = order.size() <= 8 &&
                      std::all_of(order.begin(), order.end(), [](char8_t code) { return code > 0 && code < 16; });
    if (!fits) {
      kept(u).attribute_order = std::move(order);
      return;
    }
    for (std::size_t i = order.size(); i-- > 0;) u.attribute_order_ = u.attribute_order_ << 4 | order[i];
  }
  static Codes attribute_order(const Unmodelled& u) {
    const Kept* kept = find(u);
    if (kept && u.attribute_order_ == 0) return kept->attribute_order;
    Codes order;
    for (std::uint32_t rest = u.attribute_order_; rest != 0; rest >>= 4)
      order.push_back(static_cast<char8_t>(rest & 15));
    return order;
  }
};

inline constexpr const char* attributes_key = "<xmlattr>";
inline constexpr const char* comment_key = "<xmlcomment>";
inline constexpr const char* text_key = "<xmltext>";
inline constexpr const char* instruction_key = "<xmlpi>";

}  // namespace vnuma::schema
