/// \file
/// Domain and everything below it: libvirt's domain XML, named as in KubeVirt's Go structs.
///
/// Every member can be absent. Elements that libvirt repeats are vectors. `unmodelled` keeps XML that no member names.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vnuma/schema/address.hpp>
#include <vnuma/schema/box.hpp>
#include <vnuma/schema/character_device.hpp>
#include <vnuma/schema/clock.hpp>
#include <vnuma/schema/commandline.hpp>
#include <vnuma/schema/controller.hpp>
#include <vnuma/schema/cpu.hpp>
#include <vnuma/schema/device.hpp>
#include <vnuma/schema/devices.hpp>
#include <vnuma/schema/disk.hpp>
#include <vnuma/schema/display.hpp>
#include <vnuma/schema/export.hpp>
#include <vnuma/schema/features.hpp>
#include <vnuma/schema/filesystem.hpp>
#include <vnuma/schema/host_device.hpp>
#include <vnuma/schema/interface.hpp>
#include <vnuma/schema/iommu.hpp>
#include <vnuma/schema/memory.hpp>
#include <vnuma/schema/metadata.hpp>
#include <vnuma/schema/os.hpp>
#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/small_device.hpp>
#include <vnuma/schema/tuning.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// `<resource>`.
struct VNUMA_SCHEMA_EXPORT Resource {
  std::optional<std::string> partition{};  ///< path of a cgroup
  Unmodelled unmodelled{};
  bool operator==(const Resource&) const;
};

/// `<quoteGenerationService>` of TDX.
struct VNUMA_SCHEMA_EXPORT QGS {
  std::optional<std::string> path{};  ///< socket
  Unmodelled unmodelled{};
  bool operator==(const QGS&) const;
};

/// `<launchSecurity>`: encryption of the guest.
struct VNUMA_SCHEMA_EXPORT LaunchSecurity {
  std::optional<std::string> type{};  ///< sev, sev-snp, tdx, s390-pv
  YesNo kernel_hashes{};
  UInt32 cbitpos{};
  UInt32 reduced_phys_bits{};
  Hex4 policy{};
  std::optional<std::string> dh_cert{};
  std::optional<std::string> session{};
  Box<QGS> quote_generation_service{};
  Unmodelled unmodelled{};
  bool operator==(const LaunchSecurity&) const;
};

/// `<iommufd>`: passthrough devices use /dev/iommu.
struct VNUMA_SCHEMA_EXPORT IOMMUFD {
  YesNo enabled{};
  std::optional<std::string> fd_group{};
  Unmodelled unmodelled{};
  bool operator==(const IOMMUFD&) const;
};

/// `<domain>`: a libvirt domain.
struct VNUMA_SCHEMA_EXPORT Domain {
  std::optional<std::string> type{};  ///< kvm, qemu, xen, lxc, ...
  Int32 id{};                         ///< only of a running domain
  std::optional<std::string> name{};
  UuidText uuid{};
  UuidText gen_id{};  ///< changes when the guest is reset to an earlier state
  std::optional<std::string> title{};
  std::optional<std::string> description{};
  Box<Metadata> metadata{};
  std::optional<MaxMemory> max_memory{};
  std::optional<Memory> memory{};
  std::optional<Memory> current_memory{};
  Box<MemoryBacking> memory_backing{};
  Box<VCPU> vcpu{};
  Box<VCPUs> vcpus{};
  std::optional<IOThreads> io_threads{};
  Box<IOThreadIDs> io_thread_ids{};
  Box<DefaultIOThread> default_io_thread{};
  Box<CPUTune> cpu_tune{};
  Box<NUMATune> numa_tune{};
  Box<Resource> resource{};
  std::vector<SysInfo> sys_info{};
  Box<OS> os{};
  Box<Features> features{};
  Box<CPU> cpu{};
  Box<Clock> clock{};
  std::optional<std::string> on_poweroff{};
  std::optional<std::string> on_reboot{};
  std::optional<std::string> on_crash{};
  Box<IOMMUFD> iommufd{};
  Box<Devices> devices{};
  Box<LaunchSecurity> launch_security{};
  Box<Commandline> qemu_cmd{};
  Unmodelled unmodelled{};
  bool operator==(const Domain&) const;
};
/// The name that KubeVirt uses.
using DomainSpec = Domain;

}  // namespace vnuma::schema
