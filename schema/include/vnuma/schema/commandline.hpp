/// \file
/// `<qemu:commandline>`: arguments for QEMU that libvirt passes on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vnuma/schema/export.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// `<qemu:env>`.
struct VNUMA_SCHEMA_EXPORT Env {
  std::optional<std::string> name{};
  std::optional<std::string> value{};
  Unmodelled unmodelled{};
  bool operator==(const Env&) const;
};

/// `<qemu:arg>`.
struct VNUMA_SCHEMA_EXPORT Arg {
  std::optional<std::string> value{};
  Unmodelled unmodelled{};
  bool operator==(const Arg&) const;
};

/// `<qemu:commandline>`, found by its namespace, whatever its prefix. KubeVirt's Go structs write it but cannot read
/// it back; here it is read like all else.
struct VNUMA_SCHEMA_EXPORT Commandline {
  std::vector<Arg> qemu_arg{};
  std::vector<Env> qemu_env{};
  Unmodelled unmodelled{};
  bool operator==(const Commandline&) const;
};

}  // namespace vnuma::schema
