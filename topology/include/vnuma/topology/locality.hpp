/// \file
/// Locality: how near two devices are.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <vnuma/topology/export.hpp>
#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

/// The nearness of two devices, nearest first, with the names of `nvidia-smi topo -m` and of NCCL.
///
/// The path between the devices crosses, according to nvidia-smi's legend and NVML's nvmlGpuTopologyLevel_t:
///
///     PIX   at most a single PCIe switch
///     PXB   several switches, but no host bridge
///     PHB   one host bridge
///     NODE  several host bridges of one NUMA node
///     SYS   several NUMA nodes
///
/// NCCL differs in two cases. Devices that share a root port without a switch (functions of one card) are PIX here, as
/// in nvidia-smi, but PHB in NCCL, because NCCL only looks for switches (ncclTopoGetXmlFromSys). NCCL has no NODE: it
/// treats all host bridges of a node as one CPU, and uses PHB (graph/topo.h).
enum class Level { pix, pxb, phb, node, sys };

/// Returns "PIX", "PXB", "PHB", "NODE" or "SYS".
VNUMA_TOPOLOGY_EXPORT std::string_view name(Level level);

/// The location of a device: the parts of its path that matter for nearness. Locations can be compared within one
/// machine, a host or a guest.
struct Location {
  std::string root_complex{};  ///< the name of the host bridge; empty if unknown: then no device counts as below it
  /// From the root port down to the upstream port of the innermost PCIe switch. Without a switch: only the root port.
  /// For a device on the root complex itself: function 0 of its own slot. Never empty.
  std::vector<PciAddress> switches{};
  std::optional<NodeId> node{};  ///< nullopt if unknown
  bool operator==(const Location&) const = default;
};

/// Returns the location of a device.
/// \param root_complex the name of the host bridge
/// \param bridges from the root port down to the parent: the root port, then the upstream port and the downstream port
/// of each switch
/// \param own the address of the device
/// \param node nullopt if unknown
/// \note Complexity: linear in the bridges.
VNUMA_TOPOLOGY_EXPORT Location location_of(std::string root_complex, std::span<const PciAddress> bridges,
                                           const PciAddress& own, std::optional<NodeId> node);
/// Returns the location of a device of a host.
VNUMA_TOPOLOGY_EXPORT Location location_of(const PciDevice& device);
/// Returns the location of the parent of a mediated device; nullopt if the host does not have the parent.
VNUMA_TOPOLOGY_EXPORT std::optional<Location> location_of(const MediatedDevice& device, const Host& host);

/// Returns the level of two locations on one machine:
///
///     PIX   the same switches: behind one switch, or one root port without a switch, or functions of one slot
///     PXB   the same root port, but not the same switches
///     PHB   the same root complex
///     NODE  different or unknown root complexes, both devices known to be on one node
///     SYS   anything else
///
/// The level is symmetric. It is also transitive if all devices of a root complex are on one node, which is the case
/// if the firmware reports the nodes: of the three levels between three devices, none is above both others.
///
/// \note Complexity: linear in the depth.
VNUMA_TOPOLOGY_EXPORT Level level(const Location& a, const Location& b);

}  // namespace vnuma::topology
