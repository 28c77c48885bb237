/// \file
/// guest_devices: the passthrough devices of a domain as the guest sees them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vnuma/placement/export.hpp>
#include <vnuma/schema/domain.hpp>
#include <vnuma/topology/locality.hpp>

namespace vnuma::placement {

/// A passthrough PCI device in the guest.
struct GuestDevice {
  std::optional<topology::PciAddress> source{};  ///< on the host; nullopt: a mediated device
  std::string uuid{};                            ///< of a mediated device, in lower case; empty for others
  std::string alias{};
  std::optional<topology::PciAddress> address{};    ///< in the domain; nullopt: libvirt has yet to give it one
  std::optional<topology::PciAddress> guest_bdf{};  ///< the address that the guest will give it, if predictable
  /// Its location in the guest. Bridges are named by their addresses in the domain, where `bus` is the index of a
  /// controller; the root complex is pcie.0 (pci.0) or, below an expander bus, pci.INDEX, as libvirt names them; the
  /// node is the guest cell of the expander bus, which the guest knows from ACPI only.
  topology::Location location{};
  /// The address on the host, or the UUID of a mediated device.
  std::string name() const { return source ? source->format() : uuid; }
  bool operator==(const GuestDevice&) const = default;
};

/// The passthrough PCI devices of a domain (see PlannedDevice), hostdevs first, without those of address type
/// unassigned, which the guest does not get.
///
/// libvirt gives a device without an address a root port of its own, so its location is no nearer to another than two
/// ports of pcie.0 are. The same holds for devices behind a controller that is not declared, or has no address.
///
/// \param domain the guest
/// \return the devices, in the order of the document
/// \throws PlanError as plan(), for a device without a source address or UUID, controllers without model or index, and
/// addresses that are used twice or out of range
/// \note Complexity: the devices times the depth.
VNUMA_PLACEMENT_EXPORT std::vector<GuestDevice> guest_devices(const schema::Domain& domain);

/// The location of the device on the host, of a mediated device that of its parent; nullopt if the host lacks it.
/// Complexity: logarithmic.
VNUMA_PLACEMENT_EXPORT std::optional<topology::Location> location_on_host(const GuestDevice& device,
                                                                          const topology::Host& host);

}  // namespace vnuma::placement
