// The PCI address of a device in the guest.
#pragma once

#include <optional>

#include <vnuma/schema/domain.hpp>
#include <vnuma/topology/pci_address.hpp>

#include "../sink.hpp"
#include "element.hpp"

namespace vnuma::placement {

// The whole PCI address in the guest; nullopt if there is none, or none yet: domain, bus and slot are all 0
// (virPCIDeviceAddressIsEmpty). A number out of range, or a domain other than 0, which no machine has, is a diagnostic.
std::optional<PciAddress> guest_address(const schema::Box<schema::Address>& address, const Element& of,
                                        const DiagnosticSink& sink = {});

}  // namespace vnuma::placement
