#include <vnuma/topology/pci_address.hpp>

#include <charconv>
#include <limits>

#include <fmt/compile.h>

namespace vnuma::topology {

namespace {

// Removes a hexadecimal number with `least` to `most` digits from the front of `text`.
std::optional<std::uint32_t> take(std::string_view& text, std::size_t least, std::size_t most) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || digits < least || digits > most) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// `most` is the limit of the part; the scalar itself may hold larger numbers.
[[noreturn]] void refuse(const auto& scalar, std::uint32_t most, std::string_view name, const std::string& path) {
  const std::string attribute = fmt::format("{}/@{}", path, name);
  if (!scalar.valid()) {
    throw schema::ValueError(attribute, fmt::format("\"{}\" is not a whole number", scalar.text()),
                             fmt::format("the {} of a PCI address is 0 to {:#x}", name, most));
  }
  throw schema::ValueError(attribute, fmt::format("{:#x} is out of range", *scalar),
                           fmt::format("the {} of a PCI address is at most {:#x}", name, most));
}

std::uint32_t part(const auto& scalar, std::uint32_t most, std::string_view name, const std::string& path) {
  if (!scalar) return 0;
  if (!scalar.valid() || *scalar > most) refuse(scalar, most, name, path);
  return *scalar;
}

std::uint8_t byte(const auto& scalar, std::uint32_t most, std::string_view name, const std::string& path) {
  return static_cast<std::uint8_t>(part(scalar, most, name, path));
}

}  // namespace

std::optional<PciAddress> PciAddress::parse(std::string_view text) {
  PciAddress address;
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos) {
    const auto domain = take(text, 4, 8);
    if (!domain || !take(text, ':')) return std::nullopt;
    address.domain = *domain;
  }
  const auto bus = take(text, 2, 2);
  if (!bus || !take(text, ':')) return std::nullopt;
  const auto slot = take(text, 2, 2);
  if (!slot || *slot > 31 || !take(text, '.')) return std::nullopt;
  const auto function = take(text, 1, 1);
  if (!function || *function > 7 || !text.empty()) return std::nullopt;
  address.bus = static_cast<std::uint8_t>(*bus);
  address.slot = static_cast<std::uint8_t>(*slot);
  address.function = static_cast<std::uint8_t>(*function);
  return address;
}

std::string PciAddress::format() const {
  return fmt::format(FMT_COMPILE("{:04x}:{:02x}:{:02x}.{:x}"), domain, bus, slot, function);
}

PciAddress pci_address(const schema::Address& address, const std::string& path) {
  return {part(address.domain, std::numeric_limits<std::uint32_t>::max(), "domain", path),
          byte(address.bus, 255, "bus", path), byte(address.slot, 31, "slot", path),
          byte(address.function, 7, "function", path)};
}

}  // namespace vnuma::topology
