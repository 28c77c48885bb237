/// \file
/// Folders of the host that the guest can mount.
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

/// `<source>` of a filesystem.
struct VNUMA_SCHEMA_EXPORT FilesystemSource {
  std::optional<std::string> dir{};
  std::optional<std::string> socket{};  ///< of a virtiofsd that is already running
  std::optional<std::string> name{};
  std::optional<std::string> file{};
  std::optional<std::string> dev{};
  UInt64 usage{};    ///< ram
  UnitText units{};  ///< of usage
  Unmodelled unmodelled{};
  bool operator==(const FilesystemSource&) const;
};

/// `<target>`: the tag under which the guest mounts it.
struct VNUMA_SCHEMA_EXPORT FilesystemTarget {
  std::optional<std::string> dir{};
  Unmodelled unmodelled{};
  bool operator==(const FilesystemTarget&) const;
};

/// `<driver>` of a filesystem.
struct VNUMA_SCHEMA_EXPORT FilesystemDriver {
  std::optional<std::string> type{};  ///< virtiofs, path, handle, mtp, loop, nbd
  std::optional<std::string> format{};
  UInt32 queue{};
  std::optional<std::string> write_policy{};
  OnOff iommu{};
  OnOff ats{};
  OnOff packed{};
  OnOff page_per_vq{};
  Unmodelled unmodelled{};
  bool operator==(const FilesystemDriver&) const;
};

/// `<cache>` of virtiofsd.
struct VNUMA_SCHEMA_EXPORT FilesystemBinaryCache {
  std::optional<std::string> mode{};  ///< none, always
  Unmodelled unmodelled{};
  bool operator==(const FilesystemBinaryCache&) const;
};

/// `<sandbox>` of virtiofsd.
struct VNUMA_SCHEMA_EXPORT FilesystemBinarySandbox {
  std::optional<std::string> mode{};  ///< namespace, chroot
  Unmodelled unmodelled{};
  bool operator==(const FilesystemBinarySandbox&) const;
};

/// `<lock>` of virtiofsd.
struct VNUMA_SCHEMA_EXPORT FilesystemBinaryLock {
  OnOff posix{};
  OnOff flock{};
  Unmodelled unmodelled{};
  bool operator==(const FilesystemBinaryLock&) const;
};

/// `<thread_pool>` of virtiofsd.
struct VNUMA_SCHEMA_EXPORT FilesystemBinaryThreadPool {
  UInt32 size{};
  Unmodelled unmodelled{};
  bool operator==(const FilesystemBinaryThreadPool&) const;
};

/// `<binary>`: the program virtiofsd and its options.
struct VNUMA_SCHEMA_EXPORT FilesystemBinary {
  std::optional<std::string> path{};
  OnOff xattr{};
  std::optional<FilesystemBinaryCache> cache{};
  std::optional<FilesystemBinarySandbox> sandbox{};
  std::optional<FilesystemBinaryLock> lock{};
  std::optional<FilesystemBinaryThreadPool> thread_pool{};
  Unmodelled unmodelled{};
  bool operator==(const FilesystemBinary&) const;
};

/// `<filesystem>`. KubeVirt misspells the attribute `accessmode` as "accessMode", which libvirt does not know.
struct VNUMA_SCHEMA_EXPORT FilesystemDevice {
  std::optional<std::string> type{};         ///< mount, template, file, block, ram, bind, volume
  std::optional<std::string> access_mode{};  ///< passthrough, mapped, squash
  std::optional<std::string> multidevs{};
  std::optional<std::string> fmode{};  ///< octal
  std::optional<std::string> dmode{};  ///< octal
  std::optional<std::string> model{};
  Box<FilesystemDriver> driver{};
  Box<FilesystemBinary> binary{};
  Box<FilesystemSource> source{};
  Box<FilesystemTarget> target{};
  std::optional<ReadOnly> read_only{};
  std::optional<BootOrder> boot_order{};
  std::optional<Alias> alias{};
  std::optional<ACPI> acpi{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const FilesystemDevice&) const;
};

}  // namespace vnuma::schema
