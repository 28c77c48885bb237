/// \file
/// Secrets that libvirt stores.
#pragma once

#include <optional>
#include <string>

#include <vnuma/schema/box.hpp>
#include <vnuma/schema/export.hpp>
#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// `<usage>`: the name by which other elements refer to the secret.
struct VNUMA_SCHEMA_EXPORT SecretUsage {
  std::optional<std::string> type{};    ///< ceph, iscsi, volume, tls, vtpm
  std::optional<std::string> target{};  ///< iscsi
  std::optional<std::string> name{};    ///< ceph, tls, vtpm
  std::optional<std::string> volume{};
  Unmodelled unmodelled{};
  bool operator==(const SecretUsage&) const;
};

/// `<secret>`.
struct VNUMA_SCHEMA_EXPORT SecretSpec {
  YesNo ephemeral{};   ///< whether it is only in memory
  YesNo is_private{};  ///< whether its value can never be read
  UuidText uuid{};
  std::optional<std::string> description{};
  Box<SecretUsage> usage{};
  Unmodelled unmodelled{};
  bool operator==(const SecretSpec&) const;
};

}  // namespace vnuma::schema
