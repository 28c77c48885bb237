// Reads the PCI tree that a domain declares.
#pragma once

#include <vnuma/schema/domain.hpp>

#include "../sink.hpp"
#include "pci_tree.hpp"

namespace vnuma::placement {

// The tree with its controllers and all devices that have an address. Diagnostics are what no plan can be made on; if
// they are collected, the element at fault is left out.
PciTree read_pci_tree(const schema::Domain& domain, const DiagnosticSink& sink = {});

}  // namespace vnuma::placement
