/// \file
/// Devices with few options: watchdog, rng, memory balloon, TPM, vsock, panic, shmem, hub, nvram, crypto.
#pragma once

#include <optional>
#include <string>

#include <vnuma/schema/address.hpp>
#include <vnuma/schema/box.hpp>
#include <vnuma/schema/device.hpp>
#include <vnuma/schema/export.hpp>
#include <vnuma/schema/memory.hpp>
#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// `<watchdog>`.
struct VNUMA_SCHEMA_EXPORT Watchdog {
  std::optional<std::string> model{};
  std::optional<std::string> action{};  ///< reset, shutdown, poweroff, pause, none, dump, inject-nmi
  std::optional<Alias> alias{};
  std::optional<ACPI> acpi{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Watchdog&) const;
};

/// `<backend>` of an rng; for model random, a device file.
struct VNUMA_SCHEMA_EXPORT RngBackend {
  std::optional<std::string> source{};
  std::optional<std::string> model{};  ///< random, egd, builtin
  std::optional<std::string> type{};   ///< egd
  Unmodelled unmodelled{};
  bool operator==(const RngBackend&) const;
};

/// `<driver>` of an rng.
struct VNUMA_SCHEMA_EXPORT RngDriver {
  UInt32 queues{};
  OnOff iommu{};
  OnOff ats{};
  OnOff packed{};
  OnOff page_per_vq{};
  Unmodelled unmodelled{};
  bool operator==(const RngDriver&) const;
};

/// `<rate>`: the maximum number of bytes per period.
struct VNUMA_SCHEMA_EXPORT RngRate {
  UInt32 bytes{};
  UInt32 period{};  ///< milliseconds
  Unmodelled unmodelled{};
  bool operator==(const RngRate&) const;
};

/// `<rng>`.
struct VNUMA_SCHEMA_EXPORT Rng {
  std::optional<std::string> model{};
  Box<RngDriver> driver{};
  Box<RngRate> rate{};
  Box<RngBackend> backend{};
  std::optional<Alias> alias{};
  std::optional<ACPI> acpi{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Rng&) const;
};

/// `<stats>`.
struct VNUMA_SCHEMA_EXPORT Stats {
  UInt32 period{};  ///< seconds
  Unmodelled unmodelled{};
  bool operator==(const Stats&) const;
};

/// `<driver>` of a memory balloon.
struct VNUMA_SCHEMA_EXPORT MemBalloonDriver {
  OnOff iommu{};
  OnOff ats{};
  OnOff packed{};
  OnOff page_per_vq{};
  Unmodelled unmodelled{};
  bool operator==(const MemBalloonDriver&) const;
};

/// `<memballoon>`.
struct VNUMA_SCHEMA_EXPORT MemBalloon {
  std::optional<std::string> model{};  ///< virtio, xen, none
  OnOff autodeflate{};
  OnOff free_page_reporting{};
  std::optional<Stats> stats{};
  std::optional<Alias> alias{};
  std::optional<ACPI> acpi{};
  Box<Address> address{};
  Box<MemBalloonDriver> driver{};
  Unmodelled unmodelled{};
  bool operator==(const MemBalloon&) const;
};

/// `<backend>` of a tpm.
struct VNUMA_SCHEMA_EXPORT TPMBackend {
  std::optional<std::string> type{};     ///< emulator, passthrough, external
  std::optional<std::string> version{};  ///< 1.2, 2.0
  YesNo persistent_state{};
  UInt32 debug{};
  Unmodelled unmodelled{};
  bool operator==(const TPMBackend&) const;
};

/// `<tpm>`.
struct VNUMA_SCHEMA_EXPORT TPM {
  std::optional<std::string> model{};
  Box<TPMBackend> backend{};
  std::optional<Alias> alias{};
  std::optional<ACPI> acpi{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const TPM&) const;
};

/// `<cid>`: the address of the guest on the vsock.
struct VNUMA_SCHEMA_EXPORT CID {
  YesNo automatic{};  ///< whether libvirt chooses the address
  UInt32 address{};   ///< at least 3
  Unmodelled unmodelled{};
  bool operator==(const CID&) const;
};

/// `<vsock>`.
struct VNUMA_SCHEMA_EXPORT VSOCK {
  std::optional<std::string> model{};
  std::optional<CID> cid{};
  Box<DeviceDriver> driver{};
  std::optional<Alias> alias{};
  std::optional<ACPI> acpi{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const VSOCK&) const;
};

/// `<panic>`.
struct VNUMA_SCHEMA_EXPORT PanicDevice {
  std::optional<std::string> model{};  ///< isa, pseries, hyperv, s390, pvpanic
  std::optional<Alias> alias{};
  std::optional<ACPI> acpi{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const PanicDevice&) const;
};

/// `<model>` of a shmem.
struct VNUMA_SCHEMA_EXPORT ShmemModel {
  std::optional<std::string> type{};  ///< ivshmem-plain, ivshmem-doorbell
  Unmodelled unmodelled{};
  bool operator==(const ShmemModel&) const;
};

/// `<shmem>`: memory shared with other guests.
struct VNUMA_SCHEMA_EXPORT Shmem {
  std::optional<std::string> name{};
  std::optional<std::string> role{};  ///< master, peer
  std::optional<ShmemModel> model{};
  Box<Memory> size{};
  std::optional<Alias> alias{};
  std::optional<ACPI> acpi{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Shmem&) const;
};

/// `<hub>`.
struct VNUMA_SCHEMA_EXPORT Hub {
  std::optional<std::string> type{};  ///< usb
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Hub&) const;
};

/// `<nvram>` of pSeries.
struct VNUMA_SCHEMA_EXPORT NVRAMDevice {
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const NVRAMDevice&) const;
};

/// `<crypto>`.
struct VNUMA_SCHEMA_EXPORT Crypto {
  std::optional<std::string> model{};
  std::optional<std::string> type{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Crypto&) const;
};

}  // namespace vnuma::schema
