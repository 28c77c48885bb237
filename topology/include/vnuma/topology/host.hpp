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

/// Bits of a physical address: Intel's and AMD's manuals end at 52 (MAXPHYADDR), and no 64-bit processor has less than
/// 32.
inline constexpr unsigned fewest_address_bits = 32;
inline constexpr unsigned most_address_bits = 52;

/// A NUMA node: CPUs, memory or both.
struct Node {
  NodeId id = 0;
  CpuSet cpus{};                   ///< empty for a node without CPUs
  std::uint64_t memory_bytes = 0;  ///< 0 if the source does not say
  /// To each node, as ACPI's SLIT has it: 10 is local. Empty if the source does not say.
  std::vector<std::pair<NodeId, unsigned>> distances{};
  bool operator==(const Node&) const = default;
};

/// A logical CPU that is online.
struct Cpu {
  std::uint32_t id = 0;
  std::uint32_t socket = 0;  ///< its package
  CpuSet siblings{};         ///< the threads of its core, itself among them; other cores have none of these

  /// Its core, by the lowest of its siblings, so that no other core of the host has the number. The kernel's core_id
  /// is relative to socket, die and cluster (perf_env__get_core_aggr_by_cpu), of which not every machine says all.
  std::uint32_t core() const { return siblings.empty() ? id : siblings.ranges().front().first; }
  bool operator==(const Cpu&) const = default;
};

/// A base address register that is in use.
struct Bar {
  int index = 0;            ///< 0-5; 6 is the expansion ROM, 7 and up are SR-IOV's or a bridge's windows
  std::uint64_t start = 0;  ///< bus address
  std::uint64_t size = 0;   ///< bytes
  std::uint64_t flags = 0;  ///< the kernel's: 0x100 I/O, 0x200 memory, 0x2000 prefetchable, 0x100000 64-bit
  bool operator==(const Bar&) const = default;
};

/// A PCI function. Classes and identifiers are those of the PCI ID database.
struct PciDevice {
  PciAddress address{};
  std::optional<NodeId> numa_node{};  ///< nullopt: the firmware does not say, of a physical function neither
  std::uint32_t class_code = 0;       ///< 24 bits: class, subclass, programming interface
  std::uint16_t vendor = 0;
  std::uint16_t device = 0;
  std::string root_complex{};         ///< "pci0000:15", the nearest host bridge above it
  std::vector<PciAddress> bridges{};  ///< from the root port down to the device's parent
  std::vector<Bar> bars{};
  std::optional<PciAddress> physical_function{};  ///< of a virtual function
  std::optional<std::uint32_t> iommu_group{};
  bool operator==(const PciDevice&) const = default;
};

/// A mediated device: a part of a PCI device, such as a vGPU, that a guest is given by its UUID.
struct MediatedDevice {
  std::string uuid{};   ///< in lower case, as 8-4-4-4-12 digits
  PciAddress parent{};  ///< the PCI function that it is a part of, which can be a virtual one
  bool operator==(const MediatedDevice&) const = default;
};

/// A machine, as far as placing devices needs it.
struct VNUMA_TOPOLOGY_EXPORT Host {
  std::vector<Node> nodes{};  ///< by id
  std::vector<Cpu> cpus{};    ///< by id; none if the source does not say, or was not asked
  /// Bits of a physical address, fewest_address_bits to most_address_bits: the smallest number that any of its
  /// processors has. nullopt if the source does not say.
  std::optional<unsigned> address_bits{};

  std::vector<PciDevice> devices{};                ///< by address
  std::vector<MediatedDevice> mediated_devices{};  ///< by UUID

  /// nullptr if it has no such device or node. Logarithmic.
  const PciDevice* find(const PciAddress& address) const;
  /// The UUID in any spelling that libvirt reads (schema::UuidFormat).
  const MediatedDevice* find_mediated(std::string_view uuid) const;
  const Node* node(NodeId id) const;
  bool operator==(const Host&) const = default;
};

/// A host that cannot be read. `what()` names the file, what is wrong with it, and the remedy.
class VNUMA_TOPOLOGY_EXPORT HostError : public std::runtime_error {
 public:
  HostError(std::string file, const std::string& message);
  const std::string& file() const noexcept { return file_; }

 private:
  std::string file_;
};

}  // namespace vnuma::topology
