/// \file
/// restore: completes a placed domain that came back without busNr, node and new cells.
#pragma once

#include <cstdint>
#include <vector>

#include <vnuma/placement/export.hpp>
#include <vnuma/placement/plan.hpp>

namespace vnuma::placement {

/// Gives a placed domain back what it lost where only addresses are kept: busNr and node of its expander buses, and the
/// guest cells that Unaligned::cell or Options::cells added. libvirt completes chassis, port and multifunction when the
/// domain is defined (qemuDomainAssignPCIAddresses).
///
/// KubeVirt causes this loss. It calls its hooks, lets libvirt define the result, reads the devices back and calls the
/// hooks again, with these devices in the domain of the first call. That domain has none of the new cells, nor the
/// settings of Options::mmio, which plan() makes again. Before 1.8 its controllers have no `<target>` (Controller in
/// pkg/virt-launcher/virtwrap/api/schema.go, WithNetworkIfacesResources in .../network/nichotplug.go).
///
/// An expander bus needs restoring if it has neither busNr nor node, or a node that is not a guest cell. libvirt 9.0
/// always writes a busNr; libvirt 11.3 does not, so there a bus without both may also be the user's own. If passthrough
/// devices are below the bus, and all belong on one guest cell by the host and the options, that cell becomes its node.
/// Bus numbers are chosen as for new expander buses, so they are those of the first time if there is room for all.
///
/// \param domain the domain to restore; unchanged if this throws
/// \param host the host of the first time
/// \param options `reserve_buses`, `numa_nodes`, `unaligned`, `cells`, `cpus` and `nodes` of the first time; the others
/// do not matter
/// \return the indexes of the restored expander buses, ascending; empty if none needs restoring. plan() leaves a
/// restored domain as it is, except for what else it lacks
/// \throws PlanError for an expander bus that does not look like a placed one, if the bus numbers do not suffice, and
/// as plan()
/// \note Complexity: as plan().
VNUMA_PLACEMENT_EXPORT std::vector<std::uint32_t> restore(schema::Domain& domain, const topology::Host& host,
                                                          const Options& options = {});

}  // namespace vnuma::placement
