// The IOThreads of a domain.
#pragma once

#include <cstdint>
#include <set>

#include <vnuma/schema/domain.hpp>

namespace vnuma::placement {

// More than any host has CPUs for.
inline constexpr std::uint32_t most_io_threads = 4096;

// The ids: those of <iothreadids>, and for the rest of <iothreads> the lowest numbers from 1 on
// (virDomainIOThreadIDDefArrayInit), at most most_io_threads in all. Throws ValueError for invalid numbers.
std::set<std::uint32_t> io_thread_ids(const schema::Domain& domain);

}  // namespace vnuma::placement
