/// \file
/// Reports of a plan.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <vnuma/placement/plan.hpp>

#pragma GCC visibility push(default)
namespace vnuma::placement {

/// Pairs of devices that are not as near to each other in the guest as on the host.
struct Difference {
  topology::Level host{};
  topology::Level guest{};
  std::size_t pairs = 0;  ///< how many pairs have these levels
  std::size_t first = 0;  ///< one such pair, as positions in Plan::devices
  std::size_t second = 0;
  bool operator==(const Difference&) const = default;
};

/// What differs, by level on the host and in the guest, of all pairs whose places are known on both. Quadratic.
std::vector<Difference> differences(const Plan& plan);

/// For a person: a line per device, then the differences, the new cells, the window for BARs and the warnings, each on
/// one line. Ends in a newline. Quadratic in the devices, as differences.
std::string report_text(const Plan& plan);

/// For a person who asks why: which cell stands for each host node, and each controller, device and the window for BARs
/// with the reasons that the plan has for it, a line for each. Those of choices take Options::explain; what goes, is
/// kept or left is listed in any case. Empty for a plan without devices. Linear.
std::string explanation(const Plan& plan);

/// "placed", "kept" or "left".
const char* name(Outcome outcome);

/// For a program: one JSON object with changed, mirror, cells, controllers, devices, differences, mmio and warnings;
/// what is not known is null; sizes are in bytes. "mmio" holds PlannedMmio: window (bytes), io_ports, and what is set:
/// x_pci_mmio64_mb (MiB), pcihole64 (bytes), qemu_arguments. With `explain` there are also nodes, with host_node,
/// guest_cell and why, and a list of reasons, why, in each controller and device and in mmio: those of a plan that was
/// made with Options::explain. Text that is not UTF-8 is replaced. Quadratic in the devices, as differences.
std::string report_json(const Plan& plan, bool explain = false);

}  // namespace vnuma::placement
#pragma GCC visibility pop
