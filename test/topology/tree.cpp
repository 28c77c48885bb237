// The tree of a host, and the output of trees.
#include <algorithm>

#include <boost/test/unit_test.hpp>

#include <vnuma/topology/device_kind.hpp>
#include <vnuma/topology/tree.hpp>

#include "trees.hpp"

using namespace vnuma::test;
using Kind = TreeEntry::Kind;

namespace {

// A host with one node and the devices that are attached to it.
struct Machine {
  Host host{.nodes = {{.id = 0, .cpus = CpuSet(0)}}};

  // Attaches a device behind bridges, the root port first.
  PciDevice& attach(std::string_view address, std::uint32_t class_code,
                    std::initializer_list<const char*> bridges = {}) {
    PciDevice device{.address = at(address), .numa_node = 0, .class_code = class_code, .root_complex = "pci0000:00"};
    for (const char* bridge : bridges) device.bridges.push_back(at(bridge));
    const auto position = std::lower_bound(host.devices.begin(), host.devices.end(), device.address,
                                           [](const PciDevice& d, const PciAddress& a) { return d.address < a; });
    return *host.devices.insert(position, device);
  }
  std::string text() const { return tree_text(summarised(host_tree(host))); }
};

constexpr std::uint32_t bridge = 0x060400, gpu = 0x030200, nic = 0x020000, serial = 0x070000, isa = 0x060100;

// A guest with a GPU on an expander bus of cell 0, like from guest_tree.
PciTree guest_with_gpu() {
  TreeEntry device{.word = "hostdev", .address = at("0000:f1:00.0"), .domain_address = at("0000:02:00.0"), .node = 0};
  device.alias = "ua-gpu";
  device.passthrough = Passthrough{.source = "0000:18:00.0"};
  TreeEntry port{.kind = Kind::root_port, .name = "pci.2", .address = at("0000:f0:00.0")};
  port.below.push_back(device);
  TreeEntry expander{.kind = Kind::expander_bus, .name = "pci.1", .node = 0, .bus_nr = 240, .last_bus = 241};
  expander.below.push_back(port);
  TreeEntry cell{.kind = Kind::numa_node, .node = 0, .cpus = CpuSet(0), .memory_bytes = std::uint64_t{8} << 30};
  cell.below.push_back(expander);
  return {.is_guest = true, .name = "g", .nodes = {cell}};
}

TreeEntry& gpu_of(PciTree& tree) { return tree.nodes[0].below[0].below[0].below[0]; }

Passthrough on_host(std::optional<NodeId> node, std::optional<std::uint32_t> cell, std::optional<bool> right) {
  return {.source = "0000:18:00.0", .is_on_host = true, .host_node = node, .cell = cell, .is_on_its_cell = right};
}

// The line of the guest's GPU.
std::string line_with(const Passthrough& device) {
  PciTree tree = guest_with_gpu();
  gpu_of(tree).passthrough = device;
  const std::string text = tree_text(tree);
  const std::size_t begin = text.find("root port");
  return text.substr(begin, text.find('\n', begin) - begin);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(trees_of_hosts)

BOOST_AUTO_TEST_CASE(a_host_has_nodes_root_complexes_ports_switches_and_devices) {
  // By hand from the description. Only the tool looks up names, so the text has numbers.
  BOOST_TEST(tree_text(host_tree(Sample("mediated").host())) ==
             "host\n"
             "|-- NUMA node 0  CPUs 0-15, 128 GiB\n"
             "|   |-- root complex pci0000:15\n"
             "|   |   `-- root port 0000:15:01.0 -- switch 0000:16:00.0  [1000:c030]\n"
             "|   |       |-- port 0000:17:00.0 -- GPU 0000:18:00.0  [10de:25b6]\n"
             "|   |       |   |-- mdev 4b20d080-1b54-4048-85b3-a6a62d165c01\n"
             "|   |       |   `-- mdev 83b8f4f2-509f-382f-3c1e-e6bfe0fa1001\n"
             "|   |       `-- port 0000:17:01.0\n"
             "|   |           |-- NIC 0000:19:00.0  [15b3:1021]\n"
             "|   |           |-- NIC VF 0000:19:00.1  [15b3:101e]\n"
             "|   |           `-- NIC VF 0000:19:00.2  [15b3:101e]\n"
             "|   `-- root complex pci0000:37\n"
             "|       `-- root port 0000:37:01.0 -- GPU 0000:38:00.0  [10de:25b6]\n"
             "`-- NUMA node 1  CPUs 16-31, 128 GiB\n"
             "    |-- root complex pci0001:97\n"
             "    |   `-- root port 0001:97:01.0 -- GPU 0001:98:00.0  [10de:25b6]\n"
             "    `-- root complex pci10000:e0\n"
             "        `-- root port 10000:e0:06.0 -- NVMe 10000:e1:00.0  [8086:0a54]\n");
}

BOOST_AUTO_TEST_CASE(root_complexes_on_no_node_are_last_and_empty_nodes_are_shown) {
  BOOST_TEST(tree_text(host_tree(Sample("no-node").host())) ==
             "host\n"
             "|-- NUMA node 0  CPUs 0-7, 32 GiB\n"
             "|   `-- root complex pci0000:00\n"
             "|       `-- root port 0000:00:03.0\n"
             "|           |-- GPU 0000:01:00.0  [10de:1b80]\n"
             "|           `-- audio 0000:01:00.1  [10de:10f0]\n"
             "|-- NUMA node 1  CPUs 8-15, 32 GiB\n"
             "`-- on no NUMA node\n"
             "    `-- root complex pci0000:40\n"
             "        `-- root port 0000:40:02.0 -- accelerator 0000:41:00.0  [1da3:1020]\n");
}

BOOST_AUTO_TEST_CASE(a_host_may_have_no_devices) {
  BOOST_TEST(Machine().text() == "host\n`-- NUMA node 0  CPUs 0\n");
  BOOST_TEST(tree_text(host_tree({})) == "host\n");
  BOOST_TEST(tree_json(host_tree({})) == "{\n  \"machine\": \"host\",\n  \"name\": null,\n  \"nodes\": []\n}\n");
}

BOOST_AUTO_TEST_CASE(a_root_complex_on_several_nodes_is_on_none) {
  Machine machine;
  machine.host.nodes.push_back({.id = 1});
  machine.attach("0000:00:01.0", gpu);
  machine.attach("0000:00:02.0", gpu).numa_node = 1;
  machine.attach("0000:00:03.0", gpu).numa_node.reset();
  const PciTree tree = host_tree(machine.host);
  BOOST_REQUIRE(tree.nodes.size() == 3U);
  BOOST_TEST(tree.nodes[0].below.empty());
  BOOST_TEST(!tree.nodes[2].node);
  BOOST_TEST((tree.nodes[2].below.at(0).below.at(1).node == 1));
}

BOOST_AUTO_TEST_CASE(a_device_of_unknown_node_goes_with_its_root_complex) {
  Machine machine;
  machine.attach("0000:00:01.0", gpu);
  machine.attach("0000:00:02.0", gpu).numa_node.reset();
  BOOST_TEST(host_tree(machine.host).nodes.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_bridge_with_a_device_is_not_a_switch) {
  // For example the graphics of a server's management controller, behind a PCIe-to-PCI bridge.
  Machine machine;
  machine.attach("0000:00:1c.0", bridge);
  machine.attach("0000:02:00.0", bridge, {"0000:00:1c.0"});
  machine.attach("0000:03:00.0", 0x030000, {"0000:00:1c.0", "0000:02:00.0"});
  BOOST_TEST(machine.text() ==
             "host\n"
             "`-- NUMA node 0  CPUs 0\n"
             "    `-- root complex pci0000:00\n"
             "        `-- root port 0000:00:1c.0 -- bridge 0000:02:00.0  [0000:0000]\n"
             "            `-- GPU 0000:03:00.0  [0000:0000]\n");
}

BOOST_AUTO_TEST_CASE(bridges_that_the_host_does_not_list_are_shown) {
  Machine machine;
  machine.attach("0000:03:00.0", gpu, {"0000:00:01.0"});
  BOOST_TEST(machine.text() ==
             "host\n"
             "`-- NUMA node 0  CPUs 0\n"
             "    `-- root complex pci0000:00\n"
             "        `-- root port 0000:00:01.0 -- GPU 0000:03:00.0  [0000:0000]\n");
}

BOOST_AUTO_TEST_CASE(words_depend_on_the_class) {
  BOOST_TEST(device_kind(0x030000).word == "GPU");
  BOOST_TEST(device_kind(0x030200).word == "GPU");
  BOOST_TEST(device_kind(0x020700).word == "NIC");
  BOOST_TEST(device_kind(0x0c0600).word == "NIC");
  BOOST_TEST(device_kind(0x0c0600).is_near);
  BOOST_TEST(device_kind(0x010802).word == "NVMe");
  BOOST_TEST(device_kind(0x010601).word == "disk controller");
  BOOST_TEST(device_kind(0x120000).word == "accelerator");
  BOOST_TEST(device_kind(0x0b4000).word == "accelerator");
  BOOST_TEST(device_kind(0x060000).word == "host bridge");
  BOOST_TEST(device_kind(0xff0000).word == "device");
  BOOST_TEST(!device_kind(0x010601).is_near);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(shorter_trees)

BOOST_AUTO_TEST_CASE(other_devices_and_empty_ports_are_counted) {
  Machine machine;
  machine.attach("0000:00:00.0", 0x060000);
  machine.attach("0000:00:01.0", bridge);
  machine.attach("0000:01:00.0", gpu, {"0000:00:01.0"});
  machine.attach("0000:00:02.0", bridge);
  machine.attach("0000:00:03.0", bridge);
  machine.attach("0000:00:04.0", bridge);
  machine.attach("0000:04:00.0", serial, {"0000:00:04.0"});
  machine.attach("0000:00:1f.0", isa);
  BOOST_TEST(machine.text() ==
             "host\n"
             "`-- NUMA node 0  CPUs 0\n"
             "    `-- root complex pci0000:00\n"
             "        |-- root port 0000:00:01.0 -- GPU 0000:01:00.0  [0000:0000]\n"
             "        `-- 3 other devices, 2 empty ports\n");
}

BOOST_AUTO_TEST_CASE(a_single_entry_is_not_summarised) {
  Machine machine;
  machine.attach("0000:00:00.0", 0x060000);
  machine.attach("0000:00:01.0", gpu);
  BOOST_TEST(machine.text() ==
             "host\n"
             "`-- NUMA node 0  CPUs 0\n"
             "    `-- root complex pci0000:00\n"
             "        |-- host bridge 0000:00:00.0  [0000:0000]\n"
             "        `-- GPU 0000:00:01.0  [0000:0000]\n");
}

BOOST_AUTO_TEST_CASE(root_complexes_with_nothing_to_show_are_counted) {
  Machine machine;
  machine.attach("0000:00:01.0", gpu);
  machine.attach("0000:40:01.0", serial).root_complex = "pci0000:40";
  machine.attach("0000:40:02.0", serial).root_complex = "pci0000:40";
  machine.attach("0000:80:02.0", serial).root_complex = "pci0000:80";
  BOOST_TEST(machine.text() ==
             "host\n"
             "`-- NUMA node 0  CPUs 0\n"
             "    |-- root complex pci0000:00\n"
             "    |   `-- GPU 0000:00:01.0  [0000:0000]\n"
             "    `-- 2 other root complexes, 3 devices\n");
}

BOOST_AUTO_TEST_CASE(four_equal_virtual_functions_are_one_line_and_three_are_not) {
  Machine machine;
  machine.attach("0000:01:00.0", nic, {"0000:00:01.0"});
  for (const char* address : {"0000:01:00.1", "0000:01:00.2", "0000:01:00.3"}) {
    machine.attach(address, nic, {"0000:00:01.0"}).physical_function = at("0000:01:00.0");
  }
  const std::string before =
      "host\n"
      "`-- NUMA node 0  CPUs 0\n"
      "    `-- root complex pci0000:00\n"
      "        `-- root port 0000:00:01.0\n"
      "            |-- NIC 0000:01:00.0  [0000:0000]\n";
  BOOST_TEST(machine.text() == before +
                                   "            |-- NIC VF 0000:01:00.1  [0000:0000]\n"
                                   "            |-- NIC VF 0000:01:00.2  [0000:0000]\n"
                                   "            `-- NIC VF 0000:01:00.3  [0000:0000]\n");
  machine.attach("0000:01:00.4", nic, {"0000:00:01.0"}).physical_function = at("0000:01:00.0");
  BOOST_TEST(machine.text() == before + "            `-- 4 NIC VFs, 0000:01:00.1 to 0000:01:00.4\n");
}

BOOST_AUTO_TEST_CASE(functions_with_mediated_devices_are_not_joined) {
  Machine machine;
  for (const char* address : {"0000:01:00.1", "0000:01:00.2", "0000:01:00.3", "0000:01:00.4"}) {
    machine.attach(address, gpu, {"0000:00:01.0"}).physical_function = at("0000:01:00.0");
  }
  machine.host.mediated_devices.push_back({"4b20d080-1b54-4048-85b3-a6a62d165c01", at("0000:01:00.2")});
  BOOST_TEST(machine.text().find("VFs") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(trees_as_text)

BOOST_AUTO_TEST_CASE(a_guest_has_cells_expander_buses_and_host_addresses) {
  BOOST_TEST(tree_text(guest_with_gpu()) ==
             "guest g\n"
             "`-- cell 0  vCPUs 0, 8 GiB\n"
             "    `-- expander bus pci.1  busNr 240, buses f0-f1\n"
             "        `-- root port pci.2 -- hostdev 0000:f1:00.0  host 0000:18:00.0, ua-gpu, domain 0000:02:00.0\n");
}

BOOST_AUTO_TEST_CASE(a_device_is_on_its_cell_or_has_the_reason) {
  const std::string before = "root port pci.2 -- hostdev 0000:f1:00.0  host 0000:18:00.0, ";
  const std::string after = ", ua-gpu, domain 0000:02:00.0";
  BOOST_TEST(line_with(on_host(3, 0, true)) == before + "right cell" + after);
  BOOST_TEST(line_with(on_host(3, 1, false)) == before + "belongs on cell 1" + after);
  BOOST_TEST(line_with(on_host(3, {}, {})) == before + "host node 3 has no cell" + after);
  BOOST_TEST(line_with(on_host({}, {}, {})) == before + "unknown host node" + after);
  BOOST_TEST(line_with({.source = "0000:18:00.0", .is_on_host = false}) == before + "not on the host" + after);
}

BOOST_AUTO_TEST_CASE(the_last_line_counts_devices_on_their_cells) {
  PciTree tree = guest_with_gpu();
  gpu_of(tree).passthrough = on_host(0, 0, true);
  BOOST_TEST(tree_text(tree).ends_with("\n\n1 of 1 passthrough device is on the cell of its host node\n"));
  tree.nodes[0].below[0].below.push_back(tree.nodes[0].below[0].below[0]);
  gpu_of(tree).passthrough = on_host(1, 1, false);
  BOOST_TEST(tree_text(tree).ends_with("\n\n1 of 2 passthrough devices are on the cell of their host node\n"));
  // Its node has no cell, or the host does not have the device.
  for (const auto& passthrough : {on_host(3, {}, {}), Passthrough{.source = "0000:18:00.0", .is_on_host = false}}) {
    gpu_of(tree).passthrough = passthrough;
    BOOST_TEST(tree_text(tree).ends_with(
        "\n\n1 of 2 passthrough devices are on the cell of their host node; for 1, the cell is unknown\n"));
  }
}

BOOST_AUTO_TEST_CASE(lines_may_be_unicode) {
  BOOST_TEST(tree_text(guest_with_gpu(), {.unicode = true}) ==
             "guest g\n"
             "└── cell 0  vCPUs 0, 8 GiB\n"
             "    └── expander bus pci.1  busNr 240, buses f0-f1\n"
             "        └── root port pci.2 ── hostdev 0000:f1:00.0  host 0000:18:00.0, ua-gpu, domain 0000:02:00.0\n");
}

BOOST_AUTO_TEST_CASE(details_that_do_not_fit_are_cut) {
  BOOST_TEST(tree_text(guest_with_gpu(), {.unicode = true, .width = 70}) ==
             "guest g\n"
             "└── cell 0  vCPUs 0, 8 GiB\n"
             "    └── expander bus pci.1  busNr 240, buses f0-f1\n"
             "        └── root port pci.2 ── hostdev 0000:f1:00.0  host 0000:18:00.…\n");
  BOOST_TEST(tree_text(guest_with_gpu(), {.width = 73}) ==
             "guest g\n"
             "`-- cell 0  vCPUs 0, 8 GiB\n"
             "    `-- expander bus pci.1  busNr 240, buses f0-f1\n"
             "        `-- root port pci.2 -- hostdev 0000:f1:00.0  host 0000:18:00.0...\n");
}

BOOST_AUTO_TEST_CASE(an_only_entry_goes_below_its_port_if_it_does_not_fit) {
  // "        `-- root port pci.2 -- hostdev 0000:f1:00.0" takes 51 columns.
  const std::string wide = tree_text(guest_with_gpu(), {.width = 51});
  BOOST_TEST(wide.ends_with("\n        `-- root port pci.2 -- hostdev 0000:f1:00.0\n"));
  const std::string narrow = tree_text(guest_with_gpu(), {.width = 50});
  BOOST_TEST(narrow.ends_with("\n        `-- root port pci.2\n            `-- hostdev 0000:f1:00.0  host 0000...\n"));
}

BOOST_AUTO_TEST_CASE(names_and_addresses_are_never_cut) {
  const std::string text = tree_text(guest_with_gpu(), {.width = 1});
  for (const char* part :
       {"guest g\n", "cell 0\n", "expander bus pci.1\n", "root port pci.2\n", "hostdev 0000:f1:00.0\n"}) {
    BOOST_TEST(text.find(part) != std::string::npos, part);
  }
}

BOOST_AUTO_TEST_CASE(wide_characters_count_twice_and_are_not_split) {
  PciTree tree = guest_with_gpu();
  gpu_of(tree).alias = "图形处理器图形处理器";
  for (std::size_t width = 60; width < 110; ++width) {
    const std::string text = tree_text(tree, {.unicode = true, .width = width});
    BOOST_TEST(text.find("\\x") == std::string::npos);
    // Counts the columns of each line; a character takes one or two.
    std::size_t columns = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      if (byte == '\n') columns = 0;
      if (byte != '\n' && (byte & 0xc0) != 0x80) columns += byte >= 0xe3 ? 2 : 1;
      BOOST_TEST(columns <= width);
    }
  }
}

BOOST_AUTO_TEST_CASE(colours_are_ansi_and_end_after_each_word) {
  PciTree tree = guest_with_gpu();
  gpu_of(tree).passthrough = on_host(1, 1, false);
  const std::string text = tree_text(tree, {.colour = true});
  BOOST_TEST(text.find("\x1b[1mcell 0\x1b[0m  vCPUs 0") != std::string::npos);
  BOOST_TEST(text.find(" -- \x1b[32mhostdev 0000:f1:00.0\x1b[0m  host") != std::string::npos);
  BOOST_TEST(text.find(", \x1b[1;31mbelongs on cell 1\x1b[0m, ua-gpu, \x1b[2mdomain 0000:02:00.0\x1b[0m\n") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(colours_do_not_change_the_cut) {
  const auto without = [](std::string text) {
    for (std::size_t begin = 0; (begin = text.find('\x1b')) != text.npos;)
      text.erase(begin, text.find('m', begin) - begin + 1);
    return text;
  };
  for (std::size_t width = 1; width < 120; ++width) {
    BOOST_TEST(without(tree_text(guest_with_gpu(), {.colour = true, .width = width})) ==
               tree_text(guest_with_gpu(), {.width = width}));
  }
}

BOOST_AUTO_TEST_CASE(names_from_pci_ids_are_short_and_the_vendor_comes_last) {
  PciTree tree = guest_with_gpu();
  TreeEntry& entry = gpu_of(tree);
  entry = {.word = "GPU", .address = at("0000:f1:00.0"), .ids = PciIds{gpu, 0x10de, 0x2330}};
  entry.vendor_name = "NVIDIA Corporation";
  const auto ends = [&](const std::string& line) {
    return tree_text(tree).ends_with("GPU 0000:f1:00.0  " + line + "\n");
  };
  BOOST_TEST(ends("NVIDIA Corporation, [10de:2330]"));
  entry.device_name = "GH100 [H100 SXM5 80GB]";
  BOOST_TEST(ends("H100 SXM5 80GB, NVIDIA Corporation"));
  entry.device_name = "GH100";
  BOOST_TEST(ends("GH100, NVIDIA Corporation"));
  entry.device_name = "GH100]";
  BOOST_TEST(ends("GH100], NVIDIA Corporation"));
}

// The kernel's names of the classes: PCI_CLASS_BRIDGE_PCI, _CARDBUS, _RACEWAY. Others have the header of a device.
BOOST_AUTO_TEST_CASE(bridges_are_known_by_their_class) {
  const auto is_bridge = [](std::uint32_t class_code) { return is_pci_bridge(PciDevice{.class_code = class_code}); };
  BOOST_TEST(is_bridge(0x060400));
  BOOST_TEST(is_bridge(0x060401));  // subtractive decode
  BOOST_TEST(is_bridge(0x060700));
  BOOST_TEST(is_bridge(0x060940));
  BOOST_TEST(!is_bridge(0x060000));  // a host bridge
  BOOST_TEST(!is_bridge(0x068000));  // a non-transparent bridge
  BOOST_TEST(!is_bridge(0x030200));
}

BOOST_AUTO_TEST_CASE(control_characters_are_escaped) {
  const std::string evil =
      "\x1b[2J\n\xc2\x9b"
      "0m\xff\"\\";
  PciTree tree = guest_with_gpu();
  tree.name = evil;
  for (TreeEntry* entry : {&tree.nodes[0], &tree.nodes[0].below[0], &tree.nodes[0].below[0].below[0], &gpu_of(tree)}) {
    entry->name = entry->word = entry->model = entry->alias = entry->remark = entry->vendor_name = entry->device_name =
        evil;
    if (entry->passthrough) entry->passthrough->source = evil;
  }
  for (const std::string& text : {tree_text(tree), tree_dot(tree)}) {
    const auto is_harmless = [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); };
    BOOST_TEST(std::all_of(text.begin(), text.end(), is_harmless), text);
  }
  BOOST_TEST(tree_text(tree).starts_with("guest \\x1b[2J\\n\\xc2\\x9b0m\\xff\"\\\n"));
  BOOST_TEST(tree_json(tree).find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(nested_switches_are_shown) {
  // 64 nested switches, each with a GPU beside the next switch.
  Machine machine;
  std::vector<PciAddress> bridges;
  for (std::uint8_t bus = 0; bus < 128; ++bus) {
    bridges.push_back({0, bus, 0, 0});
    if (bus % 2 == 1) continue;  // below a downstream port
    PciDevice device{.address = {0, static_cast<std::uint8_t>(bus + 1), 1, 0}, .numa_node = 0, .class_code = gpu};
    device.root_complex = "pci0000:00";
    device.bridges = bridges;
    machine.host.devices.push_back(device);
  }
  const std::string text = machine.text();
  BOOST_TEST(text.find("GPU 0000:7f:01.0") != std::string::npos);
  BOOST_TEST(tree_dot(host_tree(machine.host)).size() > 1000U);
  BOOST_TEST(tree_json(host_tree(machine.host)).size() > 1000U);
  BOOST_TEST(tree_text(host_tree(machine.host), {.unicode = true, .colour = true, .width = 80}).size() > 1000U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(trees_as_json)

BOOST_AUTO_TEST_CASE(every_member_is_present_and_null_if_unknown) {
  Machine machine;
  machine.attach("0000:03:00.0", gpu, {"0000:00:01.0"}).vendor = 0x10de;
  BOOST_TEST(tree_json(host_tree(machine.host)) == R"({
  "machine": "host",
  "name": null,
  "nodes": [
    {
      "kind": "numa_node",
      "node": 0,
      "cpus": "0",
      "memory_bytes": null,
      "remark": null,
      "below": [
        {
          "kind": "root_complex",
          "name": "pci0000:00",
          "node": 0,
          "below": [
            {
              "kind": "root_port",
              "name": null,
              "address": "0000:00:01.0",
              "domain_address": null,
              "node": null,
              "class": null,
              "vendor": null,
              "device": null,
              "vendor_name": null,
              "device_name": null,
              "remark": null,
              "below": [
                {
                  "kind": "device",
                  "word": "GPU",
                  "name": null,
                  "address": "0000:03:00.0",
                  "domain_address": null,
                  "node": 0,
                  "class": "0x030200",
                  "vendor": "0x10de",
                  "device": "0x0000",
                  "vendor_name": null,
                  "device_name": null,
                  "model": null,
                  "alias": null,
                  "passthrough": null,
                  "remark": null,
                  "below": []
                }
              ]
            }
          ]
        }
      ]
    }
  ]
}
)");
}

BOOST_AUTO_TEST_CASE(passthrough_devices_have_their_host_data) {
  PciTree tree = guest_with_gpu();
  gpu_of(tree).passthrough = on_host(1, 1, false);
  const std::string text = tree_json(tree);
  const auto has = [&](const std::string& part) { return text.find(part) != std::string::npos; };
  BOOST_TEST(has("{\n  \"machine\": \"guest\",\n  \"name\": \"g\",\n"));
  BOOST_TEST(has(R"("bus_nr": 240,)"));
  BOOST_TEST(has(R"("last_bus": 241,)"));
  BOOST_TEST(has(R"("passthrough": {
                    "source": "0000:18:00.0",
                    "is_on_host": true,
                    "host_node": 1,
                    "cell": 1,
                    "is_on_its_cell": false
                  },)"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(trees_as_dot)

BOOST_AUTO_TEST_CASE(each_node_has_a_box_and_each_entry_an_edge) {
  const std::string dot = tree_dot(guest_with_gpu());
  const auto has = [&](const std::string& part) { return dot.find(part) != std::string::npos; };
  BOOST_TEST(dot.starts_with("digraph vnuma {\n"));
  BOOST_TEST(has("  subgraph cluster_0 {\n    label=\"cell 0   vCPUs 0, 8 GiB\"\n"));
  BOOST_TEST(has("    n1 [label=\"expander bus pci.1\\nbusNr 240, buses f0-f1\""));
  BOOST_TEST(has("    n3 [label=\"hostdev 0000:f1:00.0\\nhost 0000:18:00.0\""));
  BOOST_TEST(has("    n2 -> n3\n    n1 -> n2\n"));
}

BOOST_AUTO_TEST_CASE(expander_buses_have_an_edge_from_the_root_complex) {
  PciTree tree = guest_with_gpu();
  TreeEntry none{.kind = Kind::numa_node};
  none.below.push_back({.kind = Kind::root_complex, .name = "pcie.0"});
  tree.nodes.push_back(none);
  BOOST_TEST(tree_dot(tree).ends_with("  n4 -> n1\n}\n"));
}

BOOST_AUTO_TEST_CASE(a_device_on_a_wrong_cell_has_a_red_border) {
  PciTree tree = guest_with_gpu();
  gpu_of(tree).passthrough = on_host(0, 0, true);
  BOOST_TEST(tree_dot(tree).find("#c00000") == std::string::npos);
  gpu_of(tree).passthrough = on_host(1, 1, false);
  BOOST_TEST(tree_dot(tree).find("#c00000") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(labels_are_escaped_for_dot) {
  PciTree tree = guest_with_gpu();
  tree.name = "a\"b\\Nc&lt;d\n";
  BOOST_TEST(tree_dot(tree).find("  label=\"guest a\\\"b\\\\Nc&amp;lt;d\\\\n\"\n") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
