// Hosts read from sysfs: the samples, what may be unknown, and what is refused.
#include <iostream>

#include <sys/stat.h>
#include <unistd.h>

#include "trees.hpp"

using namespace vnuma::test;
using namespace vnuma::topology;

BOOST_AUTO_TEST_SUITE(samples)

BOOST_AUTO_TEST_CASE(two_sockets_with_eight_gpus) {
  const Host host = Sample("two-socket-eight-gpu").host();
  BOOST_REQUIRE(host.nodes.size() == 2U);
  BOOST_TEST(host.nodes[0].cpus.format() == "0-31,64-95");
  BOOST_TEST(host.nodes[1].cpus.format() == "32-63,96-127");
  BOOST_TEST(host.nodes[1].memory_bytes == 1099511627776U);  // 1 TiB
  BOOST_TEST((host.nodes[1].distances == std::vector<std::pair<NodeId, unsigned>>{{0, 21}, {1, 10}}));
  BOOST_TEST(host.devices.size() ==
             40U);  // 8 GPUs, 8 NICs; 4 root ports; 4 switches of an upstream and 4 downstream ports
}

BOOST_AUTO_TEST_CASE(a_gpu_behind_a_switch) {
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

BOOST_AUTO_TEST_CASE(eight_nodes) {
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

BOOST_AUTO_TEST_CASE(a_device_whose_node_the_firmware_does_not_say) {
  const Host host = Sample("no-node").host();
  BOOST_TEST(!device(host, "0000:41:00.0").numa_node.has_value());
  BOOST_TEST(device(host, "0000:01:00.1").numa_node.value() == 0U);
}

BOOST_AUTO_TEST_CASE(devices_are_ordered_by_address_and_found_by_it) {
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

BOOST_AUTO_TEST_CASE(only_the_named_are_read) {
  write("devices/pci0000:15/0000:15:02.0/class", "nonsense");
  TemporaryFolder::link("bus/pci/devices/0000:15:02.0", "../../../devices/pci0000:15/0000:15:02.0");
  const std::vector wanted{at("0000:16:00.0")};
  const Host host = read_sysfs(path(), wanted);
  BOOST_TEST(host.nodes.size() == 2U);
  BOOST_REQUIRE(host.devices.size() == 1U);
  BOOST_TEST(host.devices[0].address.format() == "0000:16:00.0");
  BOOST_CHECK_THROW(read_sysfs(path()), HostError);
}

// Of the node, place and BARs all is checked; of what placing does not need, nothing is even opened.
BOOST_AUTO_TEST_CASE(only_what_placing_needs_is_read) {
  for (const char* file : {"class", "vendor", "device", "iommu_group"}) write(device + file, "nonsense");
  write(node + "node0/meminfo", "nonsense");
  write(device + "resource", "0x1000 0x1fff 0x200\n");
  write(node + "node0/distance", "10 20\n");
  const std::vector wanted{at("0000:16:00.0")};
  const Host host = read_sysfs(path(), wanted);
  BOOST_TEST((host.nodes[0].distances == std::vector<std::pair<NodeId, unsigned>>{{0, 10}, {1, 20}}));
  BOOST_TEST((host.devices == std::vector<PciDevice>{{.address = at("0000:16:00.0"),
                                                      .numa_node = 1,
                                                      .root_complex = "pci0000:15",
                                                      .bridges = {at("0000:15:01.0")},
                                                      .bars = {{0, 0x1000, 0x1000, 0x200}}}}));
  for (const std::string& needed : {device + "resource", device + "numa_node", node + "node0/distance"}) {
    write(needed, "nonsense");
    BOOST_CHECK_THROW(read_sysfs(path(), wanted), HostError);
    write(needed, needed.ends_with("numa_node") ? "1" : needed.ends_with("resource") ? "" : "10 20");
  }
}

BOOST_AUTO_TEST_CASE(an_absent_device_is_left_out) {
  const std::vector wanted{at("0000:ff:00.0"), at("0000:16:00.0")};
  BOOST_TEST(read_sysfs(path(), wanted).devices.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_device_named_twice_is_there_once) {
  const std::vector wanted{at("0000:16:00.0"), at("0000:16:00.0")};
  BOOST_TEST(read_sysfs(path(), wanted).devices.size() == 1U);
}

BOOST_AUTO_TEST_CASE(no_mediated_device_is_looked_for_if_none_is_named) {
  write("bus/mdev/devices", "no folder");
  BOOST_TEST(read_sysfs(path(), {}).mediated_devices.empty());
  BOOST_CHECK_THROW(read_sysfs(path()), HostError);
}

BOOST_AUTO_TEST_CASE(naming_none_reads_none) { BOOST_TEST(read_sysfs(path(), {}).devices.empty()); }

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(what_may_be_unknown, Tree)

BOOST_AUTO_TEST_CASE(a_tree_of_nodes_and_identifiers_is_enough) {
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

BOOST_AUTO_TEST_CASE(a_host_without_pci_devices) {
  remove(link);
  BOOST_TEST(read_sysfs(path()).devices.empty());
}

BOOST_AUTO_TEST_CASE(a_node_without_cpus) {
  write(node + "node2/cpulist", "\n");
  const Host host = read_sysfs(path());
  BOOST_TEST(host.node(2)->cpus.empty());
}

BOOST_AUTO_TEST_CASE(node_numbers_may_have_gaps_and_other_names_are_no_nodes) {
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

BOOST_AUTO_TEST_CASE(a_numa_node_of_minus_one) {
  write(device + "numa_node", "-1\n");
  write(device + "local_cpulist", "4-7\n");
  BOOST_TEST(!numa_node().has_value());
}

BOOST_AUTO_TEST_CASE(without_numa_node_the_local_cpus_tell) {
  remove(device + "numa_node");
  BOOST_TEST(!numa_node().has_value());
  write(device + "local_cpulist", "4-5\n");
  BOOST_TEST(numa_node().value() == 1U);
  write(device + "local_cpulist", "0-7\n");  // of both nodes
  BOOST_TEST(!numa_node().has_value());
  write(device + "local_cpulist", "8-9\n");  // of none
  BOOST_TEST(!numa_node().has_value());
  write(device + "local_cpulist", "\n");
  BOOST_TEST(!numa_node().has_value());
}

BOOST_AUTO_TEST_CASE(the_mask_in_local_cpus_will_do) {
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

BOOST_AUTO_TEST_CASE(local_cpulist_goes_before_local_cpus) {
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

BOOST_AUTO_TEST_CASE(below_intel_vmd_the_root_complex_is_the_vmds_own) {
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

// As in a copy that keeps the devices elsewhere.
BOOST_AUTO_TEST_CASE(a_link_may_lead_through_others) {
  const Host direct = read_sysfs(path());
  TemporaryFolder::link("elsewhere", "devices/pci0000:15/0000:15:01.0/0000:16:00.0");
  TemporaryFolder::link(link, "../../../elsewhere");
  BOOST_TEST((read_sysfs(path()) == direct));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(broken_trees, Tree)

BOOST_AUTO_TEST_CASE(an_empty_root) {
  remove("devices");
  remove("bus");
  BOOST_TEST(
      refusal() ==
      "devices/system/node: cannot be listed: No such file or directory; name the root of a sysfs tree, as /sys is");
}

BOOST_AUTO_TEST_CASE(no_nodes) {
  remove(node + "node0");
  remove(node + "node1");
  BOOST_TEST(refusal() == "devices/system/node: holds no node; expected node0 and so on, as in /sys");
}

BOOST_AUTO_TEST_CASE(no_folder_of_pci_devices) {
  const std::string message = "bus/pci/devices: is no folder; name the root of a sysfs tree, as /sys is";
  remove("bus");
  BOOST_TEST(refusal() == message);
  BOOST_TEST(refusal("bus/pci/devices", "") == message);
  const std::vector wanted{at("0000:16:00.0")};
  BOOST_CHECK_THROW(read_sysfs(path(), wanted), HostError);
}

BOOST_AUTO_TEST_CASE(a_numa_node_that_is_no_number) {
  const std::string file = device + "numa_node";
  BOOST_TEST(refusal(file, "left\n") == file + ": holds \"left\"; expected the number of a NUMA node, or -1");
  BOOST_TEST(refusal(file, "") == file + ": holds \"\"; expected the number of a NUMA node, or -1");
  for (const char* text : {"-2", "1.0", "0x1", "1 1", "+1", "4294967296"}) {
    BOOST_TEST(refusal(file, text) == file + ": holds \"" + text + "\"; expected the number of a NUMA node, or -1");
  }
}

BOOST_AUTO_TEST_CASE(a_numa_node_that_the_host_does_not_have) {
  BOOST_TEST(refusal(device + "numa_node", "2\n") ==
             device + "numa_node: holds \"2\"; expected a node that devices/system/node has");
}

BOOST_AUTO_TEST_CASE(local_cpus_that_are_none) {
  remove(device + "numa_node");
  for (const char* text : {"0000ffff,g", "100000000", "0x1", "0-3"}) {
    BOOST_TEST(refusal(device + "local_cpus", text) ==
               device + "local_cpus: holds \"" + text + "\"; expected a mask of CPUs, as \"00000000,0000ffff\"");
  }
  BOOST_TEST(refusal(device + "local_cpulist", "many").starts_with(device + "local_cpulist: holds \"many\"; expected"));
}

BOOST_AUTO_TEST_CASE(a_cpulist_that_is_none) {
  BOOST_TEST(refusal(node + "node1/cpulist", "4-\n") ==
             node + "node1/cpulist: holds \"4-\"; expected a list of CPUs, as \"0-3,8\"");
}

BOOST_AUTO_TEST_CASE(two_nodes_with_one_cpu) {
  BOOST_TEST(refusal(node + "node1/cpulist", "3-7\n") ==
             node + "node1/cpulist: holds \"3-7\" and names CPUs that node 0 has too; a CPU belongs to one node");
}

BOOST_AUTO_TEST_CASE(a_node_without_a_cpulist) {
  remove(node + "node1/cpulist");
  BOOST_TEST(refusal() == node + "node1/cpulist: is missing; expected a folder of the shape of /sys");
}

BOOST_AUTO_TEST_CASE(distances_that_are_not_one_for_each_node) {
  BOOST_TEST(refusal(node + "node0/distance", "10\n") ==
             node + "node0/distance: holds \"10\"; expected 2 distances, one for each node");
  BOOST_TEST(refusal(node + "node0/distance", "10 x\n") == node + "node0/distance: holds \"10 x\"; expected numbers");
}

BOOST_AUTO_TEST_CASE(a_meminfo_without_a_total_in_kb) {
  const std::string file = node + "node0/meminfo";
  for (const char* text : {"", "MemFree: 1 kB", "MemTotal:", "MemTotal: 1", "MemTotal: 1 MB", "MemTotal: x kB",
                           "MemTotal: 18014398509481984 kB"}) {  // 2^64 bytes
    BOOST_TEST(refusal(file, text) == file + ": holds \"" + text + "\"; expected a line \"Node N MemTotal: K kB\"");
  }
}

BOOST_AUTO_TEST_CASE(identifiers_that_are_missing_or_not_hexadecimal) {
  BOOST_TEST(refusal(device + "vendor", "10de\n") ==
             device + "vendor: holds \"10de\"; expected a number from 0x0 to 0xffff");
  BOOST_TEST(refusal(device + "vendor", "0x10000") ==
             device + "vendor: holds \"0x10000\"; expected a number from 0x0 to 0xffff");
  write(device + "vendor", "0x10de");
  BOOST_TEST(refusal(device + "class", "0x1000000") ==
             device + "class: holds \"0x1000000\"; expected a number from 0x0 to 0xffffff");
  remove(device + "class");
  BOOST_TEST(refusal() == device + "class: is missing; expected a folder of the shape of /sys");
}

BOOST_AUTO_TEST_CASE(a_resource_that_is_no_list_of_bars) {
  const std::string file = device + "resource";
  for (const char* text : {"0x0 0x0", "0x0 0x0 x", "10 20 30", "0x0 0x10000000000000000 0x0"}) {
    BOOST_TEST(refusal(file, text) ==
               file + ": holds \"" + text + "\"; expected lines of start, end and flags, each as 0x00000000fe000000");
  }
  BOOST_TEST(refusal(file, "0x0 0xffffffffffffffff 0x200").ends_with("; expected sizes below 2^64"));
}

BOOST_AUTO_TEST_CASE(a_folder_where_a_file_is_expected) {
  for (const std::string& file : {device + "numa_node", device + "class", node + "node0/distance"}) {
    replace_by_folder(file);
    BOOST_TEST(refusal() ==
               file + ": cannot be read: Is a directory; expected a file that you may read, as sysfs has it");
    remove(file);
    write(file, file.ends_with("class") ? "0x030200" : "1");
  }
}

BOOST_AUTO_TEST_CASE(a_fifo_where_a_file_is_expected_does_not_block) {
  remove(device + "numa_node");
  BOOST_REQUIRE(::mkfifo((path() / device / "numa_node").c_str(), 0600) == 0);
  BOOST_TEST(refusal() == device + "numa_node: holds \"\"; expected the number of a NUMA node, or -1");
}

boost::test_tools::assertion_result is_not_root(boost::unit_test::test_unit_id) {
  if (::geteuid() == 0) std::cerr << "broken_trees/a_file_that_may_not_be_read: skipped, root may read every file\n";
  return ::geteuid() != 0;
}

BOOST_AUTO_TEST_CASE(a_file_that_may_not_be_read, *boost::unit_test::precondition(is_not_root)) {
  ::chmod((path() / device / "numa_node").c_str(), 0);
  BOOST_TEST(refusal() == device +
                              "numa_node: cannot be read: Permission denied; expected a file that you may read, as "
                              "sysfs has it");
}

BOOST_AUTO_TEST_CASE(a_link_that_leads_nowhere) {
  TemporaryFolder::link(link, "../../../devices/pci0000:15/0000:99:00.0");
  const std::string message =
      link + ": leads nowhere: No such file or directory; copy sysfs with its links and what they lead to";
  BOOST_TEST(refusal() == message);
  const std::vector wanted{at("0000:16:00.0")};
  BOOST_CHECK_THROW(read_sysfs(path(), wanted), HostError);  // it is there, and broken
}

BOOST_AUTO_TEST_CASE(a_link_in_a_circle) {
  TemporaryFolder::link(link, "0000:16:00.0");
  BOOST_TEST(refusal().starts_with(link + ": leads nowhere: Too many levels of symbolic links; "));
}

BOOST_AUTO_TEST_CASE(a_folder_where_a_link_is_expected) {
  remove(link);
  write(link + "/class", "0x030200\n");
  BOOST_TEST(refusal() == link + ": is no link: Invalid argument; copy sysfs with its links");
}

BOOST_AUTO_TEST_CASE(a_link_that_does_not_lead_to_below_a_host_bridge) {
  write("devices/platform/0000:16:00.0/class", "0x030200\n");
  TemporaryFolder::link(link, "../../../devices/platform/0000:16:00.0");
  BOOST_TEST(refusal() ==
             link + ": is no link to below a host bridge, as devices/pci0000:15/...; copy sysfs with its links");
}

BOOST_AUTO_TEST_CASE(physfn_and_iommu_group_that_are_no_such_links) {
  TemporaryFolder::link(device + "physfn", "../virtual");
  BOOST_TEST(refusal() == device + "physfn: holds \"virtual\"; expected a link to a PCI device");
  remove(device + "physfn");
  TemporaryFolder::link(device + "iommu_group", "../../../../kernel/iommu_groups/x");
  BOOST_TEST(refusal() == device + "iommu_group: holds \"x\"; expected a link to a group's number");
  replace_by_folder(device + "iommu_group");
  BOOST_TEST(refusal() == device + "iommu_group: is no link: Invalid argument; copy sysfs with its links");
}

BOOST_AUTO_TEST_CASE(binary_junk_is_shown_as_printable_characters) {
  BOOST_TEST(refusal(device + "numa_node", std::string_view("\x7f"
                                                            "ELF\0\n\x1b[31m\xff",
                                                            12)) ==
             device + "numa_node: holds \"\\x7fELF\\x00\\n\\x1b[31m\\xff\"; expected the number of a NUMA node, or -1");
}

BOOST_AUTO_TEST_CASE(of_a_long_file_the_message_shows_the_first_80_bytes) {
  BOOST_TEST(refusal(device + "numa_node", std::string(81, '7')) ==
             device + "numa_node: holds \"" + std::string(80, '7') +
                 "...\"; expected the number of a NUMA node, or -1");
}

BOOST_AUTO_TEST_CASE(a_huge_file) {
  BOOST_TEST(refusal(node + "node0/cpulist", "0" + std::string(65536, '\n')) ==
             node + "node0/cpulist: holds more than 65536 bytes; expected a file as the kernel has it");
  write(node + "node0/cpulist", "");
  std::filesystem::resize_file(path() / node / "node0/cpulist", std::uintmax_t{1} << 40);  // sparse
  BOOST_TEST(refusal().starts_with(node + "node0/cpulist: holds more than 65536 bytes; "));
}

BOOST_AUTO_TEST_SUITE_END()
