#include <vnuma/schema/scalar.hpp>

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace vnuma::schema {

namespace {

template <class Format>
bool is_formatted(std::string_view text, const typename Format::value_type& value) {
  if constexpr (requires { Format::is_formatted(text, value); })
    return Format::is_formatted(text, value);
  else
    return Format::format(value) == text;
}

template <class Format>
std::string_view text_of(const typename Format::value_type& value, std::string& scratch) {
  if constexpr (std::is_same_v<decltype(Format::format(value)), std::string_view>) return Format::format(value);
  if constexpr (requires { Format::format_to(scratch, value); })
    Format::format_to(scratch, value);
  else
    scratch = Format::format(value);
  return scratch;
}

}  // namespace

template <class Format>
Scalar<Format> Scalar<Format>::from_text(std::string_view text, std::string_view path) {
  std::optional<value_type> value = Format::parse(text);
  if (value && is_formatted<Format>(text, *value)) return Scalar(*std::move(value));
  Scalar scalar;
  scalar.put(new Apart{std::move(value), std::string(text), std::string(path)});
  return scalar;
}

template <class Format>
std::string_view Scalar<Format>::text(std::string& scratch) const {
  if (apart() && apart()->spelling) return *apart()->spelling;
  return has_value() ? text_of<Format>(value(), scratch) : std::string_view();
}

template <class Format>
std::string Scalar<Format>::text() const {
  std::string scratch;
  return std::string(text(scratch));
}

template <class Format>
void Scalar<Format>::clear() noexcept {
  delete apart();
  word_ = 0;
}

template <class Format>
void Scalar<Format>::refuse() const {
  if (!has_value()) throw ValueError("", "a value is missing", fmt::format("expected {}", Format::expected()));
  throw ValueError(apart()->path, fmt::format("\"{}\" is not {}", *apart()->spelling, Format::expected()));
}

template <std::integral T, int Base, int Digits>
std::optional<T> IntegerFormat<T, Base, Digits>::parse(std::string_view text) {
  int base = 10;
  if (Base == 0 && text.size() > 1 && text[0] == '0') {
    const bool hexadecimal = text[1] == 'x' || text[1] == 'X';
    base = hexadecimal ? 16 : 8;
    text.remove_prefix(hexadecimal ? 2 : 1);
    if (text.empty() || text[0] == '-') return std::nullopt;
  }
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <std::integral T, int Base, int Digits>
void IntegerFormat<T, Base, Digits>::format_to(std::string& text, T value) {
  if constexpr (Digits == 0) {
    const fmt::format_int digits(value);
    text.assign(digits.data(), digits.size());
  } else {
    std::array<char, 16> digits;
    const char* digits_end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    std::array<char, 2 + digits.size()> all{'0', 'x'};
    char* end = std::fill_n(all.data() + 2, Digits - (digits_end - digits.data()), '0');
    end = std::copy(static_cast<const char*>(digits.data()), digits_end, end);
    text.assign(all.data(), end);
  }
}

template <std::integral T, int Base, int Digits>
std::string IntegerFormat<T, Base, Digits>::format(T value) {
  std::string text;
  format_to(text, value);
  return text;
}

namespace {

// Whether hexadecimal digits are in lower case.
bool lower(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'F'; });
}

}  // namespace

template <std::integral T, int Base, int Digits>
bool IntegerFormat<T, Base, Digits>::is_formatted(std::string_view text, T) {
  if constexpr (Digits == 0) {
    if (text.starts_with('-')) return text[1] != '0';
    return text[0] != '0' || text.size() == 1;
  } else {
    constexpr auto least = static_cast<std::size_t>(Digits) + 2;
    if (text.size() < least || text[0] != '0' || text[1] != 'x' || (text.size() > least && text[2] == '0'))
      return false;
    return lower(text.substr(2));
  }
}

template <std::integral T, int Base, int Digits>
std::string IntegerFormat<T, Base, Digits>::expected() {
  return fmt::format("a whole number from {} to {}", std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
}

namespace {

std::optional<bool> either(std::string_view text, std::string_view yes, std::string_view no) {
  if (text == yes) return true;
  if (text == no) return false;
  return std::nullopt;
}

// As isspace in the C locale.
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::optional<std::uint8_t> digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  const char lower = static_cast<char>(c | 0x20);
  if (lower >= 'a' && lower <= 'f') return static_cast<std::uint8_t>(lower - 'a' + 10);
  return std::nullopt;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

constexpr std::string_view unit_letters = "kmgtpe";

}  // namespace

std::optional<bool> YesNoFormat::parse(std::string_view text) { return either(text, "yes", "no"); }
std::string_view YesNoFormat::format(bool value) { return value ? "yes" : "no"; }
std::string YesNoFormat::expected() { return "\"yes\" or \"no\""; }

std::optional<bool> OnOffFormat::parse(std::string_view text) { return either(text, "on", "off"); }
std::string_view OnOffFormat::format(bool value) { return value ? "on" : "off"; }
std::string OnOffFormat::expected() { return "\"on\" or \"off\""; }

std::optional<CpuSet> CpuSetFormat::parse(std::string_view text) { return CpuSet::parse(text); }
std::string CpuSetFormat::format(const CpuSet& value) { return value.format(); }
void CpuSetFormat::format_to(std::string& text, const CpuSet& value) { value.format_to(text); }
bool CpuSetFormat::is_formatted(std::string_view text, const CpuSet& value) {
  const bool one_number = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return one_number ? text[0] != '0' || text.size() == 1 : format(value) == text;
}
std::string CpuSetFormat::expected() { return "a list of numbers and ranges, as \"0-3,^2,8\""; }

std::optional<bool> TrueFalseFormat::parse(std::string_view text) {
  for (const std::string_view yes : {"true", "1", "t", "T", "TRUE", "True"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"false", "0", "f", "F", "FALSE", "False"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}
std::string_view TrueFalseFormat::format(bool value) { return value ? "true" : "false"; }
std::string TrueFalseFormat::expected() { return "\"true\" or \"false\""; }

std::optional<Unit> UnitFormat::parse(std::string_view text) {
  const std::string unit = lower_case(text);
  if (unit == "b" || unit == "byte" || unit == "bytes") return Unit::bytes;
  if (unit.empty()) return std::nullopt;
  const std::size_t power = unit_letters.find(unit[0]);
  const std::string_view rest = std::string_view(unit).substr(1);
  const bool decimal = rest == "b";
  if (power == std::string_view::npos || (!decimal && !rest.empty() && rest != "ib")) return std::nullopt;
  std::uint64_t scale = 1;
  for (std::size_t i = 0; i <= power; ++i) scale *= decimal ? 1000 : 1024;
  return Unit{scale};
}

std::string UnitFormat::format(Unit value) {
  auto scale = static_cast<std::uint64_t>(value);
  if (scale == 1) return "bytes";
  const bool decimal = scale % 1024 != 0 || scale % 1000 == 0;
  std::size_t power = 0;
  for (; scale > 1; scale /= decimal ? 1000 : 1024) ++power;
  return fmt::format("{}{}", "?KMGTPE"[std::min<std::size_t>(power, 6)], decimal ? "B" : "iB");
}

std::string UnitFormat::expected() { return "a unit of size, as \"bytes\", \"KiB\" or \"GB\""; }

std::optional<Uuid> UuidFormat::parse(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  Uuid uuid{};
  std::size_t i = 0;
  for (std::uint8_t& byte : uuid) {
    while (i < text.size() && (text[i] == '-' || text[i] == ' ')) ++i;
    if (i + 2 > text.size()) return std::nullopt;
    const auto high = digit(text[i++]);
    const auto low = digit(text[i++]);
    if (!high || !low) return std::nullopt;
    byte = static_cast<std::uint8_t>(*high * 16 + *low);
  }
  if (i != text.size()) return std::nullopt;
  return uuid;
}

std::string UuidFormat::format(const Uuid& value) {
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    fmt::format_to(std::back_inserter(text), "{:02x}", value[i]);
  }
  return text;
}

bool UuidFormat::is_formatted(std::string_view text, const Uuid&) {
  // A valid text of 36 characters has 32 digits and four separators.
  return text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-' && lower(text);
}

std::string UuidFormat::expected() { return "a UUID, 32 hexadecimal digits with or without hyphens"; }

std::optional<MacAddress> MacFormat::parse(std::string_view text) {
  MacAddress mac{};
  for (std::size_t i = 0; i < mac.size(); ++i) {
    const std::string_view part = text.substr(0, text.find(':'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), mac[i], 16);
    if (part.size() > 2 || error != std::errc() || end != part.data() + part.size()) return std::nullopt;
    const bool last = i + 1 == mac.size();
    if (last != (part.data() + part.size() == text.data() + text.size())) return std::nullopt;
  }
  return mac;
}

std::string MacFormat::format(const MacAddress& value) {
  return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", value[0], value[1], value[2], value[3], value[4],
                     value[5]);
}

bool MacFormat::is_formatted(std::string_view text, const MacAddress&) {
  return text.size() == 17 && lower(text);  // a valid text of 17 characters has two digits per byte
}

std::string MacFormat::expected() { return "a MAC address, as \"52:54:00:01:02:03\""; }

template class Scalar<IntegerFormat<std::uint8_t, 10, 0>>;
template class Scalar<IntegerFormat<std::uint32_t, 10, 0>>;
template class Scalar<IntegerFormat<std::uint64_t, 10, 0>>;
template class Scalar<IntegerFormat<std::int32_t, 10, 0>>;
template class Scalar<IntegerFormat<std::int64_t, 10, 0>>;
template class Scalar<IntegerFormat<std::uint32_t, 0, 0>>;
template class Scalar<IntegerFormat<std::uint32_t, 0, 1>>;
template class Scalar<IntegerFormat<std::uint32_t, 0, 2>>;
template class Scalar<IntegerFormat<std::uint32_t, 0, 4>>;
template class Scalar<IntegerFormat<std::uint32_t, 0, 8>>;
template class Scalar<IntegerFormat<std::uint64_t, 0, 1>>;
template class Scalar<YesNoFormat>;
template class Scalar<OnOffFormat>;
template class Scalar<TrueFalseFormat>;
template class Scalar<CpuSetFormat>;
template class Scalar<UnitFormat>;
template class Scalar<UuidFormat>;
template class Scalar<MacFormat>;

}  // namespace vnuma::schema
