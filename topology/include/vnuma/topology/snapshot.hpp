/// \file
/// Snapshots: a host as a JSON text, to plan for it elsewhere or to report a bug.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

/// The version that to_snapshot writes and from_snapshot reads.
inline constexpr unsigned snapshot_version = 1;

/// A text that is no snapshot. `what()` names the place, as "devices[3].bars[0]", what is there, and what was expected.
class SnapshotError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// All that the host holds, and so no serial number, MAC address or host name. The same host gives the same text: one
/// JSON object, with a line for each node, CPU and device, that ends in a newline:
///
///     vnuma_snapshot    snapshot_version
///     nodes             id, cpus ("0-3,8"), memory_bytes, distances ([[node, distance], ...])
///     cpus              id, socket, siblings ("0,64")
///     devices           address ("0000:18:00.0"), numa_node (null if unknown), class, vendor, device ("0x030200"),
///                       root_complex, bridges ([address, ...]), bars ([[index, start, size, flags], ...], all but the
///                       index as "0x..."), and where there is one physical_function (address) and iommu_group
///     mediated_devices  uuid, parent (address)
///
/// Linear.
std::string to_snapshot(const Host& host);

/// The host that a snapshot holds: from_snapshot(to_snapshot(host)) == host. Members that this version does not know
/// are ignored, so that what is added to later snapshots of version 1 does no harm; one that would be read wrongly has
/// another version.
/// \throws SnapshotError for what is no JSON, no snapshot, or of another version, and for a member that is missing, has
/// a wrong type or a value out of range, or contradicts another: nodes, CPUs or devices that are there twice, nodes
/// that share a CPU, a numa_node or a parent that is not there. Nesting is bounded. Linear, times a logarithm.
Host from_snapshot(std::string_view text);

}  // namespace vnuma::topology
