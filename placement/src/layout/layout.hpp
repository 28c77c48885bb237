// plan_layout: which guest cells, pins and memnodes Cells::add gives a domain.
#pragma once

#include <vnuma/placement/layout.hpp>
#include <vnuma/placement/plan.hpp>

namespace vnuma::placement {

// The layout for the domain, by the rules of Cells::add; empty if the domain lacks nothing. Throws PlanError with the
// numbers if the host or the domain does not allow it.
Layout plan_layout(const schema::Domain& domain, const topology::Host& host, const Options& options);

}  // namespace vnuma::placement
