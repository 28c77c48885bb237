#include "pci_model.hpp"

#include <utility>

namespace vnuma::placement {

namespace {

constexpr std::pair<PciModel, std::string_view> models[] = {
    {PciModel::pcie_root, "pcie-root"},
    {PciModel::pci_root, "pci-root"},
    {PciModel::expander, "pcie-expander-bus"},
    {PciModel::root_port, "pcie-root-port"},
    {PciModel::upstream_port, "pcie-switch-upstream-port"},
    {PciModel::downstream_port, "pcie-switch-downstream-port"},
    {PciModel::dmi_bridge, "dmi-to-pci-bridge"},
    {PciModel::pcie_bridge, "pcie-to-pci-bridge"},
    {PciModel::pci_bridge, "pci-bridge"},
    {PciModel::pci_expander, "pci-expander-bus"},
};

}  // namespace

std::string_view name(PciModel model) {
  for (const auto& [one, text] : models) {
    if (one == model) return text;
  }
  return "";
}

PciModel model_of(std::string_view name) {
  for (const auto& [model, text] : models) {
    if (text == name) return model;
  }
  return PciModel::other;
}

// As in virDomainPCIControllerModelToConnectType and virDomainPCIAddressBusSetModel (libvirt, src/conf/domain_addr.c).
bool accepts(PciModel bus, std::optional<PciModel> plugged) {
  using enum PciModel;
  switch (bus) {
    case pcie_root: return !plugged || plugged == root_port || plugged == expander || plugged == dmi_bridge;
    case expander: return plugged == root_port || plugged == dmi_bridge;
    case root_port:
    case downstream_port: return !plugged || plugged == upstream_port || plugged == pcie_bridge;
    case upstream_port: return plugged == downstream_port;
    case pci_root: return !plugged || plugged == pci_bridge || plugged == pci_expander;
    case dmi_bridge:
    case pcie_bridge:
    case pci_bridge:
    case pci_expander: return !plugged || plugged == pci_bridge;
    case other: break;
  }
  return true;
}

}  // namespace vnuma::placement
