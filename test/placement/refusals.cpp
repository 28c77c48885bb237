// What no plan is made for, and where the error says it is.
#include <boost/test/unit_test.hpp>

#include "placement/build.hpp"

using namespace vnuma::test;
using namespace vnuma::placement;
using vnuma::schema::Domain;

BOOST_AUTO_TEST_SUITE(refusing)

namespace {

void refuses(const Domain& domain, const std::string& path, const std::string& message) {
  try {
    plan(domain, host(1, {{"27:00.0", 0}}));
  } catch (const vnuma::schema::Error& error) {
    BOOST_TEST(error.path() == path);
    BOOST_TEST(mentions(error.what(), message), error.what());
    return;
  }
  BOOST_ERROR("not refused");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_pci_controller_without_a_model) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->controllers.emplace_back().type = "pci";
  refuses(domain, "/domain/devices/controller[1]", "without a model");
}

BOOST_AUTO_TEST_CASE(two_pci_controllers_with_one_index) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->controllers = {port(1, "00:01.0"), port(1, "00:02.0")};
  refuses(domain, "/domain/devices/controller[2]/@index", "controller[1] has the index 1 too");
}

BOOST_AUTO_TEST_CASE(a_pci_controller_without_an_index) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->controllers = {port(1, "00:01.0")};
  domain.devices->controllers[0].index.reset();
  refuses(domain, "/domain/devices/controller[1]", "give it one from 1 to 255");
}

BOOST_AUTO_TEST_CASE(an_address_that_is_used_twice) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->controllers = {port(1, "00:02.0"), port(2, "00:02.0")};
  refuses(domain, "/domain/devices/controller[2]/address",
          "0000:00:02.0 is the address of /domain/devices/controller[1] too");
}

BOOST_AUTO_TEST_CASE(an_address_in_another_pci_domain) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->disks.emplace_back().address = pci("0001:00:02.0");
  refuses(domain, "/domain/devices/disk[1]/address/@domain", "0x1 is no PCI domain of the guest");
}

BOOST_AUTO_TEST_CASE(a_device_that_is_given_twice) {
  refuses(guest(1, {"27:00.0", "27:00.0"}), "/domain/devices/hostdev[2]", "/domain/devices/hostdev[1] gives the guest");
}

BOOST_AUTO_TEST_CASE(index_0_is_the_roots) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->controllers = {expander(0, "00:02.0", 125, 0)};
  refuses(domain, "/domain/devices/controller[1]/@index", "a pcie-expander-bus with index 0");
  domain.devices->controllers = {controller(1, "pcie-root", "00:00.0")};
  refuses(domain, "/domain/devices/controller[1]/@index", "a pcie-root with index 1");
}

BOOST_AUTO_TEST_CASE(usb_controllers_may_share_an_index) {
  Domain domain = guest(1, {"27:00.0"});
  for (int i = 0; i < 2; ++i) {
    auto& companion = domain.devices->controllers.emplace_back();
    companion.type = "usb";
    companion.index = 0;
  }
  BOOST_TEST(plan(domain, host(1, {{"27:00.0", 0}})).changed);
}

BOOST_AUTO_TEST_CASE(numbers_out_of_range) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 255, 0)};
  refuses(domain, "/domain/devices/controller[1]/target/@busNr", "255 is out of range; expected 1 to 254");
  domain.devices->controllers = {port(256, "00:02.0")};
  refuses(domain, "/domain/devices/controller[1]/@index", "256 is out of range; expected 0 to 255");
  domain.devices->controllers = {port(1, "00:02.0")};
  domain.devices->controllers[0].target.emplace().chassis = 300;
  refuses(domain, "/domain/devices/controller[1]/target/@chassis", "300 is out of range");
  domain.devices->controllers[0].target.reset();
  domain.devices->controllers[0].address->slot = 32;
  refuses(domain, "/domain/devices/controller[1]/address/@slot", "0x20");
}

BOOST_AUTO_TEST_CASE(a_hostdev_without_a_source) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->host_devices[0].source->address.reset();
  refuses(domain, "/domain/devices/hostdev[1]", "no <source>");
  domain.devices->host_devices[0].source.reset();
  refuses(domain, "/domain/devices/hostdev[1]", "no <source>");
}

BOOST_AUTO_TEST_CASE(a_source_that_names_no_device) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->host_devices[0].source->address->bus.reset();
  refuses(domain, "/domain/devices/hostdev[1]/source/address", "bus or slot is missing");
}

BOOST_AUTO_TEST_SUITE_END()
