// The arguments of QEMU for PCI controllers and passthrough devices.
#pragma once

#include <vector>

#include <vnuma/placement/qemu_arguments.hpp>

#include "../domain/domain_view.hpp"

namespace vnuma::placement {

// -device for the expander buses and what is below them, for passthrough devices and for the controllers above these.
// Throws PlanError (Code::not_placed) for what QEMU cannot create yet.
std::vector<QemuArgument> pci_arguments(const DomainView& view);

}  // namespace vnuma::placement
