/// \file
/// Sizes in bytes as text for a person.
#pragma once

#include <cstdint>
#include <string>

#include <vnuma/topology/export.hpp>

namespace vnuma::topology {

/// Returns a size as text, rounded up: "64 GiB". Below 10 GiB, a size that is not a whole number of GiB is in MiB:
/// "1536 MiB".
VNUMA_TOPOLOGY_EXPORT std::string size_text(std::uint64_t bytes);

}  // namespace vnuma::topology
