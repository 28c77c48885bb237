// What plan, apply and restore refuse: for each error its code and its whole text.
#include <functional>

#include <boost/test/unit_test.hpp>

#include <vnuma/placement/restore.hpp>

#include "placement/bars.hpp"
#include "placement/build.hpp"

namespace schema = vnuma::schema;
using namespace vnuma::test;
using namespace vnuma::placement;
using vnuma::schema::Domain;
using vnuma::topology::Host;

BOOST_AUTO_TEST_SUITE(refusing)

namespace {

void refuses(const std::function<void()>& action, Code code, const std::string& text) {
  try {
    action();
  } catch (const DiagnosticError& error) {
    BOOST_TEST(name(error.diagnostic().code) == name(code));
    BOOST_TEST(std::string(error.what()) == text);
    return;
  }
  BOOST_ERROR("not refused");
}

void refuses(const Domain& domain, const Host& host, const Options& options, Code code, const std::string& text) {
  refuses([&] { plan(domain, host, options); }, code, text);
}

// A domain with the device 27:00.0.
void refuses(const Domain& domain, Code code, const std::string& text) {
  refuses(domain, host(1, {{"27:00.0", 0}}), {}, code, text);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_pci_controller_without_a_model_is_refused) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->controllers.emplace_back().type = "pci";
  refuses(domain, Code::unknown_model,
          "/domain/devices/controller[1]: the PCI controller has no model; add model='pcie-root', 'pcie-root-port' or "
          "another");
}

BOOST_AUTO_TEST_CASE(two_pci_controllers_with_one_index_are_refused) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->controllers = {port(1, "00:01.0"), port(1, "00:02.0")};
  refuses(domain, Code::index_twice,
          "/domain/devices/controller[2]/@index: controller[1] also has the index 1; give each PCI controller its own");
}

BOOST_AUTO_TEST_CASE(a_pci_controller_without_an_index_is_refused) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->controllers = {port(1, "00:01.0")};
  domain.devices->controllers[0].index.reset();
  refuses(
      domain, Code::index_of_root,
      "/domain/devices/controller[1]: the PCI controller has no index; give it one from 1 to 255 that no other has");
}

BOOST_AUTO_TEST_CASE(an_address_that_is_used_twice_is_refused) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->controllers = {port(1, "00:02.0"), port(2, "00:02.0")};
  refuses(domain, Code::address_twice,
          "/domain/devices/controller[2]/address: 0000:00:02.0 is also the address of /domain/devices/controller[1]; "
          "give each its own");
}

BOOST_AUTO_TEST_CASE(an_address_in_another_pci_domain_is_refused) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->disks.emplace_back().address = pci("0001:00:02.0");
  refuses(domain, Code::invalid_value,
          "/domain/devices/disk[1]/address/@domain: the guest has no PCI domain 0x1; use 0");
}

BOOST_AUTO_TEST_CASE(a_device_that_is_given_twice_is_refused) {
  refuses(guest(1, {"27:00.0", "27:00.0"}), Code::device_twice,
          "/domain/devices/hostdev[2]: /domain/devices/hostdev[1] also gives the guest 0000:27:00.0; remove one");
}

BOOST_AUTO_TEST_CASE(index_0_of_another_controller_than_the_root_is_refused) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->controllers = {expander(0, "00:02.0", 125, 0)};
  refuses(domain, Code::index_of_root,
          "/domain/devices/controller[1]/@index: a pcie-expander-bus has index 0; change it: index 0 is for the PCI "
          "root alone");
  domain.devices->controllers = {controller(1, "pcie-root", "00:00.0")};
  refuses(domain, Code::index_of_root,
          "/domain/devices/controller[1]/@index: a pcie-root has index 1; change it: index 0 is for the PCI root "
          "alone");
}

BOOST_AUTO_TEST_CASE(usb_controllers_with_one_index_are_accepted) {
  Domain domain = guest(1, {"27:00.0"});
  for (int i = 0; i < 2; ++i) {
    auto& companion = domain.devices->controllers.emplace_back();
    companion.type = "usb";
    companion.index = 0;
  }
  BOOST_TEST(plan(domain, host(1, {{"27:00.0", 0}})).changed);
}

BOOST_AUTO_TEST_CASE(numbers_that_are_out_of_range_are_refused) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 255, 0)};
  refuses(domain, Code::invalid_value,
          "/domain/devices/controller[1]/target/@busNr: 255 is out of range; expected 1 to 254");
  domain.devices->controllers = {port(256, "00:02.0")};
  refuses(domain, Code::invalid_value, "/domain/devices/controller[1]/@index: 256 is out of range; expected 0 to 255");
  domain.devices->controllers = {port(1, "00:02.0")};
  domain.devices->controllers[0].target.emplace().chassis = 300;
  refuses(domain, Code::invalid_value,
          "/domain/devices/controller[1]/target/@chassis: 300 is out of range; expected 0 to 255");
  domain.devices->controllers[0].target.reset();
  domain.devices->controllers[0].address->slot = 32;
  refuses(
      domain, Code::invalid_value,
      "/domain/devices/controller[1]/address/@slot: 0x20 is out of range; the slot of a PCI address is at most 0x1f");
}

BOOST_AUTO_TEST_CASE(a_source_that_is_out_of_range_is_an_invalid_value) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->host_devices[0].source->address->slot = 32;
  refuses(domain, Code::invalid_value,
          "/domain/devices/hostdev[1]/source/address/@slot: 0x20 is out of range; the slot of a PCI address is at most "
          "0x1f");
}

BOOST_AUTO_TEST_CASE(a_hostdev_without_a_source_is_refused) {
  const std::string text =
      "/domain/devices/hostdev[1]: the device has no <source> with an <address>; name the host's device there";
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->host_devices[0].source->address.reset();
  refuses(domain, Code::no_source, text);
  domain.devices->host_devices[0].source.reset();
  refuses(domain, Code::no_source, text);
}

BOOST_AUTO_TEST_CASE(a_source_without_bus_or_slot_is_refused) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->host_devices[0].source->address->bus.reset();
  refuses(domain, Code::no_source,
          "/domain/devices/hostdev[1]/source/address: bus or slot is missing; name the host's device");
}

BOOST_AUTO_TEST_CASE(a_host_node_that_the_host_lacks_is_refused) {
  refuses(guest(1, {"27:00.0"}), host(1, {{"27:00.0", 0}}), {.numa_nodes = {{bdf("27:00.0"), 7}}},
          Code::unknown_host_node,
          "/domain/devices/hostdev[1]: 0000:27:00.0 is to be on host node 7, which the host does not have");
}

BOOST_AUTO_TEST_CASE(more_devices_than_bus_numbers_are_refused) {
  Domain domain = guest(1);
  Host machine = host(1);
  for (unsigned i = 0; i < 247; ++i) {
    const std::string source = PciAddress{0, static_cast<std::uint8_t>(i), 4, 0}.format();
    attach(machine, source, 0, "pci0000:00");
    domain.devices->host_devices.push_back(hostdev(source));
  }
  refuses(domain, machine, {}, Code::numbers_exhausted,
          "/domain/devices: 248 bus numbers are needed for 1 new expander bus, but do not fit "
          "into the free ones up to 255; pass fewer devices through");
}

// libvirt adds root ports up to the bus of the disk, 255.
BOOST_AUTO_TEST_CASE(bus_numbers_that_the_rest_of_the_domain_takes_are_named) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->disks.emplace_back().address = pci("ff:00.0");
  refuses(domain, Code::numbers_exhausted,
          "/domain/devices: 2 bus numbers are needed for 1 new expander bus, but do not fit into "
          "the free ones up to 255; remove controllers and devices that the domain does not need (it takes 255 of them "
          "without these devices), or pass fewer through");
}

BOOST_AUTO_TEST_CASE(strict_refuses_a_device_that_is_not_on_its_cell_with_its_reasons) {
  refuses(guest(1, {"27:00.0"}), host(1, {{"27:00.0", -1}}), {.strict = true}, Code::wrong_cell,
          "/domain/devices/hostdev[1]: 0000:27:00.0 is not on its guest cell: the host does not say which NUMA node it "
          "is on; use Options::numa_nodes for 0000:27:00.0");
  Domain domain = guest(1);
  domain.devices->host_devices = {hostdev("27:00.0", "00:05.0")};
  refuses(domain, host(1, {{"27:00.0", 0}}), {.strict = true}, Code::wrong_cell,
          "/domain/devices/hostdev[1]: 0000:27:00.0 is not on its guest cell: it has an address in the guest, and this "
          "is not on guest cell 0; use Options::readdress");
}

BOOST_AUTO_TEST_CASE(strict_refuses_a_device_of_i440fx_with_the_machine_as_the_reason) {
  Domain domain = guest(1);
  domain.os->type->machine = "pc";
  domain.devices->host_devices = {hostdev("27:00.0", "00:05.0")};
  refuses(domain, host(1, {{"27:00.0", 0}}), {.strict = true, .readdress = true}, Code::wrong_cell,
          "/domain/devices/hostdev[1]: 0000:27:00.0 is not on its guest cell: it has an address in the guest, and the "
          "machine is i440fx (pc), which has no PCIe; use q35 (or virt on aarch64)");
}

BOOST_AUTO_TEST_CASE(a_pci_root_that_the_machine_does_not_have_is_refused) {
  Domain domain = guest(1, {"27:00.0"});
  schema::Controller& root = domain.devices->controllers.emplace_back();
  root.type = "pci";
  root.index = 0U;
  root.model = "pcie-root";
  domain.os->type->machine = "pc-i440fx-7.2";
  refuses(domain, Code::wrong_root,
          "/domain/devices/controller[1]/@model: the machine pc-i440fx-7.2 has a pci-root, but the domain gives it a "
          "pcie-root; use the machine q35, or write pci-root");
  root.model = "pci-root";
  domain.os->type->machine = "q35";
  refuses(domain, Code::wrong_root,
          "/domain/devices/controller[1]/@model: the machine q35 has a pcie-root, but the domain gives it a pci-root; "
          "write pcie-root");
}

BOOST_AUTO_TEST_CASE(an_expander_bus_on_the_id_of_a_new_cell_is_refused) {
  Domain domain = guest(1, {"27:00.0"});
  domain.cpu->numa->cells[0].memory = 1048576;  // KiB
  domain.devices->controllers = {expander(1, "00:02.0", 240, 1)};
  refuses(domain, host(2, {{"27:00.0", 1}}), {.unaligned = Unaligned::cell}, Code::unknown_cell,
          "/domain/devices/controller[1]/target/node: there is no guest cell 1; name a cell that the domain has");
}

BOOST_AUTO_TEST_CASE(firmware_that_the_domain_cannot_have_is_refused) {
  BarPair pair;
  pair.pass("20:00.0", {MiB});
  refuses(
      pair.domain, pair.host, {.firmware = Firmware::ovmf_2022}, Code::wrong_firmware,
      "/domain/os: the domain boots SeaBIOS (no firmware='efi', no loader of type pflash or with OVMF in its name), "
      "but the firmware is stated to be OVMF; state the firmware that the domain boots, or "
      "none");
  pair.ovmf();
  refuses(pair.domain, pair.host, {.firmware = Firmware::seabios}, Code::wrong_firmware,
          "/domain/os: the domain boots UEFI, but the firmware is stated to be SeaBIOS; state the firmware that the "
          "domain boots, or none");
}

BOOST_AUTO_TEST_CASE(a_plan_for_another_domain_is_refused) {
  const Plan planned = plan(guest(1, {"27:00.0"}), host(1, {{"27:00.0", 0}}));
  Domain other = guest(1, {"28:00.0"});
  refuses([&] { apply(planned, other); }, Code::stale_plan,
          "/domain/devices: the plan is not for this domain; plan it again");
}

BOOST_AUTO_TEST_CASE(an_expander_bus_that_cannot_be_restored_is_refused) {
  Domain domain = guest(1);
  domain.devices->controllers = {controller(1, "pcie-expander-bus", "00:02.0")};
  refuses([&] { restore(domain, host(1)); }, Code::not_restorable,
          "/domain/devices/controller[1]: the expander bus has neither busNr nor node, and cannot be restored: no "
          "passthrough device is below it");
  domain.devices->controllers = {expander(1, "00:02.0", 240, 7), port(2, "01:00.0")};
  domain.devices->host_devices = {hostdev("27:00.0", "02:00.0")};
  refuses([&] { restore(domain, host(1, {{"27:00.0", 0}})); }, Code::not_restorable,
          "/domain/devices/controller[1]: the expander bus is on 7, which is not a guest cell, and cannot be restored: "
          "0000:27:00.0 belongs on guest cell 0");
}

BOOST_AUTO_TEST_SUITE_END()
