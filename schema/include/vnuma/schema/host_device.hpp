/// \file
/// Devices of the host that are passed through to the guest.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vnuma/schema/address.hpp>
#include <vnuma/schema/box.hpp>
#include <vnuma/schema/device.hpp>
#include <vnuma/schema/disk.hpp>
#include <vnuma/schema/export.hpp>
#include <vnuma/schema/interface.hpp>
#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// `<driver>` of a hostdev.
struct VNUMA_SCHEMA_EXPORT HostDevDriver {
  std::optional<std::string> name{};   ///< vfio, kvm, xen
  std::optional<std::string> model{};  ///< the driver of the host kernel, if it is not vfio-pci
  YesNo iommufd{};                     ///< whether to use /dev/iommu instead of a VFIO container
  Unmodelled unmodelled{};
  bool operator==(const HostDevDriver&) const;
};

/// `<parentaddr>`: the PCI address of a SCSI host adapter.
struct VNUMA_SCHEMA_EXPORT HostDeviceParentAddress {
  UInt32 unique_id{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const HostDeviceParentAddress&) const;
};

/// `<adapter>`: the host's SCSI adapter.
struct VNUMA_SCHEMA_EXPORT HostDeviceAdapter {
  std::optional<std::string> type{};
  std::optional<std::string> name{};  ///< scsi_host0, ...
  std::optional<std::string> parent{};
  YesNo managed{};
  std::optional<std::string> parent_wwnn{};
  std::optional<std::string> parent_wwpn{};
  std::optional<std::string> parent_fabric_wwn{};
  std::optional<std::string> wwnn{};
  std::optional<std::string> wwpn{};
  Box<HostDeviceParentAddress> parent_address{};
  Unmodelled unmodelled{};
  bool operator==(const HostDeviceAdapter&) const;
};

/// `<source>` of a hostdev: the device on the host. The type decides what names it: pci, usb, mdev and scsi an address;
/// usb also vendor and product; scsi_host a wwpn; capabilities block, char or interface.
struct VNUMA_SCHEMA_EXPORT HostDeviceSource {
  std::optional<std::string> startup_policy{};  ///< usb: mandatory, requisite, optional
  YesNo write_filtering{};                      ///< xen
  std::optional<std::string> guest_reset{};     ///< usb: off, uninitialized, on
  YesNo missing{};                              ///< usb: whether the device was absent when the domain started
  std::optional<std::string> protocol{};        ///< scsi: adapter, iscsi; scsi_host: vhost
  std::optional<std::string> name{};            ///< iscsi: target and LUN
  std::optional<std::string> wwpn{};            ///< vhost: naa....
  Box<USBId> vendor{};
  Box<USBId> product{};
  Box<HostDeviceAdapter> adapter{};
  std::vector<DiskSourceHost> host{};      ///< iscsi
  Box<DiskAuth> auth{};                    ///< iscsi
  Box<Initiator> initiator{};              ///< iscsi
  std::optional<std::string> block{};      ///< capabilities, storage: a block device
  std::optional<std::string> character{};  ///< capabilities, misc: a character device
  std::optional<std::string> interface{};  ///< capabilities, net: a network interface
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const HostDeviceSource&) const;
};

/// `<hostdev>`: a device of the host that is passed through to the guest.
struct VNUMA_SCHEMA_EXPORT HostDevice {
  std::optional<std::string> mode{};  ///< subsystem, capabilities
  std::optional<std::string> type{};  ///< pci, usb, scsi, scsi_host, mdev; storage, misc, net
  YesNo managed{};  ///< whether libvirt detaches the device from its host driver and reattaches it later
  std::optional<std::string> sgio{};
  YesNo rawio{};
  std::optional<std::string> model{};  ///< mdev: vfio-pci, vfio-ccw, vfio-ap
  OnOff display{};                     ///< mdev
  OnOff ram_fb{};                      ///< mdev
  Box<HostDevDriver> driver{};
  std::optional<Teaming> teaming{};
  Box<HostDeviceSource> source{};
  std::vector<InterfaceIP> ip{};        ///< capabilities, net
  std::vector<InterfaceRoute> route{};  ///< capabilities, net
  std::optional<ReadOnly> read_only{};
  std::optional<Shareable> shareable{};
  std::optional<BootOrder> boot_order{};
  std::optional<Alias> alias{};
  Box<Rom> rom{};
  std::optional<ACPIHostDev> acpi{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const HostDevice&) const;
};

}  // namespace vnuma::schema
