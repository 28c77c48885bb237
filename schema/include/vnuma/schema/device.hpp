/// \file
/// Elements that devices of several kinds have: boot order, ROM, ACPI, USB companions, NIC teaming.
#pragma once

#include <optional>
#include <string>

#include <vnuma/schema/export.hpp>
#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// `<acpi>` of an interface.
struct VNUMA_SCHEMA_EXPORT ACPI {
  UInt32 index{};         ///< 1-16383: the ACPI index, from which guests name the NIC (eno1)
  CpuSetText node_set{};  ///< guest cells of the device's memory (ACPI generic initiator)
  Unmodelled unmodelled{};
  bool operator==(const ACPI&) const;
};

/// `<acpi>` of a hostdev.
struct VNUMA_SCHEMA_EXPORT ACPIHostDev {
  UInt32 index{};         ///< 1-16383
  CpuSetText node_set{};  ///< guest cells of the device's memory, for GPUs with coherent memory
  Unmodelled unmodelled{};
  bool operator==(const ACPIHostDev&) const;
};

/// `<boot order='...'/>` of a device.
struct VNUMA_SCHEMA_EXPORT BootOrder {
  UInt32 order{};                         ///< from 1, unique in the domain
  std::optional<std::string> loadparm{};  ///< s390: selects what is booted from the device
  Unmodelled unmodelled{};
  bool operator==(const BootOrder&) const;
};

/// `<rom>`: the option ROM of a PCI device.
struct VNUMA_SCHEMA_EXPORT Rom {
  YesNo enabled{};
  OnOff bar{};                        ///< whether the guest sees the ROM
  std::optional<std::string> file{};  ///< an image on the host that replaces the ROM of the device
  Unmodelled unmodelled{};
  bool operator==(const Rom&) const;
};

/// An element without content: its presence turns something on.
struct VNUMA_SCHEMA_EXPORT Flag {
  Unmodelled unmodelled{};
  bool operator==(const Flag&) const;
};

/// `<readonly/>`.
struct VNUMA_SCHEMA_EXPORT ReadOnly {
  Unmodelled unmodelled{};
  bool operator==(const ReadOnly&) const;
};

/// `<shareable/>`.
struct VNUMA_SCHEMA_EXPORT Shareable {
  Unmodelled unmodelled{};
  bool operator==(const Shareable&) const;
};

/// `<teaming>`: pairs a virtio NIC (persistent) with a passthrough NIC (transient), which is unplugged for migration.
struct VNUMA_SCHEMA_EXPORT Teaming {
  std::optional<std::string> type{};        ///< persistent, transient
  std::optional<std::string> persistent{};  ///< transient: the alias of the persistent NIC
  Unmodelled unmodelled{};
  bool operator==(const Teaming&) const;
};

/// `<driver>` of a virtio device without options of its own.
struct VNUMA_SCHEMA_EXPORT DeviceDriver {
  OnOff iommu{};
  OnOff ats{};
  OnOff packed{};
  OnOff page_per_vq{};
  Unmodelled unmodelled{};
  bool operator==(const DeviceDriver&) const;
};

/// `<vendor>` or `<product>` of a USB device.
struct VNUMA_SCHEMA_EXPORT USBId {
  Hex4 id{};
  Unmodelled unmodelled{};
  bool operator==(const USBId&) const;
};

/// `<backenddomain>`: the Xen domain that serves the device.
struct VNUMA_SCHEMA_EXPORT BackendDomain {
  std::optional<std::string> name{};
  Unmodelled unmodelled{};
  bool operator==(const BackendDomain&) const;
};

}  // namespace vnuma::schema
