/// \file
/// guest_devices: the passthrough devices of a domain as the guest sees them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vnuma/schema/domain.hpp>
#include <vnuma/topology/locality.hpp>

#pragma GCC visibility push(default)
namespace vnuma::placement {

/// A passthrough PCI device in the guest.
struct GuestDevice {
  std::optional<topology::PciAddress> source{};  ///< on the host; nullopt: a mediated device
  std::string uuid{};                            ///< of a mediated device, in lower case; empty for others
  std::string alias{};
  std::optional<topology::PciAddress> address{};    ///< in the domain; nullopt: libvirt has yet to give it one
  std::optional<topology::PciAddress> guest_bdf{};  ///< that firmware and kernel will give it, where predictable
  /// Where it hangs in the guest. Bridges are named by their addresses in the domain, where `bus` is the index of a
  /// controller; the root complex is pcie.0 (pci.0) or, below an expander bus, pci.INDEX, as libvirt names them; the
  /// node is the guest cell of the expander bus, which the guest knows from ACPI only.
  topology::Place place{};
  /// The address on the host, or the UUID of a mediated device.
  std::string name() const { return source ? source->format() : uuid; }
  bool operator==(const GuestDevice&) const = default;
};

/// The passthrough PCI devices of a domain, as PlannedDevice has them, hostdevs first, but for those of address type
/// unassigned, which the guest does not get. A device without an address gets a root port of its own from libvirt: its
/// place is no nearer to any other than two ports of pcie.0 are. So does a controller that is not declared, or without
/// an address. \throws PlanError for what no plan can be made on either: a device without a source address or UUID,
/// controllers without model or index, addresses that are used twice or out of range. Complexity: the devices times the
/// depth.
std::vector<GuestDevice> guest_devices(const schema::Domain& domain);

/// Where the host has the device, of a mediated device its parent; nullopt if it does not have it. Logarithmic.
std::optional<topology::Place> place_on_host(const GuestDevice& device, const topology::Host& host);

}  // namespace vnuma::placement
#pragma GCC visibility pop
