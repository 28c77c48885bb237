// Which addresses readdress takes, and which ports go with them.
#include <boost/test/unit_test.hpp>

#include "placement/build.hpp"

using namespace vnuma::test;
using namespace vnuma::placement;
using boost::test_tools::per_element;
using vnuma::schema::Domain;

BOOST_AUTO_TEST_SUITE(readdressing)

namespace {

const Options readdress{.readdress = true};

}  // namespace

BOOST_AUTO_TEST_CASE(a_device_that_libvirt_put_on_pcie_root_moves_and_its_port_is_removed) {
  Domain domain = guest(1);
  domain.devices->controllers = {port(1, "00:01.0"), port(2, "00:01.1"), port(3, "00:01.2")};
  domain.devices->controllers[0].address->multifunction = true;
  domain.devices->host_devices = {hostdev("27:00.0", "02:00.0")};
  const Plan plan = vnuma::placement::plan(domain, host(1, {{"27:00.0", 0}}), readdress);
  BOOST_TEST((plan.removed == std::vector<RemovedController>{{1, 2}}));
  apply(plan, domain);
  BOOST_TEST(domain.devices->controllers.size() == 4U);
  BOOST_TEST(*domain.devices->controllers[1].index == 3U);
  BOOST_TEST(vnuma::topology::pci_address(*domain.devices->host_devices[0].address) == bdf("04:00.0"));
}

BOOST_AUTO_TEST_CASE(a_port_at_function_0_stays_while_another_function_of_its_slot_does) {
  Domain domain = guest(1);
  domain.devices->controllers = {port(1, "00:01.0"), port(2, "00:01.1")};
  domain.devices->host_devices = {hostdev("27:00.0", "01:00.0")};
  BOOST_TEST(plan(domain, host(1, {{"27:00.0", 0}}), readdress).removed.empty());
}

BOOST_AUTO_TEST_CASE(a_whole_slot_of_ports_that_empties_is_removed) {
  Domain domain = guest(1);
  domain.devices->controllers = {port(1, "00:01.0"), port(2, "00:01.1")};
  domain.devices->host_devices = {hostdev("27:00.0", "01:00.0"), hostdev("28:00.0", "02:00.0")};
  const Plan plan = vnuma::placement::plan(domain, host(1, {{"27:00.0", 0}, {"28:00.0", 0}}), readdress);
  BOOST_TEST((plan.removed == std::vector<RemovedController>{{0, 1}, {1, 2}}));
}

BOOST_AUTO_TEST_CASE(a_device_at_function_0_stays_if_other_functions_of_its_slot_do) {
  Domain domain = guest(1);
  domain.devices->controllers = {port(1, "00:01.0")};
  domain.devices->host_devices = {hostdev("27:00.0", "01:00.0"), hostdev("27:00.1", "01:00.1")};
  // The second function's node is not known, so it stays where it is; alone, the guest would not see it.
  const Plan plan = vnuma::placement::plan(domain, host(1, {{"27:00.0", 0}, {"27:00.1", -1}}), readdress);
  BOOST_TEST(!plan.changed);
  BOOST_TEST(reasons(plan.devices[0]) == (Lines{"has-address", "shared-slot"}), per_element());
  BOOST_TEST(reasons(plan.devices[1]) == (Lines{"has-address", "unknown-node"}), per_element());
}

BOOST_AUTO_TEST_CASE(a_port_with_another_device_stays) {
  Domain domain = guest(1);
  domain.devices->controllers = {port(1, "00:01.0")};
  domain.devices->host_devices = {hostdev("27:00.0", "01:00.0"), hostdev("28:00.0", "01:00.1")};
  const Plan plan = vnuma::placement::plan(domain, host(1, {{"27:00.0", -1}, {"28:00.0", 0}}), readdress);
  BOOST_TEST(plan.removed.empty());
  BOOST_TEST((plan.devices[1].outcome == Outcome::placed));
}

BOOST_AUTO_TEST_CASE(a_switch_that_empties_is_removed_with_its_ports) {
  Domain domain = guest(2);
  domain.devices->controllers = {
      expander(1, "00:02.0", 240, 1), port(2, "01:00.0"), controller(3, "pcie-switch-upstream-port", "02:00.0"),
      controller(4, "pcie-switch-downstream-port", "03:00.0"), controller(5, "pcie-switch-downstream-port", "03:01.0")};
  domain.devices->host_devices = {hostdev("10:00.0", "04:00.0"), hostdev("20:00.0", "05:00.0")};
  const auto machine = host(2, {{"10:00.0", 0}, {"20:00.0", 0}});
  const Plan plan = vnuma::placement::plan(domain, machine, readdress);
  BOOST_TEST((plan.removed == std::vector<RemovedController>{{1, 2}, {2, 3}, {3, 4}, {4, 5}}));
  apply(plan, domain);
  BOOST_TEST(!vnuma::placement::plan(domain, machine, readdress).changed);
}

BOOST_AUTO_TEST_CASE(a_device_on_another_cell_moves_and_one_on_its_own_stays) {
  Domain domain = guest(2);
  domain.devices->controllers = {expander(1, "00:02.0", 240, 1), port(2, "01:00.0"), port(3, "01:01.0")};
  domain.devices->host_devices = {hostdev("10:00.0", "02:00.0"), hostdev("20:00.0", "03:00.0")};
  const Plan plan = vnuma::placement::plan(domain, host(2, {{"10:00.0", 0}, {"20:00.0", 1}}), readdress);
  BOOST_TEST(*device(plan, "20:00.0").address == bdf("03:00.0"));
  BOOST_TEST((device(plan, "20:00.0").outcome == Outcome::kept));
  BOOST_TEST((device(plan, "10:00.0").outcome == Outcome::placed));
  BOOST_TEST((plan.removed == std::vector<RemovedController>{{1, 2}}));
}

// The GPU is on pcie-root, and its neighbour on the guest's switch: it joins it.
BOOST_AUTO_TEST_CASE(a_device_that_moves_joins_the_switch_of_its_neighbours) {
  vnuma::topology::Host machine = one_switch();
  attach(machine, "1a:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:02.0");
  Domain domain = guest(1, {"19:00.0", "1a:00.0"});
  const Options switches{.readdress = true, .mirror = Mirror::pcie_switch};
  apply(vnuma::placement::plan(domain, machine, switches), domain);
  domain.devices->controllers.push_back(port(6, "00:03.0"));
  domain.devices->host_devices.push_back(hostdev("18:00.0", "06:00.0"));
  const Plan plan = vnuma::placement::plan(domain, machine, switches);
  BOOST_TEST((plan.removed == std::vector<RemovedController>{{5, 6}}));
  BOOST_TEST(controllers(plan) == Lines{"6 pcie-switch-downstream-port at 0000:03:02.0"}, per_element());
}

BOOST_AUTO_TEST_CASE(an_address_that_readdress_takes_away_does_not_count_for_the_order) {
  Domain domain = guest(3);
  domain.devices->controllers = {expander(1, "00:02.0", 240, 1), port(2, "01:00.0"), port(3, "00:03.0")};
  domain.devices->host_devices = {hostdev("05:00.0", "02:00.1"), hostdev("20:00.0", "02:00.0"),
                                  hostdev("10:00.0", "03:00.0")};
  const auto machine = host(3, {{"05:00.0", 2}, {"10:00.0", 0}, {"20:00.0", 1}});
  const Plan plan = vnuma::placement::plan(domain, machine, readdress);
  // 05 and 10 leave for buses of their own, and both come before 20, which stays.
  BOOST_TEST(*device(plan, "05:00.0").guest_bdf < *device(plan, "10:00.0").guest_bdf);
  BOOST_TEST(*device(plan, "10:00.0").guest_bdf < *device(plan, "20:00.0").guest_bdf);
  BOOST_TEST(plan.warnings.empty());
}

BOOST_AUTO_TEST_CASE(the_reason_of_a_device_that_is_not_on_its_cell_names_readdress) {
  Domain domain = guest(1);
  domain.devices->host_devices = {hostdev("27:00.0", "00:05.0")};
  const Plan plan = vnuma::placement::plan(domain, host(1, {{"27:00.0", 0}}));
  BOOST_TEST_REQUIRE(reasons(plan.devices[0]) == (Lines{"has-address", "off-cell"}), per_element());
  BOOST_TEST((plan.devices[0].reasons[1].option == OptionHint{Option::readdress}));
  BOOST_TEST(mentions(reason_text(plan.devices[0]), "guest cell 0"));
  BOOST_TEST(*plan.devices[0].guest_bdf == bdf("00:05.0"));
}

// A plan is for the domain that it was made of: neither for what came of it, nor for one whose device has moved.
BOOST_AUTO_TEST_CASE(a_plan_is_applied_once_and_only_to_its_domain) {
  Domain domain = guest(1);
  domain.devices->controllers = {port(3, "00:03.0"), expander(1, "00:02.0", 240, 0), port(2, "01:00.0")};
  domain.devices->host_devices = {hostdev("27:00.0", "03:00.0")};
  const Plan plan = vnuma::placement::plan(domain, host(1, {{"27:00.0", 0}}), readdress);
  Domain moved = domain;
  moved.devices->host_devices[0].address = pci("02:00.0");
  BOOST_CHECK_EXCEPTION(apply(plan, moved), PlanError, with(Code::stale_plan));
  apply(plan, domain);
  const Domain once = domain;
  BOOST_CHECK_EXCEPTION(apply(plan, domain), PlanError, with(Code::stale_plan));
  BOOST_TEST((domain == once));
  domain.devices->host_devices[0].source->address->slot = vnuma::schema::Hex2::from_text("x");
  BOOST_CHECK_EXCEPTION(apply(plan, domain), PlanError, with(Code::stale_plan));
}

BOOST_AUTO_TEST_SUITE_END()
