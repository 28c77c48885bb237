/// \file
/// VirtualMachine: what of a KubeVirt manifest shapes a domain that the host's NUMA is passed through to.
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
  std::string device_name{};  ///< the resource that it is one of, as nvidia.com/GH100_H100_SXM5_80GB
  bool operator==(const VirtualMachineDevice&) const = default;
};

/// How the guest boots.
enum class VirtualMachineFirmware {
  bios,
  efi,
  efi_secure_boot,
};

/// Something of the manifest that shapes no part of VirtualMachine, though KubeVirt makes something of it in the
/// domain.
struct LeftOut {
  std::string path{};  ///< "/spec/template/spec/domain/devices/disks"
  std::size_t line = 0;
  bool operator==(const LeftOut&) const = default;
};

/// A VirtualMachine or VirtualMachineInstance with cpu.numa.guestMappingPassthrough, and so with
/// cpu.dedicatedCpuPlacement and memory.hugepages. What the manifest does not say has the value that KubeVirt's
/// webhooks give it (pkg/defaults).
struct VirtualMachine {
  std::string name{};
  std::string name_space{"default"};
  std::string architecture{"amd64"};  ///< amd64, arm64
  std::string machine{"q35"};         ///< machine.type

  std::uint32_t sockets = 1;
  std::uint32_t cores = 1;    ///< of a socket
  std::uint32_t threads = 1;  ///< of a core
  std::string cpu_model{"host-model"};
  std::vector<CPUFeature> cpu_features{};
  /// Host CPUs for the emulator's own threads: 1 with cpu.isolateEmulatorThread, 2 where an annotation asks to make an
  /// even number of vCPUs even again; else 0.
  std::uint32_t emulator_threads = 0;

  std::uint64_t memory = 0;     ///< of the guest, in bytes
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
