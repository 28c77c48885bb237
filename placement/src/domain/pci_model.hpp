// The models of PCI controllers, and what can be plugged into which.
#pragma once

#include <optional>
#include <string_view>

namespace vnuma::placement {

enum class PciModel {
  pcie_root,
  pci_root,
  expander,
  root_port,
  upstream_port,
  downstream_port,
  dmi_bridge,   // from PCIe to conventional PCI, on the root complex
  pcie_bridge,  // the same, on a port
  pci_bridge,
  pci_expander,
  other,
};

// libvirt's name of the model; empty for another.
std::string_view name(PciModel model);

// The model with libvirt's name.
PciModel model_of(std::string_view name);

// Whether a controller accepts another on its bus; for nullopt, whether it accepts devices.
bool accepts(PciModel bus, std::optional<PciModel> plugged);

// A root port or downstream port: a slot 0 for one device.
constexpr bool is_port(PciModel model) { return model == PciModel::root_port || model == PciModel::downstream_port; }
constexpr bool is_root(PciModel model) { return model == PciModel::pcie_root || model == PciModel::pci_root; }
// PCIe roots and expander buses.
constexpr bool is_root_complex(PciModel model) { return model == PciModel::pcie_root || model == PciModel::expander; }

}  // namespace vnuma::placement
