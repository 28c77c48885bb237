/// \file
/// CpuSet, which the schema's typed values use too.
#pragma once

#include <vnuma/schema/cpu_set.hpp>

#pragma GCC visibility push(default)
namespace vnuma::topology {

using schema::CpuSet;

}  // namespace vnuma::topology
#pragma GCC visibility pop
