/// \file
/// Numbers of bytes as they are shown to a person.
#pragma once

#include <cstdint>
#include <string>

#pragma GCC visibility push(default)
namespace vnuma::topology {

/// "64 GiB", or, of less than 10 GiB, "1536 MiB" where it is no whole number of them; rounded up.
std::string size_text(std::uint64_t bytes);

}  // namespace vnuma::topology
#pragma GCC visibility pop
