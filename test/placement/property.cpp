// Whatever the domain and the host, a plan keeps libvirt's, QEMU's and the guest's rules.
#include <array>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include <boost/test/unit_test.hpp>

#include <vnuma/schema/xml.hpp>

#include "placement/build.hpp"

using namespace vnuma::test;
using namespace vnuma::placement;
using vnuma::schema::Domain;
using vnuma::topology::Host;

namespace {

struct Case {
  Domain domain;
  Host host;
  Options options;
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
    made_.options.mirror = std::array{Mirror::numa, Mirror::root_complex, Mirror::pcie_switch}[pick(0, 2)];
    if (chance(4)) made_.options.reserve_buses = pick(1, 20);
    if (chance(3)) made_.options.unaligned = chance(2) ? Unaligned::cell : Unaligned::nearest;
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
      controllers.push_back(expander(own, PciAddress{0, 0, slot_++, 0}.format(), bus_nr, pick(0, cells)));
      for (unsigned p = 0; p < ports; ++p) {
        const unsigned here = index++;
        controllers.push_back(port(here, PciAddress{0, byte(own), byte(p), 0}.format()));
        if (p > 0 || !has_switch) {
          places_.push_back(here);
          continue;
        }
        const unsigned upstream = index++;
        controllers.push_back(
            controller(upstream, "pcie-switch-upstream-port", PciAddress{0, byte(here), 0, 0}.format()));
        for (unsigned slot = 0; slot < 2; ++slot) {
          places_.push_back(index);
          controllers.push_back(controller(index++, "pcie-switch-downstream-port",
                                           PciAddress{0, byte(upstream), byte(slot), 0}.format()));
        }
      }
    }
    const std::uint8_t slot = slot_++;
    for (unsigned p = pick(0, 8); p > 0; --p) {
      places_.push_back(index + p - 1);
      controllers.push_back(port(index + p - 1, PciAddress{0, 0, slot, byte(p - 1)}.format()));
    }
  }

  // Places to hang devices on: root complexes, each of a node or none, with trees of bridges, most of them root ports
  // and whole switches, some bridges alone, as conventional ones are.
  void add_root_complexes(unsigned nodes) {
    for (unsigned i = pick(1, 6); i > 0; --i) {
      vnuma::topology::PciDevice place;
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

  // A new device of the host, or one more function of the slot of the last.
  vnuma::topology::PciDevice host_device() {
    vnuma::topology::PciDevice device = last_;
    device.physical_function.reset();
    ++device.address.function;
    if (device.address.function > 7 || !chance(4) || !sources_.insert(device.address).second) {
      device = hosts_places_[pick(0, static_cast<unsigned>(hosts_places_.size() - 1))];
      do {
        device.address = {chance(9) ? 1U : 0U, byte(pick(0, 255)), byte(pick(0, 3)), byte(chance(6) ? pick(0, 6) : 0)};
      } while (sources_.contains(device.address.first_function()) || !sources_.insert(device.address).second);
      sources_.insert(device.address.first_function());  // nobody else's slot
    }
    if (chance(6)) device.physical_function = PciAddress{0, 1, 0, 0};
    last_ = device;
    return device;
  }

  vnuma::schema::HostDevice mediated_device(const PciAddress& parent) {
    vnuma::schema::HostDevice given;
    given.type = "mdev";
    given.source.emplace().address.emplace().uuid = vnuma::schema::Uuid{0xab, byte(uuids_++)};
    made_.host.mediated_devices.push_back({given.source->address->uuid.text(), parent});
    return given;
  }

  void add_device() {
    vnuma::topology::PciDevice device = host_device();
    const bool mediated = chance(10);
    auto given = mediated ? mediated_device(device.address) : hostdev(device.address.format());
    if (!places_.empty() && chance(3)) {
      given.address = pci(PciAddress{0, byte(places_.back()), 0, 0}.format());
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
    if (chance(2) && slot_ < 0x19) disk.address = pci(PciAddress{0, 0, slot_++, 0}.format());
    devices.unmodelled.children().push_back({.name = "future"});
  }

  static std::uint8_t byte(unsigned value) { return static_cast<std::uint8_t>(value); }

  std::mt19937 random_;
  Case made_;
  std::uint8_t slot_ = 2;
  std::vector<unsigned> places_;  // ports with nothing in them
  std::set<PciAddress> sources_;
  std::vector<vnuma::topology::PciDevice> hosts_places_;  // with root complex, node and bridges
  unsigned bridges_ = 0;
  unsigned uuids_ = 0;
  vnuma::topology::PciDevice last_{.address = {0, 0, 0, 7}};
};

using Controllers = std::map<unsigned, const vnuma::schema::Controller*>;

Controllers by_index(const Domain& domain) {
  Controllers controllers;
  for (const auto& controller : domain.devices->controllers) {
    BOOST_TEST(controllers.emplace(*controller.index, &controller).second, "index " << *controller.index);
  }
  return controllers;
}

PciAddress address_of(const vnuma::schema::Controller& controller) {
  return vnuma::topology::pci_address(*controller.address);
}

// The expander bus above a port; nullptr if there is none.
const vnuma::schema::Controller* expander_above(const Controllers& controllers, unsigned bus) {
  for (int steps = 0; bus != 0 && steps < 300; ++steps) {
    const auto* controller = controllers.at(bus);
    if (controller->model == "pcie-expander-bus") return controller;
    bus = address_of(*controller).bus;
  }
  return nullptr;
}

void check_chassis_and_addresses(const Domain& domain) {
  std::set<unsigned> chassis;
  std::set<PciAddress> addresses;
  std::map<PciAddress, bool> slots;  // function 0 of a slot in use -> whether there is a function 0
  for (const auto& controller : domain.devices->controllers) {
    const PciAddress address = address_of(controller);
    BOOST_TEST(addresses.insert(address).second, address);
    slots[address.first_function()] |= address.function == 0;
    if (controller.model != "pcie-root-port" && controller.model != "pcie-switch-downstream-port") continue;
    const unsigned number =
        controller.target && controller.target->chassis ? *controller.target->chassis : *controller.index;
    BOOST_TEST(chassis.insert(number).second, "chassis " << number);
  }
  const auto add = [&](const auto& device) {
    if (!device.address || !device.address->bus) return;
    const PciAddress address = vnuma::topology::pci_address(*device.address);
    BOOST_TEST(addresses.insert(address).second, address);
    slots[address.first_function()] |= address.function == 0;
  };
  for (const auto& device : domain.devices->disks) add(device);
  for (const auto& device : domain.devices->interfaces) add(device);
  for (const auto& device : domain.devices->host_devices) add(device);
  for (const auto& [slot, has_first] : slots) BOOST_TEST(has_first, "no function 0 in " << slot.format());
}

// Each expander bus with the bridges below it; the ranges must neither overlap nor end beyond 255.
void check_bus_ranges(const Domain& domain) {
  const Controllers controllers = by_index(domain);
  std::map<unsigned, unsigned> bridges;  // index -> how many
  for (const auto& controller : domain.devices->controllers) {
    if (controller.model == "pcie-expander-bus") continue;
    if (const auto* expander = expander_above(controllers, address_of(controller).bus)) ++bridges[*expander->index];
  }
  std::map<unsigned, unsigned> ranges;  // first -> last
  for (const auto& controller : domain.devices->controllers) {
    if (controller.model != "pcie-expander-bus") continue;
    const unsigned first = *controller.target->bus_nr;
    BOOST_TEST(ranges.emplace(first, first + bridges[*controller.index]).second, "busNr " << first);
  }
  unsigned next = 8;
  for (const auto& [first, last] : ranges) {
    BOOST_TEST(first >= next);
    BOOST_TEST(last <= 255U);
    next = last + 1;
  }
}

// QEMU is given the controllers in the order of their indexes, and needs a bus before what is plugged into it.
void check_order_of_indexes(const Plan& plan) {
  for (const auto& controller : plan.controllers) BOOST_TEST(controller.index > controller.address.bus);
}

// Ports that the plan added hold a device each.
void check_no_empty_port(const Plan& plan, const Domain& domain) {
  std::set<unsigned> used;
  for (const auto& device : domain.devices->host_devices) {
    if (device.address && device.address->bus) used.insert(*device.address->bus);
  }
  for (const auto& device : domain.devices->interfaces) {
    if (device.address && device.address->bus) used.insert(*device.address->bus);
  }
  for (const auto& controller : plan.controllers) {
    used.insert(controller.address.bus);
  }
  for (const auto& controller : plan.controllers) BOOST_TEST(used.contains(controller.index), controller.index);
}

// Where the domain, as it was written, has the device.
vnuma::topology::Place place_in(const Domain& domain, const PciAddress& address) {
  const Controllers controllers = by_index(domain);
  vnuma::topology::PciDevice device;
  device.address = address;
  for (unsigned bus = address.bus; bus != 0;) {
    const auto* controller = controllers.at(bus);
    if (controller->model == "pcie-expander-bus") {
      device.root_complex = std::to_string(bus);
      device.numa_node = *controller->target->numa_node;
      break;
    }
    device.bridges.insert(device.bridges.begin(), address_of(*controller));
    bus = device.bridges.front().bus;
  }
  return place_of(device);
}

vnuma::topology::Place place_on(const Host& host, const PlannedDevice& device) {
  if (device.uuid.empty()) return place_of(*host.find(device.source));
  return place_of(*host.find_mediated(device.uuid), host).value();
}

// Of the devices that were placed: with switches mirrored, every pair is as near as on the host; with root complexes,
// none is nearer. But two nodes of the host that share a cell are one to the guest; and what was there before stays, so
// that it may be in the way.
void check_nearness(const Plan& plan, const Case& made, const Domain& after) {
  using vnuma::topology::Level;
  if (plan.mirror == Mirror::numa || !made.domain.devices->controllers.empty()) return;
  std::vector<std::pair<vnuma::topology::Place, vnuma::topology::Place>> places;  // host, guest
  for (const PlannedDevice& device : plan.devices) {
    if (device.outcome != Outcome::placed) continue;
    places.emplace_back(place_on(made.host, device), place_in(after, *device.address));
    BOOST_TEST((device.guest_place->node == places.back().second.node));
  }
  for (auto a = places.begin(); a != places.end(); ++a) {
    for (auto b = std::next(a); b != places.end(); ++b) {
      const Level guest = level(a->second, b->second);
      Level host = level(a->first, b->first);
      if (host == Level::sys && a->second.node == b->second.node) host = Level::node;
      if (plan.mirror == Mirror::pcie_switch) BOOST_TEST(name(guest) == name(host));
      if (a->first.switches != b->first.switches) BOOST_TEST((guest >= host));
    }
  }
}

// With switches mirrored, each that the plan adds decides something: it has two devices or more, directly or below.
void check_switches(const Plan& plan) {
  std::map<unsigned, unsigned> bus_of;
  for (const auto& controller : plan.controllers) bus_of[controller.index] = controller.address.bus;
  std::map<unsigned, unsigned> devices;  // by expander bus' port
  for (const PlannedDevice& device : plan.devices) {
    if (device.outcome != Outcome::placed || device.address->function != 0) continue;
    unsigned port = device.address->bus;
    for (unsigned above = port; bus_of.contains(above); above = bus_of[above]) {
      if (bus_of.contains(bus_of[above])) port = above;
    }
    ++devices[port];
  }
  for (const auto& controller : plan.controllers) {
    if (controller.model == "pcie-switch-upstream-port" && devices.contains(controller.address.bus)) {
      BOOST_TEST(devices[controller.address.bus] > 1U, "switch " << controller.index);
    }
  }
}

void check_devices(const Plan& plan, const Domain& before, const Domain& after) {
  std::size_t passthrough = before.devices->host_devices.size();
  for (const auto& interface : before.devices->interfaces) passthrough += interface.type == "hostdev";
  BOOST_TEST(plan.devices.size() == passthrough);
  const Controllers controllers = by_index(after);
  std::set<PciAddress> predicted;
  for (const PlannedDevice& device : plan.devices) {
    if (device.guest_bdf) BOOST_TEST(predicted.insert(*device.guest_bdf).second, *device.guest_bdf);
    if (device.outcome != Outcome::placed) {
      BOOST_TEST(!device.reason.empty());
      continue;
    }
    const auto* expander = expander_above(controllers, device.address->bus);
    BOOST_REQUIRE(expander);
    BOOST_TEST((expander->target->numa_node == device.guest_cell.value()));
    BOOST_TEST(device.guest_bdf->bus > *expander->target->bus_nr);
  }
}

// New cells are numbered on, have memory of cells that keep some, are on the host nodes of devices that are placed, and
// as far from other cells as these from them.
void check_cells(const Plan& plan, const Domain& before, const Domain& after) {
  const auto& cells = after.cpu->numa->cells;
  const auto memory = [](const Domain& domain) {
    std::uint64_t all = 0;
    for (const auto& cell : domain.cpu->numa->cells) all += *cell.memory;
    return all;
  };
  BOOST_TEST(cells.size() == before.cpu->numa->cells.size() + plan.cells.size());
  BOOST_TEST(memory(after) == memory(before));
  std::map<std::pair<unsigned, unsigned>, unsigned> distances;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    BOOST_TEST(*cells[i].id == i);
    BOOST_TEST(*cells[i].memory >= 65536U);
    if (!cells[i].distances) continue;
    for (const auto& to : cells[i].distances->siblings) distances[{i, *to.id}] = *to.value;
  }
  for (const auto& [pair, distance] : distances) {
    BOOST_TEST((pair.first == pair.second ? distance == 10 : distance > 10 && distance < 256));
    const auto back = distances.find({pair.second, pair.first});
    if (back != distances.end()) BOOST_TEST(back->second == distance);
  }
  for (const auto& cell : plan.cells) {
    BOOST_TEST(cell.distances.size() == cells.size());
    BOOST_TEST(std::any_of(plan.devices.begin(), plan.devices.end(), [&](const PlannedDevice& device) {
      return device.outcome == Outcome::placed && device.guest_cell == cell.id && device.host_node == cell.host_node;
    }));
  }
}

// Without the new cells, controllers and addresses, the domain is what it was.
void check_nothing_else_changed(const Plan& plan, const Domain& before, Domain after) {
  auto& devices = *after.devices;
  devices.controllers.resize(devices.controllers.size() - plan.controllers.size());
  Domain expected = before;
  if (!plan.cells.empty()) expected.cpu->numa = after.cpu->numa;
  for (auto removed = plan.removed.rbegin(); removed != plan.removed.rend(); ++removed) {
    expected.devices->controllers.erase(expected.devices->controllers.begin() + static_cast<std::ptrdiff_t>(*removed));
  }
  for (const PlannedDevice& device : plan.devices) {
    if (device.outcome != Outcome::placed) continue;
    const bool hostdev = device.kind == PlannedDevice::Kind::hostdev;
    for (Domain* domain : {&after, &expected}) {
      (hostdev ? domain->devices->host_devices[device.position].address
               : domain->devices->interfaces[device.position].address)
          .reset();
    }
  }
  BOOST_TEST((after == expected));
  BOOST_TEST(to_xml(after) == to_xml(expected));
}

// A device that goes leaves the others where they are, and so does one that comes.
void check_stability(const Domain& domain, const Host& host, Options options) {
  options.readdress = false;
  if (domain.devices->host_devices.empty()) return;
  Domain fewer = domain;
  fewer.devices->host_devices.pop_back();
  BOOST_TEST(!vnuma::placement::plan(fewer, host, options).changed);
  Domain more = fewer;
  more.devices->host_devices.push_back(domain.devices->host_devices.back());
  more.devices->host_devices.back().address.reset();
  try {
    apply(vnuma::placement::plan(more, host, options), more);
  } catch (const PlanError&) {
    return;  // numbers ran out
  }
  more.devices->host_devices.pop_back();
  BOOST_TEST((more.devices->host_devices == fewer.devices->host_devices));
  BOOST_TEST((more.devices->interfaces == fewer.devices->interfaces));
}

// Host order, where nothing was there before and the devices of the cells do not interleave.
void check_order(const Plan& plan, const Case& made) {
  if (plan.mirror != Mirror::numa || made.options.mirror != Mirror::numa) return;
  if (!made.domain.devices->controllers.empty()) return;
  std::map<PciAddress, const PlannedDevice*> placed;
  for (const PlannedDevice& device : plan.devices) {
    if (device.outcome == Outcome::placed) placed.emplace(device.source, &device);
  }
  std::set<unsigned> seen;
  std::optional<unsigned> cell;
  const PlannedDevice* last = nullptr;
  for (const auto& [source, device] : placed) {
    if (cell != device->guest_cell && !seen.insert(*device->guest_cell).second) return;  // interleaved
    cell = device->guest_cell;
    if (last) BOOST_TEST(*last->guest_bdf < *device->guest_bdf);
    last = device;
  }
  if (made.options.unaligned != Unaligned::nearest) BOOST_TEST(plan.warnings.empty());
}

}  // namespace

BOOST_AUTO_TEST_CASE(random_domains_and_hosts) {
  const char* only = std::getenv("VNUMA_SEED");
  const unsigned first = only ? static_cast<unsigned>(std::atoi(only)) : 1;
  std::size_t placed = 0;
  std::size_t cells = 0;
  std::size_t refused = 0;
  for (unsigned seed = first; seed < first + (only ? 1 : 4000); ++seed) {
    BOOST_TEST_CONTEXT("VNUMA_SEED=" << seed) {
      const Case made = Maker(seed).make();
      Domain after = made.domain;
      Plan plan;
      try {
        plan = vnuma::placement::plan(made.domain, made.host, made.options);
        apply(plan, after);
      } catch (const PlanError&) {
        BOOST_TEST((after == made.domain));
        ++refused;
        continue;
      }
      for (const PlannedDevice& device : plan.devices) placed += device.outcome == Outcome::placed;
      cells += plan.cells.size();
      check_devices(plan, made.domain, after);
      check_chassis_and_addresses(after);
      check_bus_ranges(after);
      check_order_of_indexes(plan);
      check_no_empty_port(plan, after);
      check_nearness(plan, made, after);
      check_switches(plan);
      check_cells(plan, made.domain, after);
      check_nothing_else_changed(plan, made.domain, after);
      check_order(plan, made);
      check_stability(after, made.host, made.options);
      BOOST_TEST(!vnuma::placement::plan(after, made.host, made.options).changed);
    }
  }
  if (only) return;
  // The cases must not have become trivial.
  BOOST_TEST(placed > 20000U);
  BOOST_TEST(cells > 200U);
  BOOST_TEST(refused < 100U);
}
