// The guest's physical address space: where its memory ends, and how far it reaches.
#pragma once

#include <cstdint>
#include <optional>

#include <vnuma/schema/domain.hpp>

namespace vnuma::placement {

// The end of an x86 guest's memory, and of the region for memory that is plugged in later, rounded up to a GiB: where
// firmware may begin a window. Throws schema::Error for sizes that are no numbers.
std::uint64_t memory_end(const schema::Domain& domain);

// How many bits the guest's physical addresses have.
struct AddressBits {
  unsigned bits = 0;
  bool stated = false;  // by the domain, and not the default of QEMU
};

// What is known of an x86 guest. nullopt where the host's processor decides.
std::optional<AddressBits> address_bits(const schema::Domain& domain);

}  // namespace vnuma::placement
