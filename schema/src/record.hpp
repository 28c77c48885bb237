// Records: what the codec knows of a model. A model's field list is an array of type-erased Fields, made from member
// pointers, so that the codec is ordinary code and compiled once. VNUMA_MODEL declares one.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <vnuma/schema/box.hpp>
#include <vnuma/schema/fields.hpp>
#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/unmodelled.hpp>
#include <vnuma/schema/xml.hpp>

namespace vnuma::schema {

class Record;

// The record of a model; VNUMA_MODEL defines it.
template <class T>
const Record& record();

// The codec: all of it works on a record and an object of its type.
void read_xml(std::string_view text, const Record& record, void* object);
std::string write_xml(const Record& record, const void* object, Layout layout);
void read_ptree(const boost::property_tree::ptree& tree, const Record& record, void* object);
boost::property_tree::ptree write_ptree(const Record& record, const void* object);

using Kind = FieldKind;

struct Field {
  std::string_view member;  // its name in C++
  std::string_view type;    // of a scalar, in a word
  std::string_view name;    // in XML, without prefix
  std::string_view ns;      // namespace URI of an element; empty: that of the parent element
  std::string_view prefix;  // the prefix that a new element gets; only with ns
  Kind kind = Kind::attribute;
  bool repeated = false;
  std::uint16_t code = 0;  // its number in the record, from 1
  bool once = false;       // a second one is refused, for whoever reads the document might take either

  // How many there are: 0 or 1 unless repeated.
  std::size_t (*count)(const void* object) = nullptr;

  // Scalars. `assign` says whether the text is a value of the type; if not, it is called again with the path.
  bool (*assign)(void* object, std::string_view text, const std::string* path) = nullptr;
  // The text of what is there; where it is not kept, it is made in `scratch`.
  std::string_view (*text)(const void* object, std::string& scratch) = nullptr;

  // Child models. Reached through a function, for models can contain themselves.
  const Record& (*record)() = nullptr;
  void* (*add)(void* object) = nullptr;  // nullptr if there is no room for one more
  const void* (*at)(const void* object, std::size_t position) = nullptr;

  bool is_model() const { return record != nullptr; }
};

// Fields of one record: bit i is field i.
class FieldSet {
 public:
  static constexpr std::size_t most = 64;

  constexpr void add(std::size_t field) { bits_ |= std::uint64_t{1} << field; }
  constexpr bool contains(std::size_t field) const { return (bits_ >> field & 1) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  friend constexpr FieldSet operator&(FieldSet a, FieldSet b) { return FieldSet(a.bits_ & b.bits_); }
  // Calls `f` with each, ascending.
  template <class F>
  void each(F&& f) const {
    for (std::uint64_t bits = bits_; bits != 0; bits &= bits - 1) f(static_cast<std::size_t>(std::countr_zero(bits)));
  }

  constexpr FieldSet() = default;
  constexpr explicit FieldSet(std::uint64_t bits) : bits_(bits) {}

 private:
  std::uint64_t bits_ = 0;
};

// Finds the fields of a record by name: a hash table that the compiler makes.
class NameTable {
 public:
  constexpr void add(std::string_view name, Kind kind, std::size_t field) {
    std::size_t slot = hash(name, kind);
    while (slots_[slot] != none) slot = (slot + 1) % size;
    slots_[slot] = static_cast<std::uint8_t>(field);
  }
  // Calls `f` with the fields of the name and kind, until it returns true.
  template <class F>
  void each(std::span<const Field> fields, std::string_view name, Kind kind, F&& f) const {
    for (std::size_t slot = hash(name, kind); slots_[slot] != none; slot = (slot + 1) % size) {
      const Field& field = fields[slots_[slot]];
      if (field.kind == kind && field.name == name && f(field)) return;
    }
  }

 private:
  static constexpr std::size_t size = 2 * FieldSet::most;  // so that one is free at least
  static constexpr std::uint8_t none = 255;

  static constexpr std::size_t hash(std::string_view name, Kind kind) {
    std::size_t value = name.size() + 64 * static_cast<std::size_t>(kind);
    if (!name.empty()) {
      const auto at = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(name[i])); };
      value += 31 * at(0) + 7 * at(name.size() / 2) + 3 * at(name.size() - 1);
    }
    return value % size;
  }

  std::array<std::uint8_t, size> slots_ = filled();

  static constexpr std::array<std::uint8_t, size> filled() {
    std::array<std::uint8_t, size> slots{};
    for (std::uint8_t& slot : slots) slot = none;
    return slots;
  }
};

class Record {
 public:
  std::string_view name;     // of the struct
  std::string_view element;  // as which it stands alone; empty: several, or never
  std::span<const Field> fields;
  FieldSet attributes;
  FieldSet elements;
  FieldSet (*present)(const void* object);  // the fields of which there is at least one
  std::size_t unmodelled_offset;
  const Field* text;  // the field of kind text, if there is one
  NameTable names;

  Unmodelled& unmodelled(void* object) const {
    return *reinterpret_cast<Unmodelled*>(static_cast<char*>(object) + unmodelled_offset);
  }
  const Unmodelled& unmodelled(const void* object) const { return unmodelled(const_cast<void*>(object)); }

  // nullptr if there is none. An element's namespace is its own, or that of its parent, `around`.
  const Field* attribute(std::string_view of_name) const {
    const Field* found = nullptr;
    names.each(fields, of_name, Kind::attribute, [&](const Field& field) { return (found = &field) != nullptr; });
    return found;
  }
  const Field* child(std::string_view local, std::string_view uri, std::string_view around) const {
    const Field* found = nullptr;
    names.each(fields, local, Kind::element, [&](const Field& field) {
      if ((field.ns.empty() ? around : field.ns) == uri) found = &field;
      return found != nullptr;
    });
    return found;
  }
};

template <class M>
struct Member;
template <class T, class V>
struct Member<V T::*> {
  using Object = T;
  using Value = V;
};

template <auto M>
constexpr std::string_view signature() {
  return __PRETTY_FUNCTION__;  // "... [with auto M = &vnuma::schema::Alias::name; ...]" or "... [M = &...]"
}

// The name of the member that M points to, so that a field list need not repeat it.
template <auto M>
constexpr std::string_view member_name() {
  std::string_view name = signature<M>();
  name.remove_prefix(name.find("M = ") + 4);
  name = name.substr(0, name.find_first_of(";])"));
  return name.substr(name.rfind(':') + 1);
}

// The word for a scalar's type: the name that scalar.hpp gives it.
template <class F>
constexpr std::string_view type_word = "";
template <>
inline constexpr std::string_view type_word<IntegerFormat<std::uint8_t, 10, 0>> = "UInt8";
template <>
inline constexpr std::string_view type_word<IntegerFormat<std::uint32_t, 10, 0>> = "UInt32";
template <>
inline constexpr std::string_view type_word<IntegerFormat<std::uint64_t, 10, 0>> = "UInt64";
template <>
inline constexpr std::string_view type_word<IntegerFormat<std::int32_t, 10, 0>> = "Int32";
template <>
inline constexpr std::string_view type_word<IntegerFormat<std::int64_t, 10, 0>> = "Int64";
template <>
inline constexpr std::string_view type_word<IntegerFormat<std::uint32_t, 0, 0>> = "AnyBase32";
template <>
inline constexpr std::string_view type_word<IntegerFormat<std::uint32_t, 0, 1>> = "Hex1";
template <>
inline constexpr std::string_view type_word<IntegerFormat<std::uint32_t, 0, 2>> = "Hex2";
template <>
inline constexpr std::string_view type_word<IntegerFormat<std::uint32_t, 0, 4>> = "Hex4";
template <>
inline constexpr std::string_view type_word<IntegerFormat<std::uint32_t, 0, 8>> = "Hex8";
template <>
inline constexpr std::string_view type_word<IntegerFormat<std::uint64_t, 0, 1>> = "Hex64";
template <>
inline constexpr std::string_view type_word<YesNoFormat> = "YesNo";
template <>
inline constexpr std::string_view type_word<OnOffFormat> = "OnOff";
template <>
inline constexpr std::string_view type_word<TrueFalseFormat> = "TrueFalse";
template <>
inline constexpr std::string_view type_word<CpuSetFormat> = "CpuSetText";
template <>
inline constexpr std::string_view type_word<UnitFormat> = "UnitText";
template <>
inline constexpr std::string_view type_word<UuidFormat> = "UuidText";
template <>
inline constexpr std::string_view type_word<MacFormat> = "MacText";

// How a member's type holds what stands in the document.
template <class V>
struct Holder {
  static constexpr bool scalar = false;
};
template <class F>
struct Holder<Scalar<F>> {
  static constexpr bool scalar = true;
  static constexpr std::string_view type = type_word<F>;
  static_assert(!type.empty());
  static bool has(const Scalar<F>& value) { return value.has_value(); }
  static bool assign(Scalar<F>& value, std::string_view text, const std::string* path) {
    value = Scalar<F>::from_text(text, path ? std::string_view(*path) : std::string_view());
    return value.valid();
  }
  static std::string_view text(const Scalar<F>& value, std::string& scratch) { return value.text(scratch); }
};
template <>
struct Holder<std::optional<std::string>> {
  static constexpr bool scalar = true;
  static constexpr std::string_view type = "string";
  static bool has(const std::optional<std::string>& value) { return value.has_value(); }
  static bool assign(std::optional<std::string>& value, std::string_view text, const std::string*) {
    value.emplace(text);
    return true;
  }
  static std::string_view text(const std::optional<std::string>& value, std::string&) { return *value; }
};

template <class V>
struct ChildType;
template <class C>
struct ChildType<std::optional<C>> {
  using Type = C;
  static constexpr bool repeated = false;
};
template <class C>
struct ChildType<Box<C>> {
  using Type = C;
  static constexpr bool repeated = false;
};
template <class C>
struct ChildType<std::vector<C>> {
  using Type = C;
  static constexpr bool repeated = true;
};

template <auto M>
constexpr Field scalar_field(std::string_view name, Kind kind) {
  using Object = typename Member<decltype(M)>::Object;
  using H = Holder<typename Member<decltype(M)>::Value>;
  Field field;
  field.member = member_name<M>();
  field.type = H::type;
  field.name = name;
  field.kind = kind;
  field.count = [](const void* object) -> std::size_t { return H::has(static_cast<const Object*>(object)->*M); };
  field.assign = [](void* object, std::string_view text, const std::string* path) {
    return H::assign(static_cast<Object*>(object)->*M, text, path);
  };
  field.text = [](const void* object, std::string& scratch) {
    return H::text(static_cast<const Object*>(object)->*M, scratch);
  };
  return field;
}

/// An attribute without namespace.
template <auto M>
constexpr Field attribute(std::string_view name) {
  return scalar_field<M>(name, Kind::attribute);
}

/// The element's character data.
template <auto M>
constexpr Field text() {
  return scalar_field<M>("", Kind::text);
}

/// A child element: one that holds a scalar, one model (std::optional, Box), or any number of models (std::vector).
template <auto M>
constexpr Field element(std::string_view name, std::string_view ns = {}, std::string_view prefix = {}) {
  using Object = typename Member<decltype(M)>::Object;
  using Value = typename Member<decltype(M)>::Value;
  Field field;
  if constexpr (Holder<Value>::scalar) {
    field = scalar_field<M>(name, Kind::element);
  } else {
    using Child = typename ChildType<Value>::Type;
    constexpr bool repeated = ChildType<Value>::repeated;
    field.member = member_name<M>();
    field.name = name;
    field.kind = Kind::element;
    field.repeated = repeated;
    field.record = []() -> const Record& { return schema::record<Child>(); };
    field.count = [](const void* object) -> std::size_t {
      const Value& value = static_cast<const Object*>(object)->*M;
      if constexpr (repeated)
        return value.size();
      else
        return value.has_value();
    };
    field.add = [](void* object) -> void* {
      Value& value = static_cast<Object*>(object)->*M;
      if constexpr (repeated) {
        // By itself a vector grows at 1, 2, 4, 8, and moving large models costs more than room for a few.
        if (value.empty()) value.reserve(sizeof(Child) <= 128 ? 8 : 4);
        if (value.size() == value.capacity() && value.size() < 16) value.reserve(4 * value.size());
        return &value.emplace_back();
      } else {
        return value ? nullptr : &value.emplace();
      }
    };
    field.at = [](const void* object, [[maybe_unused]] std::size_t position) -> const void* {
      const Value& value = static_cast<const Object*>(object)->*M;
      if constexpr (repeated)
        return &value[position];
      else
        return &*value;
    };
  }
  field.ns = ns;
  field.prefix = prefix;
  return field;
}

/// An element of which a document must not hold two.
constexpr Field only_once(Field field) {
  field.once = true;
  return field;
}

template <class... Fields>
constexpr std::array<Field, sizeof...(Fields)> field_list(Fields... fields) {
  std::array<Field, sizeof...(Fields)> list{fields...};
  std::uint16_t code = 0;
  for (Field& field : list) field.code = ++code;
  return list;
}

// With the fields known to the compiler, what would be a call for each of them is a few instructions.
template <const auto& fields>
FieldSet present_fields(const void* object) {
  return [&]<std::size_t... i>(std::index_sequence<i...>) {
    return FieldSet((std::uint64_t{0} | ... | (std::uint64_t{fields[i].count(object) != 0} << i)));
  }(std::make_index_sequence<fields.size()>());
}

// std::optional and others make models classes of which offsetof is only conditionally supported; g++ and clang do.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winvalid-offsetof"
template <class T, const auto& fields>
constexpr Record make_record(std::string_view name, std::string_view element) {
  static_assert(fields.size() <= FieldSet::most);
  FieldSet attributes;
  FieldSet elements;
  const Field* text = nullptr;
  bool has_text = false;  // with -fsanitize=undefined, g++ takes no comparison of a pointer for constant
  NameTable names;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    names.add(fields[i].name, fields[i].kind, i);
    if (fields[i].kind == Kind::attribute) attributes.add(i);
    if (fields[i].kind == Kind::element) elements.add(i);
    if (fields[i].kind != Kind::text) continue;
    text = &fields[i];
    has_text = true;
  }
  // An element with character data has no place for the order of modelled children.
  if (has_text && !elements.empty()) throw std::logic_error("a model has character data or children, not both");
  return {name, element, fields, attributes, elements, present_fields<fields>, offsetof(T, unmodelled), text, names};
}
#pragma GCC diagnostic pop

template <XmlModel T>
T from_xml(std::string_view text) {
  T value;
  read_xml(text, record<T>(), &value);
  return value;
}

template <XmlModel T>
std::string to_xml(const T& value, Layout layout) {
  return write_xml(record<T>(), &value, layout);
}

template <XmlModel T>
T from_ptree(const boost::property_tree::ptree& tree) {
  T value;
  read_ptree(tree, record<T>(), &value);
  return value;
}

template <XmlModel T>
boost::property_tree::ptree to_ptree(const T& value) {
  return write_ptree(record<T>(), &value);
}

template <class T>
Box<T>::Box(const T& value) : value_(new T(value)) {}
template <class T>
Box<T>::Box(T&& value) : value_(new T(std::move(value))) {}
template <class T>
Box<T>::Box(const Box& other) : value_(other.value_ ? new T(*other.value_) : nullptr) {}
template <class T>
T& Box<T>::emplace() {
  reset();
  value_ = new T();
  return *value_;
}
template <class T>
void Box<T>::destroy() noexcept {
  delete std::exchange(value_, nullptr);
}
template <class T>
bool Box<T>::equals(const Box& other) const {
  return has_value() == other.has_value() && (!value_ || *value_ == *other.value_);
}

}  // namespace vnuma::schema

// The one declaration of a model's fields: VNUMA_MODEL(struct, name of its element or "", fields...). Within, T is the
// struct. It also defines what users of the struct need and is compiled once; of Box, what is not inline.
#define VNUMA_MODEL(Type, element_name, ...)                                         \
  template <>                                                                        \
  const Record& record<Type>() {                                                     \
    using T [[maybe_unused]] = Type;                                                 \
    static constexpr auto fields = field_list(__VA_ARGS__);                          \
    static constexpr Record record = make_record<Type, fields>(#Type, element_name); \
    return record;                                                                   \
  }                                                                                  \
  bool Type::operator==(const Type&) const = default;                                \
  template Box<Type>::Box(const Type&);                                              \
  template Box<Type>::Box(Type&&);                                                   \
  template Box<Type>::Box(const Box&);                                               \
  template Type& Box<Type>::emplace();                                               \
  template void Box<Type>::destroy() noexcept;                                       \
  template bool Box<Type>::equals(const Box&) const;                                 \
  template Type from_xml<Type>(std::string_view);                                    \
  template std::string to_xml<Type>(const Type&, Layout);                            \
  template Type from_ptree<Type>(const boost::property_tree::ptree&);                \
  template boost::property_tree::ptree to_ptree<Type>(const Type&);
