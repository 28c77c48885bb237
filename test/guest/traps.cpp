// Faults that libvirt accepts: it defines these domains, and the guest is damaged or QEMU does not start. If one of
// these tests fails, a new version may no longer have the fault, and vnuma may no longer need its remedy. Each test
// also shows that placement avoids the fault or warns of it, or names the scenario with the remedy.
#include <algorithm>
#include <map>

#include <boost/test/unit_test.hpp>

#include "libvirt.hpp"
#include "placement/findings.hpp"
#include "seen.hpp"
#include "small_hosts.hpp"

using namespace vnuma;
using namespace vnuma::test;
using boost::test_tools::per_element;

namespace {

// A line for each expander bus that the plan adds, in the order of bus numbers: "224 on cell 0".
Lines expanders(const placement::Plan& plan) {
  std::map<unsigned, unsigned> cells;
  for (const placement::PlannedController& controller : plan.controllers) {
    if (controller.bus_nr) cells.emplace(*controller.bus_nr, *controller.node);
  }
  Lines lines;
  for (const auto& [bus_nr, cell] : cells) lines.push_back(std::to_string(bus_nr) + " on cell " + std::to_string(cell));
  return lines;
}

// A line for each edu stand-in that the guest has, in the guest's order.
Lines stand_ins_seen(const Guest& guest) {
  Lines lines;
  for (const topology::PciDevice& device : guest.seen.devices) {
    if (device.vendor != 0x1234 || device.device != 0x11e8) continue;
    const std::string node = device.numa_node ? " on node " + std::to_string(*device.numa_node) : " on no node";
    lines.push_back(device.address.format() + node);
  }
  return lines;
}

// The findings of `vnuma check`.
Lines findings(const Pair& pair) { return codes(placement::check(pair.domain, pair.host)); }

void check_strict_refuses(const Pair& pair, const std::string& why) {
  BOOST_CHECK_EXCEPTION(placement::plan(pair.domain, pair.host, {.strict = true}), placement::PlanError, says(why));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(traps, ShowsConsole)

BOOST_AUTO_TEST_CASE(without_acpi_no_device_is_on_a_node) {
  Pair pair(2);
  pair.pass("0000:20:00.0", 0).pass("0000:a0:00.0", 1);
  pair.domain.features->acpi.reset();
  const Guest guest = place_and_boot(pair);
  BOOST_TEST(devices(guest) == (Lines{"0000:20:00.0 is 0000:e1:00.0 on no node behind 0000:e0:00.0",
                                      "0000:a0:00.0 is 0000:f1:00.0 on no node behind 0000:f0:00.0"}),
             per_element());
  for (const topology::PciDevice& device : guest.seen.devices) {
    BOOST_TEST(!device.numa_node.has_value(), device.address << " is on a node");
  }
  BOOST_TEST(codes_of(guest.plan.warnings) == Lines{"VN013"}, per_element());
  check_strict_refuses(pair, "ACPI is off");
  BOOST_TEST(codes(placement::check(guest.placed, pair.host)) == Lines{"VN013"}, per_element());
}

// The first expander bus needs bus 240, and 241 to 243 for its three ports. The second expander bus is 242.
BOOST_AUTO_TEST_CASE(overlapping_bus_ranges_lose_a_device) {
  Pair pair(2);
  pair.domain.devices->controllers = {
      expander(1, "00:02.0", 240, 0), port(2, "01:00.0"), port(3, "01:01.0"), port(4, "01:02.0"),
      expander(5, "00:03.0", 242, 1), port(6, "05:00.0")};
  pair.pass_at("0000:20:00.0", 0, "02:00.0").pass_at("0000:21:00.0", 0, "03:00.0");
  pair.pass_at("0000:22:00.0", 0, "04:00.0").pass_at("0000:a0:00.0", 1, "06:00.0");
  const Guest guest = place_and_boot(pair);
  // Of four devices, the one behind the second port is missing. The device behind the third port is on bus f4.
  BOOST_TEST(
      stand_ins_seen(guest) == (Lines{"0000:f1:00.0 on node 0", "0000:f3:00.0 on node 1", "0000:f4:00.0 on node 0"}),
      per_element());
  const std::string overlap = "the buses from busNr 240 on and from 242 on overlap";
  BOOST_TEST(codes_of(guest.plan.warnings) == (Lines{"VN041", "VN041", "VN041", "VN041"}), per_element());
  check_strict_refuses(pair, overlap);
  BOOST_TEST(findings(pair) == Lines{"VN015"}, per_element());

  // Placement gives each expander bus enough bus numbers.
  Pair bare(2);
  bare.pass("0000:20:00.0", 0).pass("0000:21:00.0", 0).pass("0000:22:00.0", 0).pass("0000:a0:00.0", 1);
  const Guest placed = place_and_boot(bare);
  BOOST_TEST(broken_promises(placed) == "");
  BOOST_TEST(expanders(placed.plan) == (Lines{"224 on cell 0", "240 on cell 1"}), per_element());
}

// The guest lists devices by bus: the GPU of cell 1, on bus 241, comes before that of cell 0, on bus 251.
BOOST_AUTO_TEST_CASE(descending_bus_numbers_reverse_the_order_of_devices) {
  Pair pair(2);
  pair.domain.devices->controllers = {expander(1, "00:02.0", 250, 0), port(2, "01:00.0"),
                                      expander(3, "00:03.0", 240, 1), port(4, "03:00.0")};
  pair.pass_at("0000:20:00.0", 0, "02:00.0").pass_at("0000:a0:00.0", 1, "04:00.0");
  const Guest guest = place_and_boot(pair);
  BOOST_TEST(stand_ins_seen(guest) == (Lines{"0000:f1:00.0 on node 1", "0000:fb:00.0 on node 0"}), per_element());
  BOOST_TEST(codes_of(guest.plan.warnings) == Lines{"VN023"}, per_element());
  BOOST_TEST(findings(pair) == Lines{"VN023"}, per_element());

  // Placement numbers expander buses in the order of the devices on the host.
  Pair bare(2);
  bare.pass("0000:20:00.0", 0).pass("0000:a0:00.0", 1);
  const Guest placed = place_and_boot(bare);
  BOOST_TEST(broken_promises(placed) == "");
  BOOST_TEST(expanders(placed.plan) == (Lines{"224 on cell 0", "240 on cell 1"}), per_element());
}

// A guest scans the other functions of a slot only if function 0 exists.
BOOST_AUTO_TEST_CASE(a_port_at_function_1_is_missing_without_function_0) {
  Pair pair(1);
  pair.domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.1")};
  pair.pass_at("0000:20:00.0", 0, "02:00.0");
  const Guest guest = place_and_boot(pair);
  const auto below = std::count_if(guest.seen.devices.begin(), guest.seen.devices.end(),
                                   [](const topology::PciDevice& device) { return device.address.bus >= 240; });
  BOOST_TEST(below == 0);
  const std::string why = "there is no function 0 beside 0000:01:00.1";
  BOOST_TEST(codes_of(guest.plan.warnings) == Lines{"VN041"}, per_element());
  check_strict_refuses(pair, why);
  BOOST_TEST(findings(pair) == Lines{"VN020"}, per_element());

  // Placement uses function 0 of each slot first.
  Pair bare(1);
  for (unsigned i = 0; i < 33; ++i) bare.pass("0000:" + std::to_string(10 + i) + ":00.0", 0);
  const placement::Plan plan = placement::plan(bare.domain, bare.host);
  BOOST_TEST_REQUIRE(plan.controllers.size() == 34);
  BOOST_TEST(plan.controllers[1].address.function == 0);
  BOOST_TEST(plan.controllers[1].multifunction);
  BOOST_TEST(plan.controllers[33].address.function == 0);
}

// OVMF's window for large BARs is an eighth of the address space of QEMU's emulated processor: 128 GiB. Alone, it has
// room for one 64 GiB BAR; with the devices that libvirt adds, it has room for none. The remedy is a setting of the
// firmware: scenarios/four_large_bars_with_ovmf_and_a_window_for_them.
BOOST_AUTO_TEST_CASE(four_64_gib_bars_do_not_fit_in_the_default_window_of_ovmf) {
  Pair pair(1);
  for (const char* gpu : {"0000:20:00.0", "0000:21:00.0", "0000:22:00.0", "0000:23:00.0"}) pair.pass(gpu, 0, 64 * GiB);
  const Guest guest = place_and_boot(pair, {.uefi = true, .largest_bar = 64 * GiB});
  unsigned assigned = 0;
  for (const topology::PciDevice& device : guest.seen.devices) {
    for (const topology::Bar& bar : device.bars) assigned += bar.size == 64 * GiB && is_assigned(bar);
  }
  BOOST_TEST(assigned == 0);
  BOOST_TEST_REQUIRE(guest.plan.warnings.size() == 1);
  BOOST_TEST(mentions(texts(guest.plan.warnings)[0], "use Mmio::automatic"));
  BOOST_TEST(mentions(texts(guest.plan.warnings)[0], "name=opt/ovmf/X-PciMmio64Mb,string=524288"));
  BOOST_TEST(codes(placement::check(guest.placed, pair.host)) == Lines{"VN033"}, per_element());
}

// The USB controller is the first device without an address.
BOOST_AUTO_TEST_CASE(libvirt_plugs_its_usb_controller_into_an_empty_port) {
  Pair pair(1);
  pair.domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.0"), port(3, "01:01.0")};
  pair.pass_at("0000:20:00.0", 0, "02:00.0");
  const Guest guest = place_and_boot(pair);
  const topology::PciDevice* second = guest.seen.find(bdf("f2:00.0"));
  BOOST_TEST_REQUIRE(second);
  BOOST_TEST(second->class_code >> 8 == 0x0c03);  // USB
  BOOST_TEST(second->numa_node.value() == 0);
  BOOST_TEST(codes_of(guest.plan.warnings) == Lines{"VN022"}, per_element());
  BOOST_TEST(findings(pair) == Lines{"VN022"}, per_element());

  // Placement uses the empty port for a device of its cell.
  pair.pass("0000:21:00.0", 0);
  const placement::Plan plan = placement::plan(pair.domain, pair.host);
  BOOST_TEST(test::device(plan, "0000:21:00.0").address.value() == bdf("03:00.0"));
  BOOST_TEST(codes_of(plan.warnings) == Lines{}, per_element());
}

// Bus 248 needs 249 to 256 for its eight ports, but a bus number has eight bits. SeaBIOS does not finish.
BOOST_AUTO_TEST_CASE(a_guest_with_a_bus_range_beyond_255_does_not_boot) {
  Pair pair(1);
  Pair bare(1);
  pair.domain.devices->controllers = {expander(1, "00:02.0", 248, 0)};
  for (unsigned i = 0; i < 8; ++i) {
    const std::string source = "0000:2" + std::to_string(i) + ":00.0";
    pair.domain.devices->controllers.push_back(port(2 + i, "01:0" + std::to_string(i) + ".0"));
    pair.pass_at(source, 0, "0" + std::to_string(2 + i) + ":00.0");
    bare.pass(source, 0);
  }
  BOOST_CHECK_EXCEPTION(place_and_boot(pair, {.bound = std::chrono::seconds(20), .starts = 1}), std::runtime_error,
                        says("the guest printed no report"));
  const std::string why = "its buses, from busNr 248 on, end beyond 255";
  BOOST_TEST(warns(placement::plan(pair.domain, pair.host), placement::Code::hidden_device, "0000:27:00.0", why));
  check_strict_refuses(pair, why);
  BOOST_TEST(findings(pair) == Lines{"VN016"}, per_element());

  // Placement uses a lower busNr, with the range 240 to 248.
  BOOST_TEST(expanders(placement::plan(bare.domain, bare.host)) == Lines{"240 on cell 0"}, per_element());
}

// libvirt defines the domain, but QEMU does not start.
BOOST_AUTO_TEST_CASE(qemu_refuses_a_bus_number_that_is_used_twice) {
  Pair pair(2);
  pair.domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.0"),
                                      expander(3, "00:03.0", 240, 1), port(4, "03:00.0")};
  pair.pass_at("0000:20:00.0", 0, "02:00.0").pass_at("0000:a0:00.0", 1, "04:00.0");
  BOOST_CHECK_EXCEPTION(place_and_boot(pair), Refused, says("Bus 240 is already in use"));
  const std::string why = "the buses from busNr 240 on and from 240 on overlap";
  BOOST_TEST(warns(placement::plan(pair.domain, pair.host), placement::Code::hidden_device, "0000:20:00.0", why));
  check_strict_refuses(pair, why);
  BOOST_TEST(findings(pair) == Lines{"VN014"}, per_element());

  // Placement uses a free busNr: a multiple of 8 above 240 and 241, which are used.
  Pair half(2);
  half.domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.0")};
  half.pass_at("0000:20:00.0", 0, "02:00.0").pass("0000:a0:00.0", 1);
  BOOST_TEST(expanders(placement::plan(half.domain, half.host)) == Lines{"248 on cell 1"}, per_element());
}

BOOST_AUTO_TEST_CASE(qemu_refuses_a_chassis_that_is_used_twice) {
  Pair pair(1);
  pair.domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.0"), port(3, "01:01.0")};
  for (const unsigned i : {1U, 2U}) pair.domain.devices->controllers[i].target.emplace().chassis = 3U;
  pair.pass_at("0000:20:00.0", 0, "02:00.0").pass_at("0000:21:00.0", 0, "03:00.0");
  BOOST_CHECK_EXCEPTION(place_and_boot(pair), Refused, says("Can't add chassis slot, error -16"));
  BOOST_TEST(findings(pair) == Lines{"VN019"}, per_element());

  // The chassis of a new port is its index (here 3). If another port has that chassis, it is the lowest free one,
  // here 1.
  pair.domain.devices->controllers.pop_back();
  pair.domain.devices->host_devices.pop_back();
  pair.pass("0000:22:00.0", 0);
  const placement::Plan plan = placement::plan(pair.domain, pair.host);
  BOOST_TEST_REQUIRE(plan.controllers.size() == 1);
  BOOST_TEST(plan.controllers[0].index == 3);
  BOOST_TEST(plan.controllers[0].chassis.value() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
