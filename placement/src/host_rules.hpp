// Rules that hold a domain against the host that it is for.
#pragma once

#include <vector>

#include <vnuma/placement/plan.hpp>

#include "faults.hpp"
#include "guest_pci.hpp"

namespace vnuma::placement {

// Passthrough devices that the host lacks, cells and pinning that do not fit it, and devices on another cell than the
// one that stands for their host node, or below a switch with devices that the host has elsewhere. `devices` have their
// addresses; fills in what the host knows of them. Linear in the devices, times their depth.
void check_host(const schema::Domain& domain, const topology::Host& host, const GuestPci& pci,
                std::vector<PlannedDevice>& devices, const Faults& faults);

}  // namespace vnuma::placement
