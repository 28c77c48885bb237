/// \file
/// Capabilities: the part about the host in the output of `virsh capabilities`.
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

/// `<cpu>` of a host cell.
struct VNUMA_SCHEMA_EXPORT CapsCpu {
  UInt32 id{};
  UInt32 socket_id{};
  UInt32 die_id{};
  UInt32 cluster_id{};
  UInt32 core_id{};
  CpuSetText siblings{};
  Unmodelled unmodelled{};
  bool operator==(const CapsCpu&) const;
};

/// `<cpus>` of a host cell.
struct VNUMA_SCHEMA_EXPORT CapsCpus {
  UInt32 num{};
  std::vector<CapsCpu> cpus{};
  Unmodelled unmodelled{};
  bool operator==(const CapsCpus&) const;
};

/// `<cell>`: a NUMA node of the host.
struct VNUMA_SCHEMA_EXPORT CapsCell {
  UInt32 id{};
  std::optional<Memory> memory{};
  Box<NUMACellDistances> distances{};
  Box<CapsCpus> cpus{};
  Unmodelled unmodelled{};
  bool operator==(const CapsCell&) const;
};

/// `<cells>`.
struct VNUMA_SCHEMA_EXPORT CapsCells {
  UInt32 num{};
  std::vector<CapsCell> cells{};
  Unmodelled unmodelled{};
  bool operator==(const CapsCells&) const;
};

/// `<topology>` of the host.
struct VNUMA_SCHEMA_EXPORT CapsTopology {
  Box<CapsCells> cells{};
  Unmodelled unmodelled{};
  bool operator==(const CapsTopology&) const;
};

/// `<host>`.
struct VNUMA_SCHEMA_EXPORT CapsHost {
  std::optional<std::string> uuid{};
  Box<CapsTopology> topology{};
  Unmodelled unmodelled{};
  bool operator==(const CapsHost&) const;
};

/// `<capabilities>`: the output of `virsh capabilities`.
struct VNUMA_SCHEMA_EXPORT Capabilities {
  Box<CapsHost> host{};
  Unmodelled unmodelled{};
  bool operator==(const Capabilities&) const;
};

}  // namespace vnuma::schema
