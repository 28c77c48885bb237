// Declared: what a domain says about its vCPUs, their pins and their memory.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <vnuma/schema/domain.hpp>
#include <vnuma/topology/cpu_set.hpp>
#include <vnuma/topology/host.hpp>

namespace vnuma::placement {

struct Declared {
  std::uint32_t vcpus = 1;                             // the highest number, with those that are offline at start
  std::map<std::uint32_t, topology::CpuSet> pins;      // by vCPU; without those that <vcpu cpuset> implies
  std::map<std::uint32_t, std::string> pin_paths;      // of the elements of `pins`
  topology::CpuSet cpu_set;                            // <vcpu cpuset>; empty: none
  std::optional<std::uint32_t> threads;                // of <topology>
  std::map<std::uint32_t, topology::CpuSet> memnodes;  // by cell: host nodes
  topology::CpuSet memory_nodes;                       // <numatune><memory nodeset>; empty: none
  std::vector<std::uint32_t> io_threads;               // ids of those without a pin
  bool has_emulator_pin = false;

  // The host nodes that the vCPUs are pinned to.
  std::vector<topology::NodeId> nodes_of(const topology::CpuSet& of_vcpus, const topology::Host& host) const;
  // The vCPUs among these that have no pin.
  topology::CpuSet unpinned(const topology::CpuSet& of_vcpus) const;
};

// Throws ValueError for invalid values, and PlanError if libvirt would choose the nodes itself (placement='auto').
Declared read_declared(const schema::Domain& domain);

}  // namespace vnuma::placement
