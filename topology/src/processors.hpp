// What the kernel says of the processors in proc/cpuinfo.
#pragma once

#include <filesystem>
#include <optional>

namespace vnuma::topology {

// Intel's and AMD's manuals end at 52 physical address bits (MAXPHYADDR); no 64-bit processor has less than 32.
constexpr unsigned fewest_bits = 32;
constexpr unsigned most_bits = 52;
constexpr bool is_address_bits(unsigned bits) { return bits >= fewest_bits && bits <= most_bits; }

// The smallest number of physical address bits that a processor of the machine has, from the proc/cpuinfo that belongs
// to the sysfs: for a root whose last part is "sys", ROOT/../proc/cpuinfo. nullopt for other roots, where there is no
// such file, and where it does not say, as on Arm. Throws HostError for one that cannot be read or holds nonsense.
std::optional<unsigned> read_address_bits(const std::filesystem::path& sysfs);

}  // namespace vnuma::topology
