/// \file
/// qemu_arguments: the arguments with which QEMU gives a guest the cells and passthrough devices of a domain.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <vnuma/placement/export.hpp>
#include <vnuma/placement/plan.hpp>

namespace vnuma::placement {

/// An option of QEMU with its value: "-device" and "pxb-pcie,id=vnuma-pci1,...".
struct QemuArgument {
  std::string option{};
  std::optional<std::string> value{};  ///< nullopt: the option has none
  bool operator==(const QemuArgument&) const = default;
};

/// The arguments of QEMU for the placement of a domain, in the order that QEMU needs: buses before what is plugged into
/// them. With them, a guest that is started without libvirt has each passthrough device on the same cell, behind the
/// same ports, as one that libvirt starts (qemuBuildCommandLine in libvirt's src/qemu/qemu_command.c):
/// - if the domain has guest cells: -m and -smp, a memory backend and -numa for each cell, and the distances;
/// - the 64-bit window of pcie-root, if the domain has `<pcihole64>`;
/// - every expander bus and all controllers below it, the controllers above passthrough devices, and function 0 of the
///   slots of all these;
/// - the passthrough devices, except those of address type unassigned;
/// - what `<qemu:commandline>` has, as it is.
///
/// The ids begin with "vnuma-": "vnuma-pci7" is the controller with index 7, "vnuma-cell0" the memory of cell 0. A
/// device has its alias as its id if libvirt would use it ("ua-...").
///
/// Everything else is left to the caller: -machine (q35, or virt on aarch64) and -cpu, firmware, disks, NICs, memory
/// that is plugged in later, and pinning, for which QEMU has no argument.
///
/// \param domain a domain that is placed, so that each passthrough device has an address
/// \return the arguments
/// \throws PlanError for a domain with an error that check() finds, without ACPI or PCIe, or with a device, controller
/// or expander bus that lacks an address, a controller above it or a busNr (Code::not_placed)
/// \note Complexity: as check().
VNUMA_PLACEMENT_EXPORT std::vector<QemuArgument> qemu_arguments(const schema::Domain& domain);

/// For a shell, and for `args:` of Proxmox VE: a line for each argument. Words with other characters than letters,
/// digits and `%+,-./:=@_` are in single quotes. Linear.
VNUMA_PLACEMENT_EXPORT std::string qemu_text(std::span<const QemuArgument> arguments);

}  // namespace vnuma::placement
