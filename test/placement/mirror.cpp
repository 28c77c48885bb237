// mirror = root_complex and pcie_switch: the guest has the host's hierarchy, as far as it decides how near devices are.
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

BOOST_AUTO_TEST_SUITE(mirroring)

// In one cell, each root complex has an expander bus, in the host's order. 224 and 240: multiples of 16.
BOOST_AUTO_TEST_CASE(each_root_complex_has_an_expander_bus) {
  Host machine = host(1);
  attach(machine, "18:00.0", 0, "pci0000:15", "15:01.0");
  attach(machine, "38:00.0", 0, "pci0000:37", "37:01.0");
  attach(machine, "19:00.0", 0, "pci0000:15", "15:02.0");
  const Domain domain = guest(1, {"38:00.0", "19:00.0", "18:00.0"});
  const Plan planned = plan(domain, machine, root_complexes);
  BOOST_TEST(controllers(planned) ==
                 (Lines{"1 pcie-expander-bus at 0000:00:02.0 busNr 224", "2 pcie-root-port at 0000:01:00.0",
                        "3 pcie-root-port at 0000:01:01.0", "4 pcie-expander-bus at 0000:00:03.0 busNr 240",
                        "5 pcie-root-port at 0000:04:00.0"}),
             per_element());
  BOOST_TEST(devices(planned) == (Lines{"0000:38:00.0 is 0000:f1:00.0", "0000:19:00.0 is 0000:e2:00.0",
                                        "0000:18:00.0 is 0000:e1:00.0"}),
             per_element());
  BOOST_TEST(differences(planned).empty());
  // Without, one expander bus has them all, and they seem to be of one root complex.
  const Plan one = plan(domain, machine);
  BOOST_TEST_REQUIRE(differences(one).size() == 1);
  BOOST_TEST(
      report_text(one).find("2 pairs are NODE on the host and PHB in the guest, as 0000:38:00.0 and 0000:19:00.0") !=
      std::string::npos);
}

// A root complex whose devices are on two nodes, as with sub-NUMA clustering, has an expander bus on each cell.
BOOST_AUTO_TEST_CASE(a_root_complex_of_two_nodes_has_two_expander_buses) {
  Host machine = host(2);
  attach(machine, "18:00.0", 0, "pci0000:15", "15:01.0");
  attach(machine, "19:00.0", 1, "pci0000:15", "15:02.0");
  const Plan planned = plan(guest(2, {"18:00.0", "19:00.0"}), machine, root_complexes);
  BOOST_TEST(device(planned, "18:00.0").address->bus != device(planned, "19:00.0").address->bus);
  BOOST_TEST(planned.controllers.size() == 4);
}

// The switch of GPU and NIC is there: its upstream port is f2, its downstream ports are f3 and f4. The other GPU is
// alone below its root port, and has a plain port.
BOOST_AUTO_TEST_CASE(devices_behind_one_switch_of_the_host_are_behind_one_in_the_guest) {
  const Plan planned = plan(guest(1, {"18:00.0", "19:00.0", "28:00.0"}), one_switch(), switches);
  BOOST_TEST(controllers(planned) ==
                 (Lines{"1 pcie-expander-bus at 0000:00:02.0 busNr 240", "2 pcie-root-port at 0000:01:00.0",
                        "3 pcie-switch-upstream-port at 0000:02:00.0", "4 pcie-switch-downstream-port at 0000:03:00.0",
                        "5 pcie-switch-downstream-port at 0000:03:01.0", "6 pcie-root-port at 0000:01:01.0"}),
             per_element());
  BOOST_TEST(devices(planned) == (Lines{"0000:18:00.0 is 0000:f3:00.0", "0000:19:00.0 is 0000:f4:00.0",
                                        "0000:28:00.0 is 0000:f5:00.0"}),
             per_element());
  BOOST_TEST(differences(planned).empty());
  // As libvirt has it for ports: chassis is the index, port the slot and function. An upstream port has neither.
  BOOST_TEST(!planned.controllers[2].chassis.has_value());
  Domain domain = guest(1, {"18:00.0", "19:00.0", "28:00.0"});
  apply(planned, domain);
  BOOST_TEST(!domain.devices->controllers[2].target.has_value());
  BOOST_TEST(*planned.controllers[4].chassis == 5U);
  BOOST_TEST(*planned.controllers[4].port == 8U);
}

BOOST_AUTO_TEST_CASE(a_switch_with_one_device_is_left_out) {
  const Plan planned = plan(guest(1, {"18:00.0", "28:00.0"}), one_switch(), switches);
  BOOST_TEST(controllers(planned) == (Lines{"1 pcie-expander-bus at 0000:00:02.0 busNr 240",
                                            "2 pcie-root-port at 0000:01:00.0", "3 pcie-root-port at 0000:01:01.0"}),
             per_element());
}

// Two switches below one on the host, two devices on each: PIX within, PXB between, which two switches do. f0 expander
// bus, f1 root port's, f2 the first switch, f3 to f5 its ports', f6 the second.
BOOST_AUTO_TEST_CASE(nested_switches_are_nested_in_the_guest) {
  Host machine = host(1);
  attach(machine, "20:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:00.0 18:00.0 19:00.0");
  attach(machine, "21:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:00.0 18:00.0 19:01.0");
  attach(machine, "22:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:01.0 1a:00.0 1b:00.0");
  attach(machine, "23:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:01.0 1a:00.0 1b:01.0");
  const Plan planned = plan(guest(1, {"20:00.0", "21:00.0", "22:00.0", "23:00.0"}), machine, switches);
  BOOST_TEST(devices(planned) == (Lines{"0000:20:00.0 is 0000:f3:00.0", "0000:21:00.0 is 0000:f4:00.0",
                                        "0000:22:00.0 is 0000:f7:00.0", "0000:23:00.0 is 0000:f8:00.0"}),
             per_element());
  BOOST_TEST(differences(planned).empty());
}

// Two devices, each alone on a switch, below two common ones: PXB, which two switches do. f2 is the first one's bus, f3
// and f4 are its ports', f5 is the second one's.
BOOST_AUTO_TEST_CASE(no_switch_is_there_that_decides_nothing) {
  Host machine = host(1);
  attach(machine, "20:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:00.0 18:00.0 19:00.0 1a:00.0 1b:00.0");
  attach(machine, "22:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:00.0 18:00.0 19:01.0 1c:00.0 1d:00.0");
  const Plan planned = plan(guest(1, {"20:00.0", "22:00.0"}), machine, switches);
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

// A switch with a device of its own and another switch, which is PXB to it.
BOOST_AUTO_TEST_CASE(a_switch_below_a_switch_with_devices) {
  Host machine = host(1);
  attach(machine, "1f:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:00.0");
  attach(machine, "20:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:01.0 18:00.0 19:00.0");
  attach(machine, "21:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:01.0 18:00.0 19:01.0");
  const Plan planned = plan(guest(1, {"1f:00.0", "20:00.0", "21:00.0"}), machine, switches);
  BOOST_TEST(devices(planned) == (Lines{"0000:1f:00.0 is 0000:f3:00.0", "0000:20:00.0 is 0000:f6:00.0",
                                        "0000:21:00.0 is 0000:f7:00.0"}),
             per_element());
  BOOST_TEST(differences(planned).empty());
}

// Virtual functions of one card are as near to each other as devices behind one switch, which they get.
BOOST_AUTO_TEST_CASE(virtual_functions_share_a_switch_of_their_own) {
  Host machine = host(1);
  for (const char* function : {"20:00.2", "20:00.3"}) attach(machine, function, 0, "pci0000:15", "15:01.0");
  for (auto& function : machine.devices) function.physical_function = bdf("20:00.0");
  const Plan planned = plan(guest(1, {"20:00.2", "20:00.3"}), machine, switches);
  BOOST_TEST(devices(planned) == (Lines{"0000:20:00.2 is 0000:f3:00.0", "0000:20:00.3 is 0000:f4:00.0"}),
             per_element());
  BOOST_TEST(differences(planned).empty());
}

// A whole card is one device of the guest, behind one port.
BOOST_AUTO_TEST_CASE(functions_of_one_slot_share_a_port) {
  Host machine = one_switch();
  attach(machine, "18:00.1", 0, "pci0000:15", "15:01.0 16:00.0 17:00.0");
  const Plan planned = plan(guest(1, {"18:00.0", "18:00.1", "19:00.0"}), machine, switches);
  BOOST_TEST(devices(planned) == (Lines{"0000:18:00.0 is 0000:f3:00.0", "0000:18:00.1 is 0000:f3:00.1",
                                        "0000:19:00.0 is 0000:f4:00.0"}),
             per_element());
}

// More devices behind one switch than it has slots: eight downstream ports a slot.
BOOST_AUTO_TEST_CASE(more_than_32_devices_behind_one_switch_share_slots) {
  Host machine = host(1);
  Domain domain = guest(1);
  for (unsigned i = 0; i < 33; ++i) {
    const std::string source =
        PciAddress{0, 0x20, static_cast<std::uint8_t>(i / 8), static_cast<std::uint8_t>(i % 8)}.format();
    attach(machine, source, 0, "pci0000:15", "15:01.0");
    machine.devices.back().physical_function = bdf("1f:00.0");
    domain.devices->host_devices.push_back(hostdev(source));
  }
  const Plan planned = plan(domain, machine, switches);
  BOOST_TEST_REQUIRE(planned.controllers.size() == 36);
  BOOST_TEST(planned.controllers[3].address == bdf("03:00.0"));
  BOOST_TEST(planned.controllers[3].multifunction);
  BOOST_TEST(planned.controllers[4].address == bdf("03:00.1"));
  BOOST_TEST(planned.controllers[35].address == bdf("03:04.0"));
  BOOST_TEST(differences(planned).empty());
}

BOOST_AUTO_TEST_CASE(nodes_that_share_a_cell_are_reported) {
  Host machine = host(2);
  attach(machine, "18:00.0", 0, "pci0000:15", "15:01.0");
  attach(machine, "38:00.0", 1, "pci0000:37", "37:01.0");
  Domain domain = guest(1, {"18:00.0", "38:00.0"});
  domain.cpu_tune->vcpu_pin[0].cpu_set = vnuma::schema::CpuSet::parse("0-1").value();
  const Plan planned = plan(domain, machine, switches);
  BOOST_TEST(warns(planned, "host nodes 0 and 1 share guest cell 0"));
  BOOST_TEST_REQUIRE(differences(planned).size() == 1);
  BOOST_TEST((differences(planned)[0].host == vnuma::topology::Level::sys));
  BOOST_TEST((differences(planned)[0].guest == vnuma::topology::Level::node));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(what_does_not_fit)

// 120 pairs of devices on a switch each: 120 * 4 buses, and 240 with plain ports, too many for 247; 120 devices fit.
// 80 pairs: 80 * 4 = 320 buses do not fit, 160 and the expander bus do.
BOOST_AUTO_TEST_CASE(the_plan_falls_back_by_a_level_and_says_so) {
  Host machine = host(1);
  Domain domain = guest(1);
  for (unsigned i = 0; i < 80; ++i) {
    const std::string upstream = PciAddress{1, static_cast<std::uint8_t>(i), 0, 0}.format();
    const std::string port =
        PciAddress{0, 0x15, static_cast<std::uint8_t>(i / 8), static_cast<std::uint8_t>(i % 8)}.format();
    for (const char* slot : {"00", "01"}) {
      const std::string source =
          PciAddress{2, static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(slot[1] - '0'), 0}.format();
      attach(machine, source, 0, "pci0000:15", port + " " + upstream + " " + "0003:00:" + slot + ".0");
      domain.devices->host_devices.push_back(hostdev(source));
    }
  }
  const Plan planned = plan(domain, machine, switches);
  BOOST_TEST((planned.mirror == Mirror::root_complex));
  BOOST_TEST(planned.controllers.size() == 161);
  BOOST_TEST_REQUIRE(planned.warnings.size() == 1);
  BOOST_TEST(mentions(planned.warnings[0],
                      "PCIe switches are not mirrored, as that does not fit: /domain/devices: 321 bus numbers"));
  BOOST_CHECK_EXCEPTION(plan(domain, machine, {.strict = true, .mirror = Mirror::pcie_switch}), PlanError,
                        says("321 bus numbers"));
}

// 33 root complexes of switches with more devices than there are bus numbers: both levels are given up, each with a
// word.
BOOST_AUTO_TEST_CASE(the_plan_falls_back_by_two_levels) {
  Host machine = host(1);
  Domain domain = guest(1);
  for (unsigned i = 0; i < 33; ++i) {
    for (unsigned slot = 0; slot < 3; ++slot) {
      const std::string source =
          PciAddress{1, static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(slot), 0}.format();
      attach(machine, source, 0, "root complex " + std::to_string(i),
             "00:01.0 01:00.0 02:0" + std::to_string(slot) + ".0");
      domain.devices->host_devices.push_back(hostdev(source));
    }
  }
  const Plan planned = plan(domain, machine, switches);
  BOOST_TEST((planned.mirror == Mirror::numa));
  BOOST_TEST(planned.controllers.size() == 100);
  BOOST_TEST_REQUIRE(planned.warnings.size() == 2);
  BOOST_TEST(mentions(planned.warnings[0], "PCIe switches are not mirrored, as that does not fit"));
  BOOST_TEST(mentions(planned.warnings[1], "root complexes are not mirrored, as that does not fit"));
  BOOST_CHECK_EXCEPTION(plan(domain, machine, {.strict = true, .mirror = Mirror::root_complex}), PlanError,
                        says("pcie-root has no free slot"));
}

// They are near to nobody: each has an expander bus of its own, with a word. Functions of a slot are of one device.
BOOST_AUTO_TEST_CASE(devices_that_the_host_lacks_are_taken_to_be_near_to_none) {
  const Options named{.numa_nodes = {{bdf("20:00.0"), 0}, {bdf("20:00.1"), 0}, {bdf("21:00.0"), 0}},
                      .mirror = Mirror::root_complex,
                      .mmio = Mmio::off};
  const Plan planned = plan(guest(1, {"20:00.0", "20:00.1", "21:00.0"}), host(1), named);
  BOOST_TEST(controllers(planned) ==
                 (Lines{"1 pcie-expander-bus at 0000:00:02.0 busNr 224", "2 pcie-root-port at 0000:01:00.0",
                        "3 pcie-expander-bus at 0000:00:03.0 busNr 240", "4 pcie-root-port at 0000:03:00.0"}),
             per_element());
  BOOST_TEST_REQUIRE(planned.warnings.size() == 3);
  BOOST_TEST(planned.warnings[0] ==
             "/domain/devices/hostdev[1]: the host has no device 0000:20:00.0, so that it is taken "
             "to be near to none");
}

// 25 root complexes need 25 slots of pcie-root, which has 26 that are not left to others; two of these are in use.
BOOST_AUTO_TEST_CASE(root_complexes_that_do_not_fit_share_an_expander_bus) {
  Host machine = host(1);
  Domain domain = guest(1);
  domain.devices->controllers = {controller(1, "pcie-root-port", "00:02.0"),
                                 controller(2, "pcie-root-port", "00:03.0")};
  for (unsigned i = 0; i < 25; ++i) {
    const std::string source = PciAddress{0, static_cast<std::uint8_t>(0x20 + i), 0, 0}.format();
    attach(machine, source, 0, "root complex " + std::to_string(i));
    domain.devices->host_devices.push_back(hostdev(source));
  }
  const Plan planned = plan(domain, machine, root_complexes);
  BOOST_TEST((planned.mirror == Mirror::numa));
  BOOST_TEST(warns(
      planned, "root complexes are not mirrored, as that does not fit: /domain/devices: pcie-root has no free slot"));
}

BOOST_AUTO_TEST_SUITE_END()
