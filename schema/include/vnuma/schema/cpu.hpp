/// \file
/// Virtual CPUs: their number, their model and their guest cells.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vnuma/schema/box.hpp>
#include <vnuma/schema/export.hpp>
#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// `<vcpu>`: the maximum number of vCPUs.
struct VNUMA_SCHEMA_EXPORT VCPU {
  UInt32 cpus{};
  std::optional<std::string> placement{};  ///< static, auto
  CpuSetText cpu_set{};                    ///< host CPUs of the vCPUs without a vcpupin
  UInt32 current{};                        ///< the number of vCPUs at start; all if absent
  Unmodelled unmodelled{};
  bool operator==(const VCPU&) const;
};

/// `<vcpu>` of `<vcpus>`.
struct VNUMA_SCHEMA_EXPORT VCPUsVCPU {
  UInt32 id{};
  YesNo enabled{};
  YesNo hotpluggable{};
  UInt32 order{};
  Unmodelled unmodelled{};
  bool operator==(const VCPUsVCPU&) const;
};

/// `<vcpus>`: the state of individual vCPUs.
struct VNUMA_SCHEMA_EXPORT VCPUs {
  std::vector<VCPUsVCPU> vcpu{};
  Unmodelled unmodelled{};
  bool operator==(const VCPUs&) const;
};

/// `<model>` of `<cpu>`: the name of a CPU model.
struct VNUMA_SCHEMA_EXPORT CPUModel {
  std::optional<std::string> name{};
  std::optional<std::string> fallback{};  ///< allow, forbid
  std::optional<std::string> vendor_id{};
  Unmodelled unmodelled{};
  bool operator==(const CPUModel&) const;
};

/// `<topology>` of `<cpu>`. The product of the numbers is the maximum number of vCPUs.
struct VNUMA_SCHEMA_EXPORT CPUTopology {
  UInt32 sockets{};
  UInt32 dies{};
  UInt32 clusters{};
  UInt32 cores{};
  UInt32 threads{};
  Unmodelled unmodelled{};
  bool operator==(const CPUTopology&) const;
};

/// `<feature>` of `<cpu>`.
struct VNUMA_SCHEMA_EXPORT CPUFeature {
  std::optional<std::string> policy{};  ///< force, require, optional, disable, forbid
  std::optional<std::string> name{};
  Unmodelled unmodelled{};
  bool operator==(const CPUFeature&) const;
};

/// `<sibling>`: the distance to the cell `id`, 10 (local) to 255 (unreachable).
struct VNUMA_SCHEMA_EXPORT NUMACellSibling {
  UInt32 id{};
  UInt32 value{};
  Unmodelled unmodelled{};
  bool operator==(const NUMACellSibling&) const;
};

/// `<distances>`.
struct VNUMA_SCHEMA_EXPORT NUMACellDistances {
  std::vector<NUMACellSibling> siblings{};
  Unmodelled unmodelled{};
  bool operator==(const NUMACellDistances&) const;
};

/// `<size>` or `<line>` of a cell's cache.
struct VNUMA_SCHEMA_EXPORT NUMACacheSize {
  UInt64 value{};
  UnitText unit{};
  Unmodelled unmodelled{};
  bool operator==(const NUMACacheSize&) const;
};

/// `<cache>` of a guest cell: a memory-side cache (ACPI HMAT).
struct VNUMA_SCHEMA_EXPORT NUMACache {
  UInt32 level{};
  std::optional<std::string> associativity{};  ///< none, direct, full
  std::optional<std::string> policy{};         ///< none, writeback, writethrough
  std::optional<NUMACacheSize> size{};
  std::optional<NUMACacheSize> line{};
  Unmodelled unmodelled{};
  bool operator==(const NUMACache&) const;
};

/// `<cell>` of `<cpu><numa>`: a guest cell.
struct VNUMA_SCHEMA_EXPORT NUMACell {
  UInt32 id{};        ///< if absent, its index among the cells
  CpuSetText cpus{};  ///< vCPUs
  UInt64 memory{};    ///< in units of `unit`, KiB if absent
  UnitText unit{};
  std::optional<std::string> memory_access{};  ///< shared, private
  YesNo discard{};
  Box<NUMACellDistances> distances{};
  std::vector<NUMACache> caches{};
  Unmodelled unmodelled{};
  bool operator==(const NUMACell&) const;
};

/// `<latency>`: from an initiator's cell to a target's memory (ACPI HMAT).
struct VNUMA_SCHEMA_EXPORT NUMALatency {
  UInt32 initiator{};
  UInt32 target{};
  UInt32 cache{};
  std::optional<std::string> type{};  ///< access, read, write
  UInt64 value{};                     ///< nanoseconds
  Unmodelled unmodelled{};
  bool operator==(const NUMALatency&) const;
};

/// `<bandwidth>` between cells, per second.
struct VNUMA_SCHEMA_EXPORT NUMABandwidth {
  UInt32 initiator{};
  UInt32 target{};
  UInt32 cache{};
  std::optional<std::string> type{};  ///< access, read, write
  UInt64 value{};                     ///< in units of `unit`, KiB if absent
  UnitText unit{};
  Unmodelled unmodelled{};
  bool operator==(const NUMABandwidth&) const;
};

/// `<interconnects>`.
struct VNUMA_SCHEMA_EXPORT NUMAInterconnects {
  std::vector<NUMALatency> latencies{};
  std::vector<NUMABandwidth> bandwidths{};
  Unmodelled unmodelled{};
  bool operator==(const NUMAInterconnects&) const;
};

/// `<numa>` of `<cpu>`.
struct VNUMA_SCHEMA_EXPORT NUMA {
  std::vector<NUMACell> cells{};
  Box<NUMAInterconnects> interconnects{};
  Unmodelled unmodelled{};
  bool operator==(const NUMA&) const;
};

/// `<cache>` of `<cpu>`: the CPU caches that the guest sees.
struct VNUMA_SCHEMA_EXPORT CPUCache {
  UInt32 level{};
  std::optional<std::string> mode{};  ///< emulate, passthrough, disable
  Unmodelled unmodelled{};
  bool operator==(const CPUCache&) const;
};

/// `<maxphysaddr>`: the width of guest-physical addresses.
struct VNUMA_SCHEMA_EXPORT CPUMaxPhysAddr {
  std::optional<std::string> mode{};  ///< emulate, passthrough
  UInt32 bits{};                      ///< emulate
  UInt32 limit{};                     ///< passthrough: the maximum number of bits
  Unmodelled unmodelled{};
  bool operator==(const CPUMaxPhysAddr&) const;
};

/// `<cpu>`.
struct VNUMA_SCHEMA_EXPORT CPU {
  std::optional<std::string> mode{};   ///< custom, host-model, host-passthrough, maximum
  std::optional<std::string> match{};  ///< minimum, exact, strict
  std::optional<std::string> check{};  ///< none, partial, full
  OnOff migratable{};
  OnOff deprecated_features{};
  std::optional<CPUModel> model{};  ///< KubeVirt has only the name
  std::optional<std::string> vendor{};
  std::optional<CPUTopology> topology{};
  std::optional<CPUCache> cache{};
  std::optional<CPUMaxPhysAddr> max_phys_addr{};
  std::vector<CPUFeature> features{};
  Box<NUMA> numa{};
  Unmodelled unmodelled{};
  bool operator==(const CPU&) const;
};

}  // namespace vnuma::schema
