// What the kernel says of the processors in proc/cpuinfo.
#pragma once

#include <filesystem>
#include <optional>

#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

constexpr bool is_address_bits(unsigned bits) { return bits >= fewest_address_bits && bits <= most_address_bits; }

// The smallest number of physical address bits that a processor of the machine has, from the proc/cpuinfo that belongs
// to the sysfs: for a root whose last part is "sys", ROOT/../proc/cpuinfo. nullopt for other roots, where there is no
// such file, and where it does not say, as on Arm. Only its first MiB is read: hundreds of processors. A line that
// cannot be parsed is ignored, because everything else works without these bits. Throws HostError for a file that
// cannot be read.
std::optional<unsigned> read_address_bits(const std::filesystem::path& sysfs);

}  // namespace vnuma::topology
