#include "address_space.hpp"

#include <algorithm>
#include <limits>

#include <vnuma/schema/size.hpp>

#include "../bytes.hpp"

namespace vnuma::placement {

namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max() / 4;  // sums of three do not overflow

// The memory that the guest starts with; without memory devices, if the cells say it.
std::uint64_t initial_memory(const schema::Domain& domain) {
  std::uint64_t cells = 0;
  if (domain.cpu && domain.cpu->numa) {
    for (const schema::NUMACell& cell : domain.cpu->numa->cells) {
      if (cell.memory) cells = std::min(most, cells + std::min(most, schema::bytes(cell, "/domain/cpu/numa/cell")));
    }
  }
  if (cells > 0 || !domain.memory || !domain.memory->value) return cells;
  return std::min(most, schema::bytes(*domain.memory, "/domain/memory"));
}

// A machine of QEMU itself. Others change defaults: RHEL's give a guest the host's address bits. "q35" is an alias of
// any of them.
bool is_upstream_machine(const schema::Domain& domain) {
  if (!domain.os || !domain.os->type || !domain.os->type->machine) return false;
  const std::string& machine = *domain.os->type->machine;
  return machine.starts_with("pc-q35-") && machine.find_first_not_of("0123456789.", 7) == std::string::npos;
}

bool is_passed_through(const schema::CPUMaxPhysAddr& stated) { return stated.mode == "passthrough"; }

// With a limit, at most that.
std::optional<AddressBits> bits_of_host(std::optional<unsigned> limit, const topology::Host& host) {
  if (!host.address_bits) return limit ? std::optional(AddressBits{*limit, AddressBits::Source::limit}) : std::nullopt;
  return AddressBits{std::min(*host.address_bits, limit.value_or(*host.address_bits)), AddressBits::Source::host};
}

}  // namespace

std::uint64_t memory_end(const schema::Domain& domain) {
  // q35 has 2 GiB below 4 GiB, and what is beyond above it; less than 2.75 GiB are all below (hw/i386/pc_q35.c).
  const std::uint64_t memory = initial_memory(domain);
  std::uint64_t end = memory < 2 * GiB + 3 * GiB / 4 ? 4 * GiB : 2 * GiB + memory;
  end = align_up(end, GiB);
  if (!domain.max_memory || !domain.max_memory->value) return end;
  // The region for memory devices begins there, and has a GiB more for each slot (hw/i386/pc.c).
  const std::uint64_t limit = std::min(most, schema::bytes(*domain.max_memory, "/domain/maxMemory"));
  const std::uint64_t slots =
      std::min(256U, domain.max_memory->slots ? *domain.max_memory->slots : 0U);  // QEMU takes no more
  end += (limit > memory ? limit - memory : 0) + slots * GiB;
  return align_up(end, GiB);
}

bool has_processor_of_host(const schema::Domain& domain) {
  return domain.cpu && (domain.cpu->mode == "host-passthrough" || domain.cpu->mode == "maximum");
}

bool has_bits_of_host(const schema::Domain& domain) {
  if (domain.cpu && domain.cpu->max_phys_addr) return is_passed_through(*domain.cpu->max_phys_addr);
  return domain.type != "qemu" && has_processor_of_host(domain);
}

bool has_named_model(const schema::Domain& domain) {
  const schema::CPU* cpu = domain.cpu ? &*domain.cpu : nullptr;
  return !cpu || !cpu->mode || *cpu->mode == "custom";
}

std::optional<AddressBits> address_bits(const schema::Domain& domain, const topology::Host& host) {
  const schema::CPUMaxPhysAddr* stated =
      domain.cpu && domain.cpu->max_phys_addr ? &*domain.cpu->max_phys_addr : nullptr;
  if (stated && stated->mode == "emulate" && stated->bits) {
    return AddressBits{*stated->bits, AddressBits::Source::stated};
  }
  if (has_bits_of_host(domain)) {
    const bool has_limit = stated && stated->limit;
    return bits_of_host(has_limit ? std::optional<unsigned>(*stated->limit) : std::nullopt, host);
  }
  if (stated) return std::nullopt;
  if (domain.type == "qemu" || (has_named_model(domain) && is_upstream_machine(domain))) {
    return AddressBits{qemu_address_bits, AddressBits::Source::preset};
  }
  return std::nullopt;
}

}  // namespace vnuma::placement
