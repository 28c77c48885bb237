#include "domain_view.hpp"

#include "read_pci_tree.hpp"

namespace vnuma::placement {

DomainView::DomainView(const schema::Domain& domain, const DiagnosticSink& sink)
    : domain(domain),
      pci(read_pci_tree(domain, sink)),
      devices(read_passthrough_devices(domain, sink)),
      cells(guest_cells(domain)) {}

}  // namespace vnuma::placement
