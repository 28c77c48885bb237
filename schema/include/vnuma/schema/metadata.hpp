/// \file
/// The data of KubeVirt in `<metadata>`. Times are written as in Kubernetes (RFC 3339).
#pragma once

#include <optional>
#include <string>

#include <vnuma/schema/box.hpp>
#include <vnuma/schema/export.hpp>
#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// The time after which a guest that should stop is killed.
struct VNUMA_SCHEMA_EXPORT GracePeriodMetadata {
  Int64 deletion_grace_period_seconds{};
  std::optional<std::string> deletion_timestamp{};
  TrueFalse marked_for_graceful_shutdown{};
  Unmodelled unmodelled{};
  bool operator==(const GracePeriodMetadata&) const;
};

/// The last migration.
struct VNUMA_SCHEMA_EXPORT MigrationMetadata {
  std::optional<std::string> uid{};
  std::optional<std::string> start_timestamp{};
  std::optional<std::string> end_timestamp{};
  TrueFalse failed{};
  std::optional<std::string> failure_reason{};
  std::optional<std::string> abort_status{};
  std::optional<std::string> mode{};
  Unmodelled unmodelled{};
  bool operator==(const MigrationMetadata&) const;
};

/// The last backup.
struct VNUMA_SCHEMA_EXPORT BackupMetadata {
  std::optional<std::string> name{};
  std::optional<std::string> mode{};
  TrueFalse skip_quiesce{};
  std::optional<std::string> start_timestamp{};
  std::optional<std::string> end_timestamp{};
  TrueFalse completed{};
  TrueFalse failed{};
  std::optional<std::string> backup_msg{};
  std::optional<std::string> checkpoint_name{};
  std::optional<std::string> volumes{};
  std::optional<std::string> quiesce_status{};
  Unmodelled unmodelled{};
  bool operator==(const BackupMetadata&) const;
};

/// Whether the guest accepted its credentials.
struct VNUMA_SCHEMA_EXPORT AccessCredentialMetadata {
  TrueFalse succeeded{};
  std::optional<std::string> message{};
  Unmodelled unmodelled{};
  bool operator==(const AccessCredentialMetadata&) const;
};

/// The last memory dump.
struct VNUMA_SCHEMA_EXPORT MemoryDumpMetadata {
  std::optional<std::string> file_name{};
  std::optional<std::string> start_timestamp{};
  std::optional<std::string> end_timestamp{};
  TrueFalse completed{};
  TrueFalse failed{};
  std::optional<std::string> failure_reason{};
  Unmodelled unmodelled{};
  bool operator==(const MemoryDumpMetadata&) const;
};

/// `<kubevirt>` in the namespace http://kubevirt.io, under any prefix. A new one declares this namespace as its default
/// namespace, as KubeVirt does.
struct VNUMA_SCHEMA_EXPORT KubeVirtMetadata {
  std::optional<std::string> uid{};
  Box<GracePeriodMetadata> grace_period{};
  Box<MigrationMetadata> migration{};
  Box<BackupMetadata> backup{};
  Box<AccessCredentialMetadata> access_credential{};
  Box<MemoryDumpMetadata> memory_dump{};
  Unmodelled unmodelled{};
  bool operator==(const KubeVirtMetadata&) const;
};

/// `<metadata>`: data that programs store in a domain, each in its own namespace.
struct VNUMA_SCHEMA_EXPORT Metadata {
  Box<KubeVirtMetadata> kubevirt{};
  Unmodelled unmodelled{};
  bool operator==(const Metadata&) const;
};

}  // namespace vnuma::schema
