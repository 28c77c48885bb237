// The bus numbers that expander buses need: the rules that a guest's firmware makes.
#pragma once

#include <optional>

#include <vnuma/placement/diagnostic.hpp>

#include "pci_tree.hpp"

namespace vnuma::placement {

// What is wrong with the bus numbers of an expander bus that has a busNr, beside the others whose index is below `end`;
// nullopt if nothing is.
std::optional<Diagnostic> range_fault(const PciTree& pci, const PciController& expander, std::uint32_t end = 256);

// An expander bus without busNr: libvirt's choice leaves room for one port.
Diagnostic absent_bus_number(const PciController& expander);

}  // namespace vnuma::placement
