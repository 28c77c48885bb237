/// \file
/// The memory of the guest: its size, its backing on the host, memory devices.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vnuma/schema/address.hpp>
#include <vnuma/schema/box.hpp>
#include <vnuma/schema/device.hpp>
#include <vnuma/schema/export.hpp>
#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// `<memory>`, `<currentMemory>` and other amounts, in units of `unit` (KiB if absent). bytes() converts it to bytes.
struct VNUMA_SCHEMA_EXPORT Memory {
  UInt64 value{};
  UnitText unit{};
  OnOff dump_core{};
  Unmodelled unmodelled{};
  bool operator==(const Memory&) const;
};

/// `<maxMemory>`: the maximum of memory after hotplug.
struct VNUMA_SCHEMA_EXPORT MaxMemory {
  UInt64 value{};
  UInt32 slots{};
  UnitText unit{};
  Unmodelled unmodelled{};
  bool operator==(const MaxMemory&) const;
};

/// `<page>` of `<hugepages>`.
struct VNUMA_SCHEMA_EXPORT HugePage {
  UInt64 size{};
  UnitText unit{};        ///< KiB if absent
  CpuSetText node_set{};  ///< guest cells
  Unmodelled unmodelled{};
  bool operator==(const HugePage&) const;
};

/// `<hugepages>`. If empty, pages have the default size of the host.
struct VNUMA_SCHEMA_EXPORT HugePages {
  std::vector<HugePage> huge_page{};
  Unmodelled unmodelled{};
  bool operator==(const HugePages&) const;
};

/// `<source>` of `<memoryBacking>`.
struct VNUMA_SCHEMA_EXPORT MemoryBackingSource {
  std::optional<std::string> type{};  ///< anonymous, file, memfd
  Unmodelled unmodelled{};
  bool operator==(const MemoryBackingSource&) const;
};

/// `<access>` of `<memoryBacking>`.
struct VNUMA_SCHEMA_EXPORT MemoryBackingAccess {
  std::optional<std::string> mode{};  ///< shared, private
  Unmodelled unmodelled{};
  bool operator==(const MemoryBackingAccess&) const;
};

/// `<allocation>` of `<memoryBacking>`.
struct VNUMA_SCHEMA_EXPORT MemoryAllocation {
  std::optional<std::string> mode{};  ///< immediate, ondemand
  UInt32 threads{};
  Unmodelled unmodelled{};
  bool operator==(const MemoryAllocation&) const;
};

/// `<nosharepages/>`.
struct VNUMA_SCHEMA_EXPORT NoSharePages {
  Unmodelled unmodelled{};
  bool operator==(const NoSharePages&) const;
};

/// `<memoryBacking>`: how the host backs the guest's memory.
struct VNUMA_SCHEMA_EXPORT MemoryBacking {
  Box<HugePages> huge_pages{};
  std::optional<NoSharePages> no_share_pages{};
  std::optional<Flag> locked{};  ///< the host must not swap the memory out
  std::optional<MemoryBackingSource> source{};
  std::optional<MemoryBackingAccess> access{};
  std::optional<MemoryAllocation> allocation{};
  std::optional<Flag> discard{};  ///< the content is discarded when the guest stops
  Unmodelled unmodelled{};
  bool operator==(const MemoryBacking&) const;
};

/// `<address>` within the target of a virtio memory device.
struct VNUMA_SCHEMA_EXPORT MemoryAddress {
  Hex64 base{};  ///< guest-physical address in bytes
  Unmodelled unmodelled{};
  bool operator==(const MemoryAddress&) const;
};

/// `<label>` of an NVDIMM.
struct VNUMA_SCHEMA_EXPORT MemoryLabel {
  std::optional<Memory> size{};
  Unmodelled unmodelled{};
  bool operator==(const MemoryLabel&) const;
};

/// `<dynamicMemslots>` of virtio-mem.
struct VNUMA_SCHEMA_EXPORT DynamicMemslots {
  YesNo enabled{};
  Unmodelled unmodelled{};
  bool operator==(const DynamicMemslots&) const;
};

/// `<target>` of a memory device.
struct VNUMA_SCHEMA_EXPORT MemoryTarget {
  std::optional<Memory> size{};
  UInt32 node{};                      ///< guest cell
  std::optional<Memory> block{};      ///< virtio-mem: granularity
  std::optional<Memory> requested{};  ///< virtio-mem: the amount that the guest should use
  std::optional<Memory> current{};    ///< virtio-mem: the amount that the guest uses
  Box<MemoryLabel> label{};
  std::optional<ReadOnly> read_only{};
  std::optional<MemoryAddress> address{};
  std::optional<DynamicMemslots> dynamic_memslots{};
  Unmodelled unmodelled{};
  bool operator==(const MemoryTarget&) const;
};

/// `<source>` of a memory device: its backing on the host.
struct VNUMA_SCHEMA_EXPORT MemoryDeviceSource {
  std::optional<Memory> page_size{};   ///< size of huge pages
  CpuSetText node_mask{};              ///< host nodes
  std::optional<std::string> path{};   ///< nvdimm, virtio-pmem
  std::optional<Memory> align_size{};  ///< nvdimm
  std::optional<Flag> pmem{};          ///< nvdimm: the file is persistent memory
  Unmodelled unmodelled{};
  bool operator==(const MemoryDeviceSource&) const;
};

/// `<memory>`.
struct VNUMA_SCHEMA_EXPORT MemoryDevice {
  std::optional<std::string> model{};   ///< dimm, nvdimm, virtio-pmem, virtio-mem, sgx-epc
  std::optional<std::string> access{};  ///< shared, private
  YesNo discard{};
  UuidText uuid{};
  Box<MemoryDeviceSource> source{};
  Box<MemoryTarget> target{};
  std::optional<Alias> alias{};
  std::optional<ACPI> acpi{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const MemoryDevice&) const;
};

}  // namespace vnuma::schema
