// PCI addresses and patterns: refused, or what is written is read as the same one and written the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <vnuma/topology/node_overrides.hpp>
#include <vnuma/topology/pci_address.hpp>

#include "fuzz/require.hpp"

using vnuma::test::require;
using vnuma::topology::AddressPattern;
using vnuma::topology::PciAddress;

namespace {

void check_pattern(std::string_view text) {
  const auto pattern = AddressPattern::parse(text);
  if (!pattern) return;
  const std::string written = pattern->format();
  require(AddressPattern::parse(written) == pattern, "what is written is read as the same pattern", written);
  require(pattern->address().has_value() != written.ends_with('*'), "only a pattern ends in *", written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_pattern(text);
  const auto address = PciAddress::parse(text);
  if (!address) return 0;
  require(address->slot <= 31 && address->function <= 7, "slot and function are in range");
  const std::string written = address->format();
  const auto again = PciAddress::parse(written);
  require(again == address, "what is written is read as the same address", written);
  require(again->format() == written, "writing is stable", written);
  return 0;
}
