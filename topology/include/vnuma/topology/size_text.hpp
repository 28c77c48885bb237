/// \file
/// Numbers of bytes as they are shown to a person.
#pragma once

#include <cstdint>
#include <string>

#include <vnuma/topology/export.hpp>

namespace vnuma::topology {

/// "64 GiB", or, of less than 10 GiB, "1536 MiB" where it is no whole number of them; rounded up.
VNUMA_TOPOLOGY_EXPORT std::string size_text(std::uint64_t bytes);

}  // namespace vnuma::topology
