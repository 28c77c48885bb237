/// \file
/// guest_tree: the PCIe topology that a domain gives its guest.
#pragma once

#include <vnuma/placement/plan.hpp>
#include <vnuma/topology/tree.hpp>

#pragma GCC visibility push(default)
namespace vnuma::placement {

/// The guest's tree, in which an expander bus is on the cell that it names, and all else on none. A guest without ACPI
/// knows no cells, so that all of it is on none. What libvirt has yet to add hangs on the root: devices without an
/// address, and ports that the domain names but does not declare. Where the guest will not see a device, or controllers
/// plug into each other, a remark says so. Devices that are not PCI devices are left out.
///
/// \param host if it is known, what the domain is given has the host's words and numbers ("GPU", PciIds), and
/// Passthrough says whether it is on the cell that stands for its host node, as in PlannedDevice::guest_cell
/// \throws PlanError as guest_devices; schema::Error for cells whose numbers are none and, with a host, as
/// topology::guest_map. Complexity: the devices times the depth, quadratic in those passed through, and as guest_map.
topology::PciTree guest_tree(const schema::Domain& domain, const topology::Host* host = nullptr);

}  // namespace vnuma::placement
#pragma GCC visibility pop
