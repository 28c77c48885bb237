// Rules for a domain's guest cells.
#pragma once

#include <optional>
#include <vector>

#include "../assign/cell_map.hpp"
#include "../assign/host_locations.hpp"
#include "../domain/domain_view.hpp"

namespace vnuma::placement {

// Without ACPI the guest knows no nodes.
std::optional<Diagnostic> acpi_off(const schema::Domain& domain);

// Guest cells for passthrough devices are missing: there are none, or neither pinning nor a memnode maps
// a host node to any of them.
std::optional<Diagnostic> cells_missing(const schema::Domain& domain);

// Host nodes with devices whose cell is ambiguous: one diagnostic for all nodes with the same cells.
std::vector<Diagnostic> ambiguous_cells(const DomainView& view, const HostLocations& locations, const CellMap& cells);

// Invalid ids and memory of cells; QEMU starts no cell without memory.
void check_cells(const DomainView& view, const DiagnosticSink& sink);

}  // namespace vnuma::placement
