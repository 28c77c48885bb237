// The guest's physical address space: where its memory ends, and how far it reaches.
#pragma once

#include <cstdint>
#include <optional>

#include <vnuma/schema/domain.hpp>
#include <vnuma/topology/host.hpp>

namespace vnuma::placement {

// The end of an x86 guest's memory, and of the region for memory that is plugged in later, rounded up to a GiB: where
// firmware may begin a window. Throws schema::Error for sizes that are no numbers.
std::uint64_t memory_end(const schema::Domain& domain);

// The address bits that QEMU gives a guest whose domain does not set them (phys-bits in target/i386/cpu.c,
// TCG_PHYS_ADDR_BITS).
inline constexpr unsigned qemu_address_bits = 40;

// How many bits the guest's physical addresses have.
struct AddressBits {
  enum class Source {
    stated,  // <maxphysaddr mode='emulate'>
    limit,   // the limit of <maxphysaddr mode='passthrough'>, where the host's bits are not known: at most so many
    preset,  // QEMU's, where the domain says nothing
    host,    // the host's processor, or the limit where that is less
  };
  unsigned bits = 0;
  Source source{};
};

// Whether the guest's processor is made after the host's: mode='host-passthrough' or 'maximum'.
bool has_processor_of_host(const schema::Domain& domain);

// Whether QEMU gives the guest the host's bits: with <maxphysaddr mode='passthrough'/>, and with KVM to -cpu host and
// max, which have host-phys-bits on (host_cpu_max_instance_init in QEMU's target/i386/host-cpu.c).
bool has_bits_of_host(const schema::Domain& domain);

// Whether libvirt starts a processor of a model that the domain or libvirt names, and not one made after the host's.
bool has_named_model(const schema::Domain& domain);

// What is known of an x86 guest. nullopt where the host's bits decide and are not known, and with mode='host-model':
// whether its guest gets the host's bits depends on machine type and libvirt (11.3 offers a model with them, as
// <maxphysaddr mode='passthrough' limit='N'/>: virQEMUCapsGetHostPhysAddr in src/qemu/qemu_capabilities.c; 9.0 does
// not).
std::optional<AddressBits> address_bits(const schema::Domain& domain, const topology::Host& host);

}  // namespace vnuma::placement
