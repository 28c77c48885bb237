// Reads the processors from proc/cpuinfo.
#pragma once

#include <filesystem>
#include <optional>

#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

constexpr bool is_address_bits(unsigned bits) { return bits >= fewest_address_bits && bits <= most_address_bits; }

// The lowest number of physical address bits of all processors, from the proc/cpuinfo that belongs to the sysfs: for a
// root whose last part is "sys", ROOT/../proc/cpuinfo. nullopt for other roots, without that file, and if the file has
// no such line, as on Arm. Only the first MiB is read, which has hundreds of processors. A line that cannot be parsed
// is ignored, because everything else works without these bits. Throws HostError if the file cannot be read.
std::optional<unsigned> read_address_bits(const std::filesystem::path& sysfs);

}  // namespace vnuma::topology
