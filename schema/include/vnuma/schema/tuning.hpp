/// \file
/// Host CPUs of the guest's threads and host nodes of its memory: cputune, numatune, iothreads.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vnuma/schema/box.hpp>
#include <vnuma/schema/export.hpp>
#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// `<vcpupin>`.
struct VNUMA_SCHEMA_EXPORT CPUTuneVCPUPin {
  UInt32 vcpu{};
  CpuSetText cpu_set{};  ///< host CPUs
  Unmodelled unmodelled{};
  bool operator==(const CPUTuneVCPUPin&) const;
};

/// `<iothreadpin>`.
struct VNUMA_SCHEMA_EXPORT CPUTuneIOThreadPin {
  UInt32 io_thread{};
  CpuSetText cpu_set{};  ///< host CPUs
  Unmodelled unmodelled{};
  bool operator==(const CPUTuneIOThreadPin&) const;
};

/// `<emulatorpin>`.
struct VNUMA_SCHEMA_EXPORT CPUEmulatorPin {
  CpuSetText cpu_set{};  ///< host CPUs
  Unmodelled unmodelled{};
  bool operator==(const CPUEmulatorPin&) const;
};

/// `<vcpusched>`.
struct VNUMA_SCHEMA_EXPORT CPUTuneVCPUSched {
  CpuSetText vcpus{};
  std::optional<std::string> scheduler{};  ///< batch, idle, fifo, rr
  Int32 priority{};                        ///< fifo, rr: 1-99
  Unmodelled unmodelled{};
  bool operator==(const CPUTuneVCPUSched&) const;
};

/// `<iothreadsched>`.
struct VNUMA_SCHEMA_EXPORT CPUTuneIOThreadSched {
  CpuSetText io_threads{};
  std::optional<std::string> scheduler{};
  Int32 priority{};
  Unmodelled unmodelled{};
  bool operator==(const CPUTuneIOThreadSched&) const;
};

/// `<emulatorsched>`.
struct VNUMA_SCHEMA_EXPORT CPUTuneEmulatorSched {
  std::optional<std::string> scheduler{};
  Int32 priority{};
  Unmodelled unmodelled{};
  bool operator==(const CPUTuneEmulatorSched&) const;
};

/// `<cache>` of a cachetune: a part of a host cache.
struct VNUMA_SCHEMA_EXPORT CacheTuneCache {
  UInt32 id{};  ///< of the host cache
  UInt32 level{};
  std::optional<std::string> type{};  ///< both, code, data
  UInt64 size{};                      ///< in units of `unit`, KiB if absent
  UnitText unit{};
  Unmodelled unmodelled{};
  bool operator==(const CacheTuneCache&) const;
};

/// `<monitor>` of a cachetune.
struct VNUMA_SCHEMA_EXPORT CacheTuneMonitor {
  UInt32 level{};
  CpuSetText vcpus{};
  Unmodelled unmodelled{};
  bool operator==(const CacheTuneMonitor&) const;
};

/// `<cachetune>`: cache for some vCPUs (resctrl).
struct VNUMA_SCHEMA_EXPORT CacheTune {
  CpuSetText vcpus{};
  std::optional<std::string> id{};  ///< name of the resctrl group; only of a running domain
  std::vector<CacheTuneCache> caches{};
  std::vector<CacheTuneMonitor> monitors{};
  Unmodelled unmodelled{};
  bool operator==(const CacheTune&) const;
};

/// `<node>` of a memorytune.
struct VNUMA_SCHEMA_EXPORT MemoryTuneNode {
  UInt32 id{};         ///< host node
  UInt32 bandwidth{};  ///< percent
  Unmodelled unmodelled{};
  bool operator==(const MemoryTuneNode&) const;
};

/// `<monitor>` of a memorytune.
struct VNUMA_SCHEMA_EXPORT MemoryTuneMonitor {
  CpuSetText vcpus{};
  Unmodelled unmodelled{};
  bool operator==(const MemoryTuneMonitor&) const;
};

/// `<memorytune>`: memory bandwidth for some vCPUs (resctrl).
struct VNUMA_SCHEMA_EXPORT MemoryTune {
  CpuSetText vcpus{};
  std::optional<std::string> id{};
  std::vector<MemoryTuneNode> nodes{};
  std::vector<MemoryTuneMonitor> monitors{};
  Unmodelled unmodelled{};
  bool operator==(const MemoryTune&) const;
};

/// `<cputune>`. Periods and quotas are in microseconds. A negative quota means no limit.
struct VNUMA_SCHEMA_EXPORT CPUTune {
  UInt64 shares{};
  UInt64 period{};  ///< 1000-1000000
  Int64 quota{};
  UInt64 global_period{};
  Int64 global_quota{};
  UInt64 emulator_period{};
  Int64 emulator_quota{};
  UInt64 io_thread_period{};
  Int64 io_thread_quota{};
  std::vector<CPUTuneVCPUPin> vcpu_pin{};
  std::optional<CPUEmulatorPin> emulator_pin{};
  std::vector<CPUTuneIOThreadPin> io_thread_pin{};
  Box<CPUTuneEmulatorSched> emulator_sched{};
  std::vector<CPUTuneVCPUSched> vcpu_sched{};
  std::vector<CPUTuneIOThreadSched> io_thread_sched{};
  std::vector<CacheTune> cache_tune{};
  std::vector<MemoryTune> memory_tune{};
  Unmodelled unmodelled{};
  bool operator==(const CPUTune&) const;
};

/// `<memory>` of `<numatune>`: for all guest memory without a memnode.
struct VNUMA_SCHEMA_EXPORT NumaTuneMemory {
  std::optional<std::string> mode{};       ///< strict, preferred, interleave, restrictive
  CpuSetText node_set{};                   ///< host nodes
  std::optional<std::string> placement{};  ///< static, auto
  Unmodelled unmodelled{};
  bool operator==(const NumaTuneMemory&) const;
};

/// `<memnode>`: the host nodes for the memory of one guest cell.
struct VNUMA_SCHEMA_EXPORT MemNode {
  UInt32 cell_id{};  ///< guest cell
  std::optional<std::string> mode{};
  CpuSetText node_set{};  ///< host nodes
  Unmodelled unmodelled{};
  bool operator==(const MemNode&) const;
};

/// `<numatune>`.
struct VNUMA_SCHEMA_EXPORT NUMATune {
  std::optional<NumaTuneMemory> memory{};
  std::vector<MemNode> mem_nodes{};
  Unmodelled unmodelled{};
  bool operator==(const NUMATune&) const;
};

/// `<iothreads>`: the number of I/O threads.
struct VNUMA_SCHEMA_EXPORT IOThreads {
  UInt32 io_threads{};
  Unmodelled unmodelled{};
  bool operator==(const IOThreads&) const;
};

/// `<iothread>` of `<iothreadids>`.
struct VNUMA_SCHEMA_EXPORT IOThreadID {
  UInt32 id{};
  Int32 thread_pool_min{};
  Int32 thread_pool_max{};
  Unmodelled unmodelled{};
  bool operator==(const IOThreadID&) const;
};

/// `<iothreadids>`.
struct VNUMA_SCHEMA_EXPORT IOThreadIDs {
  std::vector<IOThreadID> io_thread{};
  Unmodelled unmodelled{};
  bool operator==(const IOThreadIDs&) const;
};

/// `<defaultiothread>`: the main event loop.
struct VNUMA_SCHEMA_EXPORT DefaultIOThread {
  Int32 thread_pool_min{};
  Int32 thread_pool_max{};
  Unmodelled unmodelled{};
  bool operator==(const DefaultIOThread&) const;
};

}  // namespace vnuma::schema
