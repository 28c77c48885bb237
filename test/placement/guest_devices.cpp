// Passthrough devices as the guest sees them: where they are plugged in, and what they will be called.
#include <boost/test/unit_test.hpp>

#include <vnuma/placement/guest_devices.hpp>

#include "build.hpp"

using namespace vnuma::test;
using vnuma::placement::Code;
using vnuma::placement::guest_devices;
using vnuma::placement::GuestDevice;
using vnuma::placement::PlanError;
using vnuma::schema::Domain;
using vnuma::topology::Level;
using vnuma::topology::Location;

namespace {

using Switches = std::vector<PciAddress>;

void add(Domain& domain, std::initializer_list<vnuma::schema::Controller> controllers) {
  auto& all = domain.devices->controllers;
  all.insert(all.end(), controllers.begin(), controllers.end());
}

vnuma::schema::Controller upstream(unsigned index, const std::string& address) {
  return controller(index, "pcie-switch-upstream-port", address);
}

vnuma::schema::Controller downstream(unsigned index, const std::string& address) {
  return controller(index, "pcie-switch-downstream-port", address);
}

Domain with_devices(std::initializer_list<vnuma::schema::HostDevice> devices) {
  Domain domain = guest(2);
  domain.devices->host_devices = devices;
  return domain;
}

Location location(const Domain& domain) { return guest_devices(domain).at(0).location; }

Level between(const Domain& domain, std::size_t a = 0, std::size_t b = 1) {
  const auto devices = guest_devices(domain);
  return level(devices.at(a).location, devices.at(b).location);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(devices_in_the_guest)

BOOST_AUTO_TEST_CASE(below_an_expander_bus_the_root_complex_is_its_own_and_the_node_its_cell) {
  Domain domain = with_devices({hostdev("0000:18:00.0", "0000:05:00.0")});
  add(domain, {expander(4, "0000:00:02.0", 240, 1), port(5, "0000:04:03.0")});
  BOOST_TEST((location(domain) == Location{"pci.4", {bdf("0000:04:03.0")}, 1}));
}

BOOST_AUTO_TEST_CASE(a_switch_is_root_port_upstream_port_and_downstream_ports) {
  // Two devices behind one switch, one behind a switch below a port of the first, one behind a root port.
  Domain domain = with_devices({hostdev("0000:18:00.0", "0000:04:00.0"), hostdev("0000:19:00.0", "0000:05:00.0"),
                                hostdev("0000:1a:00.0", "0000:09:00.0"), hostdev("0000:1b:00.0", "0000:0a:00.0")});
  add(domain, {expander(1, "0000:00:02.0", 200, 0), port(2, "0000:01:00.0"), upstream(3, "0000:02:00.0"),
               downstream(4, "0000:03:00.0"), downstream(5, "0000:03:01.0"), downstream(6, "0000:03:02.0"),
               upstream(7, "0000:06:00.0"), downstream(9, "0000:07:00.0"), port(10, "0000:01:01.0")});
  const auto devices = guest_devices(domain);
  BOOST_TEST((devices.at(0).location.switches == Switches{bdf("0000:01:00.0"), bdf("0000:02:00.0")}));
  BOOST_TEST((devices.at(2).location.switches ==
              Switches{bdf("0000:01:00.0"), bdf("0000:02:00.0"), bdf("0000:03:02.0"), bdf("0000:06:00.0")}));
  BOOST_TEST((between(domain, 0, 1) == Level::pix));
  BOOST_TEST((between(domain, 0, 2) == Level::pxb));
  BOOST_TEST((between(domain, 0, 3) == Level::phb));
}

BOOST_AUTO_TEST_CASE(two_expander_buses_of_one_cell_are_two_root_complexes_of_one_node) {
  Domain domain = with_devices({hostdev("0000:18:00.0", "0000:03:00.0"), hostdev("0000:38:00.0", "0000:04:00.0")});
  add(domain, {expander(1, "0000:00:02.0", 200, 0), expander(2, "0000:00:03.0", 220, 0), port(3, "0000:01:00.0"),
               port(4, "0000:02:00.0")});
  BOOST_TEST((between(domain) == Level::node));
  domain.devices->controllers[1].target->numa_node = 1;
  BOOST_TEST((between(domain) == Level::sys));
}

BOOST_AUTO_TEST_CASE(without_acpi_the_guest_knows_no_node) {
  Domain domain = with_devices({hostdev("0000:18:00.0", "0000:02:00.0")});
  add(domain, {expander(1, "0000:00:02.0", 240, 1), port(2, "0000:01:00.0")});
  domain.features->acpi.reset();
  BOOST_TEST(!location(domain).node.has_value());
}

BOOST_AUTO_TEST_CASE(a_device_on_the_root_is_behind_its_port_or_in_its_slot) {
  Domain domain = with_devices({hostdev("0000:18:00.0", "0000:01:00.0"), hostdev("0000:19:00.0", "0000:00:05.1")});
  add(domain, {port(1, "0000:00:02.3")});
  const auto devices = guest_devices(domain);
  BOOST_TEST((devices.at(0).location == Location{"pcie.0", {bdf("0000:00:02.3")}, std::nullopt}));
  BOOST_TEST((devices.at(1).location == Location{"pcie.0", {bdf("0000:00:05.0")}, std::nullopt}));
}

BOOST_AUTO_TEST_CASE(the_root_of_a_machine_without_pcie_is_pci_0) {
  Domain domain = with_devices({hostdev("0000:18:00.0", "0000:00:05.0")});
  add(domain, {controller(0, "pci-root", "0000:00:00.0")});
  BOOST_TEST(location(domain).root_complex == "pci.0");
}

BOOST_AUTO_TEST_CASE(functions_of_one_slot_are_behind_one_port) {
  Domain domain = with_devices({hostdev("0000:01:00.0", "0000:02:00.0"), hostdev("0000:01:00.1", "0000:02:00.1")});
  add(domain, {expander(1, "0000:00:02.0", 240, 0), port(2, "0000:01:00.0")});
  BOOST_TEST((between(domain) == Level::pix));
}

BOOST_AUTO_TEST_CASE(without_an_address_libvirt_gives_each_a_port_of_its_own) {
  const auto devices = guest_devices(guest(1, {"0000:18:00.0", "0000:19:00.0"}));
  BOOST_REQUIRE(devices.size() == 2U);
  BOOST_TEST(!devices[0].address.has_value());
  BOOST_TEST(!devices[0].guest_bdf.has_value());
  BOOST_TEST(devices[0].location.root_complex == "pcie.0");
  BOOST_TEST((level(devices[0].location, devices[1].location) == Level::phb));
}

BOOST_AUTO_TEST_CASE(a_controller_that_is_not_declared_is_a_port_of_the_root) {
  // libvirt adds what is missing below the highest index.
  const Domain domain = with_devices({hostdev("0000:18:00.0", "0000:07:00.0"), hostdev("0000:18:00.1", "0000:07:00.1"),
                                      hostdev("0000:19:00.0", "0000:08:00.0"), hostdev("0000:1a:00.0")});
  BOOST_TEST(location(domain).root_complex == "pcie.0");
  BOOST_TEST((between(domain, 0, 1) == Level::pix));
  BOOST_TEST((between(domain, 0, 2) == Level::phb));
  BOOST_TEST((between(domain, 0, 3) == Level::phb));
}

BOOST_AUTO_TEST_CASE(a_controller_without_an_address_is_a_port_of_the_root) {
  Domain domain = with_devices({hostdev("0000:18:00.0", "0000:01:00.0"), hostdev("0000:19:00.0", "0000:02:00.0")});
  add(domain, {port(1, "0000:00:02.0"), port(2, "0000:00:03.0")});
  domain.devices->controllers[0].address.reset();
  BOOST_TEST(location(domain).root_complex == "pcie.0");
  BOOST_TEST((between(domain) == Level::phb));
}

BOOST_AUTO_TEST_CASE(devices_below_a_port_without_an_address_share_their_switch) {
  Domain domain = with_devices({hostdev("0000:18:00.0", "0000:03:00.0"), hostdev("0000:19:00.0", "0000:04:00.0")});
  add(domain, {port(1, "0000:00:02.0"), upstream(2, "0000:01:00.0"), downstream(3, "0000:02:00.0"),
               downstream(4, "0000:02:01.0")});
  domain.devices->controllers[0].address.reset();
  BOOST_TEST((between(domain) == Level::pix));
}

BOOST_AUTO_TEST_CASE(an_expander_bus_needs_no_address) {
  Domain domain = with_devices({hostdev("0000:18:00.0", "0000:02:00.0")});
  add(domain, {expander(1, "0000:00:02.0", 240, 1), port(2, "0000:01:00.0")});
  domain.devices->controllers[0].address.reset();
  BOOST_TEST((location(domain) == Location{"pci.1", {bdf("0000:01:00.0")}, 1}));
}

BOOST_AUTO_TEST_CASE(controllers_that_plug_into_each_other_are_on_the_root) {
  Domain domain = with_devices({hostdev("0000:18:00.0", "0000:01:00.0")});
  add(domain, {port(1, "0000:02:00.0"), port(2, "0000:01:01.0")});
  BOOST_TEST(location(domain).root_complex == "pcie.0");
}

BOOST_AUTO_TEST_CASE(each_device_comes_with_source_alias_and_addresses) {
  Domain domain = with_devices({hostdev("0000:18:00.0", "0000:02:00.0"), hostdev("10000:e1:00.0", "0000:00:05.0")});
  domain.devices->host_devices[0].alias.emplace().name = "ua-gpu";
  add(domain, {expander(1, "0000:00:02.0", 240, 0), port(2, "0000:01:00.0")});
  const auto devices = guest_devices(domain);
  BOOST_TEST(devices.at(0).source.value() == bdf("0000:18:00.0"));
  BOOST_TEST(devices.at(0).alias == "ua-gpu");
  BOOST_TEST(devices.at(0).address.value() == bdf("0000:02:00.0"));
  BOOST_TEST(devices.at(0).guest_bdf.value() == bdf("0000:f1:00.0"));
  BOOST_TEST(devices.at(1).source.value() == bdf("10000:e1:00.0"));
  BOOST_TEST(devices.at(1).guest_bdf.value() == bdf("0000:00:05.0"));
}

BOOST_AUTO_TEST_CASE(a_device_that_the_guest_does_not_see_has_no_guest_address) {
  Domain domain = with_devices({hostdev("0000:18:00.0", "0000:02:00.1")});  // no function 0 beside it
  add(domain, {expander(1, "0000:00:02.0", 240, 0), port(2, "0000:01:00.0")});
  BOOST_TEST(!guest_devices(domain).at(0).guest_bdf.has_value());
}

BOOST_AUTO_TEST_CASE(interfaces_follow_hostdevs_and_unassigned_devices_are_left_out) {
  Domain domain = guest(1, {"0000:18:00.0", "0000:19:00.0"});
  domain.devices->host_devices[0].address.emplace().type = "unassigned";
  auto& nic = domain.devices->interfaces.emplace_back();
  nic.type = "hostdev";
  nic.source.emplace().address = pci("0000:03:02.1");
  const auto devices = guest_devices(domain);
  BOOST_REQUIRE(devices.size() == 2U);
  BOOST_TEST(devices[0].source.value() == bdf("0000:19:00.0"));
  BOOST_TEST(devices[1].source.value() == bdf("0000:03:02.1"));
}

BOOST_AUTO_TEST_CASE(mediated_devices_are_known_by_their_uuid) {
  vnuma::schema::HostDevice vgpu;
  vgpu.mode = "subsystem";
  vgpu.type = "mdev";
  vgpu.source.emplace().address.emplace().uuid = vnuma::schema::UuidText::from_text("83B8F4F2509F382F3C1EE6BFE0FA1001");
  vgpu.address = pci("0000:02:00.0");
  Domain domain = with_devices({vgpu, hostdev("0000:18:00.0", "0000:00:05.0")});
  add(domain, {expander(1, "0000:00:02.0", 240, 1), port(2, "0000:01:00.0")});
  const auto devices = guest_devices(domain);
  BOOST_TEST(devices.at(0).uuid == "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001");
  BOOST_TEST(devices.at(0).name() == devices.at(0).uuid);
  BOOST_TEST(devices.at(0).location.root_complex == "pci.1");
  BOOST_TEST(devices.at(1).name() == "0000:18:00.0");
}

BOOST_AUTO_TEST_CASE(a_domain_without_devices_has_none) { BOOST_TEST(guest_devices(Domain{}).empty()); }

BOOST_AUTO_TEST_CASE(a_device_without_a_source_is_refused) {
  Domain domain = guest(1, {"0000:18:00.0"});
  domain.devices->host_devices[0].source->address.reset();
  BOOST_CHECK_EXCEPTION(guest_devices(domain), PlanError, with(Code::no_source, "/domain/devices/hostdev[1]"));
}

BOOST_AUTO_TEST_CASE(after_a_plan_for_numa_devices_of_one_cell_share_a_host_bridge) {
  Domain domain = guest(2, {"0000:18:00.0", "0000:19:00.0", "0000:9a:00.0"});
  const auto planned =
      vnuma::placement::plan(domain, host(2, {{"0000:18:00.0", 0}, {"0000:19:00.0", 0}, {"0000:9a:00.0", 1}}));
  vnuma::placement::apply(planned, domain);
  const auto devices = guest_devices(domain);
  BOOST_TEST((between(domain, 0, 1) == Level::phb));
  BOOST_TEST((between(domain, 1, 2) == Level::sys));
  for (std::size_t i = 0; i < devices.size(); ++i) BOOST_TEST((devices[i].guest_bdf == planned.devices[i].guest_bdf));
}

BOOST_AUTO_TEST_CASE(the_place_on_the_host_is_that_of_the_device_or_of_its_parent) {
  vnuma::topology::Host machine = one_switch();
  machine.mediated_devices = {{"4b20d080-1b54-4048-85b3-a6a62d165c01", bdf("19:00.0")}};
  Domain domain = guest(1, {"18:00.0", "1a:00.0"});
  domain.devices->host_devices.push_back(mdev("4B20D080-1b54-4048-85b3-a6a62d165c01"));
  domain.devices->host_devices.push_back(mdev("00000000-1b54-4048-85b3-a6a62d165c01"));
  const auto devices = guest_devices(domain);
  // Behind the port 15:01.0 and the switch with the upstream port 16:00.0.
  const Location location{"pci0000:15", {bdf("15:01.0"), bdf("16:00.0")}, 0};
  BOOST_TEST((location_on_host(devices.at(0), machine) == location));
  BOOST_TEST((location_on_host(devices.at(1), machine) == std::nullopt));
  BOOST_TEST((location_on_host(devices.at(2), machine) == location));  // its parent's
  BOOST_TEST((location_on_host(devices.at(3), machine) == std::nullopt));
}

BOOST_AUTO_TEST_SUITE_END()
