/// \file
/// DeviceKind: what a PCI device is, in a word.
#pragma once

#include <string>
#include <string_view>

#include <vnuma/topology/export.hpp>
#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

/// By the classes of the PCI ID database.
struct DeviceKind {
  std::string_view word{};  ///< "GPU", "NIC", "accelerator", "NVMe", "disk controller", "USB controller", ...
  bool is_near = false;     ///< whether guests are given such devices for their nearness: the first four
};

/// \param class_code 24 bits: class, subclass, programming interface
VNUMA_TOPOLOGY_EXPORT DeviceKind device_kind(std::uint32_t class_code);

/// The word for a device; a virtual function is a "NIC VF".
VNUMA_TOPOLOGY_EXPORT std::string device_word(const PciDevice& device);

}  // namespace vnuma::topology
