// The arguments of QEMU for guest cells.
#pragma once

#include <vector>

#include <vnuma/placement/qemu_arguments.hpp>

#include "../domain/domain_view.hpp"

namespace vnuma::placement {

// -m, -smp, -object and -numa; empty for a domain without cells.
std::vector<QemuArgument> cell_arguments(const DomainView& view);

}  // namespace vnuma::placement
