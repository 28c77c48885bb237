/// \file
/// Addresses and aliases of devices.
#pragma once

#include <optional>
#include <string>

#include <vnuma/schema/box.hpp>
#include <vnuma/schema/export.hpp>
#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// `<alias>`: the name of a device. Names that users choose start with "ua-", as those that KubeVirt writes; libvirt
/// replaces other names.
struct VNUMA_SCHEMA_EXPORT Alias {
  std::optional<std::string> name{};
  Unmodelled unmodelled{};
  bool operator==(const Alias&) const;
};

/// `<zpci>` of a PCI address on s390. Both numbers are unique in the domain; uid is 1-0xffff.
struct VNUMA_SCHEMA_EXPORT ZPCIAddress {
  Hex4 uid{};
  Hex8 fid{};
  Unmodelled unmodelled{};
  bool operator==(const ZPCIAddress&) const;
};

/// `<address>`: a location in the guest; in the source of a hostdev, a location on the host. The type decides which
/// attributes are used. For type pci, `bus` is the index of the controller that the device plugs into.
///
/// \note New numbers are written as libvirt writes those of a PCI address. libvirt reads `bus` of a drive, usb or ccid
/// address and `slot` of a ccid or dimm address only in decimal: set those to `Hex2::from_text("1")`.
struct VNUMA_SCHEMA_EXPORT Address {
  /// pci, drive, virtio-serial, ccid, usb, spapr-vio, ccw, isa, virtio-mmio, dimm, mdev, unassigned
  std::optional<std::string> type{};
  Hex4 domain{};                      ///< PCI domain
  Hex2 bus{};                         ///< PCI: index of the controller; also drive, usb, ccid
  Hex2 slot{};                        ///< 0-0x1f; also ccid, dimm
  Hex1 function{};                    ///< 0-7
  OnOff multifunction{};              ///< on function 0 of a slot that holds more functions
  UInt32 controller{};                ///< drive, virtio-serial, ccid: index of the controller
  UInt32 target{};                    ///< drive: SCSI target
  UInt64 unit{};                      ///< drive: SCSI unit
  std::optional<std::string> port{};  ///< a number, or for USB a path of numbers (1.2)
  UuidText uuid{};                    ///< an mdev, in a hostdev's source
  AnyBase32 device{};                 ///< USB: the host's device number
  Hex1 cssid{};                       ///< ccw: 0xfe is the virtual channel subsystem
  Hex1 ssid{};                        ///< ccw: 0-3
  Hex4 dev_no{};                      ///< ccw
  Hex1 iobase{};                      ///< isa
  Hex1 irq{};                         ///< isa
  Hex64 reg{};                        ///< spapr-vio
  Hex64 base{};                       ///< dimm: guest-physical address in bytes
  Box<ZPCIAddress> zpci{};
  Unmodelled unmodelled{};
  bool operator==(const Address&) const;
};

}  // namespace vnuma::schema
