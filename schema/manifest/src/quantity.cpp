#include "quantity.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace vnuma::manifest {

namespace {

constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t billion = 1000000000;

// A number with nine decimal places, as many as Kubernetes keeps.
struct Decimal {
  std::uint64_t whole = 0;
  std::uint64_t billionths = 0;
  bool more = false;  // further decimal places are not 0
};

// Returns whether the result fits. `factor` is at most 1024.
bool multiply(Decimal& number, std::uint64_t factor) {
  const std::uint64_t carried = number.billionths * factor;
  if (number.whole > (most - carried / billion) / factor) return false;
  number.whole = number.whole * factor + carried / billion;
  number.billionths = carried % billion;
  return true;
}

void divide(Decimal& number, std::uint64_t divisor) {
  const std::uint64_t rest = number.whole % divisor * billion + number.billionths;
  number.whole /= divisor;
  number.billionths = rest / divisor;
  number.more = number.more || rest % divisor != 0;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes the digits, which may include a decimal point, off the text.
std::optional<Decimal> take_number(std::string_view& text) {
  Decimal number;
  std::size_t digits = 0;
  while (!text.empty() && is_digit(text.front())) {
    const auto digit = static_cast<std::uint64_t>(text.front() - '0');
    if (number.whole > (most - digit) / 10) return std::nullopt;
    number.whole = number.whole * 10 + digit;
    ++digits;
    text.remove_prefix(1);
  }
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    for (std::uint64_t place = billion / 10; !text.empty() && is_digit(text.front()); place /= 10) {
      const auto digit = static_cast<std::uint64_t>(text.front() - '0');
      number.billionths += digit * place;
      number.more = number.more || (place == 0 && digit != 0);
      ++digits;
      text.remove_prefix(1);
    }
  }
  return digits > 0 ? std::optional(number) : std::nullopt;
}

// Multiplies by `base` as often as `steps` says, or divides if it is negative. Returns whether the result fits.
bool scale(Decimal& number, std::uint64_t base, int steps) {
  for (; steps > 0; --steps) {
    if (!multiply(number, base)) return false;
  }
  for (; steps < 0; ++steps) divide(number, base);
  return true;
}

// The exponent of "e3"; nullopt if the suffix is not an exponent, or the exponent is too large for any amount.
std::optional<int> exponent(std::string_view suffix) {
  if (suffix.size() < 2 || (suffix[0] != 'e' && suffix[0] != 'E')) return std::nullopt;
  suffix.remove_prefix(suffix[1] == '+' ? 2 : 1);
  int value = 0;
  const auto [end, error] = std::from_chars(suffix.data(), suffix.data() + suffix.size(), value);
  if (error != std::errc() || end != suffix.data() + suffix.size() || value > 99 || value < -99) return std::nullopt;
  return value;
}

bool apply_suffix(Decimal& number, std::string_view suffix) {
  constexpr std::string_view decimal = "num kMGTPE";  // powers of 1000 from -3 on; the space is 1000^0
  constexpr std::string_view binary = "KMGTPE";
  if (suffix.empty()) return true;
  if (suffix.size() == 1 && decimal.find(suffix[0]) != decimal.npos && suffix[0] != ' ') {
    return scale(number, 1000, static_cast<int>(decimal.find(suffix[0])) - 3);
  }
  if (suffix.size() == 2 && suffix[1] == 'i' && binary.find(suffix[0]) != binary.npos) {
    return scale(number, 1024, static_cast<int>(binary.find(suffix[0])) + 1);
  }
  const auto power = exponent(suffix);
  return power && scale(number, 10, *power);
}

}  // namespace

std::optional<Quantity> parse_quantity(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  auto number = take_number(text);
  if (!number || !apply_suffix(*number, text)) return std::nullopt;
  return Quantity{number->whole, number->billionths == 0 && !number->more};
}

}  // namespace vnuma::manifest
