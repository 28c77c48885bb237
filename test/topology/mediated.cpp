// Mediated devices and virtual functions: what they are parts of.
#include "trees.hpp"

using namespace vnuma::test;

namespace {

const std::string first = "4b20d080-1b54-4048-85b3-a6a62d165c01";
const std::string second = "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001";

// A virtual function whose firmware says no node, of a physical function on node 1, and a mediated device below it.
struct Parts : Tree {
  const std::string below = "devices/pci0000:15/0000:15:01.0/";
  const std::string function = below + "0000:16:00.4/";
  const std::string mediated = "bus/mdev/devices/" + first;

  Parts() {
    for (const char* file : {"class", "vendor", "device"}) write(function + file, "0x1\n");
    write(function + "numa_node", "-1\n");
    TemporaryFolder::link(function + "physfn", "../0000:16:00.0");
    TemporaryFolder::link("bus/pci/devices/0000:16:00.4", "../../../" + function);
    mediate(function);
  }
  // Moves the mediated device.
  void mediate(const std::string& folder) const {
    std::filesystem::create_directories(path() / folder / first);
    TemporaryFolder::link(mediated, "../../../" + folder + "/" + first);
  }
};

// The addresses of the devices.
std::vector<std::string> addresses(const Host& host) {
  std::vector<std::string> all;
  for (const PciDevice& device : host.devices) all.push_back(device.address.format());
  return all;
}

using Lines = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(mediated_devices)

BOOST_AUTO_TEST_CASE(they_are_read_with_their_parents) {
  const Host host = Sample("mediated").host();
  BOOST_TEST((host.mediated_devices ==
              std::vector<MediatedDevice>{{first, at("0000:18:00.0")}, {second, at("0000:18:00.0")}}));
}

BOOST_AUTO_TEST_CASE(they_are_found_by_their_uuid_in_any_spelling_of_libvirts) {
  const Host host = Sample("mediated").host();
  const MediatedDevice* found = host.find_mediated(second);
  BOOST_REQUIRE(found != nullptr);
  BOOST_TEST(found->uuid == second);
  BOOST_TEST(host.find_mediated("83B8F4F2-509F-382F-3C1E-E6BFE0FA1001") == found);
  BOOST_TEST(host.find_mediated("83b8f4f2509f382f3c1ee6bfe0fa1001") == found);
  BOOST_TEST(host.find_mediated("83b8f4f2-509f-382f-3c1e-e6bfe0fa1002") == nullptr);
  BOOST_TEST(host.find_mediated("0000:18:00.0") == nullptr);
}

BOOST_AUTO_TEST_CASE(a_host_without_any) { BOOST_TEST(Sample("one-node").host().mediated_devices.empty()); }

BOOST_AUTO_TEST_CASE(one_that_is_named_brings_its_parent) {
  const Sample sample("mediated");
  const Lines wanted{"83B8F4F2509F382F3C1EE6BFE0FA1001"};
  const Host host = read_sysfs(sample.path(), {}, wanted);
  BOOST_TEST((host.mediated_devices == std::vector<MediatedDevice>{{second, at("0000:18:00.0")}}));
  BOOST_TEST(addresses(host) == Lines{"0000:18:00.0"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_that_is_not_there_is_left_out) {
  const Lines wanted{"00000000-0000-0000-0000-000000000000", "none"};
  const Host host = read_sysfs(Sample("mediated").path(), {}, wanted);
  BOOST_TEST(host.mediated_devices.empty());
  BOOST_TEST(host.devices.empty());
}

BOOST_FIXTURE_TEST_CASE(the_parent_is_the_nearest_pci_function_above, Parts) {
  BOOST_TEST((read_sysfs(path()).mediated_devices == std::vector<MediatedDevice>{{first, at("0000:16:00.4")}}));
}

BOOST_FIXTURE_TEST_CASE(one_below_a_virtual_function_brings_the_physical_function_too, Parts) {
  const Host host = read_sysfs(path(), {}, Lines{first});
  BOOST_TEST(addresses(host) == (Lines{"0000:16:00.0", "0000:16:00.4"}), boost::test_tools::per_element());
  BOOST_TEST(vnuma::test::device(host, "0000:16:00.4").numa_node.value() == 1U);
}

BOOST_FIXTURE_TEST_CASE(one_whose_parent_is_no_pci_device_is_left_out, Parts) {
  mediate("devices/css0/0.0.0026");
  BOOST_TEST(read_sysfs(path()).mediated_devices.empty());
}

BOOST_FIXTURE_TEST_CASE(a_name_that_is_no_uuid_is_none, Parts) {
  write("bus/mdev/devices/uevent", "");
  BOOST_TEST(read_sysfs(path()).mediated_devices.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_link_that_leads_nowhere, Parts) {
  TemporaryFolder::link(mediated, "../../../devices/none");
  BOOST_TEST(refusal() ==
             mediated + ": leads nowhere: No such file or directory; copy sysfs with its links and what they lead to");
  BOOST_TEST(read_sysfs(path(), {}).mediated_devices.empty());  // it was not asked for
}

BOOST_FIXTURE_TEST_CASE(a_parent_that_is_missing, Parts) {
  remove("bus/pci/devices/0000:16:00.4");
  BOOST_TEST(refusal() ==
             mediated +
                 ": is below 0000:16:00.4, which bus/pci/devices does not have; copy sysfs with all its devices");
}

BOOST_FIXTURE_TEST_CASE(a_file_where_the_folder_is_expected, Parts) {
  remove("bus/mdev");
  BOOST_TEST(refusal("bus/mdev/devices", "") ==
             "bus/mdev/devices: cannot be listed: Not a directory; name the root of a sysfs tree, as /sys is");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(virtual_functions)

BOOST_AUTO_TEST_CASE(without_a_node_they_are_on_that_of_the_physical_function) {
  const Host host = Sample("mediated").host();
  BOOST_TEST(device(host, "0000:19:00.2").numa_node.value() == 0U);  // the sample says -1
}

BOOST_FIXTURE_TEST_CASE(their_own_node_counts, Parts) {
  write(function + "numa_node", "0\n");
  BOOST_TEST(vnuma::test::device(read_sysfs(path()), "0000:16:00.4").numa_node.value() == 0U);
}

BOOST_FIXTURE_TEST_CASE(nobody_knows_the_node, Parts) {
  write(device + "numa_node", "-1\n");
  BOOST_TEST(!vnuma::test::device(read_sysfs(path()), "0000:16:00.4").numa_node.has_value());
  remove(link);
  BOOST_TEST(!vnuma::test::device(read_sysfs(path(), std::vector{at("0000:16:00.4")}), "0000:16:00.4").numa_node);
}

BOOST_FIXTURE_TEST_CASE(only_one_without_a_node_brings_its_physical_function, Parts) {
  const std::vector wanted{at("0000:16:00.4")};
  BOOST_TEST(addresses(read_sysfs(path(), wanted)) == (Lines{"0000:16:00.0", "0000:16:00.4"}),
             boost::test_tools::per_element());
  write(function + "numa_node", "0\n");
  BOOST_TEST(addresses(read_sysfs(path(), wanted)) == Lines{"0000:16:00.4"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_bridges_above_are_their_own) {
  const Host host = Sample("mediated").host();
  BOOST_TEST((device(host, "0000:19:00.2").bridges ==
              std::vector{at("0000:15:01.0"), at("0000:16:00.0"), at("0000:17:01.0")}));
}

BOOST_AUTO_TEST_SUITE_END()
