// PCI addresses: refused, or what is written is read as the same address and written the same.
#include <cstddef>
#include <cstdint>

#include <vnuma/topology/pci_address.hpp>

#include "fuzz/require.hpp"

using vnuma::test::require;
using vnuma::topology::PciAddress;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto address = PciAddress::parse({reinterpret_cast<const char*>(data), size});
  if (!address) return 0;
  require(address->slot <= 31 && address->function <= 7, "slot and function are in range");
  const std::string written = address->format();
  const auto again = PciAddress::parse(written);
  require(again == address, "what is written is read as the same address", written);
  require(again->format() == written, "writing is stable", written);
  return 0;
}
