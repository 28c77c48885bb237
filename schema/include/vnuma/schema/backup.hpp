/// \file
/// Backups and checkpoints of a domain's disks, as `virsh backup-begin` and `virsh checkpoint-create` take them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vnuma/schema/box.hpp>
#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/export.hpp>
#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// `<target>` of a push backup.
struct VNUMA_SCHEMA_EXPORT BackupTarget {
  std::optional<std::string> file{};
  std::optional<std::string> dev{};
  Unmodelled unmodelled{};
  bool operator==(const BackupTarget&) const;
};

/// `<scratch>` of a pull backup.
struct VNUMA_SCHEMA_EXPORT BackupScratch {
  std::optional<std::string> file{};
  std::optional<std::string> dev{};
  Unmodelled unmodelled{};
  bool operator==(const BackupScratch&) const;
};

/// `<driver>` of a backup's target or scratch file.
struct VNUMA_SCHEMA_EXPORT BackupDriver {
  std::optional<std::string> type{};
  Unmodelled unmodelled{};
  bool operator==(const BackupDriver&) const;
};

/// `<disk>` of a backup.
struct VNUMA_SCHEMA_EXPORT BackupDisk {
  std::optional<std::string> name{};  ///< a disk's target
  YesNo backup{};
  std::optional<std::string> type{};         ///< file, block
  std::optional<std::string> backup_mode{};  ///< full, incremental
  std::optional<std::string> incremental{};
  std::optional<std::string> export_name{};
  std::optional<std::string> export_bitmap{};
  UInt32 index{};
  std::optional<std::string> state{};
  Box<BackupTarget> target{};
  Box<BackupScratch> scratch{};
  Box<BackupDriver> driver{};
  Unmodelled unmodelled{};
  bool operator==(const BackupDisk&) const;
};

/// `<disks>` of a backup.
struct VNUMA_SCHEMA_EXPORT BackupDisks {
  std::vector<BackupDisk> disks{};
  Unmodelled unmodelled{};
  bool operator==(const BackupDisks&) const;
};

/// `<server>`: the NBD server of a pull backup.
struct VNUMA_SCHEMA_EXPORT DomainBackupServer {
  std::optional<std::string> transport{};  ///< tcp, unix
  YesNo tls{};
  std::optional<std::string> socket{};
  std::optional<std::string> name{};
  UInt32 port{};
  Unmodelled unmodelled{};
  bool operator==(const DomainBackupServer&) const;
};

/// `<domainbackup>`.
struct VNUMA_SCHEMA_EXPORT DomainBackup {
  std::optional<std::string> mode{};  ///< push, pull
  UInt32 id{};
  std::optional<std::string> incremental{};  ///< the checkpoint to start from
  Box<DomainBackupServer> server{};
  Box<BackupDisks> backup_disks{};
  Unmodelled unmodelled{};
  bool operator==(const DomainBackup&) const;
};

/// `<disk>` of a checkpoint.
struct VNUMA_SCHEMA_EXPORT CheckpointDisk {
  std::optional<std::string> name{};
  std::optional<std::string> checkpoint{};  ///< bitmap, no
  std::optional<std::string> bitmap{};
  UInt64 size{};  ///< bytes
  Unmodelled unmodelled{};
  bool operator==(const CheckpointDisk&) const;
};

/// `<disks>` of a checkpoint.
struct VNUMA_SCHEMA_EXPORT CheckpointDisks {
  std::vector<CheckpointDisk> disks{};
  Unmodelled unmodelled{};
  bool operator==(const CheckpointDisks&) const;
};

/// `<parent>`.
struct VNUMA_SCHEMA_EXPORT CheckpointParent {
  std::optional<std::string> name{};
  Unmodelled unmodelled{};
  bool operator==(const CheckpointParent&) const;
};

/// `<domaincheckpoint>`.
struct VNUMA_SCHEMA_EXPORT DomainCheckpoint {
  std::optional<std::string> name{};
  std::optional<std::string> description{};
  Box<CheckpointParent> parent{};
  UInt64 creation_time{};  ///< seconds since 1970
  Box<CheckpointDisks> checkpoint_disks{};
  Box<Domain> domain{};  ///< the domain at that time
  Unmodelled unmodelled{};
  bool operator==(const DomainCheckpoint&) const;
};

}  // namespace vnuma::schema
