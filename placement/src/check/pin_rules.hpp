// Rules for where the vCPUs and the memory of guest cells are on the host.
#pragma once

#include <vnuma/topology/guest_map.hpp>

#include "../domain/domain_view.hpp"

namespace vnuma::placement {

// vCPUs away from their cell or their memory, cells and vCPUs on several host nodes, memory that is bound to no node or
// to nodes that have less, and emulator threads away from the guest. Each rule has one diagnostic for all vCPUs or
// cells with the same fault.
//
// `map` is what topology::guest_map returned for the domain and the host. Where libvirt asks numad (placement='auto'),
// the nodes are unknown, and nothing is found. Linear in the vcpupins, times the numbers of cells and nodes.
void check_pins(const DomainView& view, const topology::Host& host, const topology::GuestMap& map,
                const DiagnosticSink& sink);

}  // namespace vnuma::placement
