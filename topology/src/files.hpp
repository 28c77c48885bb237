// Reading the small files of the kernel: sysfs and cgroups.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

inline constexpr std::string_view white_space = " \t\r\n";

// What a file holds, without the white space at its end; nullopt if there is no such file. Throws HostError for one
// that cannot be read or is larger than any that the kernel has.
std::optional<std::string> read_if_there(const std::filesystem::path& file);

// The first 80 bytes, in quotation marks.
std::string shown(std::string_view text);

// Throws HostError for a file that holds something else than what is expected.
[[noreturn]] void nonsense(const std::filesystem::path& file, std::string_view text, std::string_view expected);

}  // namespace vnuma::topology
