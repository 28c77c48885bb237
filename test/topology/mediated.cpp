// Mediated devices and virtual functions, with their parents.
#include "trees.hpp"

using namespace vnuma::test;

namespace {

const std::string first = "4b20d080-1b54-4048-85b3-a6a62d165c01";
const std::string second = "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001";

// A virtual function without a node, whose physical function is on node 1, with a mediated device below it.
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

BOOST_AUTO_TEST_CASE(mediated_devices_are_read_with_their_parents) {
  const Host host = Sample("mediated").host();
  BOOST_TEST((host.mediated_devices ==
              std::vector<MediatedDevice>{{first, at("0000:18:00.0")}, {second, at("0000:18:00.0")}}));
}

BOOST_AUTO_TEST_CASE(mediated_devices_are_found_by_uuid_in_any_spelling) {
  const Host host = Sample("mediated").host();
  const MediatedDevice* found = host.find_mediated(second);
  BOOST_REQUIRE(found != nullptr);
  BOOST_TEST(found->uuid == second);
  BOOST_TEST(host.find_mediated("83B8F4F2-509F-382F-3C1E-E6BFE0FA1001") == found);
  BOOST_TEST(host.find_mediated("83b8f4f2509f382f3c1ee6bfe0fa1001") == found);
  BOOST_TEST(host.find_mediated("83b8f4f2-509f-382f-3c1e-e6bfe0fa1002") == nullptr);
  BOOST_TEST(host.find_mediated("0000:18:00.0") == nullptr);
}

BOOST_AUTO_TEST_CASE(a_host_may_have_no_mediated_devices) {
  BOOST_TEST(Sample("one-node").host().mediated_devices.empty());
}

BOOST_AUTO_TEST_CASE(a_named_mediated_device_adds_its_parent) {
  const Sample sample("mediated");
  const Lines wanted{"83B8F4F2509F382F3C1EE6BFE0FA1001"};
  const Host host = read_sysfs(sample.path(), {}, wanted);
  BOOST_TEST((host.mediated_devices == std::vector<MediatedDevice>{{second, at("0000:18:00.0")}}));
  BOOST_TEST(addresses(host) == Lines{"0000:18:00.0"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_missing_mediated_device_is_left_out) {
  const Lines wanted{"00000000-0000-0000-0000-000000000000", "none"};
  const Host host = read_sysfs(Sample("mediated").path(), {}, wanted);
  BOOST_TEST(host.mediated_devices.empty());
  BOOST_TEST(host.devices.empty());
}

BOOST_FIXTURE_TEST_CASE(the_parent_is_the_nearest_pci_function_above, Parts) {
  BOOST_TEST((read_sysfs(path()).mediated_devices == std::vector<MediatedDevice>{{first, at("0000:16:00.4")}}));
}

BOOST_FIXTURE_TEST_CASE(a_mediated_device_below_a_virtual_function_adds_the_physical_function, Parts) {
  const Host host = read_sysfs(path(), {}, Lines{first});
  BOOST_TEST(addresses(host) == (Lines{"0000:16:00.0", "0000:16:00.4"}), boost::test_tools::per_element());
  BOOST_TEST(vnuma::test::device(host, "0000:16:00.4").numa_node.value() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_mediated_device_without_a_pci_parent_is_left_out, Parts) {
  mediate("devices/css0/0.0.0026");
  BOOST_TEST(read_sysfs(path()).mediated_devices.empty());
}

BOOST_FIXTURE_TEST_CASE(a_name_that_is_not_a_uuid_is_ignored, Parts) {
  write("bus/mdev/devices/uevent", "");
  BOOST_TEST(read_sysfs(path()).mediated_devices.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_broken_link_is_refused, Parts) {
  TemporaryFolder::link(mediated, "../../../devices/none");
  BOOST_TEST(refusal() ==
             mediated + ": is a broken link: No such file or directory; copy sysfs with its links and their targets");
  BOOST_TEST(read_sysfs(path(), {}).mediated_devices.empty());  // it is not named
}

BOOST_FIXTURE_TEST_CASE(a_missing_parent_is_refused, Parts) {
  remove("bus/pci/devices/0000:16:00.4");
  BOOST_TEST(refusal() ==
             mediated + ": is below 0000:16:00.4, which is not in bus/pci/devices; copy sysfs with all its devices");
}

BOOST_FIXTURE_TEST_CASE(a_file_instead_of_the_folder_is_refused, Parts) {
  remove("bus/mdev");
  BOOST_TEST(refusal("bus/mdev/devices", "") ==
             "bus/mdev/devices: cannot be listed: Not a directory; expected a folder, as in sysfs");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(virtual_functions)

BOOST_AUTO_TEST_CASE(a_virtual_function_without_a_node_has_that_of_its_physical_function) {
  const Host host = Sample("mediated").host();
  BOOST_TEST(device(host, "0000:19:00.2").numa_node.value() == 0U);  // the sample has -1
  BOOST_TEST(name(device(host, "0000:19:00.2").node_source) == "physical-function");
  BOOST_TEST(name(device(host, "0000:19:00.1").node_source) == "firmware");
}

BOOST_FIXTURE_TEST_CASE(a_virtual_function_keeps_its_own_node, Parts) {
  write(function + "numa_node", "0\n");
  BOOST_TEST(vnuma::test::device(read_sysfs(path()), "0000:16:00.4").numa_node.value() == 0U);
}

// The physical function is on node 1.
BOOST_FIXTURE_TEST_CASE(the_node_of_the_physical_function_has_priority_over_local_cpus, Parts) {
  write(function + "local_cpulist", "0-3\n");
  const Host host = read_sysfs(path(), std::vector{at("0000:16:00.4")});
  BOOST_TEST(vnuma::test::device(host, "0000:16:00.4").numa_node.value() == 1U);
  BOOST_TEST(name(vnuma::test::device(host, "0000:16:00.4").node_source) == "physical-function");
}

BOOST_FIXTURE_TEST_CASE(the_node_of_the_physical_function_has_priority_over_the_only_node_that_has_cpus, Parts) {
  write(node + "node1/cpulist", "\n");
  BOOST_TEST(vnuma::test::device(read_sysfs(path()), "0000:16:00.4").numa_node.value() == 1U);
}

BOOST_FIXTURE_TEST_CASE(the_local_cpus_decide_if_the_physical_function_has_no_node, Parts) {
  write(device + "numa_node", "-1\n");
  write(function + "local_cpulist", "0-3\n");
  const Host host = read_sysfs(path());
  BOOST_TEST(vnuma::test::device(host, "0000:16:00.4").numa_node.value() == 0U);
  BOOST_TEST(name(vnuma::test::device(host, "0000:16:00.4").node_source) == "local-cpus");
}

// By its local CPUs.
BOOST_FIXTURE_TEST_CASE(a_virtual_function_has_a_node_that_the_firmware_does_not_report, Parts) {
  write(device + "numa_node", "-1\n");
  write(device + "local_cpulist", "4-7\n");
  const Host host = read_sysfs(path());
  BOOST_TEST(name(vnuma::test::device(host, "0000:16:00.0").node_source) == "local-cpus");
  BOOST_TEST(vnuma::test::device(host, "0000:16:00.4").numa_node.value() == 1U);
  BOOST_TEST(name(vnuma::test::device(host, "0000:16:00.4").node_source) == "physical-function");
}

BOOST_FIXTURE_TEST_CASE(the_node_is_unknown_if_neither_function_has_one, Parts) {
  write(device + "numa_node", "-1\n");
  BOOST_TEST(!vnuma::test::device(read_sysfs(path()), "0000:16:00.4").numa_node.has_value());
  remove(link);
  BOOST_TEST(!vnuma::test::device(read_sysfs(path(), std::vector{at("0000:16:00.4")}), "0000:16:00.4").numa_node);
}

BOOST_FIXTURE_TEST_CASE(only_a_virtual_function_without_a_node_adds_its_physical_function, Parts) {
  const std::vector wanted{at("0000:16:00.4")};
  BOOST_TEST(addresses(read_sysfs(path(), wanted)) == (Lines{"0000:16:00.0", "0000:16:00.4"}),
             boost::test_tools::per_element());
  write(function + "numa_node", "0\n");
  BOOST_TEST(addresses(read_sysfs(path(), wanted)) == Lines{"0000:16:00.4"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_virtual_function_has_its_own_bridges) {
  const Host host = Sample("mediated").host();
  BOOST_TEST((device(host, "0000:19:00.2").bridges ==
              std::vector{at("0000:15:01.0"), at("0000:16:00.0"), at("0000:17:01.0")}));
}

BOOST_AUTO_TEST_SUITE_END()
