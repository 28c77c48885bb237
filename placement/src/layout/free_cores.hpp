// FreeCores: the host CPUs of one node that vCPUs can still be pinned to, by core.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include <vnuma/topology/cpu_set.hpp>
#include <vnuma/topology/host.hpp>

namespace vnuma::placement {

class FreeCores {
 public:
  // Only CPUs of `cpus` count. A core of the guest has `threads` threads, on siblings of one core of the host.
  FreeCores(const topology::Node& node, const topology::Host& host, const topology::CpuSet& cpus,
            std::uint32_t threads);

  // How many cores of the guest fit.
  std::uint64_t room() const;
  // How many CPUs belong to cores that have fewer than `threads` of them.
  std::uint64_t loose() const { return loose_.size(); }
  // Takes the CPUs of one core of the guest, the lowest first. There must be room.
  std::vector<std::uint32_t> take_core() { return take_from_core(threads_); }
  // Takes one CPU, from the incomplete cores first; nullopt if none is left.
  std::optional<std::uint32_t> take_cpu();

 private:
  std::vector<std::uint32_t> take_from_core(std::uint32_t count);

  std::uint32_t threads_;
  std::deque<std::deque<std::uint32_t>> cores_;  // with `threads` CPUs or more
  std::deque<std::uint32_t> loose_;
};

// Throws PlanError if the host does not describe its CPUs: their siblings are unknown, or a CPU is on two nodes.
void check_host_cpus(const topology::Host& host);

// The CPUs of the host that are online and on a node.
topology::CpuSet usable_cpus(const topology::Host& host);

// Throws PlanError if the host lacks one of the CPUs. `name`: what the set is called, as in "cpuset".
void check_known_cpus(const topology::Host& host, const topology::CpuSet& cpus, std::string_view name);

}  // namespace vnuma::placement
