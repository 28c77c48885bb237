// Makes of a placed domain one that starts on a small machine, without the devices that it is given.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <vnuma/placement/plan.hpp>

namespace vnuma::test {

inline constexpr std::uint64_t MiB = std::uint64_t{1} << 20;

// What a small guest has at most of vCPUs; those of its cells with a number beyond are gone.
inline constexpr std::uint32_t most_vcpus = 16;

// The bytes of memory of a small guest's cell, by its position: the first has room for kernel and firmware.
constexpr std::uint64_t cell_memory(std::size_t position) { return (position == 0 ? 192 : 64) * MiB; }

// What stands for a passthrough device, at its guest address.
struct StandIn {
  // A BAR that the guest has to assign.
  struct Bar {
    int index = 0;
    std::uint64_t size = 0;
    bool operator==(const Bar&) const = default;
  };
  std::string driver{};  // QEMU's name
  std::uint16_t vendor = 0;
  std::uint16_t device = 0;
  std::vector<Bar> bars{};
};

// The stand-in for a device with these BARs: QEMU's pci-testdev where there is a large one, with a BAR of that size,
// but of no more than `most`, for QEMU's emulated processor has 40 address bits; else edu. pci-testdev has an I/O BAR
// too, of which SeaBIOS has room for 14 ports; edu has none.
StandIn stand_in(const std::vector<topology::Bar>& bars, std::uint64_t most);

// Where the guest's parts are, and how it boots.
struct Machine {
  std::string architecture;  // x86_64 or aarch64
  std::string kernel;
  std::string initramfs;
  std::string console;              // the file that the guest's serial port writes to
  std::string disk;                 // an image for the domain's disks
  std::string uefi;                 // the firmware; SeaBIOS boots if it is empty
  std::string uefi_variables;       // and its variables, before it first runs
  std::string nvram;                // where it keeps them
  std::vector<std::string> qemu{};  // further arguments for QEMU
  std::uint64_t memory = 0;         // of the guest, its cells' parts as they were; 0: cell_memory for each
};

// The domain without what cannot be had here, and with what it needs to boot:
// - disks are `machine.disk`, NICs are connected to nothing, consoles and displays are gone;
// - pinning, nodesets, huge pages and the CPU's model are gone, and the vCPUs beyond most_vcpus;
// - cells have cell_memory, or their parts of `machine.memory`;
// - it boots the kernel and the initramfs at once, and where it would boot again it ends.
// Passthrough devices are as they were: libvirt can define the domain, and chooses the addresses that are absent.
// Throws std::runtime_error if a cell with CPUs would have none left: the guest would be another.
schema::Domain small(schema::Domain domain, const Machine& machine);

// Replaces the passthrough devices of a domain that libvirt has defined by stand-ins at their addresses, for each
// device in the order of Plan::devices. Now it can be started.
void replace_passthrough(schema::Domain& domain, const placement::Plan& plan, const std::vector<StandIn>& stand_ins);

// The address of a passthrough device in the domain.
topology::PciAddress address_of(const schema::Domain& domain, const placement::PlannedDevice& device);

}  // namespace vnuma::test
