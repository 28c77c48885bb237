/// \file
/// CpuSet, which the schema's typed values use too.
#pragma once

#include <vnuma/schema/cpu_set.hpp>

namespace vnuma::topology {

using schema::CpuSet;

}  // namespace vnuma::topology
