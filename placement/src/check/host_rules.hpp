// Rules that hold a domain against the host that it is for.
#pragma once

#include "../assign/host_locations.hpp"
#include "../domain/domain_view.hpp"

namespace vnuma::placement {

// Passthrough devices that the host lacks, cells and pinning that do not fit it (and pin_rules.hpp), devices on another
// cell than the one that their host node maps to, and devices below a switch with devices that the host has elsewhere.
// Linear in the devices, times their depth.
void check_host(const DomainView& view, const topology::Host& host, const HostLocations& locations,
                const DiagnosticSink& sink);

}  // namespace vnuma::placement
