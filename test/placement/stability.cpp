// Devices come and go: what is there stays, and what they left is used again.
#include <boost/test/unit_test.hpp>

#include <vnuma/placement/report.hpp>

#include "placement/mirrored.hpp"

using namespace vnuma::test;
using namespace vnuma::placement;
using boost::test_tools::per_element;
using vnuma::schema::Domain;
using vnuma::topology::Level;

BOOST_AUTO_TEST_SUITE(stability)

// A device that comes later, behind the same host switch, gets a further port of the guest's switch.
BOOST_AUTO_TEST_CASE(a_new_device_joins_the_switch_of_its_neighbours) {
  MirrorPair pair(one_switch(), {"18:00.0"});
  pair.pass("1a:00.0", "15:01.0 16:00.0 17:02.0").pass("28:00.0").place(switches);
  const Domain before = pair.domain;
  const Plan planned = pair.pass("19:00.0").planned(switches);
  BOOST_TEST(controllers(planned) == Lines{"7 pcie-switch-downstream-port at 0000:03:02.0"}, per_element());
  BOOST_TEST(devices(planned) == Lines{"0000:19:00.0 is 0000:f5:00.0"}, per_element());
  pair.place(switches);
  BOOST_TEST(differences(pair.planned(switches)).empty());
  pair.passed().pop_back();
  pair.domain.devices->controllers.pop_back();
  BOOST_TEST((pair.domain == before));
}

// Another switch below the same root port of the host: PXB to the devices that are there.
BOOST_AUTO_TEST_CASE(a_new_device_of_another_switch_is_nested_below_the_one_that_is_there) {
  MirrorPair pair(one_switch(), {"18:00.0", "19:00.0"});
  pair.place(switches).pass("20:00.0", "15:01.0 16:00.0 17:04.0 1d:00.0 1e:00.0");
  const Plan planned = pair.planned(switches);
  BOOST_TEST(controllers(planned) ==
                 (Lines{"6 pcie-switch-downstream-port at 0000:03:02.0", "7 pcie-switch-upstream-port at 0000:06:00.0",
                        "8 pcie-switch-downstream-port at 0000:07:00.0"}),
             per_element());
  BOOST_TEST(differences(planned).empty());
}

// The GPU has a plain port, and a device of its switch comes later: the GPU stays, and the pair differs from the host.
BOOST_AUTO_TEST_CASE(a_device_keeps_its_port_though_a_neighbour_comes_later) {
  MirrorPair pair(one_switch(), {"18:00.0"});
  const Plan planned = pair.place(switches).pass("19:00.0").planned(switches);
  BOOST_TEST((device(planned, "18:00.0").outcome == Outcome::kept));
  BOOST_TEST_REQUIRE(differences(planned).size() == 1);
  BOOST_TEST((differences(planned)[0] == Difference{Level::pix, Level::phb, 1, 0, 1}));
}

BOOST_AUTO_TEST_CASE(removing_a_device_leaves_the_rest_and_its_port_is_used_again) {
  MirrorPair pair(one_switch(), {"18:00.0", "19:00.0", "28:00.0"});
  auto& given = pair.place(switches).passed();
  const auto nic = given[1];
  given.erase(given.begin() + 1);
  BOOST_TEST(!pair.planned(switches).changed);
  const Plan planned = pair.pass("19:00.0").planned(switches);
  BOOST_TEST(planned.controllers.empty());
  BOOST_TEST(*device(planned, "19:00.0").address == vnuma::topology::pci_address(*nic.address));
}

// A device of another root complex does not join an expander bus that mirrors the first.
BOOST_AUTO_TEST_CASE(a_new_root_complex_has_an_expander_bus_of_its_own) {
  MirrorPair pair(one_switch(), {"28:00.0"});
  const Plan planned = pair.place(root_complexes).pass("38:00.0", "37:01.0").planned(root_complexes);
  BOOST_TEST_REQUIRE(planned.controllers.size() == 2);
  BOOST_TEST(planned.controllers[0].model == "pcie-expander-bus");
}

// 14 spare: 1 + 1 + 14 = 16 buses fit from 240 on, 17 do not. The first expander bus leaves as many
// before the second.
BOOST_AUTO_TEST_CASE(reserved_buses_stay_free_behind_each_expander_bus) {
  const MirrorPair pair(host(2, {{"20:00.0", 0}, {"21:00.0", 0}, {"a0:00.0", 1}}), {"20:00.0", "a0:00.0"});
  const auto bus_numbers = [&](unsigned reserve) {
    std::vector<unsigned> numbers;
    for (const PlannedController& controller : pair.planned({.reserve_buses = reserve}).controllers) {
      if (controller.bus_nr) numbers.push_back(*controller.bus_nr);
    }
    return numbers;
  };
  BOOST_TEST(bus_numbers(0) == (std::vector<unsigned>{224, 240}), per_element());
  BOOST_TEST(bus_numbers(14) == (std::vector<unsigned>{224, 240}), per_element());
  BOOST_TEST(bus_numbers(15) == (std::vector<unsigned>{192, 224}), per_element());
  // 2 * (2 + 130) = 264 are too many: then none are reserved, or, if strict, that is refused.
  BOOST_TEST(bus_numbers(130) == (std::vector<unsigned>{224, 240}), per_element());
  BOOST_TEST(warns(pair.planned({.reserve_buses = 130}), Code::reduced_plan, "reserved", "264 bus numbers"));
  BOOST_CHECK_EXCEPTION(pair.planned({.strict = true, .reserve_buses = 130}), PlanError,
                        with(Code::numbers_exhausted, "264 bus numbers", "130 spare"));
}

BOOST_AUTO_TEST_CASE(the_reserve_is_given_up_before_the_mirror) {
  const Plan planned =
      MirrorPair(one_switch(), {"18:00.0", "19:00.0"}).planned({.mirror = Mirror::pcie_switch, .reserve_buses = 250});
  BOOST_TEST((planned.mirror == Mirror::pcie_switch));
  BOOST_TEST(planned.controllers.size() == 5);
}

// A guest switch has 32 slots. The 33rd device gets a port beside it.
BOOST_AUTO_TEST_CASE(a_switch_without_room_for_a_device_is_reported) {
  MirrorPair pair;
  for (unsigned i = 0; i < 32; ++i) {
    pair.pass(PciAddress{0, 0x20, static_cast<std::uint8_t>(i), 0}.format(), "15:01.0 16:00.0 17:00.0");
  }
  pair.place(switches).pass("21:00.0", "15:01.0 16:00.0 17:00.0");
  const Plan planned = pair.planned(switches);
  BOOST_TEST(controllers(planned) == Lines{"36 pcie-root-port at 0000:01:01.0"}, per_element());
  BOOST_TEST(codes_of(planned.warnings) == Lines{"VN044"}, per_element());
  BOOST_TEST(warns(planned, Code::far_from_neighbours, "/domain/devices/hostdev[33]", "0000:21:00.0", "controller 3",
                   "0 more ports"));
  BOOST_CHECK_EXCEPTION(pair.planned({.strict = true, .mirror = Mirror::pcie_switch}), PlanError,
                        with(Code::far_from_neighbours, "hostdev[33]", "controller 3", "0 more ports"));
}

// The device is NODE to its neighbour, which is PHB on the host.
BOOST_AUTO_TEST_CASE(an_expander_bus_without_room_for_a_device_is_reported) {
  const MirrorPair pair = without_room_near_neighbours();
  const Plan planned = pair.planned(root_complexes);
  BOOST_TEST(warns(planned, Code::far_from_neighbours, "/domain/devices/hostdev[3]", "0000:21:00.0", "1 bus number",
                   "expander bus 1", "0 are free"));
  BOOST_TEST(planned.controllers.size() == 2);
  BOOST_CHECK_EXCEPTION(pair.planned({.strict = true, .mirror = Mirror::root_complex}), PlanError,
                        with(Code::far_from_neighbours, "0000:21:00.0", "expander bus 1", "0 are free"));
}

// The host does not say what is near to it.
BOOST_AUTO_TEST_CASE(a_kept_device_that_the_host_lacks_does_not_keep_others_away) {
  MirrorPair pair(one_switch(), {"18:00.0", "19:00.0", "77:00.0"});
  pair.place(switches);
  pair.domain.devices->controllers.push_back(controller(6, "pcie-switch-downstream-port", "03:02.0"));
  pair.passed()[2].address = pci("06:00.0");
  BOOST_TEST(controllers(pair.pass("28:00.0").planned(switches)) == Lines{"7 pcie-root-port at 0000:01:01.0"},
             per_element());
}

// All its devices go and come back. Also where switches are nested.
BOOST_AUTO_TEST_CASE(a_switch_that_lost_its_devices_is_used_again) {
  MirrorPair pair(one_switch(), {"18:00.0", "19:00.0"});
  pair.pass("20:00.0", "15:01.0 16:00.0 17:04.0 1d:00.0 1e:00.0").pass("28:00.0").place(switches);
  const Domain before = pair.domain;
  for (std::size_t i = 0; i < 3; ++i) pair.passed()[i].address.reset();
  BOOST_TEST(controllers(pair.planned(switches)) == Lines{}, per_element());
  BOOST_TEST((pair.place(switches).domain == before));
}

// The GPU is there, and its audio function comes later; then the GPU goes and comes back.
BOOST_AUTO_TEST_CASE(functions_of_a_card_that_come_later_join_the_others) {
  MirrorPair pair(host(1, {{"18:00.0", 0}, {"18:00.1", 0}}), {"18:00.0"});
  const Plan later = pair.place().pass("18:00.1").planned();
  BOOST_TEST(controllers(later) == Lines{}, per_element());
  BOOST_TEST(devices(later) == Lines{"0000:18:00.1 is 0000:f1:00.1"}, per_element());
  pair.place();
  pair.passed()[0] = hostdev("18:00.0");
  const Plan back = pair.planned();
  BOOST_TEST(controllers(back) == Lines{}, per_element());
  BOOST_TEST(devices(back) == Lines{"0000:18:00.0 is 0000:f1:00.0"}, per_element());
  BOOST_TEST(back.devices[0].multifunction);
}

// 18:00.1 alone has become function 0. Whatever comes of its card takes its own number, if that is free.
BOOST_AUTO_TEST_CASE(a_function_whose_number_is_taken_gets_a_port) {
  MirrorPair pair(host(1, {{"18:00.0", 0}, {"18:00.1", 0}, {"18:00.2", 0}}), {"18:00.1"});
  pair.place().pass("18:00.0").pass("18:00.2");
  BOOST_TEST(devices(pair.planned()) == (Lines{"0000:18:00.0 is 0000:f2:00.0", "0000:18:00.2 is 0000:f1:00.2"}),
             per_element());
}

// Two expander buses have lost their devices: those of one root complex come back to one of them.
BOOST_AUTO_TEST_CASE(devices_of_a_root_complex_are_not_split_over_unused_expander_buses) {
  for (const Options& options : {root_complexes, switches}) {
    MirrorPair pair;
    pair.pass("18:00.0", "15:01.0").pass("28:00.0", "25:01.0").place(options);
    pair.passed() = {hostdev("18:00.0")};
    pair.pass("19:00.0", "15:02.0");
    BOOST_TEST(differences(pair.planned(options)).empty());
  }
}

// The expander bus with the lower index is not in use, the other has a device of the root complex.
BOOST_AUTO_TEST_CASE(a_root_complex_goes_on_with_the_expander_bus_that_it_has) {
  MirrorPair pair;
  pair.pass("18:00.0", "15:01.0 16:00.0 17:00.0").pass("19:00.0", "15:01.0 16:00.0 17:01.0");
  pair.pass("28:00.0", "25:01.0").place(switches);
  pair.passed().erase(pair.passed().begin(), pair.passed().begin() + 2);
  pair.pass("29:00.0", "25:02.0 26:00.0 27:00.0").pass("2a:00.0", "25:02.0 26:00.0 27:01.0");
  BOOST_TEST(differences(pair.planned(switches)).empty());
}

// A switch has lost its devices. Of its two ports, one at most would be right: they make what is plugged in PIX.
BOOST_AUTO_TEST_CASE(mirroring_less_makes_nothing_nearer) {
  MirrorPair pair(one_switch(), {"18:00.0", "19:00.0"});
  pair.place(switches);
  pair.passed() = {hostdev("28:00.0")};
  pair.pass("38:00.0", "15:03.0");
  BOOST_TEST(differences(pair.planned(root_complexes)).empty());
}

// A free switch with two ports, no bus number behind its expander bus, and three devices of one host switch.
BOOST_AUTO_TEST_CASE(a_free_switch_that_is_too_small_is_not_used) {
  MirrorPair pair(one_switch(), {"18:00.0", "19:00.0"});
  pair.place(switches);
  pair.domain.devices->controllers[0].target->bus_nr = 251;  // 251 to 255
  pair.passed() = {hostdev("18:00.0"), hostdev("19:00.0")};
  pair.pass("1a:00.0", "15:01.0 16:00.0 17:02.0");
  const Plan planned = pair.planned({.strict = true, .mirror = Mirror::pcie_switch});
  BOOST_TEST(planned.controllers.size() == 6);
  BOOST_TEST(differences(planned).empty());
}

// 28 is on a root port; its neighbour below the same root port of the host takes the empty one beside it.
BOOST_AUTO_TEST_CASE(an_empty_root_port_is_used_beside_a_neighbour_on_another) {
  MirrorPair pair;
  pair.pass("18:00.0", "15:01.0 16:00.0 17:00.0").place(switches);
  pair.domain.devices->controllers.push_back(port(3, "01:01.0"));
  pair.pass("19:00.0", "15:01.0 16:00.0 17:01.0");
  BOOST_TEST(controllers(pair.planned(switches)) == Lines{}, per_element());
}

BOOST_AUTO_TEST_SUITE_END()
