// Copies of sysfs as hwloc-gather-topology, lscpu's tests and libvirt's collections make them, and sysfs of old or
// small kernels: they lack files that /sys of a present server has, or have them in another form.
#include <string>

#include <vnuma/topology/locality.hpp>
#include <vnuma/topology/tree.hpp>

#include "trees.hpp"

using namespace vnuma::test;
using namespace vnuma::topology;

namespace {

// Two CPUs, without devices/system/node.
struct NoNodes : TemporaryFolder {
  const std::string cpu = "devices/system/cpu/";

  NoNodes() {
    write(cpu + "cpu0/topology/physical_package_id", "0\n");
    write(cpu + "cpu1/topology/physical_package_id", "0\n");
    write(cpu + "cpu2/online", "0\n");
  }
};

// The flags of the tree's first BAR, of 256 MiB.
std::uint64_t flags(const Tree& tree, const std::string& text) {
  tree.write(tree.device + "resource", "0x00000000e0000000 0x00000000efffffff " + text + "\n");
  return read_sysfs(tree.path()).devices.at(0).bars.at(0).flags;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(captured)

BOOST_FIXTURE_TEST_CASE(a_host_without_pci_has_nodes_and_cpus, Tree) {
  remove("bus");
  const Host host = read_sysfs(path());
  BOOST_TEST(host.nodes.size() == 2U);
  BOOST_TEST(host.devices.empty());
  BOOST_TEST(read_sysfs(path(), std::vector{at("0000:16:00.0")}).devices.empty());
}

BOOST_FIXTURE_TEST_CASE(a_mask_of_cpus_replaces_the_list, Tree) {
  remove(node + "node1/cpulist");
  write(node + "node1/cpumap", "00000001,000000f0\n");
  BOOST_TEST(read_sysfs(path()).nodes[1].cpus.format() == "4-7,32");
}

BOOST_FIXTURE_TEST_CASE(a_nul_at_the_end_of_a_list_is_ignored, Tree) {
  write(node + "node0/cpulist", std::string("0-3\n\0", 5));
  BOOST_TEST(read_sysfs(path()).nodes[0].cpus.format() == "0-3");
  write(node + "node0/cpulist", std::string("0-\0003\n", 5));
  BOOST_CHECK_THROW(read_sysfs(path()), HostError);
}

BOOST_FIXTURE_TEST_CASE(without_nodes_all_cpus_that_are_online_are_on_node_0, NoNodes) {
  write(cpu + "online", "0-1\n");
  const Host host = read_sysfs(path());
  BOOST_REQUIRE(host.nodes.size() == 1U);
  BOOST_TEST(host.nodes[0].id == 0U);
  BOOST_TEST(host.nodes[0].cpus.format() == "0-1");
}

BOOST_FIXTURE_TEST_CASE(without_a_list_the_cpus_with_a_topology_are_online, NoNodes) {
  BOOST_TEST(read_sysfs(path()).nodes.at(0).cpus.format() == "0-1");
}

BOOST_FIXTURE_TEST_CASE(a_file_or_broken_link_in_place_of_the_nodes_is_refused, NoNodes) {
  TemporaryFolder::link("devices/system/node", "nowhere");
  BOOST_CHECK_THROW(read_sysfs(path()), HostError);
  std::filesystem::remove(path() / "devices/system/node");
  write("devices/system/node", "");
  BOOST_CHECK_THROW(read_sysfs(path()), HostError);
}

BOOST_FIXTURE_TEST_CASE(devices_of_a_host_without_nodes_are_on_node_0, NoNodes) {
  write("devices/pci0000:00/0000:00:01.0/numa_node", "-1\n");
  TemporaryFolder::link("bus/pci/devices/0000:00:01.0", "../../../devices/pci0000:00/0000:00:01.0");
  const Host host = read_sysfs(path());
  const PciDevice& gpu = device(host, "0000:00:01.0");
  BOOST_TEST(gpu.numa_node.value() == 0U);
  BOOST_TEST((gpu.node_source == NodeSource::only_node));
}

BOOST_FIXTURE_TEST_CASE(a_cpu_without_siblings_or_socket_is_a_core_of_socket_0, NoNodes) {
  write(cpu + "cpu1/topology/thread_siblings", "00000002\n");
  std::filesystem::remove(path() / (cpu + "cpu1/topology/physical_package_id"));
  const Host host = read_sysfs(path());
  BOOST_REQUIRE(host.cpus.size() == 2U);
  BOOST_TEST(host.cpus[0].siblings.format() == "0");
  BOOST_TEST(host.cpus[1].siblings.format() == "1");
  BOOST_TEST(host.cpus[1].socket == 0U);
}

BOOST_FIXTURE_TEST_CASE(distances_to_nodes_that_a_copy_lacks_are_unknown, Tree) {
  write(node + "node0/distance", "10 21 31\n");
  BOOST_TEST(read_sysfs(path()).nodes[0].distances.empty());
  write(node + "online", "0-2\n");
  BOOST_TEST(read_sysfs(path()).nodes[0].distances.empty());
  write(node + "online", "0-1\n");  // there is no third node
  BOOST_CHECK_THROW(read_sysfs(path()), HostError);
}

BOOST_FIXTURE_TEST_CASE(a_device_without_ids_has_none, Tree) {
  for (const char* file : {"class", "vendor", "device"}) remove(device + file);
  const Host host = read_sysfs(path());
  const PciDevice& unnamed = vnuma::test::device(host, "0000:16:00.0");
  BOOST_TEST(unnamed.class_code == 0U);
  BOOST_TEST(unnamed.vendor == 0U);
}

// Without the links, the root complexes of the devices are unknown. Two devices count as near only by their node.
BOOST_FIXTURE_TEST_CASE(folders_in_place_of_links_are_read_without_their_root_complex, Tree) {
  remove(link);
  write(link + "/numa_node", "1\n");
  write(link + "/class", "0x030200\n");
  write("bus/pci/devices/0000:17:00.0/numa_node", "1\n");
  write("bus/pci/devices/0000:18:00.0/numa_node", "0\n");
  const Host host = read_sysfs(path());
  BOOST_REQUIRE(host.devices.size() == 3U);
  const PciDevice& gpu = host.devices[0];
  BOOST_TEST(gpu.root_complex == "");
  BOOST_TEST(gpu.numa_node.value() == 1U);
  const auto level_to = [&](std::size_t other) {
    return std::string(name(level(location_of(gpu), location_of(host.devices[other]))));
  };
  BOOST_TEST(level_to(1) == "NODE");
  BOOST_TEST(level_to(2) == "SYS");
  const PciTree tree = host_tree(host);
  BOOST_TEST(tree.nodes.at(0).below.at(0).below.size() == 1U);  // 18:00.0
  BOOST_TEST(tree.nodes.at(1).below.at(0).below.size() == 2U);
}

// A GPU's BAR in the resource file of three kernels, and an I/O BAR.
BOOST_FIXTURE_TEST_CASE(flags_of_old_kernels_count_the_same, Tree) {
  BOOST_TEST((flags(*this, "0x000000000014220c") & 0x102000) == 0x102000U);
  BOOST_TEST((flags(*this, "0x000000000000120c") & 0x102000) == 0x102000U);
  BOOST_TEST((flags(*this, "0x0000000000001208") & 0x102000) == 0x2000U);
  BOOST_TEST((flags(*this, "0x0000000000000200") & 0x102000) == 0U);
  BOOST_TEST(flags(*this, "0x000000000000010c") == 0x10cU);
}

BOOST_AUTO_TEST_SUITE_END()
