/// \file
/// guest_tree: the PCIe topology that a domain gives its guest.
#pragma once

#include <vnuma/placement/export.hpp>
#include <vnuma/placement/plan.hpp>
#include <vnuma/topology/tree.hpp>

namespace vnuma::placement {

/// The guest's PCIe topology. An expander bus is on the cell that it names; everything else is on none, and so is all
/// of it in a guest without ACPI. What libvirt has yet to add is on the root: devices without an address, and ports
/// that the domain names but does not declare. A remark tells where the guest will not find a device, and where
/// controllers are plugged into each other. Devices that are not PCI devices are left out.
///
/// \param domain the guest
/// \param host if it is given, passthrough devices have the host's words and ids ("GPU", PciIds), and Passthrough tells
/// whether each is on the cell that its host node maps to, as in PlannedDevice::guest_cell
/// \return the tree
/// \throws PlanError as guest_devices()
/// \throws schema::Error for invalid numbers of cells and, with a host, as topology::guest_map
/// \note Complexity: the devices times the depth, quadratic in passthrough devices, and as topology::guest_map.
VNUMA_PLACEMENT_EXPORT topology::PciTree guest_tree(const schema::Domain& domain, const topology::Host* host = nullptr);

}  // namespace vnuma::placement
