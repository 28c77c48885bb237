// Makes a placed domain startable on a small machine that does not have the passthrough devices.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <vnuma/placement/plan.hpp>

namespace vnuma::test {

inline constexpr std::uint64_t MiB = std::uint64_t{1} << 20;

// The largest number of vCPUs in a small guest. Its cells keep only the vCPUs with lower numbers.
inline constexpr std::uint32_t most_vcpus = 16;

// The bytes of memory of a cell in a small guest, by its position: the first also has room for kernel and firmware.
constexpr std::uint64_t cell_memory(std::size_t position) { return (position == 0 ? 192 : 64) * MiB; }

// A QEMU device that replaces a passthrough device at its guest address.
struct StandIn {
  // A BAR that the guest must assign.
  struct Bar {
    int index = 0;
    std::uint64_t size = 0;
    bool operator==(const Bar&) const = default;
  };
  std::string driver{};  // QEMU's name of the device
  std::uint16_t vendor = 0;
  std::uint16_t device = 0;
  std::vector<Bar> bars{};
};

// The stand-in for a device with these BARs. If the largest has 256 MiB or more, it is pci-testdev with a BAR of that
// size, but at most `most`, because QEMU's emulated processor has only 40 address bits. Otherwise it is edu.
// pci-testdev also has an I/O BAR, and SeaBIOS has I/O room for only 14 ports; edu has no I/O BAR.
StandIn stand_in(const std::vector<topology::Bar>& bars, std::uint64_t most);

// The files and settings that a guest boots with.
struct Machine {
  std::string architecture;  // x86_64 or aarch64
  std::string kernel;
  std::string initramfs;
  std::string console;              // the file that the guest's serial port writes to
  std::string disk;                 // the image of all disks of the domain
  std::string uefi;                 // the UEFI firmware; empty: SeaBIOS
  std::string uefi_variables;       // the initial UEFI variables
  std::string nvram;                // the file for the guest's UEFI variables
  std::vector<std::string> qemu{};  // more arguments for QEMU
  std::uint64_t memory = 0;         // in total, split in the proportions of the domain's cells; 0: cell_memory for each
};

// Removes from the domain what this machine may not have, and adds what the guest needs to boot:
// - disks use `machine.disk`, NICs use QEMU's user network, consoles and displays are removed;
// - pinning, nodesets, huge pages, the CPU's model and the vCPUs beyond most_vcpus are removed;
// - cells have cell_memory, or their parts of `machine.memory`;
// - the guest boots the kernel and the initramfs directly, and ends if it would reboot.
// Passthrough devices stay, so that libvirt can define the domain and choose the absent addresses.
// Throws std::runtime_error if a cell would lose all its CPUs.
schema::Domain small(schema::Domain domain, const Machine& machine);

// Replaces the passthrough devices of a domain that libvirt has defined by stand-ins at their addresses, so that the
// domain can start. There is one stand-in for each of Plan::devices, in the same order.
void replace_passthrough(schema::Domain& domain, const placement::Plan& plan, const std::vector<StandIn>& stand_ins);

// The address of a passthrough device in the domain.
topology::PciAddress address_of(const schema::Domain& domain, const placement::PlannedDevice& device);

}  // namespace vnuma::test
