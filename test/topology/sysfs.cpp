// Hosts read from sysfs: the samples, optional files, and faults.
#include <iostream>

#include <sys/stat.h>
#include <unistd.h>

#include "trees.hpp"

using namespace vnuma::test;
using namespace vnuma::topology;

BOOST_AUTO_TEST_SUITE(samples)

BOOST_AUTO_TEST_CASE(nodes_and_devices_of_two_sockets_are_read) {
  const Host host = Sample("two-socket-eight-gpu").host();
  BOOST_REQUIRE(host.nodes.size() == 2U);
  BOOST_TEST(host.nodes[0].cpus.format() == "0-31,64-95");
  BOOST_TEST(host.nodes[1].cpus.format() == "32-63,96-127");
  BOOST_TEST(host.nodes[1].memory_bytes == 1099511627776U);  // 1 TiB
  BOOST_TEST((host.nodes[1].distances == std::vector<std::pair<NodeId, unsigned>>{{0, 21}, {1, 10}}));
  BOOST_TEST(host.devices.size() ==
             40U);  // 8 GPUs, 8 NICs; 4 root ports; 4 switches of an upstream and 4 downstream ports
}

BOOST_AUTO_TEST_CASE(a_gpu_behind_a_switch_is_read) {
  const Host host = Sample("two-socket-eight-gpu").host();
  const PciDevice& gpu = device(host, "0000:9c:00.0");
  BOOST_TEST(gpu.numa_node.value() == 1U);
  BOOST_TEST(gpu.class_code == 0x030200U);
  BOOST_TEST(gpu.vendor == 0x10de);
  BOOST_TEST(gpu.device == 0x2330);
  BOOST_TEST(gpu.root_complex == "pci0000:97");
  BOOST_TEST((gpu.bridges == std::vector{at("0000:97:01.0"), at("0000:98:00.0"), at("0000:99:02.0")}));
  BOOST_TEST(gpu.iommu_group.value() == 20U);
  BOOST_TEST(!gpu.physical_function.has_value());
}

BOOST_AUTO_TEST_CASE(a_root_port_has_no_bridge_above_it) {
  const Host host = Sample("two-socket-eight-gpu").host();
  const PciDevice& port = device(host, "0000:15:01.0");
  BOOST_TEST(port.root_complex == "pci0000:15");
  BOOST_TEST(port.bridges.empty());
  BOOST_TEST(port.bars.empty());
  BOOST_TEST(!port.iommu_group.has_value());
}

BOOST_AUTO_TEST_CASE(bars_keep_their_index_size_and_kind) {
  const Host host = Sample("no-node").host();
  const auto& bars = device(host, "0000:01:00.0").bars;
  BOOST_REQUIRE(bars.size() == 4U);
  const int index[] = {0, 1, 3, 5};
  const std::uint64_t size[] = {16777216, 268435456, 33554432, 128};
  const std::uint64_t kind[] = {0x200, 0x102200, 0x102200, 0x100};  // memory, 64-bit and prefetchable, I/O
  for (std::size_t i = 0; i < 4; ++i) {
    BOOST_TEST(bars[i].index == index[i]);
    BOOST_TEST(bars[i].size == size[i]);
    BOOST_TEST((bars[i].flags & 0x102300) == kind[i]);
    BOOST_TEST(bars[i].start % size[i] == 0U);
  }
  BOOST_TEST(device(Sample("two-socket-eight-gpu").host(), "0000:18:00.0").bars.at(1).size == 137438953472U);
}

BOOST_AUTO_TEST_CASE(eight_nodes_are_read) {
  const Host host = Sample("eight-node").host();
  BOOST_REQUIRE(host.nodes.size() == 8U);
  BOOST_TEST(host.nodes[7].id == 7U);
  BOOST_TEST(host.nodes[7].cpus.format() == "112-127,240-255");
  BOOST_TEST(host.nodes[7].memory_bytes == 137438953472U);
  BOOST_TEST(host.nodes[0].distances.at(4).second == 32U);
  BOOST_TEST(device(host, "0000:27:00.0").numa_node.value() == 0U);
  BOOST_TEST(device(host, "0000:10:00.0").numa_node.value() == 1U);  // the lowest address is not on node 0
  BOOST_TEST(device(host, "0000:e2:00.0").numa_node.value() == 7U);
}

BOOST_AUTO_TEST_CASE(virtual_functions_name_their_physical_function) {
  const Host host = Sample("one-node").host();
  BOOST_TEST((device(host, "0000:03:02.1").physical_function == at("0000:03:00.0")));
  BOOST_TEST(!device(host, "0000:03:00.0").physical_function.has_value());
}

BOOST_AUTO_TEST_CASE(devices_without_a_reported_node_are_on_the_only_node_that_has_cpus) {
  const Host host = Sample("unreported").host();  // node 1 has memory only
  BOOST_TEST_REQUIRE(host.devices.size() == 7U);
  for (const PciDevice& one : host.devices) {
    BOOST_TEST_CONTEXT(one.address.format()) {
      BOOST_TEST(one.numa_node.value() == 0U);
      BOOST_TEST(name(one.node_source) == "only-node");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_device_may_have_an_unknown_node) {
  const Host host = Sample("no-node").host();
  BOOST_TEST(!device(host, "0000:41:00.0").numa_node.has_value());
  BOOST_TEST(device(host, "0000:01:00.1").numa_node.value() == 0U);
}

BOOST_AUTO_TEST_CASE(devices_are_sorted_and_found_by_address) {
  const Host host = Sample("no-node").host();
  BOOST_REQUIRE(host.devices.size() == 5U);
  BOOST_TEST(host.devices[0].address.format() == "0000:00:03.0");
  BOOST_TEST(host.devices[4].address.format() == "0000:41:00.0");
  BOOST_TEST(host.find(at("0000:02:00.0")) == nullptr);
  BOOST_TEST(host.node(1) == &host.nodes[1]);
  BOOST_TEST(host.node(2) == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(named_devices, Tree)

BOOST_AUTO_TEST_CASE(only_the_named_devices_are_read) {
  write("devices/pci0000:15/0000:15:02.0/class", "nonsense");
  TemporaryFolder::link("bus/pci/devices/0000:15:02.0", "../../../devices/pci0000:15/0000:15:02.0");
  const std::vector wanted{at("0000:16:00.0")};
  const Host host = read_sysfs(path(), wanted);
  BOOST_TEST(host.nodes.size() == 2U);
  BOOST_REQUIRE(host.devices.size() == 1U);
  BOOST_TEST(host.devices[0].address.format() == "0000:16:00.0");
  BOOST_CHECK_THROW(read_sysfs(path()), HostError);
}

// Faults in the files for nodes, locations and BARs are reported. Other files are not even opened.
BOOST_AUTO_TEST_CASE(only_files_that_place_needs_are_read) {
  for (const char* file : {"vendor", "device", "iommu_group"}) write(device + file, "nonsense");
  write(node + "node0/meminfo", "nonsense");
  write(device + "resource", "0x1000 0x1fff 0x200\n");
  write(node + "node0/distance", "10 20\n");
  const std::vector wanted{at("0000:16:00.0")};
  const Host host = read_sysfs(path(), wanted);
  BOOST_TEST((host.nodes[0].distances == std::vector<std::pair<NodeId, unsigned>>{{0, 10}, {1, 20}}));
  BOOST_TEST((host.devices == std::vector<PciDevice>{{.address = at("0000:16:00.0"),
                                                      .numa_node = 1,
                                                      .class_code = 0x030200,
                                                      .root_complex = "pci0000:15",
                                                      .bridges = {at("0000:15:01.0")},
                                                      .bars = {{0, 0x1000, 0x1000, 0x200}}}}));
  for (const std::string& needed : {device + "resource", device + "numa_node", node + "node0/distance"}) {
    write(needed, "nonsense");
    BOOST_CHECK_THROW(read_sysfs(path(), wanted), HostError);
    write(needed, needed.ends_with("numa_node") ? "1" : needed.ends_with("resource") ? "" : "10 20");
  }
  write(device + "class", "nonsense");
  BOOST_CHECK_THROW(read_sysfs(path(), wanted), HostError);
  remove(device + "class");
  BOOST_TEST(read_sysfs(path(), wanted).devices[0].class_code == 0U);
}

BOOST_AUTO_TEST_CASE(an_absent_device_is_left_out) {
  const std::vector wanted{at("0000:ff:00.0"), at("0000:16:00.0")};
  BOOST_TEST(read_sysfs(path(), wanted).devices.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_device_named_twice_is_read_once) {
  const std::vector wanted{at("0000:16:00.0"), at("0000:16:00.0")};
  BOOST_TEST(read_sysfs(path(), wanted).devices.size() == 1U);
}

BOOST_AUTO_TEST_CASE(mediated_devices_are_not_read_if_none_is_named) {
  write("bus/mdev/devices", "no folder");
  BOOST_TEST(read_sysfs(path(), {}).mediated_devices.empty());
  BOOST_CHECK_THROW(read_sysfs(path()), HostError);
}

BOOST_AUTO_TEST_CASE(no_device_is_read_if_none_is_named) { BOOST_TEST(read_sysfs(path(), {}).devices.empty()); }

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(optional_files, Tree)

BOOST_AUTO_TEST_CASE(a_tree_needs_only_nodes_and_identifiers) {
  const Host host = read_sysfs(path());
  BOOST_TEST((host.nodes == std::vector<Node>{{.id = 0, .cpus = CpuSet::parse("0-3").value()},
                                              {.id = 1, .cpus = CpuSet::parse("4-7").value()}}));
  BOOST_TEST((host.devices == std::vector<PciDevice>{{.address = at("0000:16:00.0"),
                                                      .numa_node = 1,
                                                      .class_code = 0x030200,
                                                      .vendor = 0x10de,
                                                      .device = 0x2330,
                                                      .root_complex = "pci0000:15",
                                                      .bridges = {at("0000:15:01.0")}}}));
}

BOOST_AUTO_TEST_CASE(a_host_may_have_no_pci_devices) {
  remove(link);
  BOOST_TEST(read_sysfs(path()).devices.empty());
}

BOOST_AUTO_TEST_CASE(a_node_may_have_no_cpus) {
  write(node + "node2/cpulist", "\n");
  const Host host = read_sysfs(path());
  BOOST_TEST(host.node(2)->cpus.empty());
}

BOOST_AUTO_TEST_CASE(node_numbers_may_have_gaps_and_other_names_are_ignored) {
  write(node + "node10/cpulist", "10\n");
  write(node + "node3/cpulist", "8\n");
  write(node + "node10/distance", "20 30 40 10\n");
  write(node + "online", "0-1,3,10\n");
  write(node + "node/cpulist", "0\n");
  write(node + "node01/cpulist", "0\n");
  const Host host = read_sysfs(path());
  BOOST_REQUIRE(host.nodes.size() == 4U);
  BOOST_TEST(host.nodes[2].id == 3U);
  BOOST_TEST(
      (host.nodes[3].distances == std::vector<std::pair<NodeId, unsigned>>{{0, 20}, {1, 30}, {3, 40}, {10, 10}}));
}

BOOST_AUTO_TEST_CASE(memory_is_the_kb_of_memtotal) {
  write(node + "node0/meminfo", "Node 0 MemTotal:       65536 kB\nNode 0 MemFree:  1 kB\n");
  BOOST_TEST(read_sysfs(path()).nodes[0].memory_bytes == 67108864U);
  BOOST_TEST(read_sysfs(path()).nodes[1].memory_bytes == 0U);
}

BOOST_AUTO_TEST_CASE(a_node_has_its_huge_pages_by_size) {
  const std::string pages = node + "node1/hugepages/hugepages-";
  write(pages + "1048576kB/nr_hugepages", "8\n");
  write(pages + "1048576kB/free_hugepages", "3\n");
  write(pages + "2048kB/nr_hugepages", "0\n");
  write(pages + "2048kB/free_hugepages", "0\n");
  const Host host = read_sysfs(path());
  BOOST_TEST(host.nodes[0].huge_pages.empty());
  const std::vector<HugePagePool> expected{{2097152, 0, 0}, {1073741824, 8, 3}};
  BOOST_TEST((host.nodes[1].huge_pages == expected));
}

BOOST_AUTO_TEST_CASE(the_node_that_the_firmware_reports_has_priority_over_the_local_cpus) {
  write(device + "local_cpulist", "0-3\n");
  BOOST_TEST(numa_node().value() == 1U);
  BOOST_TEST(node_source() == "firmware");
}

BOOST_AUTO_TEST_CASE(if_numa_node_is_minus_one_the_local_cpus_decide) {
  write(device + "numa_node", "-1\n");
  BOOST_TEST(!numa_node().has_value());
  write(device + "local_cpulist", "4-7\n");
  BOOST_TEST(numa_node().value() == 1U);
  BOOST_TEST(node_source() == "local-cpus");
  // This is what the kernel writes for most of these devices: all CPUs that are online.
  write(device + "local_cpulist", "0-7\n");
  BOOST_TEST(!numa_node().has_value());
}

BOOST_AUTO_TEST_CASE(if_only_one_node_has_cpus_it_is_the_node_of_devices_without_one) {
  write(device + "numa_node", "-1\n");
  write(device + "local_cpulist", "4-7\n");
  write(node + "node0/cpulist", "\n");  // memory only
  BOOST_TEST(numa_node().value() == 1U);
  BOOST_TEST(node_source() == "only-node");
  remove(device + "numa_node");
  remove(device + "local_cpulist");
  BOOST_TEST(numa_node().value() == 1U);
  BOOST_TEST(node_source() == "only-node");
  const std::vector wanted{at("0000:16:00.0")};
  BOOST_TEST((read_sysfs(path(), wanted).devices.at(0).numa_node == std::optional<NodeId>(1)));
}

BOOST_AUTO_TEST_CASE(the_node_that_the_firmware_reports_has_priority_over_the_only_node_that_has_cpus) {
  write(node + "node1/cpulist", "\n");
  BOOST_TEST(numa_node().value() == 1U);
  BOOST_TEST(node_source() == "firmware");
}

BOOST_AUTO_TEST_CASE(if_no_node_has_cpus_the_node_stays_unknown) {
  write(device + "numa_node", "-1\n");
  write(node + "node0/cpulist", "\n");
  write(node + "node1/cpulist", "\n");
  BOOST_TEST(!numa_node().has_value());
}

// --capabilities of the tool replaces the nodes.
BOOST_AUTO_TEST_CASE(the_only_node_can_change_with_the_nodes_of_the_host) {
  write(device + "numa_node", "-1\n");
  write(node + "node1/cpulist", "\n");
  Host host = read_sysfs(path());
  host.nodes = {{.id = 3, .cpus = CpuSet(1)}};
  assume_only_node(host);
  BOOST_TEST(host.devices[0].numa_node.value() == 3U);
  host.nodes.push_back({.id = 4, .cpus = CpuSet(2)});
  assume_only_node(host);
  BOOST_TEST(!host.devices[0].numa_node.has_value());
  BOOST_TEST(name(host.devices[0].node_source) == "firmware");
}

BOOST_AUTO_TEST_CASE(without_numa_node_the_local_cpus_decide) {
  remove(device + "numa_node");
  BOOST_TEST(!numa_node().has_value());
  write(device + "local_cpulist", "4-5\n");
  BOOST_TEST(numa_node().value() == 1U);
  write(device + "local_cpulist", "0-7\n");  // CPUs of both nodes
  BOOST_TEST(!numa_node().has_value());
  write(device + "local_cpulist", "8-9\n");  // CPUs of no node
  BOOST_TEST(!numa_node().has_value());
  write(device + "local_cpulist", "\n");
  BOOST_TEST(!numa_node().has_value());
}

BOOST_AUTO_TEST_CASE(the_mask_in_local_cpus_is_used_without_a_list) {
  remove(device + "numa_node");
  write(device + "local_cpus", "00000000,000000f0\n");  // 4-7
  BOOST_TEST(numa_node().value() == 1U);
  write(device + "local_cpus", "1\n");  // 0
  BOOST_TEST(numa_node().value() == 0U);
  write(device + "local_cpus", "00000000,ffffffff\n");
  BOOST_TEST(!numa_node().has_value());
  write(device + "local_cpus", "00000000,00000000\n");
  BOOST_TEST(!numa_node().has_value());
}

BOOST_AUTO_TEST_CASE(the_highest_word_of_a_mask_comes_first) {
  remove(device + "numa_node");
  write(node + "node2/cpulist", "63-64\n");
  write(device + "local_cpus", "1,00000000,00000000\n");  // 64
  BOOST_TEST(numa_node().value() == 2U);
  write(device + "local_cpus", "0,80000000,00000000\n");  // 63
  BOOST_TEST(numa_node().value() == 2U);
  write(device + "local_cpus", "0,80000000,00000001\n");  // 0, 63
  BOOST_TEST(!numa_node().has_value());
}

BOOST_AUTO_TEST_CASE(local_cpulist_has_priority_over_local_cpus) {
  remove(device + "numa_node");
  write(device + "local_cpulist", "0-3\n");
  write(device + "local_cpus", "f0\n");
  BOOST_TEST(numa_node().value() == 0U);
}

BOOST_AUTO_TEST_CASE(a_bar_without_flags_or_size_is_not_in_use) {
  write(device + "resource",
        "0x0000000000001000 0x0000000000001fff 0x0000000000000000\n"
        "0x0000000000000000 0x0000000000000000 0x0000000000040200\n"
        "0x0000000000002000 0x0000000000001fff 0x0000000000040200\n"
        "0x00000000fe000000 0x00000000fe0fffff 0x0000000000040200\n");
  BOOST_TEST((read_sysfs(path()).devices.at(0).bars == std::vector<Bar>{{3, 0xfe000000, 0x100000, 0x40200}}));
}

BOOST_AUTO_TEST_CASE(a_device_below_intel_vmd_has_the_root_complex_of_the_vmd) {
  const std::string nvme = "devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0/";
  write(nvme + "class", "0x010802\n");
  write(nvme + "vendor", "0x8086\n");
  write(nvme + "device", "0x0a54\n");
  TemporaryFolder::link("bus/pci/devices/10000:e1:00.0", "../../../" + nvme);
  const Host host = read_sysfs(path());
  const PciDevice& found = vnuma::test::device(host, "10000:e1:00.0");
  BOOST_TEST(found.root_complex == "pci10000:e0");
  BOOST_TEST((found.bridges == std::vector{at("10000:e0:06.0")}));
}

// For example in a copy that has the devices elsewhere.
BOOST_AUTO_TEST_CASE(a_link_may_go_through_other_links) {
  const Host direct = read_sysfs(path());
  TemporaryFolder::link("elsewhere", "devices/pci0000:15/0000:15:01.0/0000:16:00.0");
  TemporaryFolder::link(link, "../../../elsewhere");
  BOOST_TEST((read_sysfs(path()) == direct));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(broken_trees, Tree)

BOOST_AUTO_TEST_CASE(an_empty_root_is_refused) {
  remove("devices");
  remove("bus");
  BOOST_CHECK_EXCEPTION(read_sysfs(path()), HostError, [&](const HostError& error) {
    return error.what() == path().string() +
                               ": is not the root of a sysfs tree, because it has neither "
                               "devices/system/node nor devices/system/cpu; name the root, such as /sys";
  });
}

BOOST_AUTO_TEST_CASE(a_host_without_nodes_is_refused) {
  remove(node + "node0");
  remove(node + "node1");
  BOOST_TEST(refusal() == "devices/system/node: contains no NUMA node; expected node0 and so on, as in /sys");
}

BOOST_AUTO_TEST_CASE(a_file_in_place_of_the_pci_folder_is_refused) {
  remove("bus");
  BOOST_TEST(refusal("bus/pci/devices", "") == "bus/pci/devices: is not a folder; copy sysfs with its links");
  const std::vector wanted{at("0000:16:00.0")};
  BOOST_CHECK_THROW(read_sysfs(path(), wanted), HostError);
}

BOOST_AUTO_TEST_CASE(an_invalid_numa_node_is_refused) {
  const std::string file = device + "numa_node";
  BOOST_TEST(refusal(file, "left\n") == file + ": contains \"left\"; expected the number of a NUMA node, or -1");
  BOOST_TEST(refusal(file, "") == file + ": contains \"\"; expected the number of a NUMA node, or -1");
  for (const char* text : {"-2", "1.0", "0x1", "1 1", "+1", "4294967296"}) {
    BOOST_TEST(refusal(file, text) == file + ": contains \"" + text + "\"; expected the number of a NUMA node, or -1");
  }
}

BOOST_AUTO_TEST_CASE(a_numa_node_that_the_host_lacks_is_refused) {
  BOOST_TEST(refusal(device + "numa_node", "2\n") ==
             device + "numa_node: contains \"2\"; expected a node in devices/system/node");
}

BOOST_AUTO_TEST_CASE(invalid_local_cpus_are_refused) {
  remove(device + "numa_node");
  for (const char* text : {"0000ffff,g", "100000000", "0x1", "0-3"}) {
    BOOST_TEST(refusal(device + "local_cpus", text) ==
               device + "local_cpus: contains \"" + text +
                   "\"; expected a mask of CPUs, such as \"00000000,0000ffff\"");
  }
  BOOST_TEST(
      refusal(device + "local_cpulist", "many").starts_with(device + "local_cpulist: contains \"many\"; expected"));
}

BOOST_AUTO_TEST_CASE(an_invalid_cpulist_is_refused) {
  BOOST_TEST(refusal(node + "node1/cpulist", "4-\n") ==
             node + "node1/cpulist: contains \"4-\"; expected a list of CPUs, such as \"0-3,8\"");
}

BOOST_AUTO_TEST_CASE(two_nodes_with_one_cpu_are_refused) {
  BOOST_TEST(refusal(node + "node1/cpulist", "3-7\n") ==
             node +
                 "node1/cpulist: contains \"3-7\", but node 0 has some of these CPUs too; a CPU belongs to one node");
}

BOOST_AUTO_TEST_CASE(a_node_without_a_cpulist_and_a_cpumap_is_refused) {
  remove(node + "node1/cpulist");
  BOOST_TEST(refusal() == node + "node1/cpulist: is missing, and so is cpumap; copy sysfs with all its files");
  BOOST_TEST(refusal(node + "node1/cpumap", "x") ==
             node + "node1/cpumap: contains \"x\"; expected a mask of CPUs, such as \"00000000,0000ffff\"");
}

BOOST_AUTO_TEST_CASE(each_node_must_have_a_distance) {
  BOOST_TEST(refusal(node + "node0/distance", "10\n") ==
             node + "node0/distance: contains \"10\"; expected 2 distances, one for each node");
  BOOST_TEST(refusal(node + "node0/distance", "10 x\n") ==
             node + "node0/distance: contains \"10 x\"; expected numbers");
}

BOOST_AUTO_TEST_CASE(a_meminfo_without_a_total_in_kb_is_refused) {
  const std::string file = node + "node0/meminfo";
  for (const char* text : {"", "MemFree: 1 kB", "MemTotal:", "MemTotal: 1", "MemTotal: 1 MB", "MemTotal: x kB",
                           "MemTotal: 18014398509481984 kB"}) {  // 2^64 bytes
    BOOST_TEST(refusal(file, text) == file + ": contains \"" + text + "\"; expected a line \"Node N MemTotal: K kB\"");
  }
}

BOOST_AUTO_TEST_CASE(an_invalid_number_of_huge_pages_is_refused) {
  const std::string pages = node + "node1/hugepages/hugepages-2048kB/";
  write(pages + "nr_hugepages", "1\n");
  BOOST_TEST(refusal(pages + "free_hugepages", "x\n") ==
             pages + "free_hugepages: contains \"x\"; expected a number of huge pages");
}

BOOST_AUTO_TEST_CASE(invalid_identifiers_are_refused) {
  BOOST_TEST(refusal(device + "vendor", "10de\n") ==
             device + "vendor: contains \"10de\"; expected a number from 0x0 to 0xffff");
  BOOST_TEST(refusal(device + "vendor", "0x10000") ==
             device + "vendor: contains \"0x10000\"; expected a number from 0x0 to 0xffff");
  write(device + "vendor", "0x10de");
  BOOST_TEST(refusal(device + "class", "0x1000000") ==
             device + "class: contains \"0x1000000\"; expected a number from 0x0 to 0xffffff");
}

BOOST_AUTO_TEST_CASE(an_invalid_resource_is_refused) {
  const std::string file = device + "resource";
  for (const char* text : {"0x0 0x0", "0x0 0x0 x", "10 20 30", "0x0 0x10000000000000000 0x0"}) {
    BOOST_TEST(refusal(file, text) == file + ": contains \"" + text +
                                          "\"; expected lines of start, end and flags, such as 0x00000000fe000000");
  }
  BOOST_TEST(refusal(file, "0x0 0xffffffffffffffff 0x200").ends_with("; expected sizes below 2^64"));
}

BOOST_AUTO_TEST_CASE(a_folder_instead_of_a_file_is_refused) {
  for (const std::string& file : {device + "numa_node", device + "class", node + "node0/distance"}) {
    replace_by_folder(file);
    BOOST_TEST(refusal() == file + ": cannot be read: Is a directory; expected a readable file, as in sysfs");
    remove(file);
    write(file, file.ends_with("class") ? "0x030200" : "1");
  }
}

BOOST_AUTO_TEST_CASE(a_fifo_instead_of_a_file_does_not_block) {
  remove(device + "numa_node");
  BOOST_REQUIRE(::mkfifo((path() / device / "numa_node").c_str(), 0600) == 0);
  BOOST_TEST(refusal() == device + "numa_node: contains \"\"; expected the number of a NUMA node, or -1");
}

boost::test_tools::assertion_result is_not_root(boost::unit_test::test_unit_id) {
  if (::geteuid() == 0)
    std::cerr << "broken_trees/a_file_without_read_permission_is_refused: skipped, root can read every file\n";
  return ::geteuid() != 0;
}

BOOST_AUTO_TEST_CASE(a_file_without_read_permission_is_refused, *boost::unit_test::precondition(is_not_root)) {
  ::chmod((path() / device / "numa_node").c_str(), 0);
  BOOST_TEST(refusal() == device +
                              "numa_node: cannot be read: Permission denied; expected a readable file, as in "
                              "sysfs");
}

BOOST_AUTO_TEST_CASE(a_broken_link_is_refused) {
  TemporaryFolder::link(link, "../../../devices/pci0000:15/0000:99:00.0");
  const std::string message =
      link + ": is a broken link: No such file or directory; copy sysfs with its links and their targets";
  BOOST_TEST(refusal() == message);
  const std::vector wanted{at("0000:16:00.0")};
  BOOST_CHECK_THROW(read_sysfs(path(), wanted), HostError);  // it exists, but is broken
}

BOOST_AUTO_TEST_CASE(a_link_to_itself_is_refused) {
  TemporaryFolder::link(link, "0000:16:00.0");
  BOOST_TEST(refusal().starts_with(link + ": is a broken link: Too many levels of symbolic links; "));
}

BOOST_AUTO_TEST_CASE(a_link_to_outside_of_a_host_bridge_is_refused) {
  write("devices/platform/0000:16:00.0/class", "0x030200\n");
  TemporaryFolder::link(link, "../../../devices/platform/0000:16:00.0");
  BOOST_TEST(
      refusal() ==
      link +
          ": does not link to a device below a host bridge, such as devices/pci0000:15/...; copy sysfs with its links");
}

BOOST_AUTO_TEST_CASE(invalid_links_of_a_device_are_refused) {
  TemporaryFolder::link(device + "physfn", "../virtual");
  BOOST_TEST(refusal() == device + "physfn: contains \"virtual\"; expected a link to a PCI device");
  remove(device + "physfn");
  TemporaryFolder::link(device + "iommu_group", "../../../../kernel/iommu_groups/x");
  BOOST_TEST(refusal() == device + "iommu_group: contains \"x\"; expected a link to a group's number");
}

BOOST_AUTO_TEST_CASE(binary_content_is_escaped_in_messages) {
  BOOST_TEST(refusal(device + "numa_node", std::string_view("\x7f"
                                                            "ELF\0\n\x1b[31m\xff",
                                                            12)) ==
             device +
                 "numa_node: contains \"\\x7fELF\\x00\\n\\x1b[31m\\xff\"; expected the number of a NUMA node, or -1");
}

BOOST_AUTO_TEST_CASE(a_message_shows_the_first_80_bytes_of_a_file) {
  BOOST_TEST(refusal(device + "numa_node", std::string(81, '7')) ==
             device + "numa_node: contains \"" + std::string(80, '7') +
                 "...\"; expected the number of a NUMA node, or -1");
}

BOOST_AUTO_TEST_CASE(a_file_over_64_kib_is_refused) {
  BOOST_TEST(refusal(node + "node0/cpulist", "0" + std::string(65536, '\n')) ==
             node + "node0/cpulist: is larger than 65536 bytes; expected a file of the kernel");
  write(node + "node0/cpulist", "");
  std::filesystem::resize_file(path() / node / "node0/cpulist", std::uintmax_t{1} << 40);  // sparse
  BOOST_TEST(refusal().starts_with(node + "node0/cpulist: is larger than 65536 bytes; "));
}

BOOST_AUTO_TEST_SUITE_END()
