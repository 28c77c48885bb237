// The order in which the guest lists passthrough devices, held against the host's: applications number GPUs by it.
#pragma once

#include <optional>
#include <vector>

#include "../assign/host_locations.hpp"
#include "../domain/pci_tree.hpp"

namespace vnuma::placement {

// Devices that the guest lists in another order than the host, although their buses and ports could be in the host's
// order. Reports the first of each bus. `devices` have their addresses.
void check_order(const PciTree& pci, const std::vector<PassthroughDevice>& devices, const HostLocations& locations,
                 const DiagnosticSink& sink);

// The first pair of devices whose order differs, whatever the cause. Devices that are not below an expander bus come
// before all that are. Mediated devices of one parent have no order on the host.
std::optional<Diagnostic> first_out_of_order(const PciTree& pci, const std::vector<PassthroughDevice>& devices,
                                             const HostLocations& locations);

}  // namespace vnuma::placement
