#include <vnuma/schema/scalar.hpp>

#include <charconv>

#include <fmt/format.h>

namespace vnuma::schema {

template <class Format>
Scalar<Format> Scalar<Format>::from_text(std::string_view text, std::string path) {
  Scalar scalar;
  scalar.present_ = true;
  std::optional<value_type> value = Format::parse(text);
  scalar.valid_ = value.has_value();
  if (value) scalar.value_ = *std::move(value);
  if (!scalar.valid_ || Format::format(scalar.value_) != text) {
    scalar.spelling_ = std::make_unique<Spelling>(Spelling{std::string(text), std::move(path)});
  }
  return scalar;
}

template <class Format>
std::string_view Scalar<Format>::text(std::string& scratch) const {
  if (spelling_) return spelling_->text;
  scratch = present_ ? Format::format(value_) : std::string();
  return scratch;
}

template <class Format>
std::string Scalar<Format>::text() const {
  std::string scratch;
  return std::string(text(scratch));
}

template <class Format>
void Scalar<Format>::refuse() const {
  if (!present_) throw ValueError("", fmt::format("there is no value; expected {}", Format::expected()));
  throw ValueError(spelling_->path, fmt::format("\"{}\" is not {}", spelling_->text, Format::expected()));
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
std::string IntegerFormat<T, Base, Digits>::format(T value) {
  if constexpr (Digits == 0)
    return fmt::format_int(value).str();
  else
    return fmt::format("0x{:0{}x}", value, Digits);
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

}  // namespace

std::optional<bool> YesNoFormat::parse(std::string_view text) { return either(text, "yes", "no"); }
std::string YesNoFormat::format(bool value) { return value ? "yes" : "no"; }
std::string YesNoFormat::expected() { return "\"yes\" or \"no\""; }

std::optional<bool> OnOffFormat::parse(std::string_view text) { return either(text, "on", "off"); }
std::string OnOffFormat::format(bool value) { return value ? "on" : "off"; }
std::string OnOffFormat::expected() { return "\"on\" or \"off\""; }

std::optional<CpuSet> CpuSetFormat::parse(std::string_view text) { return CpuSet::parse(text); }
std::string CpuSetFormat::format(const CpuSet& value) { return value.format(); }
std::string CpuSetFormat::expected() { return "a list of numbers and ranges, as \"0-3,^2,8\""; }

template class Scalar<IntegerFormat<std::uint8_t, 10, 0>>;
template class Scalar<IntegerFormat<std::uint32_t, 10, 0>>;
template class Scalar<IntegerFormat<std::uint64_t, 10, 0>>;
template class Scalar<IntegerFormat<std::int32_t, 10, 0>>;
template class Scalar<IntegerFormat<std::int64_t, 10, 0>>;
template class Scalar<IntegerFormat<std::uint32_t, 0, 0>>;
template class Scalar<IntegerFormat<std::uint32_t, 0, 1>>;
template class Scalar<IntegerFormat<std::uint32_t, 0, 2>>;
template class Scalar<IntegerFormat<std::uint32_t, 0, 4>>;
template class Scalar<YesNoFormat>;
template class Scalar<OnOffFormat>;
template class Scalar<CpuSetFormat>;

}  // namespace vnuma::schema
