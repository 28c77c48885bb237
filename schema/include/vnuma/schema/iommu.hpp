/// \file
/// The guest's IOMMU.
#pragma once

#include <optional>
#include <string>

#include <vnuma/schema/address.hpp>
#include <vnuma/schema/box.hpp>
#include <vnuma/schema/device.hpp>
#include <vnuma/schema/export.hpp>
#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// `<driver>` of an IOMMU.
struct VNUMA_SCHEMA_EXPORT IOMMUDriver {
  OnOff interrupt_remapping{};
  OnOff caching_mode{};  ///< intel: needed for passthrough devices
  OnOff eim{};           ///< intel: extended interrupt mode, for more than 255 vCPUs
  OnOff iotlb{};         ///< device IOTLB
  UInt32 aw_bits{};      ///< address width: 39, 48
  OnOff dma_translation{};
  UInt32 pci_bus{};  ///< smmuv3: index of the controller whose devices use it
  OnOff accel{};     ///< smmuv3: nested translation by the host's SMMU
  OnOff ats{};
  OnOff ril{};          ///< smmuv3: range invalidation
  UInt32 ssid_size{};   ///< smmuv3: bits of substream ids, 0-20
  UInt32 oas{};         ///< smmuv3: output address bits
  OnOff cmdqv{};        ///< smmuv3
  OnOff passthrough{};  ///< amd
  OnOff xtsup{};        ///< amd: x2APIC
  Unmodelled unmodelled{};
  bool operator==(const IOMMUDriver&) const;
};

/// `<iommu>`.
struct VNUMA_SCHEMA_EXPORT IOMMUDevice {
  std::optional<std::string> model{};  ///< intel, amd, smmuv3, virtio
  Box<IOMMUDriver> driver{};
  std::optional<Alias> alias{};
  std::optional<ACPI> acpi{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const IOMMUDevice&) const;
};

}  // namespace vnuma::schema
