// What holds for the CPUs of any machine, wherever they were read.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

// Two sets that share a number, by their positions, the lower first; nullopt if there are none. Linear, times a
// logarithm, in the ranges of all.
std::optional<std::pair<std::size_t, std::size_t>> overlap(const std::vector<const CpuSet*>& sets);

// What is wrong with the siblings; nullopt if they make cores: each CPU is among its own, and those of two CPUs are the
// same or share none.
std::optional<std::string> wrong_siblings(const std::vector<Cpu>& cpus);

}  // namespace vnuma::topology
