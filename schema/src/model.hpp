// ModelType: what the codec knows of a struct. VNUMA_MODEL declares the fields of one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string_view>

#include <vnuma/schema/unmodelled.hpp>

#include "box_definition.hpp"
#include "codec.hpp"
#include "documents.hpp"
#include "fast.hpp"
#include "field.hpp"
#include "field_set.hpp"

namespace vnuma::schema {

class ModelType {
 public:
  std::string_view name;     // of the struct
  std::string_view element;  // root of a document of this model; empty if several elements, or none, can be the root
  bool is_document;          // whether it is in Documents
  std::span<const Field> fields;
  FieldSet attributes;
  FieldSet elements;
  const Field* text;                        // the field of kind text; nullptr if there is none
  FieldSet (*present)(const void* object);  // the fields that have a value
  std::size_t unmodelled_offset;

  Unmodelled& unmodelled(void* object) const {
    return *reinterpret_cast<Unmodelled*>(static_cast<char*>(object) + unmodelled_offset);
  }
  const Unmodelled& unmodelled(const void* object) const { return unmodelled(const_cast<void*>(object)); }

  // The field of an attribute or child element; nullptr if no field has the name. `parent_uri` is the namespace of the
  // parent element, which is also the namespace of each field without one.
  const Field* attribute(std::string_view of_name) const;
  const Field* child(std::string_view local, std::string_view uri, std::string_view parent_uri) const;
};

template <class... Fields>
constexpr std::array<Field, sizeof...(Fields)> field_list(Fields... fields) {
  std::array<Field, sizeof...(Fields)> list{fields...};
  std::uint16_t code = 0;
  for (Field& field : list) field.code = ++code;
  return list;
}

// std::optional and other members make offsetof only conditionally supported for models; g++ and clang support it.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winvalid-offsetof"
template <class T, const auto& fields>
constexpr ModelType make_model(std::string_view name, std::string_view element) {
  static_assert(fields.size() <= FieldSet::capacity);
  FieldSet attributes;
  FieldSet elements;
  const Field* text = nullptr;
  bool has_text = false;  // with -fsanitize=undefined, g++ does not compare a pointer in a constant expression
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].kind == FieldKind::attribute) attributes.add(i);
    if (fields[i].kind == FieldKind::element) elements.add(i);
    if (fields[i].kind != FieldKind::text) continue;
    text = &fields[i];
    has_text = true;
  }
  // The codec keeps no order of modelled children for an element with character data.
  if (has_text && !elements.empty()) throw std::logic_error("a model has character data or children, not both");
  return {name,
          element,
          is_document<T>,
          fields,
          attributes,
          elements,
          text,
          &present_fields<fields>,
          offsetof(T, unmodelled)};
}
#pragma GCC diagnostic pop

}  // namespace vnuma::schema

// The only declaration of a model's fields: VNUMA_MODEL(struct, element name or "", fields...). In the list, T is the
// struct. It also compiles what users of the struct need: comparison, Box, and the functions of xml.hpp.
#define VNUMA_MODEL(Type, element_name, ...)                                          \
  template <>                                                                         \
  const ModelType& model_type<Type>() {                                               \
    using T [[maybe_unused]] = Type;                                                  \
    static constexpr auto fields = field_list(__VA_ARGS__);                           \
    static constexpr ModelType model = make_model<Type, fields>(#Type, element_name); \
    return model;                                                                     \
  }                                                                                   \
  bool Type::operator==(const Type&) const = default;                                 \
  VNUMA_BOX(Type)                                                                     \
  VNUMA_CODEC(Type)
