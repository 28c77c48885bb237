// mirror = root_complex and pcie_switch: the guest has the host's hierarchy, as far as it decides how near devices are.
#include <boost/test/unit_test.hpp>

#include <vnuma/placement/report.hpp>

#include "placement/mirrored.hpp"

using namespace vnuma::test;
using namespace vnuma::placement;
using boost::test_tools::per_element;
using vnuma::schema::Domain;
using vnuma::topology::Level;

BOOST_AUTO_TEST_SUITE(mirroring)

// In one cell, each root complex has an expander bus, in the host's order. 224 and 240: multiples of 16.
BOOST_AUTO_TEST_CASE(each_root_complex_has_an_expander_bus) {
  MirrorPair pair;
  pair.pass("38:00.0", "37:01.0").pass("19:00.0", "15:02.0").pass("18:00.0", "15:01.0");
  const Plan planned = pair.planned(root_complexes);
  BOOST_TEST(controllers(planned) ==
                 (Lines{"1 pcie-expander-bus at 0000:00:02.0 busNr 224", "2 pcie-root-port at 0000:01:00.0",
                        "3 pcie-root-port at 0000:01:01.0", "4 pcie-expander-bus at 0000:00:03.0 busNr 240",
                        "5 pcie-root-port at 0000:04:00.0"}),
             per_element());
  BOOST_TEST(devices(planned) == (Lines{"0000:38:00.0 is 0000:f1:00.0", "0000:19:00.0 is 0000:e2:00.0",
                                        "0000:18:00.0 is 0000:e1:00.0"}),
             per_element());
  BOOST_TEST(differences(planned).empty());
}

BOOST_AUTO_TEST_CASE(without_mirroring_devices_of_two_root_complexes_seem_to_be_of_one) {
  MirrorPair pair;
  pair.pass("38:00.0", "37:01.0").pass("19:00.0", "15:02.0").pass("18:00.0", "15:01.0");
  const Plan planned = pair.planned();
  BOOST_TEST_REQUIRE(differences(planned).size() == 1);
  BOOST_TEST((differences(planned)[0] == Difference{Level::node, Level::phb, 2, 0, 1}));
}

// A root complex whose devices are on two nodes, as with sub-NUMA clustering, has an expander bus on each cell.
BOOST_AUTO_TEST_CASE(a_root_complex_of_two_nodes_has_two_expander_buses) {
  MirrorPair pair(2);
  pair.pass("18:00.0", "15:01.0", 0).pass("19:00.0", "15:02.0", 1);
  const Plan planned = pair.planned(root_complexes);
  BOOST_TEST(device(planned, "18:00.0").address->bus != device(planned, "19:00.0").address->bus);
  BOOST_TEST(planned.controllers.size() == 4);
}

// The switch of GPU and NIC is there: its upstream port is f2, its downstream ports are f3 and f4. The other GPU is
// alone below its root port, and has a plain port.
BOOST_AUTO_TEST_CASE(devices_behind_one_switch_of_the_host_are_behind_one_in_the_guest) {
  MirrorPair pair(one_switch(), {"18:00.0", "19:00.0", "28:00.0"});
  const Plan planned = pair.planned(switches);
  BOOST_TEST(controllers(planned) ==
                 (Lines{"1 pcie-expander-bus at 0000:00:02.0 busNr 240", "2 pcie-root-port at 0000:01:00.0",
                        "3 pcie-switch-upstream-port at 0000:02:00.0", "4 pcie-switch-downstream-port at 0000:03:00.0",
                        "5 pcie-switch-downstream-port at 0000:03:01.0", "6 pcie-root-port at 0000:01:01.0"}),
             per_element());
  BOOST_TEST(devices(planned) == (Lines{"0000:18:00.0 is 0000:f3:00.0", "0000:19:00.0 is 0000:f4:00.0",
                                        "0000:28:00.0 is 0000:f5:00.0"}),
             per_element());
  BOOST_TEST(differences(planned).empty());
}

// As libvirt numbers ports: chassis is the index, port the slot and function. An upstream port has neither.
BOOST_AUTO_TEST_CASE(downstream_ports_have_chassis_and_port_and_upstream_ports_have_no_target) {
  MirrorPair pair(one_switch(), {"18:00.0", "19:00.0", "28:00.0"});
  const Plan planned = pair.planned(switches);
  BOOST_TEST(!planned.controllers[2].chassis.has_value());
  pair.place(switches);
  BOOST_TEST(!pair.domain.devices->controllers[2].target.has_value());
  BOOST_TEST(*planned.controllers[4].chassis == 5U);
  BOOST_TEST(*planned.controllers[4].port == 8U);
}

BOOST_AUTO_TEST_CASE(a_switch_with_one_device_is_left_out) {
  BOOST_TEST(controllers(MirrorPair(one_switch(), {"18:00.0", "28:00.0"}).planned(switches)) ==
                 (Lines{"1 pcie-expander-bus at 0000:00:02.0 busNr 240", "2 pcie-root-port at 0000:01:00.0",
                        "3 pcie-root-port at 0000:01:01.0"}),
             per_element());
}

// Two switches below one on the host, two devices on each: PIX within, PXB between, which two switches do. f0 expander
// bus, f1 root port's, f2 the first switch, f3 to f5 its ports', f6 the second.
BOOST_AUTO_TEST_CASE(nested_switches_are_nested_in_the_guest) {
  MirrorPair pair;
  pair.pass("20:00.0", "15:01.0 16:00.0 17:00.0 18:00.0 19:00.0");
  pair.pass("21:00.0", "15:01.0 16:00.0 17:00.0 18:00.0 19:01.0");
  pair.pass("22:00.0", "15:01.0 16:00.0 17:01.0 1a:00.0 1b:00.0");
  pair.pass("23:00.0", "15:01.0 16:00.0 17:01.0 1a:00.0 1b:01.0");
  const Plan planned = pair.planned(switches);
  BOOST_TEST(devices(planned) == (Lines{"0000:20:00.0 is 0000:f3:00.0", "0000:21:00.0 is 0000:f4:00.0",
                                        "0000:22:00.0 is 0000:f7:00.0", "0000:23:00.0 is 0000:f8:00.0"}),
             per_element());
  BOOST_TEST(differences(planned).empty());
}

// Two devices, each alone on a switch, below two common ones: PXB, which two switches do. f2 is the first one's bus, f3
// and f4 are its ports', f5 is the second one's.
BOOST_AUTO_TEST_CASE(switches_that_do_not_decide_how_near_devices_are_are_left_out) {
  MirrorPair pair;
  pair.pass("20:00.0", "15:01.0 16:00.0 17:00.0 18:00.0 19:00.0 1a:00.0 1b:00.0");
  pair.pass("22:00.0", "15:01.0 16:00.0 17:00.0 18:00.0 19:01.0 1c:00.0 1d:00.0");
  const Plan planned = pair.planned(switches);
  BOOST_TEST(controllers(planned) ==
                 (Lines{"1 pcie-expander-bus at 0000:00:02.0 busNr 240", "2 pcie-root-port at 0000:01:00.0",
                        "3 pcie-switch-upstream-port at 0000:02:00.0", "4 pcie-switch-downstream-port at 0000:03:00.0",
                        "5 pcie-switch-downstream-port at 0000:03:01.0", "6 pcie-switch-upstream-port at 0000:05:00.0",
                        "7 pcie-switch-downstream-port at 0000:06:00.0"}),
             per_element());
  BOOST_TEST(devices(planned) == (Lines{"0000:20:00.0 is 0000:f3:00.0", "0000:22:00.0 is 0000:f6:00.0"}),
             per_element());
  BOOST_TEST(differences(planned).empty());
}

// The device on the upper switch is PXB to those on the lower one.
BOOST_AUTO_TEST_CASE(a_switch_below_a_switch_with_a_device_of_its_own_is_nested) {
  MirrorPair pair;
  pair.pass("1f:00.0", "15:01.0 16:00.0 17:00.0");
  pair.pass("20:00.0", "15:01.0 16:00.0 17:01.0 18:00.0 19:00.0");
  pair.pass("21:00.0", "15:01.0 16:00.0 17:01.0 18:00.0 19:01.0");
  const Plan planned = pair.planned(switches);
  BOOST_TEST(devices(planned) == (Lines{"0000:1f:00.0 is 0000:f3:00.0", "0000:20:00.0 is 0000:f6:00.0",
                                        "0000:21:00.0 is 0000:f7:00.0"}),
             per_element());
  BOOST_TEST(differences(planned).empty());
}

// Virtual functions of one card are as near to each other as devices behind one switch, so they get one.
BOOST_AUTO_TEST_CASE(virtual_functions_share_a_switch_of_their_own) {
  MirrorPair pair;
  pair.pass("20:00.2", "15:01.0").pass("20:00.3", "15:01.0");
  for (auto& function : pair.host.devices) function.physical_function = bdf("20:00.0");
  const Plan planned = pair.planned(switches);
  BOOST_TEST(devices(planned) == (Lines{"0000:20:00.2 is 0000:f3:00.0", "0000:20:00.3 is 0000:f4:00.0"}),
             per_element());
  BOOST_TEST(differences(planned).empty());
}

// A whole card is one device of the guest, behind one port.
BOOST_AUTO_TEST_CASE(functions_of_one_slot_share_a_port) {
  MirrorPair pair(one_switch(), {"18:00.0"});
  pair.pass("18:00.1", "15:01.0 16:00.0 17:00.0").pass("19:00.0");
  BOOST_TEST(devices(pair.planned(switches)) == (Lines{"0000:18:00.0 is 0000:f3:00.0", "0000:18:00.1 is 0000:f3:00.1",
                                                       "0000:19:00.0 is 0000:f4:00.0"}),
             per_element());
}

// More devices behind one switch than it has slots: eight downstream ports a slot.
BOOST_AUTO_TEST_CASE(more_than_32_devices_behind_one_switch_share_slots) {
  MirrorPair pair;
  for (unsigned i = 0; i < 33; ++i) {
    pair.pass(PciAddress{0, 0x20, static_cast<std::uint8_t>(i / 8), static_cast<std::uint8_t>(i % 8)}.format(),
              "15:01.0");
  }
  for (auto& function : pair.host.devices) function.physical_function = bdf("1f:00.0");
  const Plan planned = pair.planned(switches);
  BOOST_TEST_REQUIRE(planned.controllers.size() == 36);
  BOOST_TEST(planned.controllers[3].address == bdf("03:00.0"));
  BOOST_TEST(planned.controllers[3].multifunction);
  BOOST_TEST(planned.controllers[4].address == bdf("03:00.1"));
  BOOST_TEST(planned.controllers[35].address == bdf("03:04.0"));
  BOOST_TEST(differences(planned).empty());
}

BOOST_AUTO_TEST_CASE(nodes_that_share_a_cell_are_reported) {
  MirrorPair pair;
  pair.host = host(2);
  pair.pass("18:00.0", "15:01.0", 0).pass("38:00.0", "37:01.0", 1);
  pair.domain.cpu_tune->vcpu_pin[0].cpu_set = vnuma::schema::CpuSet::parse("0-1").value();
  const Plan planned = pair.planned(switches);
  BOOST_TEST(warns(planned, Code::merged_nodes, "nodes 0 and 1", "cell 0"));
  BOOST_TEST_REQUIRE(differences(planned).size() == 1);
  BOOST_TEST((differences(planned)[0].host == Level::sys));
  BOOST_TEST((differences(planned)[0].guest == Level::node));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(mirroring_less)

// 120 pairs of devices on a switch each: 120 * 4 buses, and 240 with plain ports, too many for 247; 120 devices fit.
// 80 pairs: 80 * 4 = 320 buses do not fit, 160 and the expander bus do.
BOOST_AUTO_TEST_CASE(switches_are_not_mirrored_if_the_bus_numbers_do_not_suffice) {
  MirrorPair pair;
  for (unsigned i = 0; i < 80; ++i) {
    const auto number = static_cast<std::uint8_t>(i);
    const std::string bridges =
        PciAddress{0, 0x15, static_cast<std::uint8_t>(i / 8), static_cast<std::uint8_t>(i % 8)}.format() + " " +
        PciAddress{1, number, 0, 0}.format();
    pair.pass(PciAddress{2, number, 0, 0}.format(), bridges + " 0003:00:00.0");
    pair.pass(PciAddress{2, number, 1, 0}.format(), bridges + " 0003:00:01.0");
  }
  const Plan planned = pair.planned(switches);
  BOOST_TEST((planned.mirror == Mirror::root_complex));
  BOOST_TEST(planned.controllers.size() == 161);
  BOOST_TEST(codes_of(planned.warnings) == Lines{"VN043"}, per_element());
  BOOST_TEST(warns(planned, Code::reduced_plan, "PCIe switches", "321 bus numbers"));
  BOOST_CHECK_EXCEPTION(pair.planned({.strict = true, .mirror = Mirror::pcie_switch}), PlanError,
                        with(Code::numbers_exhausted, "321 bus numbers"));
}

// 33 root complexes of switches, with more devices than there are bus numbers for.
BOOST_AUTO_TEST_CASE(neither_switches_nor_root_complexes_are_mirrored_if_neither_fit) {
  MirrorPair pair;
  for (unsigned i = 0; i < 33; ++i) {
    for (unsigned slot = 0; slot < 3; ++slot) {
      const std::string source =
          PciAddress{1, static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(slot), 0}.format();
      attach(pair.host, source, 0, "root complex " + std::to_string(i),
             "00:01.0 01:00.0 02:0" + std::to_string(slot) + ".0");
      pair.pass(source);
    }
  }
  const Plan planned = pair.planned(switches);
  BOOST_TEST((planned.mirror == Mirror::numa));
  BOOST_TEST(planned.controllers.size() == 100);
  BOOST_TEST_REQUIRE(codes_of(planned.warnings) == (Lines{"VN043", "VN043"}), per_element());
  BOOST_TEST(mentions(planned.warnings[0].message, "PCIe switches"));
  BOOST_TEST(mentions(planned.warnings[1].message, "root complexes"));
  BOOST_CHECK_EXCEPTION(pair.planned({.strict = true, .mirror = Mirror::root_complex}), PlanError,
                        with(Code::numbers_exhausted, "pcie-root"));
}

// Each has an expander bus of its own, with a warning. Functions of a slot are of one device.
BOOST_AUTO_TEST_CASE(devices_that_the_host_lacks_are_near_to_none) {
  const Options named{.numa_nodes = {{bdf("20:00.0"), 0}, {bdf("20:00.1"), 0}, {bdf("21:00.0"), 0}},
                      .mirror = Mirror::root_complex,
                      .mmio = Mmio::off};
  const Plan planned = MirrorPair(host(1), {"20:00.0", "20:00.1", "21:00.0"}).planned(named);
  BOOST_TEST(controllers(planned) ==
                 (Lines{"1 pcie-expander-bus at 0000:00:02.0 busNr 224", "2 pcie-root-port at 0000:01:00.0",
                        "3 pcie-expander-bus at 0000:00:03.0 busNr 240", "4 pcie-root-port at 0000:03:00.0"}),
             per_element());
  BOOST_TEST_REQUIRE(codes_of(planned.warnings) == (Lines{"VN026", "VN026", "VN026"}), per_element());
  BOOST_TEST(planned.warnings[0].path == "/domain/devices/hostdev[1]");
  BOOST_TEST(mentions(planned.warnings[0].message, "0000:20:00.0"));
}

// 25 root complexes need 25 slots of pcie-root, which has 26 that are not left to others; two of these are in use.
BOOST_AUTO_TEST_CASE(root_complexes_that_do_not_fit_share_an_expander_bus) {
  MirrorPair pair;
  pair.domain.devices->controllers = {port(1, "00:02.0"), port(2, "00:03.0")};
  for (unsigned i = 0; i < 25; ++i) {
    const std::string source = PciAddress{0, static_cast<std::uint8_t>(0x20 + i), 0, 0}.format();
    attach(pair.host, source, 0, "root complex " + std::to_string(i));
    pair.pass(source);
  }
  const Plan planned = pair.planned(root_complexes);
  BOOST_TEST((planned.mirror == Mirror::numa));
  BOOST_TEST(warns(planned, Code::reduced_plan, "root complexes", "pcie-root"));
}

BOOST_AUTO_TEST_SUITE_END()
