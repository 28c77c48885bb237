/// \file
/// `<qemu:commandline>`: arguments that libvirt passes to QEMU.
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

/// `<qemu:commandline>`. It is recognised by its namespace, under any prefix. KubeVirt's Go structs write it but cannot
/// read it.
struct VNUMA_SCHEMA_EXPORT Commandline {
  std::vector<Arg> qemu_arg{};
  std::vector<Env> qemu_env{};
  Unmodelled unmodelled{};
  bool operator==(const Commandline&) const;
};

}  // namespace vnuma::schema
