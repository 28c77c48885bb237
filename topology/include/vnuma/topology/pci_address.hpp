/// \file
/// PciAddress: the address of a PCI function.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <vnuma/schema/domain.hpp>
#include <vnuma/topology/export.hpp>

namespace vnuma::topology {

/// Domain, bus, slot (0-31) and function (0-7), ordered in this order. On the host, domains can exceed 16 bits
/// (Intel VMD: 10000:e1:00.0); in a guest's libvirt address, `bus` is the index of a controller.
struct VNUMA_TOPOLOGY_EXPORT PciAddress {
  std::uint32_t domain = 0;
  std::uint8_t bus = 0;
  std::uint8_t slot = 0;
  std::uint8_t function = 0;

  /// Reads "0000:27:00.0", or "27:00.0" with domain 0; hexadecimal in any case, as in sysfs: 4 to 8 digits for the
  /// domain, 2, 2 and 1 for the rest. nullopt for anything else.
  static std::optional<PciAddress> parse(std::string_view text);
  /// "0000:27:00.0"; the domain has as many digits as it needs, at least 4.
  std::string format() const;
  /// The same slot's function 0.
  PciAddress first_function() const { return {domain, bus, slot, 0}; }

  auto operator<=>(const PciAddress&) const = default;
};

/// The PCI address that an `<address>` gives; what is absent is 0, as in libvirt.
/// \throws schema::ValueError for what is no number, schema::Error if bus, slot or function is more than 255, 31 or 7;
/// both with the place by `path`, the address' own.
VNUMA_TOPOLOGY_EXPORT PciAddress pci_address(const schema::Address& address, const std::string& path = {});

}  // namespace vnuma::topology
