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

/// Domain, bus, slot (0-31) and function (0-7), which compare in this order. On a host, a domain can have more than 16
/// bits (Intel VMD: 10000:e1:00.0). In an address of a libvirt domain, `bus` is the index of a controller.
struct VNUMA_TOPOLOGY_EXPORT PciAddress {
  std::uint32_t domain = 0;
  std::uint8_t bus = 0;
  std::uint8_t slot = 0;
  std::uint8_t function = 0;

  /// Parses "0000:27:00.0", or "27:00.0" with domain 0. All parts are hexadecimal, in any case, with as many digits as
  /// in sysfs: 4 to 8 for the domain, 2, 2 and 1 for the other parts.
  /// \return nullopt for any other text
  static std::optional<PciAddress> parse(std::string_view text);
  /// Returns the address as "0000:27:00.0". The domain has at least 4 digits.
  std::string format() const;
  /// Returns function 0 of the same slot.
  PciAddress first_function() const { return {domain, bus, slot, 0}; }

  auto operator<=>(const PciAddress&) const = default;
};

/// Returns the PCI address of an `<address>` element. Absent parts are 0, as in libvirt.
/// \param path the path of the element, for errors
/// \throws schema::ValueError if a part is not a number; schema::Error if bus, slot or function is more than 255, 31 or
/// 7. Both have the path of the attribute.
VNUMA_TOPOLOGY_EXPORT PciAddress pci_address(const schema::Address& address, const std::string& path = {});

}  // namespace vnuma::topology
