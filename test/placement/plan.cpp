// What a plan gives each device, by the rules of libvirt, QEMU and the guest.
#include <fmt/format.h>
#include <boost/test/unit_test.hpp>

#include <vnuma/schema/xml.hpp>

#include "placement/build.hpp"

using namespace vnuma::test;
using namespace vnuma::placement;
using boost::test_tools::per_element;
using vnuma::schema::Domain;

BOOST_AUTO_TEST_SUITE(placing)

BOOST_AUTO_TEST_CASE(a_device_gets_a_root_port_under_an_expander_bus_of_its_cell) {
  Plan plan = vnuma::placement::plan(guest(2, {"27:00.0"}), host(2, {{"27:00.0", 1}}));
  for (PlannedController& controller : plan.controllers) controller.why.clear();  // reasons.cpp
  const std::vector<PlannedController> expected{
      {.index = 1, .model = "pcie-expander-bus", .bus_nr = 240, .node = 1, .address = bdf("00:02.0")},
      {.index = 2, .model = "pcie-root-port", .chassis = 2, .port = 0, .address = bdf("01:00.0")}};
  BOOST_TEST((plan.controllers == expected));
  BOOST_TEST(plan.changed);
  BOOST_TEST(*plan.devices[0].address == bdf("02:00.0"));
  BOOST_TEST(*plan.devices[0].guest_bdf == bdf("f1:00.0"));
  BOOST_TEST(*plan.devices[0].guest_cell == 1U);
  BOOST_TEST((plan.devices[0].outcome == Outcome::placed));
}

BOOST_AUTO_TEST_CASE(what_is_applied_is_what_was_planned) {
  Domain domain = guest(1, {"27:00.0"});
  apply(plan(domain, host(1, {{"27:00.0", 0}})), domain);
  BOOST_TEST(to_xml(*domain.devices, vnuma::schema::Layout::compact) ==
             "<devices><controller type='pci' index='1' model='pcie-expander-bus'><target busNr='240'><node>0</node>"
             "</target><address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0'/></controller>"
             "<controller type='pci' index='2' model='pcie-root-port'><target chassis='2' port='0x0'/>"
             "<address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></controller>"
             "<hostdev mode='subsystem' type='pci'><source><address type='pci' domain='0x0000' bus='0x27' slot='0x00' "
             "function='0x0'/></source><address type='pci' domain='0x0000' bus='0x02' slot='0x00' function='0x0'/>"
             "</hostdev></devices>");
}

BOOST_AUTO_TEST_CASE(guest_order_is_host_order_also_where_gpu_0_is_not_on_node_0) {
  const Plan plan = vnuma::placement::plan(guest(2, {"90:00.0", "20:00.0", "10:00.0"}),
                                           host(2, {{"10:00.0", 1}, {"20:00.0", 1}, {"90:00.0", 0}}));
  BOOST_TEST(*device(plan, "10:00.0").guest_bdf == bdf("e1:00.0"));
  BOOST_TEST(*device(plan, "20:00.0").guest_bdf == bdf("e2:00.0"));
  BOOST_TEST(*device(plan, "90:00.0").guest_bdf == bdf("f1:00.0"));
  BOOST_TEST(plan.warnings.empty());
}

BOOST_AUTO_TEST_CASE(nodes_that_interleave_cannot_keep_the_order_and_are_reported) {
  const Plan plan = vnuma::placement::plan(guest(2, {"10:00.0", "20:00.0", "30:00.0"}),
                                           host(2, {{"10:00.0", 0}, {"20:00.0", 1}, {"30:00.0", 0}}));
  BOOST_TEST(warns(plan, Code::guest_order, "0000:30:00.0 before 0000:20:00.0"));
}

BOOST_AUTO_TEST_CASE(functions_of_one_slot_share_a_port_with_function_0_multifunction) {
  const Plan plan = vnuma::placement::plan(guest(1, {"01:00.1", "01:00.0", "02:00.0"}),
                                           host(1, {{"01:00.0", 0}, {"01:00.1", 0}, {"02:00.0", 0}}));
  BOOST_TEST(plan.controllers.size() == 3U);
  BOOST_TEST(*device(plan, "01:00.0").address == bdf("02:00.0"));
  BOOST_TEST(device(plan, "01:00.0").multifunction);
  BOOST_TEST(*device(plan, "01:00.1").address == bdf("02:00.1"));
  BOOST_TEST(!device(plan, "01:00.1").multifunction);
  BOOST_TEST(*device(plan, "02:00.0").address == bdf("03:00.0"));
  BOOST_TEST(!device(plan, "02:00.0").multifunction);
}

BOOST_AUTO_TEST_CASE(without_function_0_the_lowest_becomes_function_0) {
  const Plan plan = vnuma::placement::plan(guest(1, {"01:00.3", "01:00.1"}), host(1, {{"01:00.1", 0}, {"01:00.3", 0}}));
  BOOST_TEST(*device(plan, "01:00.1").address == bdf("02:00.0"));
  BOOST_TEST(device(plan, "01:00.1").multifunction);
  BOOST_TEST(*device(plan, "01:00.3").address == bdf("02:00.1"));
}

BOOST_AUTO_TEST_CASE(a_lone_function_becomes_function_0) {
  const Plan plan = vnuma::placement::plan(guest(1, {"01:00.1"}), host(1, {{"01:00.1", 0}}));
  BOOST_TEST(*device(plan, "01:00.1").address == bdf("02:00.0"));
  BOOST_TEST(!device(plan, "01:00.1").multifunction);
}

BOOST_AUTO_TEST_CASE(virtual_functions_are_devices_of_their_own) {
  auto machine = host(1, {{"03:02.0", 0}, {"03:02.1", 0}});
  for (auto& device : machine.devices) device.physical_function = bdf("03:00.0");
  const Plan plan = vnuma::placement::plan(guest(1, {"03:02.0", "03:02.1"}), machine);
  BOOST_TEST(*device(plan, "03:02.0").address == bdf("02:00.0"));
  BOOST_TEST(*device(plan, "03:02.1").address == bdf("03:00.0"));
}

BOOST_AUTO_TEST_CASE(thirty_two_devices_in_a_cell_get_a_slot_each_and_more_get_functions) {
  Domain domain = guest(1);
  auto machine = host(1);
  const auto add = [&](unsigned bus) {
    vnuma::topology::PciDevice device;
    device.address = {0, static_cast<std::uint8_t>(bus), 0, 0};
    device.numa_node = 0;
    machine.devices.push_back(device);
    domain.devices->host_devices.push_back(hostdev(device.address.format()));
  };
  for (unsigned i = 0; i < 32; ++i) add(16 + i);
  const Plan slots = plan(domain, machine);
  BOOST_TEST(slots.controllers[32].address == bdf("01:1f.0"));
  BOOST_TEST(*slots.controllers[32].port == 248U);
  BOOST_TEST(!slots.controllers[1].multifunction);
  add(48);
  const Plan functions = plan(domain, machine);
  BOOST_TEST(functions.controllers.size() == 34U);
  BOOST_TEST(functions.controllers[1].address == bdf("01:00.0"));
  BOOST_TEST(functions.controllers[1].multifunction);
  BOOST_TEST(functions.controllers[8].address == bdf("01:00.7"));
  BOOST_TEST(!functions.controllers[8].multifunction);
  BOOST_TEST(functions.controllers[33].address == bdf("01:04.0"));
  BOOST_TEST(!functions.controllers[33].multifunction);  // alone in its slot
  BOOST_TEST(*functions.controllers[33].port == 32U);
  BOOST_TEST(*functions.devices[32].guest_bdf == bdf("f1:00.0"));  // 34 buses from 208 on
}

BOOST_AUTO_TEST_CASE(more_devices_than_bus_numbers_are_refused) {
  Domain domain = guest(1);
  auto machine = host(1);
  for (unsigned i = 0; i < 247; ++i) {
    vnuma::topology::PciDevice device;
    device.address = {0, static_cast<std::uint8_t>(i), 4, 0};
    device.numa_node = 0;
    machine.devices.push_back(device);
    domain.devices->host_devices.push_back(hostdev(device.address.format()));
  }
  const Domain before = domain;
  BOOST_CHECK_EXCEPTION(plan(domain, machine), PlanError, with(Code::numbers_exhausted, "248 bus numbers", "255"));
  BOOST_TEST((domain == before));
}

BOOST_AUTO_TEST_CASE(the_error_says_how_many_numbers_the_rest_of_the_domain_takes) {
  const auto machine = host(1, {{"10:00.0", 0}});
  Domain domain = guest(1, {"10:00.0"});
  const auto refused = [&](const char* of_others) {
    BOOST_CHECK_EXCEPTION(plan(domain, machine), PlanError,
                          with(Code::numbers_exhausted, "2 bus numbers", "1 new expander bus", of_others));
  };
  // Those of an expander bus and the 244 ports on it, 10 to 254; 8 more stay free for hot-plug.
  auto& controllers = domain.devices->controllers;
  controllers = {expander(1, "00:02.0", 10, 0)};
  controllers[0].target->numa_node.reset();
  for (unsigned i = 0; i < 244; ++i) {
    controllers.push_back(port(2 + i, fmt::format("01:{:02x}.{}", i / 8, i % 8)));
    domain.devices->disks.emplace_back().address = pci(fmt::format("{:02x}:00.0", 2 + i));
  }
  refused("takes 245 of them");
  // libvirt adds root ports up to the bus that is named, 255.
  controllers.clear();
  domain.devices->disks.resize(1);
  domain.devices->disks[0].address = pci("ff:00.0");
  refused("takes 255 of them");
}

BOOST_AUTO_TEST_CASE(numbers_that_passthrough_devices_need_are_not_those_of_the_rest) {
  // The expander bus of cell 0 has 10, and 11 for the first device. Another one has 12 and, for its 243 ports, the
  // rest; below 10 there is 9, for 8 stay free for hot-plug. So there is no room for a new expander bus and its port.
  Domain domain = guest(2, {"10:00.0", "20:00.0"});
  auto& controllers = domain.devices->controllers;
  controllers = {expander(1, "00:02.0", 10, 0), expander(2, "00:03.0", 12, 0)};
  controllers[1].target->numa_node.reset();
  for (unsigned i = 0; i < 243; ++i) {
    controllers.push_back(port(3 + i, fmt::format("02:{:02x}.{}", i / 8, i % 8)));
    domain.devices->disks.emplace_back().address = pci(fmt::format("{:02x}:00.0", 3 + i));
  }
  BOOST_CHECK_EXCEPTION(plan(domain, host(2, {{"10:00.0", 0}, {"20:00.0", 1}})), PlanError,
                        with(Code::numbers_exhausted, "2 bus numbers", "1 new expander bus", "takes 245 of them"));
}

BOOST_AUTO_TEST_CASE(slots_of_pcie_root_that_libvirt_and_q35_use_are_left_to_them) {
  Domain domain = guest(6, {"10:00.0", "20:00.0"});
  domain.devices->sound_cards.emplace_back().address = pci("00:02.0");
  const Plan plan = vnuma::placement::plan(domain, host(6, {{"10:00.0", 0}, {"20:00.0", 5}}));
  BOOST_TEST(plan.controllers[0].address == bdf("00:03.0"));
  for (const PlannedController& controller : plan.controllers) {
    if (controller.model != "pcie-expander-bus") continue;
    for (const unsigned slot : {0x00U, 0x01U, 0x1aU, 0x1bU, 0x1dU, 0x1fU}) BOOST_TEST(controller.address.slot != slot);
  }
}

BOOST_AUTO_TEST_CASE(an_interface_of_type_hostdev_is_a_passthrough_device) {
  Domain domain = guest(1);
  auto& interface = domain.devices->interfaces.emplace_back();
  interface.type = "hostdev";
  interface.source.emplace().address = pci("03:02.0");
  apply(plan(domain, host(1, {{"03:02.0", 0}})), domain);
  BOOST_TEST(vnuma::topology::pci_address(*domain.devices->interfaces[0].address) == bdf("02:00.0"));
}

BOOST_AUTO_TEST_CASE(hostdevs_that_are_not_pci_devices_are_ignored) {
  Domain domain = guest(1);
  auto& usb = domain.devices->host_devices.emplace_back();
  usb.mode = "subsystem";
  usb.type = "usb";
  auto& channel = domain.devices->host_devices.emplace_back();
  channel.mode = "subsystem";
  channel.type = "mdev";
  channel.model = "vfio-ccw";
  const Plan plan = vnuma::placement::plan(domain, host(1));
  BOOST_TEST(plan.devices.empty());
  BOOST_TEST(!plan.changed);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(respecting)

BOOST_AUTO_TEST_CASE(indexes_and_chassis_that_are_there_are_not_used_again) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->controllers = {port(1, "00:01.0"), port(3, "00:01.1")};
  domain.devices->controllers[0].target.emplace().chassis = 4;
  const Plan plan = vnuma::placement::plan(domain, host(1, {{"27:00.0", 0}}));
  BOOST_TEST(plan.controllers[0].index == 2U);
  BOOST_TEST(plan.controllers[1].index == 4U);
  BOOST_TEST(*plan.controllers[1].chassis == 1U);  // 4 is taken, and 3 is libvirt's for the port of index 3
}

BOOST_AUTO_TEST_CASE(indexes_up_to_the_highest_bus_of_an_address_are_left_to_libvirt) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->disks.emplace_back().address = pci("03:00.0");  // so libvirt adds controllers 1 to 3
  const Plan plan = vnuma::placement::plan(domain, host(1, {{"27:00.0", 0}}));
  BOOST_TEST(plan.controllers[0].index == 4U);
  BOOST_TEST(plan.controllers[1].index == 5U);
}

BOOST_AUTO_TEST_CASE(addresses_of_elements_that_no_struct_names_are_respected) {
  const Domain domain = vnuma::schema::from_xml<Domain>(
      "<domain><os><type machine='q35'/></os><features><acpi/></features><cputune><vcpupin vcpu='0' "
      "cpuset='0'/></cputune>"
      "<cpu><numa><cell id='0' cpus='0'/></numa></cpu><devices><future><address type='pci' slot='0x02'/></future>"
      "<hostdev mode='subsystem' type='pci'><source><address bus='0x27' "
      "slot='0'/></source></hostdev></devices></domain>");
  BOOST_TEST(plan(domain, host(1, {{"27:00.0", 0}})).controllers.at(0).address == bdf("00:03.0"));
}

BOOST_AUTO_TEST_CASE(what_an_address_leaves_out_is_0) {
  Domain domain = guest(1, {"27:00.0"});
  auto& address = domain.devices->disks.emplace_back().address.emplace();
  address.type = "pci";
  address.slot = 2;
  BOOST_TEST(plan(domain, host(1, {{"27:00.0", 0}})).controllers[0].address == bdf("00:03.0"));
  address.slot = 0;  // all 0 is no address
  address.function = 1;
  BOOST_TEST(plan(domain, host(1, {{"27:00.0", 0}})).controllers[0].address == bdf("00:02.0"));
}

BOOST_AUTO_TEST_CASE(indexes_are_left_for_the_ports_that_libvirt_adds) {
  Domain domain = guest(1, {"27:00.0"});
  for (unsigned i = 0; i < 200; ++i) domain.devices->disks.emplace_back();
  for (unsigned i = 1; i < 54; ++i) {
    auto& bridge = domain.devices->controllers.emplace_back(port(i, PciAddress{0, 0, 2, 0}.format()));
    bridge.address.reset();
  }
  // 53 indexes are used and two are new, so 200 are left.
  BOOST_CHECK_EXCEPTION(plan(domain, host(1, {{"27:00.0", 0}})), PlanError, with(Code::numbers_exhausted, "255"));
  domain.devices->disks.resize(100);
  BOOST_TEST(plan(domain, host(1, {{"27:00.0", 0}})).changed);
}

BOOST_AUTO_TEST_CASE(indexes_are_left_for_libvirt_also_if_no_expander_bus_is_new) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 240, 0)};
  for (unsigned i = 0; i < 253; ++i) domain.devices->disks.emplace_back();  // 254 indexes, one for the port
  const auto machine = host(1, {{"27:00.0", 0}});
  BOOST_TEST(plan(domain, machine).controllers.size() == 1U);
  domain.devices->disks.emplace_back();
  BOOST_CHECK_EXCEPTION(plan(domain, machine), PlanError,
                        with(Code::numbers_exhausted, "253 controller indexes", "254", "takes 255 of them"));
}

BOOST_AUTO_TEST_CASE(an_expander_bus_whose_range_overlaps_gets_no_more_ports) {
  Domain domain = guest(2, {"90:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 160, 0), port(2, "01:00.0"), port(3, "01:01.0"),
                                 expander(4, "00:03.0", 161, 1)};
  domain.devices->disks.emplace_back().address = pci("02:00.0");
  domain.devices->disks.emplace_back().address = pci("03:00.0");
  const Plan plan = vnuma::placement::plan(domain, host(2, {{"90:00.0", 0}}));
  BOOST_REQUIRE(plan.controllers.size() == 2U);
  BOOST_TEST(*plan.controllers[0].bus_nr == 240U);
  BOOST_TEST(*device(plan, "90:00.0").guest_bdf == bdf("f1:00.0"));
}

BOOST_AUTO_TEST_CASE(an_empty_port_of_the_cell_is_used_first) {
  Domain domain = guest(1, {"20:00.0", "10:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.0")};
  const Plan plan = vnuma::placement::plan(domain, host(1, {{"10:00.0", 0}, {"20:00.0", 0}}));
  BOOST_REQUIRE(plan.controllers.size() == 1U);
  BOOST_TEST(plan.controllers[0].address == bdf("01:01.0"));
  BOOST_TEST(*device(plan, "10:00.0").address == bdf("02:00.0"));
  BOOST_TEST(*device(plan, "20:00.0").guest_bdf == bdf("f2:00.0"));
  BOOST_TEST(plan.warnings.empty());
}

BOOST_AUTO_TEST_CASE(an_empty_port_that_stays_is_reported) {
  Domain domain = guest(2, {"10:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 240, 1), port(2, "01:00.0")};
  BOOST_TEST(warns(plan(domain, host(2, {{"10:00.0", 0}})), Code::empty_port, "/domain/devices/controller[2]"));
}

BOOST_AUTO_TEST_CASE(bus_ranges_that_are_there_are_not_overlapped) {
  Domain domain = guest(2, {"27:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 240, 1), port(2, "01:00.0"), port(3, "01:01.0")};
  const Plan plan = vnuma::placement::plan(domain, host(2, {{"27:00.0", 0}}));
  BOOST_TEST(*plan.controllers[0].bus_nr == 224U);
  BOOST_TEST(plan.controllers[0].address == bdf("00:03.0"));
}

BOOST_AUTO_TEST_CASE(a_new_expander_bus_is_numbered_in_the_hosts_order_among_those_that_are_there) {
  Domain domain = guest(2, {"90:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.0")};
  domain.devices->host_devices.push_back(hostdev("10:00.0", "02:00.0"));
  const Plan plan = vnuma::placement::plan(domain, host(2, {{"10:00.0", 0}, {"90:00.0", 1}}));
  BOOST_TEST(*plan.controllers[0].bus_nr == 248U);
  BOOST_TEST(*device(plan, "10:00.0").guest_bdf == bdf("f1:00.0"));
  BOOST_TEST(*device(plan, "90:00.0").guest_bdf == bdf("f9:00.0"));
  BOOST_TEST(plan.warnings.empty());
}

BOOST_AUTO_TEST_CASE(what_is_kept_below_pcie_root_comes_first_in_the_guest) {
  Domain domain = guest(1, {"10:00.0"});
  domain.devices->host_devices.push_back(hostdev("90:00.0", "00:05.0"));
  BOOST_TEST(warns(plan(domain, host(1, {{"10:00.0", 0}, {"90:00.0", 0}})), Code::guest_order,
                   "0000:90:00.0 before 0000:10:00.0"));
}

BOOST_AUTO_TEST_CASE(a_new_expander_bus_without_room_in_the_hosts_order_is_reported) {
  Domain domain = guest(2, {"90:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 254, 0), port(2, "01:00.0")};
  domain.devices->host_devices.push_back(hostdev("10:00.0", "02:00.0"));
  const Plan plan = vnuma::placement::plan(domain, host(2, {{"10:00.0", 0}, {"90:00.0", 1}}));
  BOOST_TEST(*plan.controllers[0].bus_nr == 240U);
  BOOST_TEST(warns(plan, Code::guest_order, "0000:90:00.0 before 0000:10:00.0"));
}

BOOST_AUTO_TEST_CASE(an_expander_bus_of_the_cell_with_room_is_used) {
  Domain domain = guest(1, {"90:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.0")};
  domain.devices->host_devices.push_back(hostdev("10:00.0", "02:00.0"));
  const Plan plan = vnuma::placement::plan(domain, host(1, {{"10:00.0", 0}, {"90:00.0", 0}}));
  BOOST_REQUIRE(plan.controllers.size() == 1U);
  BOOST_TEST(plan.controllers[0].address == bdf("01:01.0"));
  BOOST_TEST(*device(plan, "90:00.0").guest_bdf == bdf("f2:00.0"));
}

// QEMU is given the controllers in the order of their indexes, and does not know a bus that comes later.
BOOST_AUTO_TEST_CASE(a_port_has_a_higher_index_than_its_bus_although_lower_ones_are_free) {
  Domain domain = guest(1, {"90:00.0"});
  domain.devices->controllers = {expander(9, "00:02.0", 240, 0)};
  const vnuma::topology::Host one_node = host(1, {{"90:00.0", 0}});
  const Plan plan = vnuma::placement::plan(domain, one_node);
  BOOST_REQUIRE(plan.controllers.size() == 1U);
  BOOST_TEST(plan.controllers[0].index == 10U);
  BOOST_TEST(plan.controllers[0].address == bdf("09:00.0"));

  // Where none is free, there is no room either: libvirt has root ports of its own for the indexes below.
  domain.devices->controllers = {expander(255, "00:02.0", 240, 0)};
  BOOST_CHECK_THROW(vnuma::placement::plan(domain, one_node), vnuma::placement::PlanError);
}

BOOST_AUTO_TEST_CASE(an_expander_bus_whose_range_cannot_grow_is_not_used) {
  Domain domain = guest(2, {"90:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.0"), expander(3, "00:03.0", 242, 1)};
  domain.devices->host_devices.push_back(hostdev("10:00.0", "02:00.0"));
  const Plan plan = vnuma::placement::plan(domain, host(2, {{"10:00.0", 0}, {"90:00.0", 0}}));
  BOOST_REQUIRE(plan.controllers.size() == 2U);
  BOOST_TEST(plan.controllers[0].model == "pcie-expander-bus");
  BOOST_TEST(*plan.controllers[0].bus_nr == 248U);  // 243 to 255 is free, and after 240 in the host's order
}

BOOST_AUTO_TEST_CASE(room_is_left_below_the_lowest_bus_for_what_libvirt_adds) {
  Domain domain = guest(1, {"27:00.0"});
  for (unsigned i = 0; i < 60; ++i) domain.devices->interfaces.emplace_back().type = "network";
  domain.devices->controllers = {expander(1, "00:02.0", 80, 0)};
  for (unsigned bus = 96; bus < 250; bus += 16) {
    domain.devices->controllers.push_back(expander(bus, PciAddress{0, 0, std::uint8_t(bus / 8), 0}.format(), bus, 7));
  }
  // 60 interfaces, the root and 8 spare: 69 buses below; so 80, whose neighbour is 96, has room.
  const Plan plan = vnuma::placement::plan(domain, host(1, {{"27:00.0", 0}}));
  BOOST_TEST(plan.controllers[0].address == bdf("01:00.0"));
}

BOOST_AUTO_TEST_CASE(planning_a_planned_domain_changes_nothing) {
  Domain domain = guest(2, {"10:00.0", "10:00.1", "90:00.0"});
  const auto machine = host(2, {{"10:00.0", 0}, {"10:00.1", 0}, {"90:00.0", 1}});
  apply(plan(domain, machine), domain);
  const Domain once = domain;
  const Plan again = plan(domain, machine);
  BOOST_TEST(!again.changed);
  BOOST_TEST(again.controllers.empty());
  BOOST_TEST((again.devices[0].outcome == Outcome::kept));
  BOOST_TEST(*again.devices[2].guest_bdf == bdf("f1:00.0"));
  apply(again, domain);
  BOOST_TEST((domain == once));
}

BOOST_AUTO_TEST_CASE(a_partial_address_is_kept_and_never_completed) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->host_devices[0].address.emplace().type = "pci";
  const Plan plan = vnuma::placement::plan(domain, host(1, {{"27:00.0", 0}}));
  BOOST_TEST((plan.devices[0].outcome == Outcome::kept));
  BOOST_TEST(!plan.devices[0].address);
  BOOST_TEST(!plan.changed);
}

BOOST_AUTO_TEST_CASE(an_unassigned_device_is_left_also_by_readdress) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->host_devices[0].address.emplace().type = "unassigned";
  const Plan plan = vnuma::placement::plan(domain, host(1, {{"27:00.0", 0}}), {.readdress = true});
  BOOST_TEST((plan.devices[0].outcome == Outcome::left));
  BOOST_TEST(reasons(plan.devices[0]) == Lines{"unassigned"}, per_element());
  BOOST_TEST(!plan.changed);
}

BOOST_AUTO_TEST_CASE(a_plan_for_another_domain_is_refused_and_changes_nothing) {
  Domain planned = guest(1, {"27:00.0", "28:00.0"});
  const Plan plan = vnuma::placement::plan(planned, host(1, {{"27:00.0", 0}, {"28:00.0", 0}}));
  apply(plan, planned);
  for (Domain other : {guest(1, {"27:00.0"}), guest(1, {"27:00.0", "29:00.0"}), planned}) {
    const Domain before = other;
    BOOST_CHECK_EXCEPTION(apply(plan, other), PlanError, with(Code::stale_plan));
    BOOST_TEST((other == before));
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(leaving)

BOOST_AUTO_TEST_CASE(each_device_that_is_left_has_its_reason) {
  const auto machine = host(2, {{"10:00.0", 1}, {"20:00.0", -1}});
  const Plan plan = vnuma::placement::plan(guest(1, {"10:00.0", "20:00.0", "30:00.0"}), machine);
  const auto is_left = [&](const char* source, const char* reason, std::optional<OptionHint> option) {
    BOOST_TEST_CONTEXT(source) {
      BOOST_TEST((device(plan, source).outcome == Outcome::left));
      BOOST_TEST_REQUIRE(reasons(device(plan, source)) == Lines{reason}, per_element());
      BOOST_TEST((device(plan, source).reasons[0].option == option));
    }
  };
  is_left("10:00.0", "no-cell", OptionHint{Option::unaligned});
  is_left("20:00.0", "unknown-node", OptionHint{Option::numa_nodes, "0000:20:00.0"});
  is_left("30:00.0", "not-on-host", std::nullopt);
  BOOST_TEST(!plan.changed);
}

// vfio-pci passes no bridge through. Whatever node it is on or is given, it stays as it is.
BOOST_AUTO_TEST_CASE(a_pci_bridge_is_left) {
  auto machine = host(1, {{"10:00.0", 0}, {"20:00.0", 0}});
  machine.devices[0].class_code = 0x060400;
  auto domain = guest(1, {"10:00.0", "20:00.0"});
  for (const Options& options : {Options{}, Options{.numa_nodes = {{bdf("10:00.0"), 0}}}}) {
    const Plan plan = vnuma::placement::plan(domain, machine, options);
    BOOST_TEST((device(plan, "10:00.0").outcome == Outcome::left));
    BOOST_TEST(reasons(device(plan, "10:00.0")) == Lines{"pci-bridge"}, per_element());
    BOOST_TEST((device(plan, "20:00.0").outcome == Outcome::placed));
  }
  BOOST_CHECK_EXCEPTION(vnuma::placement::plan(domain, machine, {.strict = true}), PlanError,
                        with(Code::wrong_cell, "0000:10:00.0", "PCI bridge"));
  domain.devices->host_devices[0].address = pci("00:10.0");
  const Plan kept = vnuma::placement::plan(domain, machine, {.readdress = true});
  BOOST_TEST(reasons(device(kept, "10:00.0")) == (Lines{"has-address", "pci-bridge"}), per_element());
}

BOOST_AUTO_TEST_CASE(a_host_node_can_be_given_for_a_device) {
  const Options options{.numa_nodes = {{bdf("20:00.0"), 1}}};
  const Plan plan = vnuma::placement::plan(guest(2, {"20:00.0"}), host(2, {{"20:00.0", -1}}), options);
  BOOST_TEST(*plan.devices[0].guest_cell == 1U);
}

// An override that has no effect because of a longer one is in use: its pattern matches a device of the domain.
BOOST_AUTO_TEST_CASE(a_host_node_can_be_given_for_a_pattern) {
  const auto pattern = [](const char* text) { return vnuma::topology::AddressPattern::parse(text).value(); };
  const Options options{
      .numa_nodes = {{pattern("*"), 0}, {pattern("0000:2*"), 1}, {bdf("21:00.0"), 1}, {pattern("0000:21*"), 0}}};
  const auto machine = host(2, {{"10:00.0", -1}, {"20:00.0", 0}, {"21:00.0", 0}});
  const Plan plan = vnuma::placement::plan(guest(2, {"10:00.0", "20:00.0", "21:00.0"}), machine, options);
  BOOST_TEST(*device(plan, "10:00.0").guest_cell == 0U);
  BOOST_TEST(*device(plan, "20:00.0").guest_cell == 1U);
  BOOST_TEST(*device(plan, "21:00.0").guest_cell == 1U);
  BOOST_TEST((device(plan, "20:00.0").node_source == vnuma::topology::NodeSource::given));
  BOOST_TEST(codes_of(plan.warnings) == Lines{}, per_element());
}

// Only the address of the device itself states where such a device would be.
BOOST_AUTO_TEST_CASE(a_pattern_gives_no_node_to_a_device_that_the_host_lacks) {
  const Options all{.numa_nodes = {{vnuma::topology::AddressPattern::parse("*").value(), 0}}};
  const Plan plan = vnuma::placement::plan(guest(1, {"20:00.0"}), host(1), all);
  BOOST_TEST(reasons(plan.devices[0]) == Lines{"not-on-host"}, per_element());
  BOOST_TEST(codes_of(plan.warnings) == Lines{}, per_element());
}

BOOST_AUTO_TEST_CASE(a_host_node_that_is_given_must_exist_and_its_device_be_in_the_domain) {
  const Domain domain = guest(2, {"20:00.0"});
  const auto machine = host(2, {{"20:00.0", 0}});
  BOOST_CHECK_EXCEPTION(plan(domain, machine, {.numa_nodes = {{bdf("20:00.0"), 7}}}), PlanError,
                        with(Code::unknown_host_node, "0000:20:00.0", "node 7"));
  BOOST_TEST(warns(plan(domain, machine, {.numa_nodes = {{bdf("21:00.0"), 1}}}), Code::unused_node, "0000:21:00.0"));
}

BOOST_AUTO_TEST_CASE(without_guest_cells_nothing_is_done_and_other_faults_are_ignored) {
  Domain domain = guest(1, {"27:00.0"});
  domain.cpu->numa.reset();
  domain.devices->controllers.emplace_back().type = "pci";  // without a model
  const Plan plan = vnuma::placement::plan(domain, {});
  BOOST_TEST(!plan.changed);
  BOOST_TEST(reasons(plan.devices[0]) == Lines{"no-guest-cells"}, per_element());
  BOOST_TEST(codes_of(plan.warnings) == Lines{"VN036"}, per_element());
  BOOST_TEST(warns(plan, Code::no_cells, "/domain", "<cpu><numa><cell id='0' "));
  domain.devices->host_devices.clear();
  BOOST_TEST((vnuma::placement::plan(domain, {}) == Plan{}));
}

BOOST_AUTO_TEST_CASE(strict_refuses_passthrough_devices_without_guest_cells) {
  Domain domain = guest(1, {"27:00.0"});
  domain.cpu->numa.reset();
  for (const auto mmio : {Mmio::warn, Mmio::automatic}) {
    BOOST_CHECK_EXCEPTION(plan(domain, host(1, {{"27:00.0", 0}}), {.strict = true, .mmio = mmio}), PlanError,
                          with(Code::no_cells, "/domain"));
  }
  domain.devices->host_devices.clear();
  BOOST_TEST((plan(domain, {}, {.strict = true}) == Plan{}));
}

BOOST_AUTO_TEST_CASE(guest_cells_that_nothing_maps_to_host_nodes_are_reported) {
  const auto machine = host(2, {{"10:00.0", 0}, {"20:00.0", 1}});
  Domain domain = guest(2, {"10:00.0", "20:00.0"});
  domain.cpu_tune->vcpu_pin.clear();
  for (const auto unaligned : {Unaligned::leave, Unaligned::nearest}) {
    const Plan plan = vnuma::placement::plan(domain, machine, {.unaligned = unaligned});
    for (const auto& device : plan.devices) BOOST_TEST(reasons(device) == Lines{"no-cell"}, per_element());
    BOOST_TEST(codes_of(plan.warnings) == Lines{"VN037"}, per_element());
    BOOST_TEST(warns(plan, Code::unmapped_cells, "/domain/cpu/numa", "<vcpupin vcpu='0' cpuset='0'/>",
                     "<memnode cellid='0' mode='strict' nodeset='0'/>"));
  }
  domain.devices->host_devices.clear();
  BOOST_TEST((vnuma::placement::plan(domain, machine) == Plan{}));
}

BOOST_AUTO_TEST_CASE(devices_of_a_machine_without_pcie_root_are_left) {
  Domain domain = guest(1, {"27:00.0"});
  domain.os->type->machine = "pc-i440fx-7.2";
  const Plan plan = vnuma::placement::plan(domain, host(1, {{"27:00.0", 0}}));
  BOOST_TEST(!plan.changed);
  BOOST_TEST(reasons(plan.devices[0]) == Lines{"no-pcie-root"}, per_element());
  BOOST_CHECK_EXCEPTION(vnuma::placement::plan(domain, host(1, {{"27:00.0", 0}}), {.strict = true}), PlanError,
                        with(Code::wrong_cell, "/domain/devices/hostdev[1]", "0000:27:00.0"));
}

BOOST_AUTO_TEST_CASE(a_device_with_an_address_also_names_the_machine_without_pcie_root) {
  Domain domain = guest(1);
  domain.devices->host_devices = {hostdev("27:00.0", "00:05.0")};
  for (const char* machine : {"pc", "pc-i440fx-7.2", "pc-1.3"}) {
    domain.os->type->machine = machine;
    BOOST_TEST_CONTEXT(machine) {
      const Plan plan = vnuma::placement::plan(domain, host(1, {{"27:00.0", 0}}), {.readdress = true});
      BOOST_TEST((plan.devices[0].outcome == Outcome::kept));
      BOOST_TEST(reasons(plan.devices[0]) == (Lines{"has-address", "no-pcie-root"}), per_element());
      BOOST_TEST(mentions(reason_text(plan.devices[0]), "i440fx"));
      BOOST_TEST(mentions(reason_text(plan.devices[0]), machine));
      BOOST_CHECK_EXCEPTION(
          vnuma::placement::plan(domain, host(1, {{"27:00.0", 0}}), {.strict = true, .readdress = true}), PlanError,
          with(Code::wrong_cell, "i440fx"));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_pci_root_that_the_machine_does_not_have_is_refused) {
  const auto refused = [](const char* machine, const char* root, bool with_cells) {
    Domain domain = guest(1, {"27:00.0"});
    domain.os->type->machine = machine;
    domain.devices->controllers = {controller(0, root, "00:00.0")};
    domain.devices->controllers[0].address.reset();
    if (!with_cells) domain.cpu.reset();
    try {
      plan(domain, host(1, {{"27:00.0", 0}}), {.mmio = Mmio::automatic});
    } catch (const PlanError& error) {
      return error.diagnostic().code == Code::wrong_root;
    }
    return false;
  };
  for (const bool with_cells : {false, true}) {
    BOOST_TEST(refused("pc-i440fx-7.2", "pcie-root", with_cells));
    BOOST_TEST(refused("pc", "pcie-root", with_cells));
    BOOST_TEST(refused("q35", "pci-root", with_cells));
    BOOST_TEST(!refused("pc", "pci-root", with_cells));
    BOOST_TEST(!refused("q35", "pcie-root", with_cells));
    BOOST_TEST(!refused("virt", "pcie-root", with_cells));
  }
}

// Of a running guest, as virsh dumpxml prints it without --inactive.
BOOST_AUTO_TEST_CASE(the_xml_of_a_running_guest_is_planned_with_a_warning) {
  const auto machine = host(1, {{"27:00.0", 0}});
  Domain domain = guest(1, {"27:00.0"});
  domain.id = 7;
  const Plan plan = vnuma::placement::plan(domain, machine, {.strict = true});
  BOOST_TEST(plan.changed);
  BOOST_TEST(codes_of(plan.warnings) == Lines{"VN058"}, per_element());
  BOOST_TEST(warns(plan, Code::live_domain, "/domain/@id", "7", "--inactive"));
  domain.id = -1;  // as libvirt's API names a guest that does not run
  BOOST_TEST(vnuma::placement::plan(domain, machine).warnings.empty());
  domain.id = 7;
  domain.devices->host_devices.clear();
  BOOST_TEST(vnuma::placement::plan(domain, machine).warnings.empty());
}

BOOST_AUTO_TEST_CASE(q35_and_virt_on_aarch64_have_a_pcie_root) {
  Domain riscv = guest(1, {"27:00.0"});
  riscv.os->type->arch = "riscv64";
  riscv.os->type->machine = "virt";
  BOOST_TEST(!plan(riscv, host(1, {{"27:00.0", 0}})).changed);
  for (const char* machine : {"q35", "pc-q35-7.2", "pc-q35-rhel9.2.0", "virt", "virt-7.2"}) {
    Domain domain = guest(1, {"27:00.0"});
    domain.os->type->machine = machine;
    BOOST_TEST_CONTEXT(machine) BOOST_TEST(plan(domain, host(1, {{"27:00.0", 0}})).changed);
  }
}

BOOST_AUTO_TEST_CASE(acpi_that_is_off_is_reported_and_refused_if_strict) {
  Domain domain = guest(1, {"27:00.0"});
  domain.features.reset();
  const auto machine = host(1, {{"27:00.0", 0}});
  BOOST_TEST(warns(plan(domain, machine), Code::acpi_off, "<features><acpi/></features>"));
  BOOST_CHECK_EXCEPTION(plan(domain, machine, {.strict = true}), PlanError, with(Code::acpi_off));
}

BOOST_AUTO_TEST_CASE(strict_accepts_devices_that_are_placed_or_already_on_their_cell) {
  Domain domain = guest(2, {"10:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 240, 1), port(2, "01:00.0")};
  domain.devices->host_devices.push_back(hostdev("90:00.0", "02:00.0"));
  const auto machine = host(2, {{"10:00.0", 0}, {"90:00.0", 1}});
  BOOST_TEST(plan(domain, machine, {.strict = true}).changed);
  domain.devices->controllers[0].target->numa_node = 0;
  BOOST_CHECK_EXCEPTION(plan(domain, machine, {.strict = true}), PlanError,
                        with(Code::wrong_cell, "/domain/devices/hostdev[2]", "0000:90:00.0"));
}

BOOST_AUTO_TEST_CASE(strict_refuses_devices_that_the_guest_may_not_see) {
  const auto machine = host(2, {{"10:00.0", 0}, {"20:00.0", 0}, {"30:00.0", 1}});
  const auto refuses = [&](const Domain& domain, const std::string& why) {
    BOOST_TEST(warns(plan(domain, machine), Code::hidden_device, why), why);
    BOOST_CHECK_EXCEPTION(plan(domain, machine, {.strict = true}), PlanError, with(Code::wrong_cell, why));
  };
  Domain domain = guest(2);
  domain.devices->host_devices = {hostdev("10:00.0", "02:00.0"), hostdev("20:00.0", "03:00.0")};
  domain.devices->controllers = {expander(1, "00:02.0", 254, 0), port(2, "01:00.0"), port(3, "01:01.0")};
  refuses(domain, "255");
  domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.0"), port(3, "01:01.1")};
  refuses(domain, "0000:01:01.1");
  domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.0"), expander(3, "00:03.0", 248, 0)};
  refuses(domain, "expander bus");
  domain.devices->host_devices[1] = hostdev("30:00.0", "04:00.0");
  domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.0"), expander(3, "00:03.0", 241, 1),
                                 port(4, "03:00.0")};
  refuses(domain, "busNr 240 on and from 241");
  BOOST_TEST(!plan(domain, machine).devices[0].guest_bdf);
}

BOOST_AUTO_TEST_CASE(strict_refuses_an_expander_bus_without_bus_number) {
  Domain domain = guest(1, {"10:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 240, 0)};
  domain.devices->controllers[0].target->bus_nr.reset();
  BOOST_TEST(warns(plan(domain, host(1, {{"10:00.0", 0}})), Code::bus_nr_missing));
  BOOST_CHECK_EXCEPTION(plan(domain, host(1, {{"10:00.0", 0}}), {.strict = true}), PlanError,
                        with(Code::bus_nr_missing));
}

BOOST_AUTO_TEST_CASE(strict_refuses_devices_that_are_left) {
  BOOST_CHECK_EXCEPTION(plan(guest(1, {"10:00.0"}), host(1, {{"10:00.0", -1}}), {.strict = true}), PlanError,
                        with(Code::wrong_cell, "Options::numa_nodes for 0000:10:00.0"));
}

BOOST_AUTO_TEST_SUITE_END()
