// Mediated devices: hostdevs of type mdev, of which the host knows the parent.
#include <boost/test/unit_test.hpp>

#include <vnuma/placement/report.hpp>

#include "placement/mirrored.hpp"

using namespace vnuma::test;
using namespace vnuma::placement;
using boost::test_tools::per_element;

namespace {

const std::string first = "4b20d080-1b54-4048-85b3-a6a62d165c01";
const std::string second = "4b20d080-1b54-4048-85b3-a6a62d165c02";

}  // namespace

BOOST_AUTO_TEST_SUITE(mediated)

// It has its parent's node and place, and a port of its own.
BOOST_AUTO_TEST_CASE(a_mediated_device_is_where_its_parent_is) {
  MirrorPair pair(one_switch(), {"19:00.0"});
  pair.attach_mediated(first, "18:00.0").attach_mediated(second, "18:00.0");
  pair.pass_mediated("4B20D080-1B54-4048-85B3-A6A62D165C01").pass_mediated("4b20d0801b54404885b3a6a62d165c02");
  const Plan planned = pair.planned(switches);
  BOOST_TEST(devices(planned) ==
                 (Lines{"0000:19:00.0 is 0000:f5:00.0", first + " is 0000:f3:00.0", second + " is 0000:f4:00.0"}),
             per_element());
  BOOST_TEST(differences(planned).empty());
  pair.place(switches);
  BOOST_TEST(!pair.planned(switches).changed);
  BOOST_TEST(mediated_devices(pair.domain) == (Lines{first, second}), per_element());
}

BOOST_AUTO_TEST_CASE(the_node_of_a_mediated_device_is_given_by_its_parents_address) {
  MirrorPair pair(host(1, {{"18:00.0", -1}}));
  pair.attach_mediated(first, "18:00.0").pass_mediated(first);
  const Plan planned = pair.planned();
  BOOST_TEST_REQUIRE(reasons(planned.devices[0]) == Lines{"unknown-node"}, per_element());
  BOOST_TEST((planned.devices[0].reasons[0].option == OptionHint{Option::numa_nodes, "0000:18:00.0"}));
  BOOST_TEST((pair.planned({.numa_nodes = {{bdf("18:00.0"), 0}}}).devices[0].outcome == Outcome::placed));
  const auto pattern = vnuma::topology::AddressPattern::parse("0000:18*").value();
  BOOST_TEST((pair.planned({.numa_nodes = {{pattern, 0}}}).devices[0].outcome == Outcome::placed));
}

BOOST_AUTO_TEST_CASE(a_mediated_device_whose_parent_the_host_lacks_names_it) {
  MirrorPair pair;
  pair.attach_mediated(first, "18:00.0").pass_mediated(first);
  const Plan planned = pair.planned();
  BOOST_TEST(reasons(planned.devices[0]) == Lines{"not-on-host"}, per_element());
  BOOST_TEST(mentions(reason_text(planned.devices[0]), "0000:18:00.0"));
  BOOST_TEST(mentions(reason_text(planned.devices[0]), first));
}

// They have no order on the host; a device of its own comes before both, or after both.
BOOST_AUTO_TEST_CASE(mediated_devices_of_one_parent_may_be_in_any_order) {
  MirrorPair pair(host(1, {{"18:00.0", 0}, {"19:00.0", 0}}));
  pair.attach_mediated(first, "18:00.0").attach_mediated(second, "18:00.0");
  pair.domain.devices->controllers = {expander(1, "00:02.0", 200, 0), port(2, "01:00.0"), port(3, "01:01.0"),
                                      port(4, "01:02.0")};
  auto& given = pair.pass_mediated(second).pass_mediated(first).pass("19:00.0").passed();
  given[0].address = pci("02:00.0");
  given[1].address = pci("03:00.0");
  given[2].address = pci("04:00.0");
  BOOST_TEST(codes_of(pair.planned().warnings) == Lines{}, per_element());
  std::swap(given[1].address, given[2].address);
  BOOST_TEST(codes_of(pair.planned().warnings) == Lines{"VN023"}, per_element());
  BOOST_TEST(warns(pair.planned(), Code::guest_order, "0000:19:00.0 before " + first));
}

// Function 0, a mediated device of it, function 1: the functions share a port.
BOOST_AUTO_TEST_CASE(a_mediated_device_does_not_split_the_slot_of_its_parent) {
  MirrorPair pair(host(1, {{"18:00.0", 0}, {"18:00.1", 0}}));
  pair.attach_mediated(first, "18:00.0");
  pair.pass("18:00.0").pass_mediated(first).pass("18:00.1");
  BOOST_TEST(devices(pair.planned()) ==
                 (Lines{"0000:18:00.0 is 0000:f1:00.0", first + " is 0000:f2:00.0", "0000:18:00.1 is 0000:f1:00.1"}),
             per_element());
}

BOOST_AUTO_TEST_CASE(a_mediated_device_that_the_host_lacks_is_left) {
  MirrorPair pair;
  pair.pass_mediated(first);
  const Plan planned = pair.planned();
  BOOST_TEST_REQUIRE(planned.devices.size() == 1);
  BOOST_TEST(reasons(planned.devices[0]) == Lines{"not-on-host"}, per_element());
  BOOST_TEST(mentions(reason_text(planned.devices[0]), first));
  BOOST_TEST(!planned.devices[0].source.has_value());
  // It has no address on the host, so a node that is given for an address is not its node.
  const Plan given = pair.planned({.numa_nodes = {{PciAddress{}, 0}}});
  BOOST_TEST((given.devices[0].reasons == planned.devices[0].reasons));
}

BOOST_AUTO_TEST_CASE(a_mediated_device_without_a_uuid_is_refused) {
  MirrorPair pair;
  pair.pass_mediated(first);
  pair.passed()[0].source->address->uuid.reset();
  BOOST_CHECK_EXCEPTION(pair.planned(), PlanError,
                        with(Code::no_source, "/domain/devices/hostdev[1]/source/address", "uuid"));
}

BOOST_AUTO_TEST_SUITE_END()
