// Rules for the CPUs of a machine, which every source of a Host checks.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

// The indexes of two sets that share a number, the lower index first; nullopt if no sets do. Linear, times a logarithm,
// in the ranges of all sets.
std::optional<std::pair<std::size_t, std::size_t>> overlap(const std::vector<const CpuSet*>& sets);

// The fault of the siblings; nullopt if they form cores: each CPU is among its own siblings, and the siblings of two
// CPUs are equal or disjoint.
std::optional<std::string> wrong_siblings(const std::vector<Cpu>& cpus);

}  // namespace vnuma::topology
