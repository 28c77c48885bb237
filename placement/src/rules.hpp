// Rules for a domain's PCI tree that need nothing but the domain; some are plan's, too.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <vnuma/placement/plan.hpp>

#include "faults.hpp"
#include "guest_pci.hpp"

namespace vnuma::placement {

// Whether the machine is virt, of whatever version ("virt-7.2").
bool is_virt(const schema::OSType& type);

// Whether the machine has a PCIe root: q35 on x86, virt on aarch64.
bool has_pcie_root(const schema::Domain& domain);

// Whether the number is that of a guest cell. A cell without an id, or with one that is no number, has its position.
bool is_cell(const schema::Domain& domain, std::uint32_t node);

// Without ACPI the guest knows no nodes.
std::optional<Fault> acpi_off(const schema::Domain& domain);

// Guest cells that passthrough devices lack to be on: there are none, or neither pinning nor a memnode says which host
// node any of them stands for.
std::optional<Fault> cells_missing(const schema::Domain& domain);

// An expander bus without busNr: libvirt chooses, and leaves room for one port.
Fault absent_bus_number(const PciController& expander);

// Ports under an expander bus with nothing in them.
std::vector<Fault> empty_ports(const GuestPci& pci);

// All faults of the controllers and of what is plugged into them, but for those above.
void check_controllers(const schema::Domain& domain, const GuestPci& pci, const Faults& faults);

// Devices that the guest lists in another order than the host though expander buses and ports could stand in the
// host's. Of each bus the first is said. `devices` have their addresses.
void check_order(const GuestPci& pci, const std::vector<PlannedDevice>& devices, const Faults& faults);

}  // namespace vnuma::placement
