// What libvirt refuses of vCPUs, guest cells, their pins and the binding of their memory.
#pragma once

#include "../domain/domain_view.hpp"

namespace vnuma::placement {

// Values that are missing, unknown or out of range are Code::invalid_value; values that do not fit each other are
// Code::contradictory_cells.
void check_refused_cells(const DomainView& view, const DiagnosticSink& sink);

}  // namespace vnuma::placement
