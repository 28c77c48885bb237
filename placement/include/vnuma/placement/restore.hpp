/// \file
/// restore: a placed domain that came back without what its expander buses need.
#pragma once

#include <cstdint>
#include <vector>

#include <vnuma/placement/plan.hpp>

#pragma GCC visibility push(default)
namespace vnuma::placement {

/// Gives a placed domain back what it has lost on a way that keeps addresses only: busNr and node of its expander
/// buses, and the guest cells that Unaligned::cell had added. Chassis and port of its ports, and multifunction, are
/// left to libvirt, which completes them when the domain is defined (qemuDomainAssignPCIAddresses).
///
/// KubeVirt takes a domain this way. It calls its hooks, lets libvirt define the result, reads the devices back and
/// calls the hooks again, on these devices in the domain of the first call, which has none of the new cells (nor the
/// settings of Options::mmio, which plan() makes again). Before 1.8 its controllers have no `<target>` (Controller in
/// pkg/virt-launcher/virtwrap/api/schema.go, WithNetworkIfacesResources in .../network/nichotplug.go).
///
/// An expander bus is in need if it has neither busNr nor node, or a node that is no guest cell. libvirt always writes
/// a busNr, so nobody means the former. It is taken for a placed one if passthrough devices are below it, all of one
/// guest cell by what the host and the options say; then that cell is its node. Bus numbers are chosen as for new
/// expander buses, so where there is room for all they are those of the first time. `reserve_buses`, `numa_nodes` and
/// `unaligned` must be what they were then; `mirror`, `strict`, `readdress` and `mmio` do not matter here. A restored
/// domain is one that plan() leaves as it is, but for what else it lacks.
///
/// \returns the indexes of the expander buses that were restored, ascending; empty, and the domain is as it was, if
/// none is in need. \throws PlanError, and the domain is as it was, for an expander bus in need that does not look like
/// a placed one, for bus numbers that do not suffice, and as plan(); schema::Error as guest_map. Complexity: as plan().
std::vector<std::uint32_t> restore(schema::Domain& domain, const topology::Host& host, const Options& options = {});

}  // namespace vnuma::placement
#pragma GCC visibility pop
