// Random domains, hosts and options.
#pragma once

#include <algorithm>
#include <array>
#include <random>
#include <set>

#include <vnuma/schema/ptree.hpp>

#include "placement/build.hpp"

namespace vnuma::test {

struct Case {
  schema::Domain domain;
  topology::Host host;
  placement::Options options;
};

// A case is made from its seed alone: VNUMA_SEED=N runs only that one again.
class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  Case make() {
    const unsigned nodes = pick(1, 8);
    const unsigned cells = pick(1, nodes);
    made_.domain = guest(cells);
    made_.host = host(nodes);
    for (unsigned c = 0; c < cells; ++c) swap_pins(c, pick(0, cells - 1));
    add_root_complexes(nodes);
    for (auto& cell : made_.domain.cpu->numa->cells) cell.memory = pick(1, 8) * 65536;  // KiB
    for (auto& from : made_.host.nodes) {
      for (unsigned to = 0; to < nodes; ++to) from.distances.emplace_back(to, to == from.id ? 10 : pick(11, 99));
    }
    if (chance(3)) existing_topology(cells);
    const unsigned devices = chance(10) ? pick(30, 120) : pick(0, 20);
    for (unsigned i = 0; i < devices; ++i) add_device();
    std::sort(made_.host.devices.begin(), made_.host.devices.end(),
              [](const auto& a, const auto& b) { return a.address < b.address; });
    for (unsigned i = pick(0, 12); i > 0; --i) add_other_device();
    made_.options.readdress = chance(3);
    made_.options.mirror = std::array{placement::Mirror::numa, placement::Mirror::root_complex,
                                      placement::Mirror::pcie_switch}[pick(0, 2)];
    if (chance(4)) made_.options.reserve_buses = pick(1, 20);
    if (chance(3)) made_.options.unaligned = chance(2) ? placement::Unaligned::cell : placement::Unaligned::nearest;
    made_.options.mmio =
        std::array{placement::Mmio::off, placement::Mmio::warn, placement::Mmio::automatic}[pick(0, 2)];
    made_.options.strict = chance(50);
    // Else a pcie-root that holds <pcihole64> may come to the controllers.
    if (made_.options.mmio == placement::Mmio::automatic) made_.domain.os->firmware = "efi";
    return std::move(made_);
  }

 private:
  unsigned pick(unsigned least, unsigned most) { return std::uniform_int_distribution(least, most)(random_); }
  bool chance(unsigned one_in) { return pick(1, one_in) == 1; }

  void swap_pins(unsigned a, unsigned b) {
    auto& pins = made_.domain.cpu_tune->vcpu_pin;
    std::swap(pins[a].cpu_set, pins[b].cpu_set);
  }

  // Expander buses with ports and devices on them, and root ports of pcie-root, as an earlier run or libvirt left them.
  void existing_topology(unsigned cells) {
    auto& controllers = made_.domain.devices->controllers;
    unsigned index = pick(1, 9);
    unsigned bus_nr = 256;
    for (unsigned i = pick(0, 3); i > 0; --i) {
      const unsigned ports = pick(0, 4);
      const bool has_switch = ports > 0 && chance(3);
      bus_nr -= ports + 1 + (has_switch ? 3 : 0) + pick(0, 9);
      const unsigned own = index++;
      controllers.push_back(expander(own, topology::PciAddress{0, 0, slot_++, 0}.format(), bus_nr, pick(0, cells)));
      for (unsigned p = 0; p < ports; ++p) {
        const unsigned here = index++;
        controllers.push_back(port(here, topology::PciAddress{0, byte(own), byte(p), 0}.format()));
        if (p > 0 || !has_switch) {
          places_.push_back(here);
          continue;
        }
        const unsigned upstream = index++;
        controllers.push_back(
            controller(upstream, "pcie-switch-upstream-port", topology::PciAddress{0, byte(here), 0, 0}.format()));
        for (unsigned slot = 0; slot < 2; ++slot) {
          places_.push_back(index);
          controllers.push_back(controller(index++, "pcie-switch-downstream-port",
                                           topology::PciAddress{0, byte(upstream), byte(slot), 0}.format()));
        }
      }
    }
    const std::uint8_t slot = slot_++;
    for (unsigned p = pick(0, 8); p > 0; --p) {
      places_.push_back(index + p - 1);
      controllers.push_back(port(index + p - 1, topology::PciAddress{0, 0, slot, byte(p - 1)}.format()));
    }
  }

  // Places for devices of the host: root complexes, each of a node or none, with trees of bridges, most of them root
  // ports and whole switches, some bridges alone, as conventional ones are.
  void add_root_complexes(unsigned nodes) {
    for (unsigned i = pick(1, 6); i > 0; --i) {
      topology::PciDevice place;
      place.root_complex = "root complex " + std::to_string(i);
      if (!chance(8)) place.numa_node = pick(0, nodes - 1);
      const std::size_t first = hosts_places_.size();
      hosts_places_.push_back(place);
      for (unsigned more = pick(1, 12); more > 0; --more) {
        auto deeper =
            hosts_places_[pick(static_cast<unsigned>(first), static_cast<unsigned>(hosts_places_.size() - 1))];
        if (deeper.bridges.size() > 8) continue;
        for (unsigned bridges = deeper.bridges.empty() || chance(10) ? 1 : 2; bridges > 0; --bridges) {
          deeper.bridges.push_back({9, byte(bridges_ >> 8), byte(bridges_ >> 3 & 31), byte(bridges_ & 7)});
          ++bridges_;
        }
        hosts_places_.push_back(std::move(deeper));
      }
    }
  }

  // 64-bit and prefetchable, for 32 bits, or I/O.
  void add_bars(topology::PciDevice& device) {
    constexpr std::array<std::uint64_t, 3> flags{0x14220c, 0x40200, 0x40101};
    device.bars.clear();
    for (unsigned bar = pick(0, 3); bar > 0; --bar) {
      const unsigned kind = pick(0, 2);
      const std::uint64_t size = std::uint64_t{1} << (kind == 0 ? pick(12, 36) : kind == 1 ? pick(12, 24) : pick(5, 8));
      device.bars.push_back({static_cast<int>(bar - 1), 0, size, flags[kind]});
    }
  }

  // A new device of the host, or one more function of the slot of the last.
  topology::PciDevice host_device() {
    topology::PciDevice device = last_;
    device.physical_function.reset();
    ++device.address.function;
    if (device.address.function > 7 || !chance(4) || !sources_.insert(device.address).second) {
      device = hosts_places_[pick(0, static_cast<unsigned>(hosts_places_.size() - 1))];
      do {
        device.address = {chance(9) ? 1U : 0U, byte(pick(0, 255)), byte(pick(0, 3)), byte(chance(6) ? pick(0, 6) : 0)};
      } while (sources_.contains(device.address.first_function()) || !sources_.insert(device.address).second);
      sources_.insert(device.address.first_function());  // no other device gets the slot
    }
    if (chance(6)) device.physical_function = topology::PciAddress{0, 1, 0, 0};
    add_bars(device);
    last_ = device;
    return device;
  }

  schema::HostDevice mediated_device(const topology::PciAddress& parent) {
    schema::HostDevice given;
    given.type = "mdev";
    given.source.emplace().address.emplace().uuid = schema::Uuid{0xab, byte(uuids_++)};
    made_.host.mediated_devices.push_back({given.source->address->uuid.text(), parent});
    return given;
  }

  void add_device() {
    topology::PciDevice device = host_device();
    const bool mediated = chance(10);
    auto given = mediated ? mediated_device(device.address) : hostdev(device.address.format());
    if (!places_.empty() && chance(3)) {
      given.address = pci(topology::PciAddress{0, byte(places_.back()), 0, 0}.format());
      places_.pop_back();
    } else if (chance(30)) {
      given.address.emplace().type = "pci";
    }
    if (!mediated && chance(5)) {
      auto& interface = made_.domain.devices->interfaces.emplace_back();
      interface.type = "hostdev";
      interface.source.emplace().address = given.source->address;
      interface.address = given.address;
    } else {
      made_.domain.devices->host_devices.push_back(std::move(given));
    }
    if (!chance(20)) made_.host.devices.push_back(std::move(device));
  }

  void add_other_device() {
    auto& devices = *made_.domain.devices;
    auto& disk = devices.disks.emplace_back();
    disk.device = "disk";
    if (chance(2) && slot_ < 0x19) disk.address = pci(topology::PciAddress{0, 0, slot_++, 0}.format());
    devices.unmodelled.children().push_back({.name = "future"});
  }

  static std::uint8_t byte(unsigned value) { return static_cast<std::uint8_t>(value); }

  std::mt19937 random_;
  Case made_;
  std::uint8_t slot_ = 2;
  std::vector<unsigned> places_;  // ports with nothing in them
  std::set<topology::PciAddress> sources_;
  std::vector<topology::PciDevice> hosts_places_;  // with root complex, node and bridges
  unsigned bridges_ = 0;
  unsigned uuids_ = 0;
  topology::PciDevice last_{.address = {0, 0, 0, 7}};
};

}  // namespace vnuma::test
