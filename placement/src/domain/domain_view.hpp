// DomainView: all that planning and checking read from a domain, read once.
#pragma once

#include <vector>

#include "guest_cells.hpp"
#include "passthrough_devices.hpp"
#include "pci_tree.hpp"

namespace vnuma::placement {

struct DomainView {
  // Diagnostics are those of read_pci_tree and read_passthrough_devices. The domain must outlive the view.
  explicit DomainView(const schema::Domain& domain, const DiagnosticSink& sink = {});
  explicit DomainView(schema::Domain&&, const DiagnosticSink& = {}) = delete;

  const schema::Domain& domain;
  PciTree pci;                             // as the domain declares it
  std::vector<PassthroughDevice> devices;  // hostdevs first
  std::vector<GuestCell> cells;            // in the order of the document
};

}  // namespace vnuma::placement
