/// \file
/// Snapshots: a host as a JSON text, to plan for it elsewhere or to report a bug.
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

/// The largest text that from_snapshot reads, in bytes. A device takes some 400, a CPU 50.
inline constexpr std::size_t max_snapshot_size = std::size_t{16} << 20;

/// A text that is no snapshot. `path()` is the place in the JSON, as "devices[3].bars[0][2]", with line and column of
/// what stands there, or of the object that lacks it; where the text is no JSON the path is empty, and where the place
/// is not known line and column are 0.
class VNUMA_TOPOLOGY_EXPORT SnapshotError : public schema::ParseError {
 public:
  using ParseError::ParseError;
};

/// All that the host holds, and so no serial number, MAC address or host name. The same host gives the same text: one
/// JSON object, with a line for each node, CPU and device, that ends in a newline:
///
///     vnuma_snapshot    snapshot_version
///     address_bits      bits of a physical address, 32 to 52; absent if unknown
///     nodes             id, cpus ("0-3,8"), memory_bytes, distances ([[node, distance], ...])
///     cpus              of those online: id, socket, siblings ("0,64")
///     devices           address ("0000:18:00.0"), numa_node (null if unknown), class, vendor, device ("0x030200"),
///                       root_complex, bridges ([address, ...]), bars ([[index, start, size, flags], ...], all but the
///                       index as "0x..."), and where there is one physical_function (address) and iommu_group
///     mediated_devices  uuid, parent (address)
///
/// Linear.
VNUMA_TOPOLOGY_EXPORT std::string to_snapshot(const Host& host);

/// The host that a snapshot holds: from_snapshot(to_snapshot(host)) == host for what read_sysfs gives. Elements may
/// come in any order. Members that this version does not know are ignored, so that what is added to later snapshots of
/// version 1 does no harm to programs that are older; whatever would be read wrongly without it makes a new version.
///
/// \throws SnapshotError for what is larger than max_snapshot_size, no JSON, nested deeper than 16, no snapshot, or of
/// another version; for a name that an object has twice; for a member that is missing, has a wrong type or a value out
/// of range; for more than 255 bridges above a device; and for what contradicts itself: nodes, CPUs or devices that are
/// there twice, nodes that share a CPU, siblings that make no cores, a numa_node or a parent that is not there. Linear,
/// times a logarithm.
VNUMA_TOPOLOGY_EXPORT Host from_snapshot(std::string_view text);

}  // namespace vnuma::topology
