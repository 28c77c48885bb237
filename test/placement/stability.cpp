// Devices come and go: what is there stays, and what they left is used again.
#include <boost/test/unit_test.hpp>

#include <vnuma/placement/report.hpp>

#include "placement/build.hpp"

using namespace vnuma::test;
using namespace vnuma::placement;
using boost::test_tools::per_element;
using vnuma::schema::Domain;
using vnuma::topology::Host;

namespace {

const Options root_complexes{.mirror = Mirror::root_complex};
const Options switches{.mirror = Mirror::pcie_switch};

}  // namespace

BOOST_AUTO_TEST_SUITE(stability)

// A device that comes later, behind the same host switch, gets a further port of the guest's switch.
BOOST_AUTO_TEST_CASE(a_new_device_joins_the_switch_of_its_neighbours) {
  Host machine = one_switch();
  attach(machine, "1a:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:02.0");
  Domain domain = guest(1, {"18:00.0", "1a:00.0", "28:00.0"});
  apply(plan(domain, machine, switches), domain);
  const Domain before = domain;
  domain.devices->host_devices.push_back(hostdev("19:00.0"));
  const Plan planned = plan(domain, machine, switches);
  BOOST_TEST(controllers(planned) == Lines{"7 pcie-switch-downstream-port at 0000:03:02.0"}, per_element());
  BOOST_TEST(devices(planned) == Lines{"0000:19:00.0 is 0000:f5:00.0"}, per_element());
  apply(planned, domain);
  BOOST_TEST(differences(plan(domain, machine, switches)).empty());
  domain.devices->host_devices.pop_back();
  domain.devices->controllers.pop_back();
  BOOST_TEST((domain == before));
}

// Another switch below the same root port of the host: PXB to the devices that are there.
BOOST_AUTO_TEST_CASE(a_new_device_of_another_switch_is_nested_below_the_one_that_is_there) {
  Host machine = one_switch();
  attach(machine, "20:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:04.0 1d:00.0 1e:00.0");
  Domain domain = guest(1, {"18:00.0", "19:00.0"});
  apply(plan(domain, machine, switches), domain);
  domain.devices->host_devices.push_back(hostdev("20:00.0"));
  const Plan planned = plan(domain, machine, switches);
  BOOST_TEST(controllers(planned) ==
                 (Lines{"6 pcie-switch-downstream-port at 0000:03:02.0", "7 pcie-switch-upstream-port at 0000:06:00.0",
                        "8 pcie-switch-downstream-port at 0000:07:00.0"}),
             per_element());
  BOOST_TEST(differences(planned).empty());
}

// The GPU has a plain port, and a device of its switch comes later: the GPU stays, and the report says what differs.
BOOST_AUTO_TEST_CASE(stability_outranks_nearness) {
  const Host machine = one_switch();
  Domain domain = guest(1, {"18:00.0"});
  apply(plan(domain, machine, switches), domain);
  domain.devices->host_devices.push_back(hostdev("19:00.0"));
  const Plan planned = plan(domain, machine, switches);
  BOOST_TEST((device(planned, "18:00.0").outcome == Outcome::kept));
  BOOST_TEST(mentions(report_text(planned),
                      "1 pair is PIX on the host and PHB in the guest, as 0000:18:00.0 and 0000:19:00.0\n"
                      "devices that are on their cell keep their ports; to mirror them anew, take away their addresses "
                      "and ports\n"));
}

BOOST_AUTO_TEST_CASE(removing_a_device_leaves_the_rest_and_its_port_is_used_again) {
  const Host machine = one_switch();
  Domain domain = guest(1, {"18:00.0", "19:00.0", "28:00.0"});
  apply(plan(domain, machine, switches), domain);
  auto& given = domain.devices->host_devices;
  const auto nic = given[1];
  given.erase(given.begin() + 1);
  BOOST_TEST(!plan(domain, machine, switches).changed);
  given.push_back(hostdev("19:00.0"));
  const Plan planned = plan(domain, machine, switches);
  BOOST_TEST(planned.controllers.empty());
  BOOST_TEST(*device(planned, "19:00.0").address == vnuma::topology::pci_address(*nic.address));
}

// A device of another root complex does not join an expander bus that mirrors the first.
BOOST_AUTO_TEST_CASE(a_new_root_complex_has_an_expander_bus_of_its_own) {
  Host machine = one_switch();
  attach(machine, "38:00.0", 0, "pci0000:37", "37:01.0");
  Domain domain = guest(1, {"28:00.0"});
  apply(plan(domain, machine, root_complexes), domain);
  domain.devices->host_devices.push_back(hostdev("38:00.0"));
  const Plan planned = plan(domain, machine, root_complexes);
  BOOST_TEST_REQUIRE(planned.controllers.size() == 2);
  BOOST_TEST(planned.controllers[0].model == "pcie-expander-bus");
}

// 12 spare: 1 + 1 + 12 = 14 buses fit from 240 on, 15 do not. The second expander bus leaves as many before the first.
BOOST_AUTO_TEST_CASE(reserved_buses_stay_free_behind_each_expander_bus) {
  const Host machine = host(2, {{"20:00.0", 0}, {"21:00.0", 0}, {"a0:00.0", 1}});
  const auto bus_numbers = [&](const Domain& domain, unsigned reserve) {
    std::vector<unsigned> numbers;
    for (const PlannedController& controller : plan(domain, machine, {.reserve_buses = reserve}).controllers) {
      if (controller.bus_nr) numbers.push_back(*controller.bus_nr);
    }
    return numbers;
  };
  const Domain domain = guest(2, {"20:00.0", "a0:00.0"});
  BOOST_TEST(bus_numbers(domain, 0) == (std::vector<unsigned>{224, 240}), per_element());
  BOOST_TEST(bus_numbers(domain, 14) == (std::vector<unsigned>{224, 240}), per_element());
  BOOST_TEST(bus_numbers(domain, 15) == (std::vector<unsigned>{192, 224}), per_element());
  // 2 * (2 + 130) = 264 are too many: then none are reserved, or, if strict, that is refused.
  BOOST_TEST(bus_numbers(domain, 130) == (std::vector<unsigned>{224, 240}), per_element());
  BOOST_TEST(warns(plan(domain, machine, {.reserve_buses = 130}), "no bus numbers are reserved, as that does not fit"));
  BOOST_CHECK_EXCEPTION(plan(domain, machine, {.strict = true, .reserve_buses = 130}), PlanError,
                        says("264 bus numbers", "130 spare behind each", "reserve fewer"));
}

// The reserve goes before the mirror does.
BOOST_AUTO_TEST_CASE(what_does_not_fit_is_given_up_one_by_one) {
  const Plan planned =
      plan(guest(1, {"18:00.0", "19:00.0"}), one_switch(), {.mirror = Mirror::pcie_switch, .reserve_buses = 250});
  BOOST_TEST((planned.mirror == Mirror::pcie_switch));
  BOOST_TEST(planned.controllers.size() == 5);
}

// A guest switch has 32 slots. The 33rd device gets a port beside it, and a word on it.
BOOST_AUTO_TEST_CASE(a_switch_without_room_is_said) {
  Host machine = host(1);
  Domain domain = guest(1);
  for (unsigned i = 0; i < 33; ++i) {
    const std::string source = PciAddress{0, 0x20, static_cast<std::uint8_t>(i % 32), 0}.format();
    attach(machine, i < 32 ? source : "21:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:00.0");
    if (i < 32) domain.devices->host_devices.push_back(hostdev(source));
  }
  apply(plan(domain, machine, switches), domain);
  domain.devices->host_devices.push_back(hostdev("21:00.0"));
  const Plan planned = plan(domain, machine, switches);
  BOOST_TEST(controllers(planned) == Lines{"36 pcie-root-port at 0000:01:01.0"}, per_element());
  BOOST_TEST(
      planned.warnings == Lines{"/domain/devices/hostdev[33]: 0000:21:00.0 has no room near the devices that are "
                                "near to it on the host: controller 3 has room for 0 more ports, of 1"},
      per_element());
  BOOST_CHECK_EXCEPTION(plan(domain, machine, {.strict = true, .mirror = Mirror::pcie_switch}), PlanError,
                        says("hostdev[33]", "controller 3 has room for 0 more ports, of 1"));
}

// The expander bus of the first root complex is hemmed in by that of the second: a device that comes later goes to
// another, and is NODE to its neighbour, which is PHB on the host.
BOOST_AUTO_TEST_CASE(an_expander_bus_without_room_is_said) {
  Host machine = host(1);
  attach(machine, "20:00.0", 0, "pci0000:15", "15:01.0");
  attach(machine, "21:00.0", 0, "pci0000:15", "15:02.0");
  attach(machine, "38:00.0", 0, "pci0000:37", "37:01.0");
  Domain domain = guest(1, {"20:00.0", "38:00.0", "21:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 200, 0), port(2, "01:00.0"), expander(3, "00:03.0", 202, 0),
                                 port(4, "03:00.0")};
  domain.devices->host_devices[0].address = pci("02:00.0");
  domain.devices->host_devices[1].address = pci("04:00.0");
  const std::string message =
      "0000:21:00.0 has no room near the devices that are near to it on the host: of 1 bus number behind the "
      "expander bus 1 that it takes, 0 are free";
  const Plan planned = plan(domain, machine, root_complexes);
  BOOST_TEST(warns(planned, "/domain/devices/hostdev[3]: " + message));
  BOOST_TEST(planned.controllers.size() == 2);
  BOOST_CHECK_EXCEPTION(plan(domain, machine, {.strict = true, .mirror = Mirror::root_complex}), PlanError,
                        says(message));
}

// What the host does not have says nothing on what is near to it.
BOOST_AUTO_TEST_CASE(a_kept_device_that_the_host_lacks_is_in_nobodys_way) {
  const Host machine = one_switch();
  Domain domain = guest(1, {"18:00.0", "19:00.0", "77:00.0"});
  apply(plan(domain, machine, switches), domain);
  domain.devices->controllers.push_back(controller(6, "pcie-switch-downstream-port", "03:02.0"));
  domain.devices->host_devices[2].address = pci("06:00.0");
  domain.devices->host_devices.push_back(hostdev("28:00.0"));
  BOOST_TEST(controllers(plan(domain, machine, switches)) == Lines{"7 pcie-root-port at 0000:01:01.0"}, per_element());
}

// Its devices go, all of them, and come back: the guest's switch is theirs again, also where switches are nested.
BOOST_AUTO_TEST_CASE(a_switch_that_lost_its_devices_is_used_again) {
  Host machine = one_switch();
  attach(machine, "20:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:04.0 1d:00.0 1e:00.0");
  Domain domain = guest(1, {"18:00.0", "19:00.0", "20:00.0", "28:00.0"});
  apply(plan(domain, machine, switches), domain);
  Domain again = domain;
  for (std::size_t i = 0; i < 3; ++i) again.devices->host_devices[i].address.reset();
  const Plan planned = plan(again, machine, switches);
  BOOST_TEST(controllers(planned) == Lines{}, per_element());
  apply(planned, again);
  BOOST_TEST((again == domain));
}

// The GPU is there, and its audio function comes later; then the GPU goes and comes back.
BOOST_AUTO_TEST_CASE(functions_of_a_card_that_come_later_join_the_others) {
  const Host machine = host(1, {{"18:00.0", 0}, {"18:00.1", 0}});
  Domain domain = guest(1, {"18:00.0"});
  apply(plan(domain, machine), domain);
  const auto gpu = domain.devices->host_devices[0];
  domain.devices->host_devices.push_back(hostdev("18:00.1"));
  const Plan later = plan(domain, machine);
  BOOST_TEST(controllers(later) == Lines{}, per_element());
  BOOST_TEST(devices(later) == Lines{"0000:18:00.1 is 0000:f1:00.1"}, per_element());
  apply(later, domain);
  domain.devices->host_devices[0] = hostdev("18:00.0");
  const Plan back = plan(domain, machine);
  BOOST_TEST(controllers(back) == Lines{}, per_element());
  BOOST_TEST(devices(back) == Lines{"0000:18:00.0 is 0000:f1:00.0"}, per_element());
  BOOST_TEST(back.devices[0].multifunction);
}

// 18:00.1 alone has become function 0. Whatever comes of its card takes its own number, if that is free.
BOOST_AUTO_TEST_CASE(a_function_whose_number_is_taken_gets_a_port) {
  const Host machine = host(1, {{"18:00.0", 0}, {"18:00.1", 0}, {"18:00.2", 0}});
  Domain domain = guest(1, {"18:00.1"});
  apply(plan(domain, machine), domain);
  domain.devices->host_devices.push_back(hostdev("18:00.0"));
  domain.devices->host_devices.push_back(hostdev("18:00.2"));
  BOOST_TEST(devices(plan(domain, machine)) == (Lines{"0000:18:00.0 is 0000:f2:00.0", "0000:18:00.2 is 0000:f1:00.2"}),
             per_element());
}

// Two expander buses that have lost their devices: those of one root complex come back to one of them.
BOOST_AUTO_TEST_CASE(devices_of_a_root_complex_are_not_torn_over_unused_expander_buses) {
  Host machine = host(1);
  attach(machine, "18:00.0", 0, "pci0000:15", "15:01.0");
  attach(machine, "19:00.0", 0, "pci0000:15", "15:02.0");
  attach(machine, "28:00.0", 0, "pci0000:25", "25:01.0");
  for (const Options& options : {root_complexes, switches}) {
    Domain domain = guest(1, {"18:00.0", "28:00.0"});
    apply(plan(domain, machine, options), domain);
    domain.devices->host_devices = {hostdev("18:00.0"), hostdev("19:00.0")};
    BOOST_TEST(differences(plan(domain, machine, options)).empty());
  }
}

// The expander bus with the lower index is not in use, the other has a device of the root complex.
BOOST_AUTO_TEST_CASE(a_root_complex_goes_on_with_the_expander_bus_that_it_has) {
  Host machine = host(1);
  attach(machine, "18:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:00.0");
  attach(machine, "19:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:01.0");
  attach(machine, "28:00.0", 0, "pci0000:25", "25:01.0");
  attach(machine, "29:00.0", 0, "pci0000:25", "25:02.0 26:00.0 27:00.0");
  attach(machine, "2a:00.0", 0, "pci0000:25", "25:02.0 26:00.0 27:01.0");
  Domain domain = guest(1, {"18:00.0", "19:00.0", "28:00.0"});
  apply(plan(domain, machine, switches), domain);
  domain.devices->host_devices = {domain.devices->host_devices[2], hostdev("29:00.0"), hostdev("2a:00.0")};
  BOOST_TEST(differences(plan(domain, machine, switches)).empty());
}

// Of the two ports of a switch that has lost its devices, one at most would be right: they make what is plugged in PIX.
BOOST_AUTO_TEST_CASE(mirroring_less_makes_nothing_nearer) {
  Host machine = one_switch();
  attach(machine, "38:00.0", 0, "pci0000:15", "15:03.0");
  Domain domain = guest(1, {"18:00.0", "19:00.0"});
  apply(plan(domain, machine, switches), domain);
  domain.devices->host_devices = {hostdev("28:00.0"), hostdev("38:00.0")};
  BOOST_TEST(differences(plan(domain, machine, root_complexes)).empty());
}

// A free switch with two ports, no bus number behind its expander bus, and three devices of one host switch.
BOOST_AUTO_TEST_CASE(a_free_switch_that_is_too_small_is_left) {
  Host machine = one_switch();
  attach(machine, "1a:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:02.0");
  Domain domain = guest(1, {"18:00.0", "19:00.0"});
  apply(plan(domain, machine, switches), domain);
  domain.devices->controllers[0].target->bus_nr = 251;  // 251 to 255
  domain.devices->host_devices = {hostdev("18:00.0"), hostdev("19:00.0"), hostdev("1a:00.0")};
  const Plan planned = plan(domain, machine, {.strict = true, .mirror = Mirror::pcie_switch});
  BOOST_TEST(planned.controllers.size() == 6);
  BOOST_TEST(differences(planned).empty());
}

// 28 is on a root port; its neighbour below the same root port of the host takes the empty one beside it.
BOOST_AUTO_TEST_CASE(an_empty_root_port_is_used_beside_a_neighbour_on_another) {
  Host machine = host(1);
  attach(machine, "18:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:00.0");
  attach(machine, "19:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:01.0");
  Domain domain = guest(1, {"18:00.0"});
  apply(plan(domain, machine, switches), domain);
  domain.devices->controllers.push_back(port(3, "01:01.0"));
  domain.devices->host_devices.push_back(hostdev("19:00.0"));
  BOOST_TEST(controllers(plan(domain, machine, switches)) == Lines{}, per_element());
}

BOOST_AUTO_TEST_SUITE_END()
