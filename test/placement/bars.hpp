// Domains whose passthrough devices have BARs.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "build.hpp"

namespace vnuma::test {

inline constexpr std::uint64_t MiB = std::uint64_t{1} << 20;
inline constexpr std::uint64_t GiB = std::uint64_t{1} << 30;

// The kernel's flags of BARs.
inline constexpr std::uint64_t io = 0x40101;
inline constexpr std::uint64_t small = 0x40200;          // 32-bit
inline constexpr std::uint64_t wide = 0x140204;          // 64-bit
inline constexpr std::uint64_t prefetchable = 0x14220c;  // 64-bit and prefetchable

// A domain and the host that it is for; node n of the host is cell n of the guest.
struct BarPair {
  explicit BarPair(unsigned cells = 1) : domain(guest(cells)), host(test::host(cells)) {}

  // One more device, with BARs 0, 2 and so on.
  BarPair& pass(const std::string& source, std::vector<std::uint64_t> sizes, std::uint64_t flags = prefetchable,
                unsigned node = 0) {
    domain.devices->host_devices.push_back(hostdev(source));
    return attach_bars(source, sizes, flags, node);
  }
  BarPair& pass_at(const std::string& source, const std::string& address, std::uint64_t size) {
    domain.devices->host_devices.push_back(hostdev(source, address));
    return attach_bars(source, {size}, prefetchable, 0);
  }
  // Devices that are alike, from 0000:20:00.0 on.
  BarPair& pass_many(unsigned count, std::uint64_t size, std::uint64_t flags = prefetchable) {
    for (unsigned i = 0; i < count; ++i) pass("0000:" + std::to_string(20 + i) + ":00.0", {size}, flags);
    return *this;
  }
  BarPair& ovmf() {
    domain.os->firmware = "efi";
    return *this;
  }
  BarPair& argument(const std::string& option, const std::string& value) {
    if (!domain.qemu_cmd) domain.qemu_cmd.emplace();
    domain.qemu_cmd->qemu_arg.push_back({.value = option});
    domain.qemu_cmd->qemu_arg.push_back({.value = value});
    return *this;
  }
  BarPair& hole(std::uint64_t gibibytes) {
    schema::Controller& root = domain.devices->controllers.emplace_back();
    root.type = "pci";
    root.index = 0;
    root.model = "pcie-root";
    schema::PCIHole64& hole = root.pci_hole64.emplace();
    hole.value = gibibytes;
    hole.unit = schema::Unit::GiB;
    return *this;
  }
  BarPair& bits(unsigned bits) {
    schema::CPUMaxPhysAddr& stated = domain.cpu->max_phys_addr.emplace();
    stated.mode = "emulate";
    stated.bits = bits;
    return *this;
  }

  placement::Plan planned(placement::Mmio mmio = placement::Mmio::warn, bool strict = false) const {
    return placement::plan(domain, host, {.strict = strict, .mmio = mmio});
  }
  std::uint64_t window() const { return planned().mmio.window.value(); }

  schema::Domain domain;
  topology::Host host;

 private:
  BarPair& attach_bars(const std::string& source, const std::vector<std::uint64_t>& sizes, std::uint64_t flags,
                       unsigned node) {
    topology::PciDevice device{.address = bdf(source), .numa_node = node};
    for (const std::uint64_t size : sizes) {
      device.bars.push_back({.index = static_cast<int>(device.bars.size() * 2), .size = size, .flags = flags});
    }
    host.devices.push_back(std::move(device));
    std::sort(host.devices.begin(), host.devices.end(), [](auto& a, auto& b) { return a.address < b.address; });
    return *this;
  }
};

}  // namespace vnuma::test
