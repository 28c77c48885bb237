/// \file
/// Scalar values of the domain XML that are more than text: numbers, units, yes/no and on/off, CPU sets, UUIDs, MAC
/// addresses.
///
/// A Scalar is absent, or holds a value, or holds a text that is no such value. It remembers how the value was written
/// for as long as the value is not replaced, so that `0x0` is not written back as `0`.
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

/// How a value fits into 63 bits; pack gives nothing where it does not.
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
  // One range below 2^31, as almost all are: its ends.
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

/// A value of the type `Format::value_type` together with its spelling. Formats are the classes below. Where one has
/// is_formatted(text, value), that says of a text that was parsed to the value whether format(value) gives it; where it
/// has format_to(text, value), that replaces `text`, whose memory it uses, by what format(value) gives.
///
/// It takes one word, for an address alone has dozens of scalars: 0 is nothing, an odd word is the value (63 bits, see
/// Packing) above the lowest bit, an even one points to what does not fit.
template <class Format>
class VNUMA_SCHEMA_EXPORT Scalar {
 public:
  using value_type = typename Format::value_type;

  /// Absent.
  Scalar() = default;
  /// The value, to be written in the format's own way. Not explicit, so that `{.bus_nr = 240}` reads as it should.
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
  // Through a copy, so that itself may be assigned. NOLINTNEXTLINE(bugprone-unhandled-self-assignment)
  Scalar& operator=(const Scalar& other) { return *this = Scalar(other); }
  Scalar& operator=(Scalar&& other) noexcept {
    std::swap(word_, other.word_);
    return *this;
  }
  ~Scalar() {
    if (apart()) clear();
  }

  /// Whatever stands in a document. Refuses nothing: what is not a value of the format stays as text.
  /// `path` is where the text stood; it is named when the value is asked for and is none.
  static Scalar from_text(std::string_view text, std::string_view path = {});

  /// Whether anything is there, be it a value or not.
  bool has_value() const noexcept { return word_ != 0; }
  explicit operator bool() const noexcept { return has_value(); }
  /// Whether `value()` would succeed.
  bool valid() const noexcept { return apart() ? apart()->value.has_value() : has_value(); }

  /// The value. \throws ValueError with the path if it is absent or not of the type.
  value_type value() const {
    if (!valid()) refuse();
    return apart() ? *apart()->value : Packing<value_type>::unpack(word_ >> 1);
  }
  value_type operator*() const { return value(); }
  /// The value, or `fallback` if it is absent. \throws ValueError if it is there and not of the type.
  value_type value_or(value_type fallback) const { return has_value() ? value() : std::move(fallback); }

  /// The text that stands, or will stand, in the document; empty if absent.
  std::string text() const;
  /// The same, made in `scratch` only where it is not kept; the view is good as long as both.
  std::string_view text(std::string& scratch) const;
  void reset() { *this = Scalar(); }

  /// Same value, or, where there is none, same text. How it is written does not matter: 0x0 equals 0.
  friend bool operator==(const Scalar& a, const Scalar& b) {
    if (!a.apart() && !b.apart()) return a.word_ == b.word_;
    if (a.has_value() != b.has_value() || a.valid() != b.valid()) return false;
    return a.valid() ? a.value() == b.value() : *a.apart()->spelling == *b.apart()->spelling;
  }
  friend bool operator==(const Scalar& a, const value_type& b) { return a.valid() && a.value() == b; }

 private:
  struct Apart {
    std::optional<value_type> value;
    std::optional<std::string> spelling;  // where it is not what format(value) gives
    std::string path;                     // only where there is no value
  };

  // Of a word that is 0 or points; else nullptr.
  const Apart* apart() const noexcept {
    return (word_ & 1) != 0 ? nullptr : reinterpret_cast<const Apart*>(word_);  // NOLINT(performance-no-int-to-ptr)
  }
  void put(const Apart* apart) noexcept { word_ = reinterpret_cast<std::uintptr_t>(apart); }
  void clear() noexcept;
  [[noreturn]] void refuse() const;

  std::uint64_t word_ = 0;
};

/// Integers as libvirt reads them. Base 10: decimal digits only. Base 0 as in strtoul: 0x.. is hexadecimal, a leading 0
/// octal. Written in decimal, or, with `Digits` > 0, as 0x and at least so many hexadecimal digits.
/// Signs, spaces and values beyond `T` are no value.
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

/// "true" or "false", as Go writes them in KubeVirt's metadata; what else Go reads (1, t, TRUE, ...) is read, too.
struct VNUMA_SCHEMA_EXPORT TrueFalseFormat {
  using value_type = bool;
  static std::optional<bool> parse(std::string_view text);
  static std::string_view format(bool value);
  static std::string expected();
};

/// The units of sizes; the value is the number of bytes. KB and so on are powers of 1000, KiB and so on of 1024.
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

/// A unit as libvirt reads it (virScaleInteger in src/util/virutil.c), in any case: b, byte, bytes; K or KiB; KB; and
/// so on for M, G, T, P and E.
struct VNUMA_SCHEMA_EXPORT UnitFormat {
  using value_type = Unit;
  static std::optional<Unit> parse(std::string_view text);
  static std::string format(Unit value);
  static std::string expected();
};

using Uuid = std::array<std::uint8_t, 16>;

/// A UUID as libvirt reads it (virUUIDParse in src/util/viruuid.c): 32 hexadecimal digits of any case, with hyphens or
/// spaces between any two bytes. Written in lower case as 8-4-4-4-12.
struct VNUMA_SCHEMA_EXPORT UuidFormat {
  using value_type = Uuid;
  static std::optional<Uuid> parse(std::string_view text);
  static std::string format(const Uuid& value);
  static bool is_formatted(std::string_view text, const Uuid& value);
  static std::string expected();
};

using MacAddress = std::array<std::uint8_t, 6>;

/// Six bytes of one or two hexadecimal digits, with colons between. Written in lower case with two digits.
struct VNUMA_SCHEMA_EXPORT MacFormat {
  using value_type = MacAddress;
  static std::optional<MacAddress> parse(std::string_view text);
  static std::string format(const MacAddress& value);
  static bool is_formatted(std::string_view text, const MacAddress& value);
  static std::string expected();
};

/// Decimal attributes and elements that libvirt reads in base 10 (index, vcpu, memory, ...).
using UInt8 = Scalar<IntegerFormat<std::uint8_t, 10, 0>>;
using UInt32 = Scalar<IntegerFormat<std::uint32_t, 10, 0>>;
using UInt64 = Scalar<IntegerFormat<std::uint64_t, 10, 0>>;
using Int32 = Scalar<IntegerFormat<std::int32_t, 10, 0>>;
using Int64 = Scalar<IntegerFormat<std::int64_t, 10, 0>>;
/// Decimal attributes that libvirt also reads in hexadecimal and octal (busNr, chassis, ...).
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
