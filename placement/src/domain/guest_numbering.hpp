// What the guest will call a device: the bus numbers that its firmware assigns, and which devices it finds at all.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "pci_tree.hpp"

namespace vnuma::placement {

// Bus numbers in the guest, by controller index.
using GuestBuses = std::map<std::uint32_t, std::uint8_t>;

// The number that the guest gives the secondary bus of each controller below an expander bus with a busNr: firmware
// numbers depth first from busNr, in the order of slot and function.
GuestBuses guest_buses(const PciTree& pci);

// The address that the guest gives the device at an address of the domain; nullopt if it cannot be predicted.
std::optional<PciAddress> guest_bdf(const PciAddress& address, const GuestBuses& buses);

// Why the guest does not find a device at the address; empty if it does, as far as the domain says.
std::string hidden_because(const PciTree& pci, const PciAddress& address);

// Whether the address is under an expander bus of the cell, and the guest finds what is there.
bool is_on_cell(const PciTree& pci, const std::optional<PciAddress>& address, std::optional<std::uint32_t> cell);

// Whether the slot of the address has a function 0: without, the guest does not look for others.
bool has_function_0(const PciTree& pci, const PciAddress& address);

}  // namespace vnuma::placement
