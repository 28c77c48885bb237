/// \file
/// Boot, firmware and SMBIOS of the guest.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vnuma/schema/box.hpp>
#include <vnuma/schema/export.hpp>
#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// `<feature>` of `<firmware>`.
struct VNUMA_SCHEMA_EXPORT FirmwareFeature {
  YesNo enabled{};
  std::optional<std::string> name{};  ///< secure-boot, enrolled-keys
  Unmodelled unmodelled{};
  bool operator==(const FirmwareFeature&) const;
};

/// `<firmware>`.
struct VNUMA_SCHEMA_EXPORT FirmwareInfo {
  std::vector<FirmwareFeature> features{};
  Unmodelled unmodelled{};
  bool operator==(const FirmwareInfo&) const;
};

/// `<type>` of `<os>`.
struct VNUMA_SCHEMA_EXPORT OSType {
  std::optional<std::string> os{};  ///< hvm, xen, exe, ...
  std::optional<std::string> arch{};
  std::optional<std::string> machine{};  ///< q35, pc-q35-7.2, virt, ...
  Unmodelled unmodelled{};
  bool operator==(const OSType&) const;
};

/// `<table>`: a file with an ACPI table.
struct VNUMA_SCHEMA_EXPORT ACPITable {
  std::optional<std::string> path{};
  std::optional<std::string> type{};  ///< slic, raw, rawset, msdm
  Unmodelled unmodelled{};
  bool operator==(const ACPITable&) const;
};

/// `<acpi>` of `<os>`.
struct VNUMA_SCHEMA_EXPORT OSACPI {
  std::vector<ACPITable> table{};
  Unmodelled unmodelled{};
  bool operator==(const OSACPI&) const;
};

/// `<smbios>`.
struct VNUMA_SCHEMA_EXPORT SMBios {
  std::optional<std::string> mode{};  ///< emulate, host, sysinfo
  Unmodelled unmodelled{};
  bool operator==(const SMBios&) const;
};

/// `<boot>` of `<os>`.
struct VNUMA_SCHEMA_EXPORT Boot {
  std::optional<std::string> dev{};  ///< hd, cdrom, network, fd
  Unmodelled unmodelled{};
  bool operator==(const Boot&) const;
};

/// `<bootmenu>`.
struct VNUMA_SCHEMA_EXPORT BootMenu {
  YesNo enable{};
  UInt32 timeout{};  ///< milliseconds, 0-65535
  Unmodelled unmodelled{};
  bool operator==(const BootMenu&) const;
};

/// `<bios>`.
struct VNUMA_SCHEMA_EXPORT BIOS {
  YesNo use_serial{};
  Int32 reboot_timeout{};  ///< milliseconds, 0-65535; -1: never
  Unmodelled unmodelled{};
  bool operator==(const BIOS&) const;
};

/// `<loader>`: the firmware image.
struct VNUMA_SCHEMA_EXPORT Loader {
  std::optional<std::string> path{};
  YesNo read_only{};
  YesNo secure{};
  std::optional<std::string> type{};  ///< rom, pflash
  YesNo stateless{};
  std::optional<std::string> format{};
  Unmodelled unmodelled{};
  bool operator==(const Loader&) const;
};

/// `<nvram>`: the variables of the firmware.
struct VNUMA_SCHEMA_EXPORT NVRam {
  std::optional<std::string> nvram{};  ///< path
  std::optional<std::string> template_path{};
  std::optional<std::string> template_format{};
  std::optional<std::string> format{};
  std::optional<std::string> type{};
  Unmodelled unmodelled{};
  bool operator==(const NVRam&) const;
};

/// `<os>`.
struct VNUMA_SCHEMA_EXPORT OS {
  std::optional<std::string> firmware{};  ///< bios, efi: libvirt chooses the image
  Box<OSType> type{};
  Box<FirmwareInfo> firmware_info{};
  Box<Loader> boot_loader{};
  Box<NVRam> nvram{};
  std::optional<std::string> kernel{};
  std::optional<std::string> initrd{};
  std::optional<std::string> kernel_args{};
  std::optional<std::string> dtb{};
  std::vector<Boot> boot_order{};
  Box<BootMenu> boot_menu{};
  Box<OSACPI> acpi{};
  Box<SMBios> smbios{};
  Box<BIOS> bios{};
  Unmodelled unmodelled{};
  bool operator==(const OS&) const;
};

/// `<entry>` of `<sysinfo>`.
struct VNUMA_SCHEMA_EXPORT Entry {
  std::optional<std::string> value{};
  std::optional<std::string> name{};
  std::optional<std::string> file{};  ///< fwcfg: a file that holds the value
  Unmodelled unmodelled{};
  bool operator==(const Entry&) const;
};

/// `<system>`, `<bios>`, ...: a table of `<sysinfo>`. A struct, because an empty table differs from an absent one.
struct VNUMA_SCHEMA_EXPORT SysInfoEntries {
  std::vector<Entry> entry{};
  Unmodelled unmodelled{};
  bool operator==(const SysInfoEntries&) const;
};

/// `<sysinfo>`: SMBIOS strings, or fw_cfg entries.
struct VNUMA_SCHEMA_EXPORT SysInfo {
  std::optional<std::string> type{};  ///< smbios, fwcfg
  Box<SysInfoEntries> bios{};
  Box<SysInfoEntries> system{};
  std::vector<SysInfoEntries> base_board{};
  Box<SysInfoEntries> chassis{};
  Box<SysInfoEntries> oem_strings{};
  std::vector<Entry> entry{};  ///< fwcfg
  Unmodelled unmodelled{};
  bool operator==(const SysInfo&) const;
};

}  // namespace vnuma::schema
