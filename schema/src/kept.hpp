// What Unmodelled holds, for the codec.
#pragma once

#include <optional>

#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

struct Unmodelled::Kept {
  std::vector<Attribute> attributes;
  std::vector<UnmodelledChild> children;
  // Field numbers + 1 in document order, 0 for what is unmodelled; empty where that is the order of declaration.
  // A child's place is its position in child_order, + 1; in an element with character data, it is the offset in the
  // text, + 1.
  std::vector<std::uint16_t> attribute_order;
  std::vector<std::uint16_t> child_order;
  // What stands in or at elements that hold a scalar: field number -> its attributes, comments, prefix.
  std::vector<std::pair<std::uint16_t, Unmodelled>> scalars;
  std::optional<std::string> prefix;  // where it is not the one that a new element would get
  std::vector<UnmodelledChild> prolog;
  std::vector<UnmodelledChild> epilog;
};

struct UnmodelledAccess {
  using Kept = Unmodelled::Kept;

  static Unmodelled::Kept& kept(Unmodelled& u) {
    if (!u.kept_) u.kept_ = std::make_unique<Unmodelled::Kept>();
    return *u.kept_;
  }
  static const Unmodelled::Kept* find(const Unmodelled& u) { return u.kept_.get(); }
  static std::uint32_t& place(Unmodelled& u) { return u.place_; }
  static std::uint32_t place(const Unmodelled& u) { return u.place_; }
};

inline constexpr const char* attributes_key = "<xmlattr>";
inline constexpr const char* comment_key = "<xmlcomment>";
inline constexpr const char* text_key = "<xmltext>";
inline constexpr const char* instruction_key = "<xmlpi>";

}  // namespace vnuma::schema
