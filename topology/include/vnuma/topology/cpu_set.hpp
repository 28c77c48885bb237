/// \file
/// CpuSet: a set of CPUs or nodes. It is defined in the schema, whose typed values use it too.
#pragma once

#include <vnuma/schema/cpu_set.hpp>

namespace vnuma::topology {

using schema::CpuSet;

}  // namespace vnuma::topology
