/// \file
/// KubeVirt's own data in `<metadata>`. Times are as Kubernetes writes them (RFC 3339).
#pragma once

#include <optional>
#include <string>

#include <vnuma/schema/box.hpp>
#include <vnuma/schema/export.hpp>
#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// When the guest is killed that was asked to stop.
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

/// Whether the guest took its credentials.
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

/// `<kubevirt>` in the namespace http://kubevirt.io, found by its namespace, whatever its prefix. A new one declares
/// the namespace as its default, as KubeVirt writes it.
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

/// `<metadata>`: whatever programs store with a domain, each in its namespace.
struct VNUMA_SCHEMA_EXPORT Metadata {
  Box<KubeVirtMetadata> kubevirt{};
  Unmodelled unmodelled{};
  bool operator==(const Metadata&) const;
};

}  // namespace vnuma::schema
