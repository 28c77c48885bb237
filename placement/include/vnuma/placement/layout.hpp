/// \file
/// Layout: the guest cells, pins and memnodes that Cells::add gives a domain.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <vnuma/topology/cpu_set.hpp>
#include <vnuma/topology/host.hpp>

namespace vnuma::placement {

/// A guest cell with vCPUs, on one host node.
struct LayoutCell {
  std::uint32_t id = 0;
  topology::NodeId host_node = 0;
  bool is_new = true;        ///< false: the domain has the cell; it gets what it lacks
  bool adds_memnode = true;  ///< false: the domain has a memnode for it
  topology::CpuSet vcpus{};
  topology::CpuSet host_cpus{};  ///< the host CPUs of its vCPUs, pinned by the domain or by the layout
  std::uint64_t memory = 0;      ///< bytes
  /// To every new cell, itself included: the host's distances, limited to 11 to 255; 10 to itself. Empty if the host
  /// gives none.
  std::vector<std::pair<std::uint32_t, unsigned>> distances{};
  std::string why{};  ///< why that host node, for a person
  bool operator==(const LayoutCell&) const = default;
};

/// A vCPU that is pinned to one host CPU.
struct VcpuPin {
  std::uint32_t vcpu = 0;
  std::uint32_t host_cpu = 0;
  bool operator==(const VcpuPin&) const = default;
};

/// The `<topology>` of the guest's CPUs.
struct CpuTopology {
  std::uint32_t sockets = 1;
  std::uint32_t cores = 1;    ///< per socket
  std::uint32_t threads = 1;  ///< per core
  bool operator==(const CpuTopology&) const = default;
};

/// What a domain lacks so that its vCPUs and its memory are on host nodes that it can name.
struct Layout {
  std::vector<LayoutCell> cells{};          ///< by id
  std::vector<VcpuPin> pins{};              ///< to add, by vCPU
  topology::CpuSet other_cpus{};            ///< CPUs of the cells' host nodes that no vCPU is pinned to
  bool pins_emulator = false;               ///< whether an emulatorpin to `other_cpus` is added
  std::vector<std::uint32_t> io_threads{};  ///< IOThreads that get a pin to `other_cpus`
  std::optional<CpuTopology> topology{};    ///< to add
  /// Whether the domain lacks nothing.
  bool empty() const { return cells.empty() && pins.empty() && !pins_emulator && io_threads.empty() && !topology; }
  bool operator==(const Layout&) const = default;
};

}  // namespace vnuma::placement
