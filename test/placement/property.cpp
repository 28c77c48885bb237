// For every domain and host, a plan keeps the rules of libvirt, QEMU and the guest.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/test/unit_test.hpp>

#include <vnuma/placement/check.hpp>
#include <vnuma/placement/qemu_arguments.hpp>
#include <vnuma/schema/xml.hpp>

#include "placement/maker.hpp"

using namespace vnuma::test;
using namespace vnuma::placement;
using boost::test_tools::per_element;
using vnuma::schema::Domain;
using vnuma::topology::Host;

namespace {

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
vnuma::topology::Location location_in(const Domain& domain, const PciAddress& address) {
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
  return location_of(device);
}

vnuma::topology::Location location_on(const Host& host, const PlannedDevice& device) {
  if (device.uuid.empty()) return location_of(*host.find(*device.source));
  return location_of(*host.find_mediated(device.uuid), host).value();
}

using vnuma::topology::Level;

// No pair of devices is nearer than on the host, and, if `exact`, none is farther. But two nodes of the host that share
// a cell are one to the guest.
void check_nearness(const Plan& plan, const Host& host, const Domain& after, bool exact) {
  std::vector<std::pair<vnuma::topology::Location, vnuma::topology::Location>> locations;  // host, guest
  for (const PlannedDevice& device : plan.devices) {
    if (!device.host_location || !device.guest_cell || !device.address || !device.guest_location->node) continue;
    locations.emplace_back(location_on(host, device), location_in(after, *device.address));
    BOOST_TEST((device.guest_location->node == locations.back().second.node));
  }
  for (auto a = locations.begin(); a != locations.end(); ++a) {
    for (auto b = std::next(a); b != locations.end(); ++b) {
      const Level in_guest = level(a->second, b->second);
      Level on_host = level(a->first, b->first);
      if (on_host == Level::sys && a->second.node == b->second.node) on_host = Level::node;
      if (exact) BOOST_TEST(name(in_guest) == name(on_host));
      if (a->first.switches != b->first.switches) BOOST_TEST((in_guest >= on_host));
    }
  }
}

// With switches mirrored, every pair is as near as on the host; with root complexes, none is nearer. What was there
// before stays, so that it may be in the way.
void check_nearness(const Plan& plan, const Case& made, const Domain& after) {
  using vnuma::topology::Level;
  if (plan.mirror == Mirror::numa || !made.domain.devices->controllers.empty()) return;
  check_nearness(plan, made.host, after, plan.mirror == Mirror::pcie_switch);
}

// What comes later may be farther than on the host, but is no nearer.
void check_growth(const Case& made) {
  if (made.options.mirror == Mirror::numa || !made.domain.devices->controllers.empty()) return;
  Domain domain = made.domain;
  auto& given = domain.devices->host_devices;
  const auto half = given.begin() + static_cast<std::ptrdiff_t>(given.size() / 2);
  const std::vector<vnuma::schema::HostDevice> later(half, given.end());
  given.erase(half, given.end());
  Plan plan;
  try {
    apply(vnuma::placement::plan(domain, made.host, made.options), domain);
    given.insert(given.end(), later.begin(), later.end());
    plan = vnuma::placement::plan(domain, made.host, made.options);
    apply(plan, domain);
  } catch (const PlanError&) {
    return;
  }
  check_chassis_and_addresses(domain);
  check_bus_ranges(domain);
  if (plan.mirror == made.options.mirror) check_nearness(plan, made.host, domain, false);
  BOOST_TEST(!vnuma::placement::plan(domain, made.host, made.options).changed);
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
      BOOST_TEST(!device.reasons.empty());
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
  if (!plan.mmio.qemu_arguments.empty()) expected.qemu_cmd = after.qemu_cmd;
  for (auto removed = plan.removed.rbegin(); removed != plan.removed.rend(); ++removed) {
    expected.devices->controllers.erase(expected.devices->controllers.begin() +
                                        static_cast<std::ptrdiff_t>(removed->position));
  }
  for (const PlannedDevice& device : plan.devices) {
    if (device.outcome != Outcome::placed) continue;
    const bool hostdev = device.kind == DeviceKind::hostdev;
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
  // A setting for BARs may come to be of use: what would not suffice for more devices is not set.
  options.mmio = Mmio::off;
  options.strict = false;  // the device may have been the function 0 of others
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

// Whether a virtual function or mediated device comes between functions of a slot, which share a port.
bool are_slots_split(const Plan& plan, const Host& host) {
  std::map<PciAddress, std::pair<unsigned, unsigned>> slots;  // others, virtual ones
  for (const PlannedDevice& device : plan.devices) {
    const auto* on_host = device.source ? host.find(*device.source) : nullptr;
    const bool is_virtual = !device.uuid.empty() || (on_host && on_host->physical_function);
    if (device.source)
      ++(is_virtual ? slots[device.source->first_function()].second : slots[device.source->first_function()].first);
  }
  return std::any_of(slots.begin(), slots.end(),
                     [](const auto& slot) { return slot.second.first > 1 && slot.second.second > 0; });
}

// Devices come and go, in three rounds: as long as all is mirrored as was asked for, and nothing lacked room, those
// that come together are as near to each other as on the host.
void check_rounds(const Case& made) {
  if (made.options.mirror == Mirror::numa || !made.domain.devices->controllers.empty()) return;
  Options options = made.options;
  options.strict = false;
  options.readdress = false;
  Domain domain = made.domain;
  const auto all = domain.devices->host_devices;
  domain.devices->interfaces.clear();
  for (unsigned round = 0; round < 3; ++round) {
    // One of three stays, one comes new, one goes.
    auto& given = domain.devices->host_devices;
    const auto before = given;
    given.clear();
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto there =
          std::find_if(before.begin(), before.end(), [&](const auto& one) { return one.source == all[i].source; });
      const std::size_t turn = (i * 7 + round) % 3;
      if (turn == 0 && round > 0 && there != before.end()) given.push_back(*there);
      if (turn == 1) (given.push_back(all[i]), given.back().address.reset());
    }
    Plan plan;
    try {
      plan = vnuma::placement::plan(domain, made.host, options);
      apply(plan, domain);
    } catch (const PlanError&) {
      return;
    }
    if (plan.mirror != options.mirror || warns(plan, Code::far_from_neighbours)) return;
    std::erase_if(plan.devices, [](const PlannedDevice& device) { return device.outcome != Outcome::placed; });
    check_nearness(plan, made.host, domain, options.mirror == Mirror::pcie_switch);
  }
}

// Where the domain had no controllers, all devices can go and come back: the ports and cells that they left are theirs
// again. Devices that the plan left may take them as well, so there must be none; nor two expander buses of one cell,
// for which of the two was whose is forgotten.
void check_return(const Plan& plan, const Case& made, const Domain& after) {
  if (!made.domain.devices->controllers.empty() || plan.mirror != made.options.mirror) return;
  const auto is_placed = [](const PlannedDevice& device) { return device.outcome == Outcome::placed; };
  if (!std::all_of(plan.devices.begin(), plan.devices.end(), is_placed)) return;
  std::set<unsigned> with_expander;
  for (const auto& controller : plan.controllers) {
    if (controller.node && !with_expander.insert(*controller.node).second) return;
  }
  Domain again = after;
  for (auto& device : again.devices->host_devices) device.address.reset();
  for (auto& device : again.devices->interfaces) device.address.reset();
  const Plan planned = vnuma::placement::plan(again, made.host, made.options);
  BOOST_TEST(planned.controllers.empty());
  BOOST_TEST(planned.cells.empty());
  apply(planned, again);
  BOOST_TEST((again == after));
}

// What plan gives has no error of check's that the domain did not have.
void check_findings(const Case& made, const Domain& after) {
  const auto count_errors = [](const Domain& domain) {
    std::map<Code, int> errors;
    for (const Diagnostic& finding : check(domain)) errors[finding.code] += finding.severity == Severity::error;
    return errors;
  };
  auto before = count_errors(made.domain);
  for (const auto& [code, count] : count_errors(after)) BOOST_TEST(count <= before[code], name(code));
}

// QEMU creates devices in the order of its arguments, each on a bus that exists by then. Only a domain with a fault
// that check finds, or with a device that still has no address, has no arguments.
void check_arguments_of_qemu(const Plan& plan, const Domain& after) {
  std::vector<QemuArgument> arguments;
  try {
    arguments = qemu_arguments(after);
  } catch (const PlanError& error) {
    const Code code = error.diagnostic().code;
    const auto is_left = [](const PlannedDevice& device) { return !device.address; };
    const bool is_reported = code == Code::not_placed
                                 ? std::any_of(plan.devices.begin(), plan.devices.end(), is_left)
                                 : mentions(fmt::format("{}", fmt::join(codes_of(check(after)), " ")), name(code));
    BOOST_TEST(is_reported, error.what());
    return;
  }
  std::set<std::string> buses{"pcie.0"};
  std::size_t devices = 0;
  for (const auto& [option, value] : arguments) {
    if (option != "-device") continue;
    const auto setting = [&, &value = value](const std::string& key) {
      const std::size_t at = value->find("," + key + "=") + key.size() + 2;
      return value->substr(at, value->find(',', at) - at);
    };
    BOOST_TEST(buses.contains(setting("bus")), *value);
    BOOST_TEST(buses.insert(setting("id")).second, *value);
    devices += value->starts_with("vfio-pci,");
  }
  BOOST_TEST(devices == plan.devices.size());
}

// Host order, where nothing was there before and the devices of the cells do not interleave.
void check_order(const Plan& plan, const Case& made) {
  if (plan.mirror != Mirror::numa || made.options.mirror != Mirror::numa) return;
  if (are_slots_split(plan, made.host)) return;
  if (!made.domain.devices->controllers.empty()) return;
  std::map<PciAddress, const PlannedDevice*> placed;
  for (const PlannedDevice& device : plan.devices) {
    if (device.outcome == Outcome::placed) placed.emplace(*device.source, &device);
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
  if (made.options.unaligned != Unaligned::nearest && made.options.mmio == Mmio::off) {
    BOOST_TEST(texts(plan.warnings) == Lines{}, per_element());
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(plans_of_random_domains_keep_the_rules_of_libvirt_qemu_and_the_guest) {
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
      check_growth(made);
      check_rounds(made);
      check_switches(plan);
      check_cells(plan, made.domain, after);
      check_nothing_else_changed(plan, made.domain, after);
      check_order(plan, made);
      check_findings(made, after);
      check_arguments_of_qemu(plan, after);
      check_stability(after, made.host, made.options);
      check_return(plan, made, after);
      BOOST_TEST(!vnuma::placement::plan(after, made.host, made.options).changed);
    }
  }
  if (only) return;
  // The cases must not have become trivial.
  BOOST_TEST(placed > 20000U);
  BOOST_TEST(cells > 200U);
  BOOST_TEST(refused < 150U);
}
