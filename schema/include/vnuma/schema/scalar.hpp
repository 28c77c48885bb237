/// \file
/// Scalar values of the domain XML: numbers, units, yes/no and on/off, CPU sets, UUIDs, MAC addresses.
///
/// A Scalar is absent, or has a value, or has a text that is not a valid value. It keeps the text that it was read from
/// until a new value is assigned, so `0x0` is not written back as `0`.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <vnuma/schema/cpu_set.hpp>
#include <vnuma/schema/error.hpp>
#include <vnuma/schema/export.hpp>

namespace vnuma::schema {

/// Conversion of a value to 63 bits. pack() returns nullopt for a value that does not fit.
template <class T>
struct Packing {
  static std::optional<std::uint64_t> pack(const T&) { return std::nullopt; }
  static T unpack(std::uint64_t) { return {}; }
};
template <class T>
  requires(std::is_integral_v<T> || std::is_enum_v<T>)
struct Packing<T> {
  static std::optional<std::uint64_t> pack(T value) {
    const auto bits = static_cast<std::uint64_t>(value);
    if (bits >> 63 != 0) return std::nullopt;
    return bits;
  }
  static T unpack(std::uint64_t bits) { return static_cast<T>(bits); }
};
template <>
struct Packing<CpuSet> {
  // Almost all sets are one range of numbers below 2^31: its ends.
  static std::optional<std::uint64_t> pack(const CpuSet& set) {
    if (set.ranges().size() != 1 || set.ranges()[0].last >> 31 != 0) return std::nullopt;
    return std::uint64_t{set.ranges()[0].first} << 32 | set.ranges()[0].last;
  }
  static CpuSet unpack(std::uint64_t bits) {
    return CpuSet(CpuSet::Range{static_cast<std::uint32_t>(bits >> 32), static_cast<std::uint32_t>(bits)});
  }
};
template <>
struct Packing<std::array<std::uint8_t, 6>> {
  static std::optional<std::uint64_t> pack(const std::array<std::uint8_t, 6>& bytes) {
    std::uint64_t bits = 0;
    for (const std::uint8_t byte : bytes) bits = bits << 8 | byte;
    return bits;
  }
  static std::array<std::uint8_t, 6> unpack(std::uint64_t bits) {
    std::array<std::uint8_t, 6> bytes{};
    for (std::size_t i = bytes.size(); i-- > 0; bits >>= 8) bytes[i] = static_cast<std::uint8_t>(bits);
    return bytes;
  }
};

/// A value and the text that it was read from.
/// \tparam Format one of the classes below. parse(text) reads a value and format(value) writes it. Two functions are
/// optional: is_formatted(text, value) returns whether `text`, from which `value` was parsed, equals format(value);
/// format_to(text, value) replaces `text` by format(value), and reuses its memory. Without the first one, from_xml
/// takes 1.07 to 1.12 times as long; without the second one, to_xml 1.06 to 1.15 times.
///
/// A Scalar takes one word, because an address alone has 17: 0 is absent, an odd word is the value (63 bits, see
/// Packing) above the lowest bit, and an even word points to an Apart. With separate members for value and text,
/// from_xml takes 1.05 to 1.10 times as long.
template <class Format>
class VNUMA_SCHEMA_EXPORT Scalar {
 public:
  using value_type = typename Format::value_type;

  /// Absent.
  Scalar() = default;
  /// A value, which is written as format(value). Not explicit, to allow `{.bus_nr = 240}`.
  Scalar(value_type value) {
    if (const auto packed = Packing<value_type>::pack(value))
      word_ = *packed << 1 | 1;
    else
      put(new Apart{std::move(value), {}, {}});
  }

  Scalar(const Scalar& other) : word_(other.word_) {
    if (other.apart()) put(new Apart(*other.apart()));
  }
  Scalar(Scalar&& other) noexcept : word_(std::exchange(other.word_, 0)) {}
  // The copy makes self-assignment safe. NOLINTNEXTLINE(bugprone-unhandled-self-assignment)
  Scalar& operator=(const Scalar& other) { return *this = Scalar(other); }
  Scalar& operator=(Scalar&& other) noexcept {
    std::swap(word_, other.word_);
    return *this;
  }
  ~Scalar() {
    if (apart()) clear();
  }

  /// Reads a text. An invalid value is not an error: it is kept as text.
  /// \param text the text of an attribute or element
  /// \param path where it is in the document; the error of value() names it if the value is invalid
  static Scalar from_text(std::string_view text, std::string_view path = {});

  /// Whether it is present, with a valid value or not.
  bool has_value() const noexcept { return word_ != 0; }
  explicit operator bool() const noexcept { return has_value(); }
  /// Whether `value()` would succeed.
  bool valid() const noexcept { return apart() ? apart()->value.has_value() : has_value(); }

  /// The value. \throws ValueError if it is absent or invalid; the error has the path of an invalid value
  value_type value() const {
    if (!valid()) refuse();
    return apart() ? *apart()->value : Packing<value_type>::unpack(word_ >> 1);
  }
  value_type operator*() const { return value(); }
  /// The value, or `fallback` if it is absent. \throws ValueError if it is invalid
  value_type value_or(value_type fallback) const { return has_value() ? value() : std::move(fallback); }

  /// The text of the value in the document; empty if absent.
  std::string text() const;
  /// The same, without a copy of a text that is kept. The view may refer to `scratch`, and is valid as long as both are
  /// unchanged.
  std::string_view text(std::string& scratch) const;
  void reset() { *this = Scalar(); }

  /// Whether the values are equal, or, if both are invalid, the texts. 0x0 equals 0.
  friend bool operator==(const Scalar& a, const Scalar& b) {
    if (!a.apart() && !b.apart()) return a.word_ == b.word_;
    if (a.has_value() != b.has_value() || a.valid() != b.valid()) return false;
    return a.valid() ? a.value() == b.value() : *a.apart()->spelling == *b.apart()->spelling;
  }
  friend bool operator==(const Scalar& a, const value_type& b) { return a.valid() && a.value() == b; }

 private:
  struct Apart {
    std::optional<value_type> value;
    std::optional<std::string> spelling;  // if it differs from format(value)
    std::string path;                     // only of an invalid value
  };

  // nullptr if the word is 0 or a value.
  const Apart* apart() const noexcept {
    return (word_ & 1) != 0 ? nullptr : reinterpret_cast<const Apart*>(word_);  // NOLINT(performance-no-int-to-ptr)
  }
  void put(const Apart* apart) noexcept { word_ = reinterpret_cast<std::uintptr_t>(apart); }
  void clear() noexcept;
  [[noreturn]] void refuse() const;

  std::uint64_t word_ = 0;
};

/// Integers as libvirt reads them. Spaces, a plus sign and numbers outside the range of T are invalid.
/// \tparam T the integer type; only a signed one allows a minus sign
/// \tparam Base 10 for decimal digits only; 0 as in strtoul: 0x... is hexadecimal, a leading 0 octal
/// \tparam Digits 0 to write decimal numbers; otherwise numbers are written as 0x and at least this many hexadecimal
/// digits
template <std::integral T, int Base, int Digits>
struct VNUMA_SCHEMA_EXPORT IntegerFormat {
  using value_type = T;
  static std::optional<T> parse(std::string_view text);
  static std::string format(T value);
  static void format_to(std::string& text, T value);
  static bool is_formatted(std::string_view text, T value);
  static std::string expected();
};

/// "yes" or "no".
struct VNUMA_SCHEMA_EXPORT YesNoFormat {
  using value_type = bool;
  static std::optional<bool> parse(std::string_view text);
  static std::string_view format(bool value);
  static bool is_formatted(std::string_view, bool) { return true; }
  static std::string expected();
};

/// "on" or "off".
struct VNUMA_SCHEMA_EXPORT OnOffFormat {
  using value_type = bool;
  static std::optional<bool> parse(std::string_view text);
  static std::string_view format(bool value);
  static bool is_formatted(std::string_view, bool) { return true; }
  static std::string expected();
};

/// A set of CPUs or nodes, "0-3,^2,8".
struct VNUMA_SCHEMA_EXPORT CpuSetFormat {
  using value_type = CpuSet;
  static std::optional<CpuSet> parse(std::string_view text);
  static std::string format(const CpuSet& value);
  static void format_to(std::string& text, const CpuSet& value);
  static bool is_formatted(std::string_view text, const CpuSet& value);
  static std::string expected();
};

/// "true" or "false", as Go writes them in KubeVirt's metadata. All spellings that Go reads (1, t, TRUE, ...) are read.
struct VNUMA_SCHEMA_EXPORT TrueFalseFormat {
  using value_type = bool;
  static std::optional<bool> parse(std::string_view text);
  static std::string_view format(bool value);
  static std::string expected();
};

/// A unit of size; the value is its number of bytes. KB, MB, ... are powers of 1000; KiB, MiB, ... powers of 1024.
enum class Unit : std::uint64_t {
  bytes = 1,
  KB = 1000,
  KiB = std::uint64_t{1} << 10,
  MB = 1000 * KB,
  MiB = std::uint64_t{1} << 20,
  GB = 1000 * MB,
  GiB = std::uint64_t{1} << 30,
  TB = 1000 * GB,
  TiB = std::uint64_t{1} << 40,
  PB = 1000 * TB,
  PiB = std::uint64_t{1} << 50,
  EB = 1000 * PB,
  EiB = std::uint64_t{1} << 60,
};

/// A unit as libvirt reads it (virScaleInteger in src/util/virutil.c), in upper or lower case: b, byte, bytes; K or
/// KiB; KB; and the same for M, G, T, P and E.
struct VNUMA_SCHEMA_EXPORT UnitFormat {
  using value_type = Unit;
  static std::optional<Unit> parse(std::string_view text);
  static std::string format(Unit value);
  static std::string expected();
};

using Uuid = std::array<std::uint8_t, 16>;

/// A UUID as libvirt reads it (virUUIDParse in src/util/viruuid.c): 32 hexadecimal digits in upper or lower case, with
/// hyphens or spaces between any two bytes. Written in lower case as 8-4-4-4-12.
struct VNUMA_SCHEMA_EXPORT UuidFormat {
  using value_type = Uuid;
  static std::optional<Uuid> parse(std::string_view text);
  static std::string format(const Uuid& value);
  static bool is_formatted(std::string_view text, const Uuid& value);
  static std::string expected();
};

using MacAddress = std::array<std::uint8_t, 6>;

/// Six bytes of one or two hexadecimal digits, separated by colons. Written in lower case with two digits per byte.
struct VNUMA_SCHEMA_EXPORT MacFormat {
  using value_type = MacAddress;
  static std::optional<MacAddress> parse(std::string_view text);
  static std::string format(const MacAddress& value);
  static bool is_formatted(std::string_view text, const MacAddress& value);
  static std::string expected();
};

/// Attributes and elements that libvirt reads in decimal (index, vcpu, memory, ...).
using UInt8 = Scalar<IntegerFormat<std::uint8_t, 10, 0>>;
using UInt32 = Scalar<IntegerFormat<std::uint32_t, 10, 0>>;
using UInt64 = Scalar<IntegerFormat<std::uint64_t, 10, 0>>;
using Int32 = Scalar<IntegerFormat<std::int32_t, 10, 0>>;
using Int64 = Scalar<IntegerFormat<std::int64_t, 10, 0>>;
/// Attributes that libvirt writes in decimal, and also reads in hexadecimal and octal (busNr, chassis, ...).
using AnyBase32 = Scalar<IntegerFormat<std::uint32_t, 0, 0>>;
/// Hexadecimal attributes with at least 1, 2, 4 or 8 digits (function, port; bus, slot; domain; fid).
using Hex1 = Scalar<IntegerFormat<std::uint32_t, 0, 1>>;
using Hex2 = Scalar<IntegerFormat<std::uint32_t, 0, 2>>;
using Hex4 = Scalar<IntegerFormat<std::uint32_t, 0, 4>>;
using Hex8 = Scalar<IntegerFormat<std::uint32_t, 0, 8>>;
/// Hexadecimal attributes of 64 bits: guest-physical addresses.
using Hex64 = Scalar<IntegerFormat<std::uint64_t, 0, 1>>;
using YesNo = Scalar<YesNoFormat>;
using OnOff = Scalar<OnOffFormat>;
using TrueFalse = Scalar<TrueFalseFormat>;
using CpuSetText = Scalar<CpuSetFormat>;
using UnitText = Scalar<UnitFormat>;
using UuidText = Scalar<UuidFormat>;
using MacText = Scalar<MacFormat>;

}  // namespace vnuma::schema
