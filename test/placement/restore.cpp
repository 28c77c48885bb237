// restore: a placed domain that a program read and wrote without <target> gets back what it lost.
#include <boost/test/unit_test.hpp>

#include <fmt/format.h>

#include <vnuma/placement/restore.hpp>
#include <vnuma/schema/xml.hpp>

#include "placement/build.hpp"

using namespace vnuma::test;
using namespace vnuma::placement;
using boost::test_tools::per_element;
using vnuma::schema::Domain;
using vnuma::topology::Host;
using Indexes = std::vector<std::uint32_t>;

namespace {

// What KubeVirt's structs keep since 1.8: all but chassis, port and multifunction, which libvirt completes.
Domain incomplete(Domain domain) {
  for (auto& controller : domain.devices->controllers) {
    if (controller.target && !controller.target->bus_nr) controller.target.reset();
    if (controller.address) controller.address->multifunction.reset();
  }
  for (auto& device : domain.devices->host_devices) {
    if (device.address) device.address->multifunction.reset();
  }
  return domain;
}

// Before 1.8 there is no <target>.
Domain forgotten(Domain domain) {
  domain = incomplete(std::move(domain));
  for (auto& controller : domain.devices->controllers) controller.target.reset();
  return domain;
}

Domain placed(Domain domain, const Host& machine, const Options& options = {}) {
  apply(plan(domain, machine, options), domain);
  return domain;
}

// An expander bus of index 1 without busNr and node, with a port and a device.
Domain small(unsigned cells, const char* source) {
  Domain domain = guest(cells);
  domain.devices->controllers = {controller(1, "pcie-expander-bus", "00:02.0"), port(2, "01:00.0")};
  domain.devices->host_devices = {hostdev(source, "02:00.0")};
  return domain;
}

// Two root complexes on node 0, the first with a switch for two GPUs, one on node 1; a GPU with its audio function.
Host machine() {
  Host machine = host(2);
  attach(machine, "18:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:00.0");
  attach(machine, "19:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:01.0");
  attach(machine, "38:00.0", 0, "pci0000:37", "37:01.0");
  attach(machine, "98:00.0", 1, "pci0000:97", "97:01.0");
  attach(machine, "98:00.1", 1, "pci0000:97", "97:01.0");
  return machine;
}

Domain devices_of_machine() { return guest(2, {"98:00.0", "98:00.1", "38:00.0", "19:00.0", "18:00.0"}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(restoring)

// One bus and one port, so the highest multiple of 16: 240.
BOOST_AUTO_TEST_CASE(an_expander_bus_is_on_the_cell_of_its_devices) {
  Domain domain = small(2, "98:00.0");
  BOOST_TEST(restore(domain, host(2, {{"98:00.0", 1}})) == Indexes{1}, per_element());
  const auto& controllers = domain.devices->controllers;
  BOOST_TEST(*controllers[0].target->bus_nr == 240U);
  BOOST_TEST(*controllers[0].target->numa_node == 1U);
  BOOST_TEST(!controllers[0].target->chassis);
  BOOST_TEST(!controllers[1].target);
}

BOOST_AUTO_TEST_CASE(a_placed_domain_is_restored_with_every_mirror) {
  for (const Mirror mirror : {Mirror::numa, Mirror::root_complex, Mirror::pcie_switch}) {
    BOOST_TEST_CONTEXT(static_cast<int>(mirror)) {
      const Options options{.mirror = mirror, .reserve_buses = 3};
      const Domain before = placed(devices_of_machine(), machine(), options);
      Domain domain = forgotten(before);
      BOOST_TEST((domain != before));
      BOOST_TEST(!restore(domain, machine(), options).empty());
      BOOST_TEST((domain == incomplete(before)));
      BOOST_TEST(!plan(domain, machine(), options).changed);
    }
  }
}

// Between the two calls libvirt gives the other devices ports; their indexes are above those of the plan.
BOOST_AUTO_TEST_CASE(controllers_that_libvirt_has_added_meanwhile_stay_as_they_are) {
  Domain before = placed(devices_of_machine(), machine());
  const auto count = before.devices->controllers.size();
  const auto next = static_cast<unsigned>(count + 1);
  before.devices->controllers.push_back(port(next, "00:01.0"));
  before.devices->controllers.push_back(port(next + 1, "00:01.1"));
  Domain domain = forgotten(before);
  BOOST_TEST(restore(domain, machine()).size() == 2U);
  BOOST_TEST((domain == incomplete(before)));
}

BOOST_AUTO_TEST_CASE(bus_numbers_ascend_with_the_hosts_addresses_below_those_that_are_there) {
  Domain domain = guest(2);
  domain.devices->controllers = {controller(1, "pcie-expander-bus", "00:02.0"), port(2, "01:00.0"),
                                 controller(3, "pcie-expander-bus", "00:03.0"), port(4, "03:00.0"),
                                 expander(5, "00:04.0", 240, 0)};
  domain.devices->host_devices = {hostdev("98:00.0", "02:00.0"), hostdev("18:00.0", "04:00.0")};
  BOOST_TEST(restore(domain, machine()) == (Indexes{1, 3}), per_element());
  BOOST_TEST(*domain.devices->controllers[0].target->bus_nr == 224U);  // 98:00.0
  BOOST_TEST(*domain.devices->controllers[2].target->bus_nr == 208U);  // 18:00.0
  BOOST_TEST(*domain.devices->controllers[4].target->bus_nr == 240U);
}

// In the second call KubeVirt gives the CPU part of the first: the added cell is gone, and its expander bus is there.
BOOST_AUTO_TEST_CASE(a_cell_that_was_added_for_the_devices_is_added_again) {
  const Options options{.unaligned = Unaligned::cell};
  Domain without = guest(1, {"27:00.0"});
  without.cpu->numa->cells[0].memory = 1U << 20;
  Host far = host(2, {{"27:00.0", 1}});
  const Domain before = placed(without, far, options);
  BOOST_TEST(before.cpu->numa->cells.size() == 2U);
  for (const bool targets : {false, true}) {  // before 1.8, and since
    BOOST_TEST_CONTEXT(targets) {
      Domain domain = targets ? incomplete(before) : forgotten(before);
      domain.cpu = without.cpu;
      BOOST_TEST(restore(domain, far, options) == Indexes{1}, per_element());
      BOOST_TEST((domain == incomplete(before)));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_domain_that_has_lost_nothing_stays_as_it_is) {
  const Domain before = placed(devices_of_machine(), machine());
  Domain domain = before;
  BOOST_TEST(restore(domain, machine()).empty());
  BOOST_TEST((domain == before));
  Domain empty;
  BOOST_TEST(restore(empty, machine()).empty());
}

// The passthrough device decides the cell, and there are bus numbers for both devices.
BOOST_AUTO_TEST_CASE(other_devices_below_the_expander_bus_only_need_bus_numbers) {
  Domain domain = small(2, "98:00.0");
  domain.devices->controllers.push_back(port(3, "01:01.0"));
  domain.devices->disks.emplace_back().address = pci("03:00.0");
  BOOST_TEST(restore(domain, machine(), {.reserve_buses = 14}) == Indexes{1}, per_element());
  BOOST_TEST(*domain.devices->controllers[0].target->bus_nr == 224U);  // 17 buses
  BOOST_TEST(*domain.devices->controllers[0].target->numa_node == 1U);
}

// A domain may name the cell and leave busNr to libvirt.
BOOST_AUTO_TEST_CASE(an_expander_bus_that_names_its_cell_stays_as_it_is) {
  Domain domain = small(1, "27:00.0");
  domain.devices->controllers[0].target.emplace().numa_node = 0U;
  BOOST_TEST(restore(domain, host(1, {{"27:00.0", 0}})).empty());
}

BOOST_AUTO_TEST_CASE(a_domain_that_was_not_placed_is_refused_with_the_reason_and_stays_as_it_is) {
  const auto refused = [](Domain domain, const Host& machine, const auto&... reasons) {
    const Domain before = domain;
    BOOST_CHECK_EXCEPTION(restore(domain, machine), PlanError,
                          with(Code::not_restorable, "/domain/devices/controller[1]: ", "neither busNr nor node",
                               std::string(reasons)...));
    BOOST_TEST((domain == before));
  };
  const Host known = host(2, {{"27:00.0", 0}, {"98:00.0", 1}});

  Domain two = small(2, "27:00.0");
  two.devices->controllers.push_back(port(3, "01:01.0"));
  two.devices->host_devices.push_back(hostdev("98:00.0", "03:00.0"));
  refused(two, known, "0000:27:00.0 belongs on guest cell 0", "0000:98:00.0 on 1");

  Domain none = small(2, "27:00.0");
  none.devices->host_devices.clear();
  refused(none, known, "no passthrough device");

  refused(small(2, "27:00.0"), host(2), "no device 0000:27:00.0");
  refused(small(1, "98:00.0"), known, "host node 1");
}

BOOST_AUTO_TEST_CASE(a_node_that_is_not_a_cell_must_be_the_cell_that_the_devices_would_get) {
  Domain domain = small(1, "27:00.0");
  domain.devices->controllers[0] = expander(1, "00:02.0", 240, 7);
  BOOST_CHECK_EXCEPTION(restore(domain, host(1, {{"27:00.0", 0}})), PlanError,
                        with(Code::not_restorable, "is on 7", "0000:27:00.0 belongs on guest cell 0"));
}

BOOST_AUTO_TEST_CASE(a_reserve_that_does_not_fit_is_given_up_as_by_the_plan) {
  Domain domain = small(1, "27:00.0");
  restore(domain, host(1, {{"27:00.0", 0}}), {.reserve_buses = 254});
  BOOST_TEST(*domain.devices->controllers[0].target->bus_nr == 240U);
}

// 249 ports: with the expander bus 250 numbers, and below it pcie-root has 0 and 8 more are kept free.
BOOST_AUTO_TEST_CASE(bus_numbers_that_do_not_suffice_are_an_error) {
  Domain domain = small(1, "27:00.0");
  for (unsigned i = 1; i < 249; ++i) {
    domain.devices->controllers.push_back(port(i + 2, fmt::format("01:{:02x}.{}", i / 8, i % 8)));
  }
  BOOST_CHECK_EXCEPTION(restore(domain, host(1, {{"27:00.0", 0}})), PlanError, with(Code::not_restorable, "255"));
}

BOOST_AUTO_TEST_SUITE_END()
