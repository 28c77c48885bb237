// Field: one member of a model and its place in the XML. A field is type-erased and made from a member pointer, so the
// codec is ordinary code and is compiled once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <vnuma/schema/box.hpp>
#include <vnuma/schema/fields.hpp>
#include <vnuma/schema/scalar.hpp>

#include "fast.hpp"

namespace vnuma::schema {

class ModelType;

// The ModelType of a struct. VNUMA_MODEL in model.hpp defines it.
template <class T>
const ModelType& model_type();

struct Field {
  std::string_view member;  // name of the C++ member
  std::string_view type;    // name of the scalar type; empty for a child model
  std::string_view name;    // name in the XML, without prefix
  std::string_view ns;      // namespace URI of an element; empty: the namespace of the parent element
  std::string_view prefix;  // prefix of a new element; used only with ns
  FieldKind kind = FieldKind::attribute;
  bool repeated = false;   // the member is a vector
  bool once = false;       // a second element of this name is an error; other programs might read either of the two
  std::uint16_t code = 0;  // position in the model's field list, from 1

  // The number of values: 0 or 1 unless repeated.
  std::size_t (*count)(const void* object) = nullptr;

  // For scalars. `assign` stores the text and returns whether it is a valid value. If it is not, the caller assigns
  // again with the path, which error messages will name.
  bool (*assign)(void* object, std::string_view text, const std::string* path) = nullptr;
  // The text of the value; the view may point into `scratch`.
  std::string_view (*text)(const void* object, std::string& scratch) = nullptr;

  // For child models. A function, because models can contain themselves.
  const ModelType& (*model)() = nullptr;
  void* (*add)(void* object) = nullptr;  // returns nullptr if a single child is already present
  const void* (*at)(const void* object, std::size_t index) = nullptr;

  bool is_model() const { return model != nullptr; }
};

// The name of the member that M points to, so that a field list does not repeat it. The compiler spells the function
// "... [with auto M = &vnuma::schema::Alias::name; ...]" or "... [M = &...]".
template <auto M>
constexpr std::string_view member_name() {
  std::string_view name = __PRETTY_FUNCTION__;
  name.remove_prefix(name.find("M = ") + 4);
  name = name.substr(0, name.find_first_of(";])"));
  return name.substr(name.rfind(':') + 1);
}

// The name that scalar.hpp gives to the Scalar of a format.
template <class Format>
constexpr std::string_view type_name = "";
template <>
inline constexpr std::string_view type_name<IntegerFormat<std::uint8_t, 10, 0>> = "UInt8";
template <>
inline constexpr std::string_view type_name<IntegerFormat<std::uint32_t, 10, 0>> = "UInt32";
template <>
inline constexpr std::string_view type_name<IntegerFormat<std::uint64_t, 10, 0>> = "UInt64";
template <>
inline constexpr std::string_view type_name<IntegerFormat<std::int32_t, 10, 0>> = "Int32";
template <>
inline constexpr std::string_view type_name<IntegerFormat<std::int64_t, 10, 0>> = "Int64";
template <>
inline constexpr std::string_view type_name<IntegerFormat<std::uint32_t, 0, 0>> = "AnyBase32";
template <>
inline constexpr std::string_view type_name<IntegerFormat<std::uint32_t, 0, 1>> = "Hex1";
template <>
inline constexpr std::string_view type_name<IntegerFormat<std::uint32_t, 0, 2>> = "Hex2";
template <>
inline constexpr std::string_view type_name<IntegerFormat<std::uint32_t, 0, 4>> = "Hex4";
template <>
inline constexpr std::string_view type_name<IntegerFormat<std::uint32_t, 0, 8>> = "Hex8";
template <>
inline constexpr std::string_view type_name<IntegerFormat<std::uint64_t, 0, 1>> = "Hex64";
template <>
inline constexpr std::string_view type_name<YesNoFormat> = "YesNo";
template <>
inline constexpr std::string_view type_name<OnOffFormat> = "OnOff";
template <>
inline constexpr std::string_view type_name<TrueFalseFormat> = "TrueFalse";
template <>
inline constexpr std::string_view type_name<CpuSetFormat> = "CpuSetText";
template <>
inline constexpr std::string_view type_name<UnitFormat> = "UnitText";
template <>
inline constexpr std::string_view type_name<UuidFormat> = "UuidText";
template <>
inline constexpr std::string_view type_name<MacFormat> = "MacText";

template <class M>
struct Member;
template <class T, class V>
struct Member<V T::*> {
  using Object = T;
  using Value = V;
};

// How a member holds a scalar.
template <class V>
struct ScalarMember {
  static constexpr bool is_scalar = false;
};
template <class Format>
struct ScalarMember<Scalar<Format>> {
  static constexpr bool is_scalar = true;
  static constexpr std::string_view type = type_name<Format>;
  static_assert(!type.empty());
  static bool assign(Scalar<Format>& value, std::string_view text, const std::string* path) {
    value = Scalar<Format>::from_text(text, path ? std::string_view(*path) : std::string_view());
    return value.valid();
  }
  static std::string_view text(const Scalar<Format>& value, std::string& scratch) { return value.text(scratch); }
};
template <>
struct ScalarMember<std::optional<std::string>> {
  static constexpr bool is_scalar = true;
  static constexpr std::string_view type = "string";
  static bool assign(std::optional<std::string>& value, std::string_view text, const std::string*) {
    value.emplace(text);
    return true;
  }
  static std::string_view text(const std::optional<std::string>& value, std::string&) { return *value; }
};

// How a member holds child models.
template <class V>
struct ModelMember;
template <class C>
struct ModelMember<std::optional<C>> {
  using Child = C;
  static constexpr bool repeated = false;
};
template <class C>
struct ModelMember<Box<C>> {
  using Child = C;
  static constexpr bool repeated = false;
};
template <class C>
struct ModelMember<std::vector<C>> {
  using Child = C;
  static constexpr bool repeated = true;
};

template <auto M>
constexpr Field scalar_field(std::string_view name, FieldKind kind) {
  using Object = typename Member<decltype(M)>::Object;
  using Scalars = ScalarMember<typename Member<decltype(M)>::Value>;
  Field field;
  field.member = member_name<M>();
  field.type = Scalars::type;
  field.name = name;
  field.kind = kind;
  field.count = [](const void* object) -> std::size_t { return (static_cast<const Object*>(object)->*M).has_value(); };
  field.assign = [](void* object, std::string_view text, const std::string* path) {
    return Scalars::assign(static_cast<Object*>(object)->*M, text, path);
  };
  field.text = [](const void* object, std::string& scratch) {
    return Scalars::text(static_cast<const Object*>(object)->*M, scratch);
  };
  return field;
}

template <auto M>
constexpr Field single_model_field(std::string_view name) {
  using Object = typename Member<decltype(M)>::Object;
  Field field;
  field.member = member_name<M>();
  field.name = name;
  field.kind = FieldKind::element;
  field.count = [](const void* object) -> std::size_t { return (static_cast<const Object*>(object)->*M).has_value(); };
  field.add = [](void* object) -> void* {
    auto& value = static_cast<Object*>(object)->*M;
    return value ? nullptr : &value.emplace();
  };
  field.at = [](const void* object, std::size_t) -> const void* { return &*(static_cast<const Object*>(object)->*M); };
  return field;
}

template <auto M>
constexpr Field repeated_model_field(std::string_view name) {
  using Object = typename Member<decltype(M)>::Object;
  Field field;
  field.member = member_name<M>();
  field.name = name;
  field.kind = FieldKind::element;
  field.repeated = true;
  field.count = [](const void* object) -> std::size_t { return (static_cast<const Object*>(object)->*M).size(); };
  field.add = [](void* object) -> void* { return &add_to(static_cast<Object*>(object)->*M); };
  field.at = [](const void* object, std::size_t index) -> const void* {
    return &(static_cast<const Object*>(object)->*M)[index];
  };
  return field;
}

// The functions of field lists.

// An attribute without namespace.
template <auto M>
constexpr Field attribute(std::string_view name) {
  return scalar_field<M>(name, FieldKind::attribute);
}

// The character data of the element.
template <auto M>
constexpr Field text() {
  return scalar_field<M>("", FieldKind::text);
}

// A child element: a scalar, one model (std::optional, Box), or any number of models (std::vector).
template <auto M>
constexpr Field element(std::string_view name, std::string_view ns = {}, std::string_view prefix = {}) {
  using Value = typename Member<decltype(M)>::Value;
  Field field;
  if constexpr (ScalarMember<Value>::is_scalar) {
    field = scalar_field<M>(name, FieldKind::element);
  } else {
    if constexpr (ModelMember<Value>::repeated)
      field = repeated_model_field<M>(name);
    else
      field = single_model_field<M>(name);
    field.model = []() -> const ModelType& { return model_type<typename ModelMember<Value>::Child>(); };
  }
  field.ns = ns;
  field.prefix = prefix;
  return field;
}

// An element that a document must not have twice.
constexpr Field only_once(Field field) {
  field.once = true;
  return field;
}

}  // namespace vnuma::schema
