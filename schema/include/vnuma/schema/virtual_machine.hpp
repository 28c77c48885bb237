/// \file
/// VirtualMachine: the parts of a KubeVirt manifest that shape a domain with the host's NUMA topology.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <vnuma/schema/cpu.hpp>

namespace vnuma::schema {

/// An entry of devices.gpus or devices.hostDevices.
struct VirtualMachineDevice {
  std::string name{};         ///< its alias in the domain
  std::string device_name{};  ///< its resource, as nvidia.com/GH100_H100_SXM5_80GB
  bool operator==(const VirtualMachineDevice&) const = default;
};

/// The firmware of the guest.
enum class VirtualMachineFirmware {
  bios,
  efi,
  efi_secure_boot,
};

/// A part of the manifest that is in no member of VirtualMachine, although KubeVirt puts something into the domain for
/// it.
struct LeftOut {
  std::string path{};  ///< "/spec/template/spec/domain/devices/disks"
  std::size_t line = 0;
  bool operator==(const LeftOut&) const = default;
};

/// A VirtualMachine or VirtualMachineInstance with cpu.numa.guestMappingPassthrough, which requires
/// cpu.dedicatedCpuPlacement and memory.hugepages. Values that the manifest does not have are the defaults of
/// KubeVirt's webhooks (pkg/defaults).
struct VirtualMachine {
  std::string name{};
  std::string name_space{"default"};
  std::string architecture{"amd64"};  ///< amd64, arm64
  std::string machine{"q35"};         ///< machine.type

  std::uint32_t sockets = 1;
  std::uint32_t cores = 1;    ///< per socket
  std::uint32_t threads = 1;  ///< per core
  std::string cpu_model{"host-model"};
  std::vector<CPUFeature> cpu_features{};
  /// Number of host CPUs for the threads of the emulator: 1 with cpu.isolateEmulatorThread, or 2 if an annotation asks
  /// for an even number of CPUs and the number of vCPUs is even; otherwise 0.
  std::uint32_t emulator_threads = 0;

  std::uint64_t memory = 0;     ///< memory of the guest, in bytes
  std::uint64_t page_size = 0;  ///< memory.hugepages.pageSize, in bytes
  bool memfd = true;            ///< whether a memfd backs the memory
  bool mem_balloon = true;      ///< devices.autoattachMemBalloon

  VirtualMachineFirmware firmware = VirtualMachineFirmware::bios;
  bool acpi = true;  ///< features.acpi
  bool smm = false;  ///< features.smm

  std::vector<VirtualMachineDevice> gpus{};
  std::vector<VirtualMachineDevice> host_devices{};
  std::vector<LeftOut> left_out{};  ///< in the order of the manifest
  bool operator==(const VirtualMachine&) const = default;
};

}  // namespace vnuma::schema
