/// \file
/// DeviceKind: a word for a PCI device.
#pragma once

#include <string>
#include <string_view>

#include <vnuma/topology/export.hpp>
#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

/// A kind of PCI device, according to the classes of the PCI ID database.
struct DeviceKind {
  std::string_view word{};  ///< "GPU", "NIC", "accelerator", "NVMe", "disk controller", "USB controller", ...
  bool is_near = false;     ///< whether guests get such devices for their nearness: true for the first four words
};

/// Returns the kind of a device class.
/// \param class_code 24 bits: class, subclass, programming interface
VNUMA_TOPOLOGY_EXPORT DeviceKind device_kind(std::uint32_t class_code);

/// Returns whether the device is a bridge to another bus: PCI to PCI (also semi-transparent) or CardBus. vfio-pci
/// refuses these, by their header type (vfio_pci_core_register_device in the kernel).
VNUMA_TOPOLOGY_EXPORT bool is_pci_bridge(const PciDevice& device);

/// Returns the word for a device. A virtual function is, for example, a "NIC VF".
VNUMA_TOPOLOGY_EXPORT std::string device_word(const PciDevice& device);

}  // namespace vnuma::topology
