/// \file
/// Locality: how near two devices are to each other.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <vnuma/topology/export.hpp>
#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

/// How near two devices are, nearest first, in the words of `nvidia-smi topo -m` and of NCCL.
///
/// As nvidia-smi's legend and NVML's nvmlGpuTopologyLevel_t have them: PIX, at most a single PCIe switch; PXB, several
/// switches, but no host bridge; PHB, one host bridge; NODE, several host bridges of one NUMA node; SYS, several NUMA
/// nodes. Where the words leave room: devices that share a root port and have no switch above them (functions of one
/// card) are PIX, as nvidia-smi shows them, while NCCL, which looks for switches only (ncclTopoGetXmlFromSys), calls
/// that PHB. NCCL has no NODE: the host bridges of a node are one CPU to it, so that it calls that PHB, too
/// (graph/topo.h).
enum class Level { pix, pxb, phb, node, sys };

/// "PIX", "PXB", "PHB", "NODE" or "SYS".
VNUMA_TOPOLOGY_EXPORT std::string_view name(Level level);

/// Where a device hangs, as far as nearness goes. Places of one machine can be compared, of the host or of a guest.
struct Place {
  std::string root_complex{};  ///< the host bridge's name
  /// From the root port down to the upstream port of the innermost PCIe switch. Without a switch: the root port alone.
  /// For a device of the root complex itself: its own slot's function 0. Never empty.
  std::vector<PciAddress> switches{};
  std::optional<NodeId> node{};  ///< nullopt: unknown
  bool operator==(const Place&) const = default;
};

/// The place of the device at `own` behind `bridges`, from the root port down to its parent: root port, then upstream
/// and downstream port of each switch in turn. Linear.
VNUMA_TOPOLOGY_EXPORT Place place_of(std::string root_complex, std::span<const PciAddress> bridges,
                                     const PciAddress& own, std::optional<NodeId> node);
VNUMA_TOPOLOGY_EXPORT Place place_of(const PciDevice& device);
/// That of its parent; nullopt if the host does not have that.
VNUMA_TOPOLOGY_EXPORT std::optional<Place> place_of(const MediatedDevice& device, const Host& host);

/// How near two places of one machine are:
///
///     PIX   the same switches: behind one switch, or one root port without a switch, or functions of one slot
///     PXB   the same root port, but not the same switches
///     PHB   the same root complex
///     NODE  other root complexes, both known to be of one node
///     SYS   anything else
///
/// Symmetric. Where all devices of a root complex have one node, as they do on a machine whose firmware says so, also
/// transitive: of three pairs of three devices, no level is above both others. Linear in the depth.
VNUMA_TOPOLOGY_EXPORT Level level(const Place& a, const Place& b);

}  // namespace vnuma::topology
