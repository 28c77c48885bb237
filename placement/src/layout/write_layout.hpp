// Writes a layout into a domain.
#pragma once

#include <vnuma/placement/layout.hpp>
#include <vnuma/schema/domain.hpp>

namespace vnuma::placement {

// Adds the layout's cells, pins, memnodes and topology. `unit`: that of the memory of new cells. Throws PlanError if
// the domain is not the one that the layout is for; the domain may then have a part of the changes.
void write_layout(const Layout& layout, schema::Unit unit, schema::Domain& domain);

}  // namespace vnuma::placement
