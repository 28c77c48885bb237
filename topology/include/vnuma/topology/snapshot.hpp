/// \file
/// Snapshots: a host as JSON text, for plans on another machine and for bug reports.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <vnuma/schema/error.hpp>
#include <vnuma/topology/export.hpp>
#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

/// The version that to_snapshot writes and from_snapshot reads.
inline constexpr unsigned snapshot_version = 1;

/// The size limit of from_snapshot, in bytes. A device takes about 400 bytes, a CPU about 50.
inline constexpr std::size_t max_snapshot_size = std::size_t{16} << 20;

/// A text is not a valid snapshot.
///
/// `path()` is the path of the value in the JSON: "devices[3].bars[0][2]". It is empty if the text is not JSON. Line
/// and column are the position of the value, or of the object that lacks the member. They are 0 if the position is
/// unknown.
class VNUMA_TOPOLOGY_EXPORT SnapshotError : public schema::TextError {
 public:
  using TextError::TextError;
};

/// Returns the snapshot of a host: one JSON object, with one line for each node, CPU and device, and a newline at the
/// end. The text has all members of Host, and so no serial numbers, MAC addresses or host names. Equal hosts give equal
/// texts:
///
///     vnuma_snapshot    snapshot_version
///     address_bits      bits of a physical address, 32 to 52; absent if unknown
///     nodes             id, cpus ("0-3,8"), memory_bytes, distances ([[node, distance], ...]) and, if known,
///                       huge_pages ([[size in bytes, number, number of free pages], ...])
///     cpus              online CPUs: id, socket, siblings ("0,64")
///     devices           address ("0000:18:00.0"), numa_node (null if unknown), node_source (name(NodeSource); absent
///                       if the firmware reports the node), class, vendor, device ("0x030200"), root_complex, bridges
///                       ([address, ...]), bars ([[index, start, size, flags], ...], all except the index as "0x..."),
///                       and, if present, physical_function (address) and iommu_group
///     mediated_devices  uuid, parent (address)
///
/// \note Complexity: linear.
VNUMA_TOPOLOGY_EXPORT std::string to_snapshot(const Host& host);

/// Returns the host of a snapshot. For each host from read_sysfs, from_snapshot(to_snapshot(host)) == host.
///
/// Elements may have any order. Unknown members are ignored, so that older programs can read later snapshots of version
/// 1. A change that older programs would misread gets a new version. Older programs wrote no node_source, and null for
/// the node of devices that assume_only_node gives a node.
///
/// \throws SnapshotError
/// - if the text is larger than max_snapshot_size, not JSON, nested deeper than 16 levels, not a snapshot, or has
///   another version
/// - if an object has a name twice; a member is missing, has the wrong type or is out of range; or a device has more
///   than 255 bridges above it
/// - if the snapshot contradicts itself: nodes, CPUs or devices occur twice, nodes share a CPU, siblings do not form
///   cores, or a numa_node or a parent does not exist
/// \note Complexity: linear, times a logarithm.
VNUMA_TOPOLOGY_EXPORT Host from_snapshot(std::string_view text);

}  // namespace vnuma::topology
