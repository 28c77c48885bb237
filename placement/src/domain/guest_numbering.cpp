#include "guest_numbering.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "bus_ranges.hpp"

namespace vnuma::placement {

GuestBuses guest_buses(const PciTree& pci) {
  std::map<std::uint32_t, std::vector<const PciController*>> children;
  for (const PciController& controller : pci.controllers()) {
    if (controller.address && controller.is_bridge()) children[controller.address->bus].push_back(&controller);
  }
  GuestBuses buses;
  for (const PciController& controller : pci.controllers()) {
    if (!controller.is_expander() || !controller.bus_nr) continue;
    std::uint32_t next = *controller.bus_nr;
    std::vector<std::uint32_t> stack{controller.index};
    while (!stack.empty()) {
      const std::uint32_t index = stack.back();
      stack.pop_back();
      if (next > 255 || buses.contains(index)) break;
      buses[index] = static_cast<std::uint8_t>(next++);
      auto& below = children[index];
      std::sort(below.begin(), below.end(),
                [](const PciController* a, const PciController* b) { return *a->address > *b->address; });
      for (const PciController* child : below) stack.push_back(child->index);
    }
  }
  return buses;
}

std::optional<PciAddress> guest_bdf(const PciAddress& address, const GuestBuses& buses) {
  if (address.bus == 0) return address;
  const auto bus = buses.find(address.bus);
  if (bus == buses.end()) return std::nullopt;
  return PciAddress{0, bus->second, address.slot, address.function};
}

// The root complex has functions of its own: the host bridge, and the LPC bridge of q35 or the ISA bridge of i440fx.
bool has_function_0(const PciTree& pci, const PciAddress& address) {
  if (pci.is_occupied(address.first_function())) return true;
  const bool is_pcie = pci.root().model != PciModel::pci_root;
  return address.bus == 0 && (address.slot == 0 || address.slot == (is_pcie ? 0x1f : 1));
}

std::string hidden_because(const PciTree& pci, const PciAddress& address) {
  const PciController* plugged = pci.find(address.bus);
  if (plugged && plugged->is_expander()) return "an expander bus takes no devices";
  PciAddress location = address;
  for (std::size_t steps = 0; steps < 256; ++steps) {
    if (location.function != 0 && !has_function_0(pci, location)) {
      return fmt::format("there is no function 0 beside {}", location.format());
    }
    const PciController* above = pci.find(location.bus);
    if (location.bus == 0 || !above || !above->address) break;
    location = *above->address;
  }
  const PciController* expander = pci.expander_of(address.bus);
  const auto fault = expander && expander->bus_nr ? range_fault(pci, *expander) : std::nullopt;
  return fault ? fault->message : "";
}

bool is_on_cell(const PciTree& pci, const std::optional<PciAddress>& address, std::optional<std::uint32_t> cell) {
  if (!cell || !address) return false;
  const PciController* expander = pci.expander_of(address->bus);
  return expander && expander->node == cell && hidden_because(pci, *address).empty();
}

}  // namespace vnuma::placement
