/// \file
/// Controllers: the buses and ports that other devices plug into.
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

/// `<driver>` of a controller.
struct VNUMA_SCHEMA_EXPORT ControllerDriver {
  UInt32 io_thread{};
  UInt32 queues{};
  UInt32 cmd_per_lun{};
  UInt32 max_sectors{};
  OnOff ioeventfd{};
  OnOff iommu{};
  OnOff ats{};
  OnOff packed{};
  OnOff page_per_vq{};
  Unmodelled unmodelled{};
  bool operator==(const ControllerDriver&) const;
};

/// `<model name='...'/>` of a PCI controller: the device that QEMU uses for it.
struct VNUMA_SCHEMA_EXPORT ControllerModel {
  std::optional<std::string> name{};  ///< pxb-pcie, pcie-root-port, ioh3420, ...
  Unmodelled unmodelled{};
  bool operator==(const ControllerModel&) const;
};

/// `<pcihole64>` of pcie-root and pci-root: the size of the 64-bit window, in units of `unit` (KiB if absent).
struct VNUMA_SCHEMA_EXPORT PCIHole64 {
  UInt64 value{};
  UnitText unit{};
  Unmodelled unmodelled{};
  bool operator==(const PCIHole64&) const;
};

/// `<target>` of a PCI controller. KubeVirt knows only hotplug, busNr and node.
struct VNUMA_SCHEMA_EXPORT ControllerTarget {
  AnyBase32 chassis_nr{};  ///< pci-bridge, 0-255
  AnyBase32 chassis{};     ///< ports: 0-255, unique in the domain
  Hex1 port{};             ///< ports: 0-255, by convention slot * 8 + function
  AnyBase32 bus_nr{};      ///< expander buses: 1-254, the first bus number of their range
  AnyBase32 index{};       ///< pci-root on pSeries
  OnOff hotplug{};
  UInt64 memory_reserve{};  ///< ports: size of the reserved memory window, in KiB
  UInt32 numa_node{};       ///< expander buses: the guest cell; a child element, `<node>`
  Unmodelled unmodelled{};
  bool operator==(const ControllerTarget&) const;
};

/// `<master>`: connects a USB 1 companion to its EHCI controller.
struct VNUMA_SCHEMA_EXPORT ControllerMaster {
  UInt32 startport{};
  Unmodelled unmodelled{};
  bool operator==(const ControllerMaster&) const;
};

/// `<controller>`. Devices name their controller by its index, which is unique among the controllers of one type.
struct VNUMA_SCHEMA_EXPORT Controller {
  std::optional<std::string> type{};  ///< pci, usb, scsi, sata, ide, fdc, ccid, virtio-serial, xenbus, isa, nvme
  UInt32 index{};
  std::optional<std::string> model{};
  UInt32 ports{};               ///< virtio-serial, usb
  UInt32 vectors{};             ///< virtio-serial
  UInt32 max_grant_frames{};    ///< xenbus
  UInt32 max_event_channels{};  ///< xenbus
  Box<ControllerDriver> driver{};
  std::optional<ControllerModel> model_name{};  ///< the child `<model>`
  Box<ControllerTarget> target{};
  std::optional<std::string> serial{};  ///< nvme
  Box<PCIHole64> pci_hole64{};
  std::optional<Alias> alias{};
  std::optional<ControllerMaster> master{};
  std::optional<ACPI> acpi{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Controller&) const;
};

}  // namespace vnuma::schema
