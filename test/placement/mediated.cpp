// Mediated devices: hostdevs of type mdev, of which the host knows the parent.
#include <boost/test/unit_test.hpp>

#include <vnuma/placement/report.hpp>

#include "placement/build.hpp"

using namespace vnuma::test;
using namespace vnuma::placement;
using boost::test_tools::per_element;
using vnuma::schema::Domain;
using vnuma::topology::Host;

namespace {

const Options switches{.mirror = Mirror::pcie_switch};

}  // namespace

BOOST_AUTO_TEST_SUITE(mediated)

// A hostdev of type mdev has its parent's node and place, and a port of its own.
BOOST_AUTO_TEST_CASE(a_mediated_device_is_where_its_parent_is) {
  Host machine = one_switch();
  machine.mediated_devices = {{"4b20d080-1b54-4048-85b3-a6a62d165c01", bdf("18:00.0")},
                              {"4b20d080-1b54-4048-85b3-a6a62d165c02", bdf("18:00.0")}};
  Domain domain = guest(1, {"19:00.0"});
  for (const char* uuid : {"4B20D080-1B54-4048-85B3-A6A62D165C01", "4b20d0801b54404885b3a6a62d165c02"}) {
    domain.devices->host_devices.push_back(mdev(uuid));
  }
  const Plan planned = plan(domain, machine, switches);
  BOOST_TEST(
      devices(planned) == (Lines{"0000:19:00.0 is 0000:f5:00.0", "4b20d080-1b54-4048-85b3-a6a62d165c01 is 0000:f3:00.0",
                                 "4b20d080-1b54-4048-85b3-a6a62d165c02 is 0000:f4:00.0"}),
      per_element());
  BOOST_TEST(differences(planned).empty());
  apply(planned, domain);
  BOOST_TEST(!plan(domain, machine, switches).changed);
  BOOST_TEST(mediated_devices(domain) ==
                 (Lines{"4b20d080-1b54-4048-85b3-a6a62d165c01", "4b20d080-1b54-4048-85b3-a6a62d165c02"}),
             per_element());
}

// Its node is asked for by the parent's address.
BOOST_AUTO_TEST_CASE(a_mediated_device_without_a_node_names_its_parent) {
  Host machine = host(1, {{"18:00.0", -1}});
  machine.mediated_devices = {{"4b20d080-1b54-4048-85b3-a6a62d165c01", bdf("18:00.0")}};
  Domain domain = guest(1);
  domain.devices->host_devices = {mdev("4b20d080-1b54-4048-85b3-a6a62d165c01")};
  BOOST_TEST(
      plan(domain, machine).devices[0].reason ==
      "the host does not say which NUMA node its parent is on; say it with Options::numa_nodes 0000:18:00.0=NODE");
  BOOST_TEST((plan(domain, machine, {.numa_nodes = {{bdf("18:00.0"), 0}}}).devices[0].outcome == Outcome::placed));
}

BOOST_AUTO_TEST_CASE(a_mediated_device_whose_parent_the_host_lacks_names_it) {
  Host machine = host(1);
  machine.mediated_devices = {{"4b20d080-1b54-4048-85b3-a6a62d165c01", bdf("18:00.0")}};
  Domain domain = guest(1);
  domain.devices->host_devices = {mdev("4b20d080-1b54-4048-85b3-a6a62d165c01")};
  BOOST_TEST(plan(domain, machine).devices[0].reason ==
             "the host has no device 0000:18:00.0, the parent of 4b20d080-1b54-4048-85b3-a6a62d165c01");
}

// Those of one parent have no order on the host; that of a device of its own is before both, or after.
BOOST_AUTO_TEST_CASE(mediated_devices_of_one_parent_are_in_any_order) {
  Host machine = host(1, {{"18:00.0", 0}, {"19:00.0", 0}});
  Domain domain = guest(1);
  domain.devices->controllers = {expander(1, "00:02.0", 200, 0), port(2, "01:00.0"), port(3, "01:01.0"),
                                 port(4, "01:02.0")};
  for (const char* number : {"02", "01"}) {
    const std::string uuid = std::string("4b20d080-1b54-4048-85b3-a6a62d165c") + number;
    machine.mediated_devices.push_back({uuid, bdf("18:00.0")});
    domain.devices->host_devices.push_back(mdev(uuid));
  }
  std::reverse(machine.mediated_devices.begin(), machine.mediated_devices.end());
  auto& given = domain.devices->host_devices;
  given.push_back(hostdev("19:00.0"));
  given[0].address = pci("02:00.0");
  given[1].address = pci("03:00.0");
  given[2].address = pci("04:00.0");
  BOOST_TEST(plan(domain, machine).warnings == Lines{}, per_element());
  std::swap(given[1].address, given[2].address);
  BOOST_TEST(plan(domain, machine).warnings == (Lines{"the guest lists 0000:19:00.0 before "
                                                      "4b20d080-1b54-4048-85b3-a6a62d165c01, the host after it"}),
             per_element());
}

// Function 0, a mediated device of it, function 1: the functions share a port.
BOOST_AUTO_TEST_CASE(a_mediated_device_does_not_split_its_slot) {
  Host machine = host(1, {{"18:00.0", 0}, {"18:00.1", 0}});
  machine.mediated_devices = {{"4b20d080-1b54-4048-85b3-a6a62d165c01", bdf("18:00.0")}};
  Domain domain = guest(1, {"18:00.0", "18:00.1"});
  domain.devices->host_devices.insert(domain.devices->host_devices.begin() + 1,
                                      mdev("4b20d080-1b54-4048-85b3-a6a62d165c01"));
  BOOST_TEST(devices(plan(domain, machine)) ==
                 (Lines{"0000:18:00.0 is 0000:f1:00.0", "4b20d080-1b54-4048-85b3-a6a62d165c01 is 0000:f2:00.0",
                        "0000:18:00.1 is 0000:f1:00.1"}),
             per_element());
}

BOOST_AUTO_TEST_CASE(a_mediated_device_that_the_host_does_not_have_is_left) {
  Domain domain = guest(1);
  domain.devices->host_devices = {mdev("4b20d080-1b54-4048-85b3-a6a62d165c01")};
  const Plan planned = plan(domain, host(1));
  BOOST_TEST_REQUIRE(planned.devices.size() == 1);
  BOOST_TEST(planned.devices[0].reason == "the host has no mediated device 4b20d080-1b54-4048-85b3-a6a62d165c01");
  BOOST_TEST(!planned.devices[0].source.has_value());
  // It is at no address, so none names it.
  BOOST_TEST(plan(domain, host(1), {.numa_nodes = {{PciAddress{}, 0}}}).devices[0].reason == planned.devices[0].reason);
  domain.devices->host_devices[0].source->address->uuid.reset();
  BOOST_CHECK_EXCEPTION(plan(domain, host(1)), PlanError,
                        says("/domain/devices/hostdev[1]/source/address", "uuid is missing"));
}

BOOST_AUTO_TEST_SUITE_END()
