/// \file
/// Host: the NUMA nodes and PCI devices of a machine.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <vnuma/topology/cpu_set.hpp>
#include <vnuma/topology/export.hpp>
#include <vnuma/topology/pci_address.hpp>

namespace vnuma::topology {

/// The number of a NUMA node of the host.
using NodeId = std::uint32_t;

/// The limits for the bits of a physical address. The manuals of Intel and AMD end at 52 (MAXPHYADDR), and every 64-bit
/// processor has at least 32.
inline constexpr unsigned fewest_address_bits = 32;
inline constexpr unsigned most_address_bits = 52;

/// The huge pages of one size that a NUMA node has.
struct HugePagePool {
  std::uint64_t size = 0;   ///< of a page, in bytes
  std::uint64_t total = 0;  ///< number of pages
  std::uint64_t free = 0;   ///< number of pages that are not in use
  bool operator==(const HugePagePool&) const = default;
};

/// A NUMA node. It has CPUs, memory or both.
struct Node {
  NodeId id = 0;
  CpuSet cpus{};                           ///< empty for a node without CPUs
  std::uint64_t memory_bytes = 0;          ///< 0 if unknown
  std::vector<HugePagePool> huge_pages{};  ///< by size; empty if unknown
  /// The distance to each node, as in ACPI's SLIT: 10 is local. Empty if unknown.
  std::vector<std::pair<NodeId, unsigned>> distances{};
  bool operator==(const Node&) const = default;
};

/// A logical CPU that is online.
struct Cpu {
  std::uint32_t id = 0;
  std::uint32_t socket = 0;  ///< the number of its package
  CpuSet siblings{};         ///< the threads of its core, including itself; cores share no threads

  /// Returns the number of its core, which is the lowest of its siblings and so unique on the host. The kernel's
  /// core_id is relative to socket, die and cluster (perf_env__get_core_aggr_by_cpu), and not every machine reports all
  /// three.
  std::uint32_t core() const { return siblings.empty() ? id : siblings.ranges().front().first; }
  bool operator==(const Cpu&) const = default;
};

/// A base address register that is in use.
struct Bar {
  int index = 0;            ///< 0-5; 6 is the expansion ROM; 7 and up are BARs of SR-IOV or windows of a bridge
  std::uint64_t start = 0;  ///< bus address
  std::uint64_t size = 0;   ///< bytes
  std::uint64_t flags = 0;  ///< as in the kernel: 0x100 I/O, 0x200 memory, 0x2000 prefetchable, 0x100000 64-bit
  bool operator==(const Bar&) const = default;
};

/// Where the node of a device comes from. If several rules give a node, the first one in this order decides; `given` is
/// before all others.
enum class NodeSource {
  firmware,           ///< the firmware of the host reports it
  physical_function,  ///< it is the node of the physical function of this virtual function
  only_node,          ///< no other node of the host has CPUs
  local_cpus,         ///< no other node has CPUs that are local to the device
  given,              ///< a user gave it
};

/// Returns "firmware", "physical-function", "only-node", "local-cpus" or "given".
VNUMA_TOPOLOGY_EXPORT std::string_view name(NodeSource source);

/// A PCI function. Class, vendor and device are numbers of the PCI ID database.
struct PciDevice {
  PciAddress address{};
  std::optional<NodeId> numa_node{};              ///< nullopt if unknown
  NodeSource node_source = NodeSource::firmware;  ///< the source of numa_node; without numa_node, it means nothing
  std::uint32_t class_code = 0;                   ///< 24 bits: class, subclass, programming interface
  std::uint16_t vendor = 0;
  std::uint16_t device = 0;
  std::string root_complex{};         ///< the nearest host bridge above it: "pci0000:15"; empty if unknown
  std::vector<PciAddress> bridges{};  ///< from the root port down to the parent of the device
  std::vector<Bar> bars{};
  std::optional<PciAddress> physical_function{};  ///< for a virtual function
  std::optional<std::uint32_t> iommu_group{};
  bool operator==(const PciDevice&) const = default;
};

/// A mediated device: a part of a PCI device, such as a vGPU. A guest gets it by its UUID.
struct MediatedDevice {
  std::string uuid{};   ///< lower case, with hyphens: 8-4-4-4-12 digits
  PciAddress parent{};  ///< the PCI function that it is a part of; can be a virtual function
  bool operator==(const MediatedDevice&) const = default;
};

/// The parts of a machine that matter when devices are placed.
struct VNUMA_TOPOLOGY_EXPORT Host {
  std::vector<Node> nodes{};  ///< by id
  std::vector<Cpu> cpus{};    ///< by id; empty if unknown or not requested
  /// The bits of a physical address, from fewest_address_bits to most_address_bits: the lowest number of all
  /// processors. nullopt if unknown.
  std::optional<unsigned> address_bits{};

  std::vector<PciDevice> devices{};                ///< by address
  std::vector<MediatedDevice> mediated_devices{};  ///< by UUID

  /// Returns the device at the address; nullptr if there is none. Logarithmic.
  const PciDevice* find(const PciAddress& address) const;
  /// Returns the mediated device with the UUID, in any spelling that libvirt reads (schema::UuidFormat); nullptr if
  /// there is none. Logarithmic.
  const MediatedDevice* find_mediated(std::string_view uuid) const;
  /// Returns the node with the id; nullptr if there is none. Logarithmic.
  const Node* node(NodeId id) const;
  bool operator==(const Host&) const = default;
};

/// Gives the node to devices whose node is unknown, if exactly one node has CPUs: NodeSource::only_node. If no node or
/// several nodes have CPUs, devices that got a node in this way lose it. read_sysfs and from_snapshot have done this.
/// Call it again if you change the nodes.
///
/// The firmware of machines with one node usually reports no node for devices. A node with memory only, such as CXL
/// memory, has no devices.
///
/// \note Complexity: linear.
VNUMA_TOPOLOGY_EXPORT void assume_only_node(Host& host);

/// A host cannot be read. `what()` has the file, the fault and the remedy; `path()` is empty.
class VNUMA_TOPOLOGY_EXPORT HostError : public schema::Error {
 public:
  HostError(std::string file, const std::string& message);
  const std::string& file() const noexcept { return file_; }

 private:
  std::string file_;
};

}  // namespace vnuma::topology
