// The wrong ways, shown wrong: libvirt and QEMU take these domains, and the guest is damaged. Where one of these tests
// fails, a new version heals the damage, and what vnuma does against it can go. Each shows as well that placement
// avoids the trap or warns of it, or names the scenario with the remedy.
#include <boost/test/unit_test.hpp>

#include "seen.hpp"
#include "small_hosts.hpp"

using namespace vnuma;
using namespace vnuma::test;
using boost::test_tools::per_element;

namespace {

// The busNr of the expander buses that the plan adds.
std::vector<unsigned> bus_numbers(const placement::Plan& plan) {
  std::vector<unsigned> numbers;
  for (const placement::PlannedController& controller : plan.controllers) {
    if (controller.bus_nr) numbers.push_back(*controller.bus_nr);
  }
  return numbers;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(traps, ShowsConsole)

BOOST_AUTO_TEST_CASE(without_acpi_every_device_is_on_no_node) {
  Pair pair(2);
  pair.pass("0000:20:00.0", 0).pass("0000:a0:00.0", 1);
  pair.domain.features->acpi.reset();
  const Guest guest = place_and_boot(pair);
  for (const topology::PciDevice& device : guest.seen.devices) {
    BOOST_TEST(!device.numa_node.has_value(), device.address << " is on a node");
  }
  BOOST_TEST(guest.plan.warnings == Lines{"/domain: ACPI is off, so the guest sees node -1 for every device; add "
                                          "<features><acpi/></features>"},
             per_element());
  BOOST_CHECK_THROW(placement::plan(pair.domain, pair.host, {.strict = true}), placement::PlanError);
}

// Bus 240 is followed by 241, 242 and 243 for its three ports, and the second expander bus is 242.
BOOST_AUTO_TEST_CASE(bus_ranges_that_overlap_lose_a_device) {
  Pair pair(2);
  pair.domain.devices->controllers = {
      expander(1, "00:02.0", 240, 0), port(2, "01:00.0"), port(3, "01:01.0"), port(4, "01:02.0"),
      expander(5, "00:03.0", 242, 1), port(6, "05:00.0")};
  pair.pass_at("0000:20:00.0", 0, "02:00.0").pass_at("0000:21:00.0", 0, "03:00.0");
  pair.pass_at("0000:22:00.0", 0, "04:00.0").pass_at("0000:a0:00.0", 1, "06:00.0");
  const Guest guest = place_and_boot(pair);
  Lines seen;
  for (const topology::PciDevice& device : guest.seen.devices) {
    if (device.vendor == 0x1234) seen.push_back(device.address.format());
  }
  // Four were given; the one behind the second port is lost, and the third is f4.
  BOOST_TEST(seen == (Lines{"0000:f1:00.0", "0000:f3:00.0", "0000:f4:00.0"}), per_element());

  // Placement leaves room between them.
  Pair bare(2);
  bare.pass("0000:20:00.0", 0).pass("0000:21:00.0", 0).pass("0000:22:00.0", 0).pass("0000:a0:00.0", 1);
  BOOST_TEST(bus_numbers(placement::plan(bare.domain, bare.host)) == (std::vector<unsigned>{224, 240}), per_element());
}

// The guest lists devices by bus: cell 1's GPU, at 240, comes before cell 0's, at 250.
BOOST_AUTO_TEST_CASE(descending_bus_numbers_turn_the_order_round) {
  Pair pair(2);
  pair.domain.devices->controllers = {expander(1, "00:02.0", 250, 0), port(2, "01:00.0"),
                                      expander(3, "00:03.0", 240, 1), port(4, "03:00.0")};
  pair.pass_at("0000:20:00.0", 0, "02:00.0").pass_at("0000:a0:00.0", 1, "04:00.0");
  const Guest guest = place_and_boot(pair);
  Lines seen;
  for (const topology::PciDevice& device : guest.seen.devices) {
    if (device.vendor == 0x1234) seen.push_back(device.address.format() + (device.numa_node == 1U ? " cell 1" : ""));
  }
  BOOST_TEST(seen == (Lines{"0000:f1:00.0 cell 1", "0000:fb:00.0"}), per_element());
  BOOST_TEST(guest.plan.warnings == Lines{"the guest lists 0000:a0:00.0 before 0000:20:00.0, the host after it"},
             per_element());

  // Placement orders them as the host does.
  Pair bare(2);
  bare.pass("0000:20:00.0", 0).pass("0000:a0:00.0", 1);
  BOOST_TEST(bus_numbers(placement::plan(bare.domain, bare.host)) == (std::vector<unsigned>{224, 240}), per_element());
}

// A guest looks at the other functions of a slot only where function 0 exists.
BOOST_AUTO_TEST_CASE(a_port_at_function_1_alone_does_not_exist) {
  Pair pair(1);
  pair.domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.1")};
  pair.pass_at("0000:20:00.0", 0, "02:00.0");
  const Guest guest = place_and_boot(pair);
  const auto below = std::count_if(guest.seen.devices.begin(), guest.seen.devices.end(),
                                   [](const topology::PciDevice& device) { return device.address.bus >= 240; });
  BOOST_TEST(below == 0);

  // Placement begins each slot with function 0.
  Pair bare(1);
  for (unsigned i = 0; i < 33; ++i) bare.pass("0000:" + std::to_string(10 + i) + ":00.0", 0);
  const placement::Plan plan = placement::plan(bare.domain, bare.host);
  BOOST_TEST_REQUIRE(plan.controllers.size() == 34);
  BOOST_TEST(plan.controllers[1].address.function == 0);
  BOOST_TEST(plan.controllers[1].multifunction);
  BOOST_TEST(plan.controllers[33].address.function == 0);
}

// OVMF's window for large BARs is an eighth of what QEMU's emulated processor can address: 128 GiB. The remedy, a
// setting of the firmware, is in scenarios/four_large_bars_with_ovmf_and_a_window_for_them.
BOOST_AUTO_TEST_CASE(large_bars_do_not_fit_into_the_window_of_ovmf) {
  Pair pair(1);
  for (const char* gpu : {"0000:20:00.0", "0000:21:00.0", "0000:22:00.0", "0000:23:00.0"}) pair.pass(gpu, 0, 64 * GiB);
  const Guest guest = place_and_boot(pair, {.uefi = true, .largest_bar = 64 * GiB});
  unsigned assigned = 0;
  for (const topology::PciDevice& device : guest.seen.devices) {
    for (const topology::Bar& bar : device.bars) assigned += bar.size == 64 * GiB && is_assigned(bar);
  }
  BOOST_TEST(assigned == 1);
  BOOST_TEST_REQUIRE(guest.plan.warnings.size() == 1);
  BOOST_TEST(mentions(guest.plan.warnings[0], "--mmio auto sets it"));
  BOOST_TEST(mentions(guest.plan.warnings[0], "name=opt/ovmf/X-PciMmio64Mb,string=524288"));
}

BOOST_AUTO_TEST_SUITE_END()
