// Rules for a domain's PCI controllers, and for what is plugged into them.
#pragma once

#include <optional>
#include <vector>

#include "../domain/domain_view.hpp"

namespace vnuma::placement {

// All diagnostics that need nothing but the domain, except those of reading it and empty_ports.
void check_controllers(const DomainView& view, const DiagnosticSink& sink);

// A pcie-root on i440fx, or a pci-root on q35.
std::optional<Diagnostic> wrong_root(const schema::Domain& domain);

// A warning for each port under an expander bus with nothing in it.
std::vector<Diagnostic> empty_ports(const PciTree& pci);

}  // namespace vnuma::placement
