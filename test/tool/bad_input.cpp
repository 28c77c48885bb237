// Bad input gives exit status 1 and one line with file, position and remedy. Nothing is on stdout, and an existing
// output does not change.
#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "samples.hpp"

using namespace vnuma::test;

namespace {

// A domain for the host no-node (node 0: CPUs 0-7, node 1: 8-15) whose lines and columns are easily counted.
const std::string small = R"(<domain type='kvm'>
  <name>small</name>
  <vcpu cpuset='0-3'>4</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <features><acpi/></features>
  <cpu><numa>
    <cell id='0' cpus='0-1' memory='1' unit='GiB'/>
    <cell id='1' cpus='2-3' memory='1' unit='GiB'/>
  </numa></cpu>
  <cputune>
    <vcpupin vcpu='0' cpuset='0'/>
    <vcpupin vcpu='2' cpuset='8'/>
  </cputune>
  <devices>
    <controller type='pci' index='0' model='pcie-root'/>
    <controller type='pci' index='1' model='pcie-expander-bus'>
      <target busNr='240'><node>0</node></target>
      <address type='pci' bus='0' slot='2'/>
    </controller>
    <hostdev mode='subsystem' type='pci'>
      <source><address domain='0' bus='0x01' slot='0x00' function='0x0'/></source>
    </hostdev>
  </devices>
</domain>
)";

// Requires that place refuses the arguments, with and without an existing output file. The message begins with
// `position`, the file with line and column, and has all of `words`, the fault and the remedy.
void require_refusal(std::vector<std::string> arguments, const std::string& position,
                     const std::vector<std::string>& words, const std::string& input = "") {
  const TemporaryFolder folder;
  const std::string output = folder.write("placed.xml", "old");
  struct stat before{};
  struct stat after{};
  ::stat(output.c_str(), &before);
  arguments.insert(arguments.begin(), "place");
  for (const bool to_file : {false, true}) {
    if (to_file) arguments.insert(arguments.end(), {"-o", output});
    const Result result = run_vnuma(arguments, input);
    BOOST_TEST_CONTEXT(result.err) {
      BOOST_TEST(result.status == 1);
      BOOST_TEST(result.out == "");
      BOOST_TEST(std::count(result.err.begin(), result.err.end(), '\n') == 1);
      BOOST_TEST(result.err.ends_with('\n'));
      BOOST_TEST(result.err.starts_with("vnuma: " + position + ": "));
      for (const std::string& word : words) BOOST_TEST(result.err.find(word) != std::string::npos, word);
      BOOST_TEST(std::none_of(result.err.begin(), result.err.end() - 1, [](char c) { return c > 0 && c < ' '; }));
    }
  }
  ::stat(output.c_str(), &after);
  BOOST_TEST(read(output) == "old");
  BOOST_TEST(before.st_ino == after.st_ino);
  BOOST_TEST(std::distance(fs::directory_iterator(folder.path()), {}) == 1);
}

// The same for a domain in a file; `position` is ":line:column" or empty.
void require_domain_refusal(const std::string& domain, const std::string& position,
                            const std::vector<std::string>& words) {
  const TemporaryFolder folder;
  const std::string file = folder.write("domain.xml", domain);
  require_refusal({file, "--sysfs", sysfs("no-node")}, file + position, words);
}

// The tree of a host, which a test can change.
struct Tree {
  Tree() { unfold("no-node", root()); }
  std::string root() const { return folder / "sys"; }
  std::string operator/(const std::string& name) const { return root() + "/" + name; }
  void require_refusal(const std::string& position, const std::vector<std::string>& words) const {
    ::require_refusal({"--sysfs", root()}, position, words, small);
  }
  TemporaryFolder folder;
};

void require_cr_refusal(const std::string& cr, const std::string& position, const std::vector<std::string>& words) {
  const TemporaryFolder folder;
  const std::string file = folder.write("kubevirt.yaml", cr);
  require_refusal({"--kubevirt", file, "--sysfs", sysfs("no-node")}, file + position, words, small);
}

const std::string developer = "kind: KubeVirt\nspec:\n  configuration:\n    developerConfiguration:\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_input)

BOOST_AUTO_TEST_CASE(the_unchanged_small_domain_is_placed) {
  const Result result = run_vnuma({"place", "--sysfs", sysfs("no-node")}, small);
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.err.find("1 of 1 device placed") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE(documents)

BOOST_AUTO_TEST_CASE(text_that_is_not_xml_is_refused) {
  require_domain_refusal("name: small\n", ":1:1", {"not well-formed XML", "fix it"});
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_refused) {
  require_domain_refusal("", ":1:1", {"empty", "expected <domain>"});
  require_domain_refusal(" \n", ":1:1", {"empty", "expected <domain>"});
}

BOOST_AUTO_TEST_CASE(a_binary_file_is_refused) {
  require_domain_refusal(
      std::string("\x7f"
                  "ELF\x02\x01\x01\0\0\0",
                  10),
      ":1:1", {"this is a program (vnuma cannot use it); give a libvirt domain, as printed by `virsh dumpxml`"});
  require_domain_refusal(with(small, "small", std::string("sm\0ll", 5)), ":2:11", {"not well-formed XML"});
}

BOOST_AUTO_TEST_CASE(a_truncated_file_is_refused) {
  require_domain_refusal(small.substr(0, small.find("</devices>")), ":23:3", {"not well-formed XML", "devices"});
  require_domain_refusal("<domain", ":1:8", {"not well-formed XML"});
}

BOOST_AUTO_TEST_CASE(two_documents_in_one_file_are_refused) {
  require_domain_refusal(small + small, ":25:1", {"not well-formed XML", "end of the document"});
}

BOOST_AUTO_TEST_CASE(another_root_element_is_refused) {
  require_domain_refusal("<!-- a network -->\n<network><name>default</name></network>", ":2:1",
                         {"the root element is <network>", "expected <domain>"});
}

BOOST_AUTO_TEST_CASE(a_domain_in_another_namespace_is_refused) {
  require_domain_refusal("<domain xmlns='http://example.org'/>", ":1:1", {"http://example.org"});
}

BOOST_AUTO_TEST_CASE(capabilities_are_refused_as_a_domain) {
  const std::string file = example("hosts/eight-node-capabilities.xml");
  require_refusal({file}, file + ":1:1",
                  {"this is the output of virsh capabilities (pass it with --capabilities); give a libvirt domain"});
}

BOOST_AUTO_TEST_CASE(a_domain_is_refused_as_capabilities) {
  const std::string file = domain_file("eight-gpu");
  require_refusal(
      {"--sysfs", sysfs("no-node"), "--capabilities", file}, file + ":2:1",
      {"this is a libvirt domain (pass it as the positional argument); give the output of `virsh capabilities`"},
      small);
}

BOOST_AUTO_TEST_CASE(capabilities_without_cells_are_refused) {
  const TemporaryFolder folder;
  const std::string file = folder.write("capabilities.xml", "<capabilities>\n  <host/>\n</capabilities>\n");
  require_refusal({"--sysfs", sysfs("no-node"), "--capabilities", file}, file, {"no NUMA cells", "virsh capabilities"},
                  small);
}

BOOST_AUTO_TEST_CASE(capabilities_with_an_invalid_number_are_refused) {
  const TemporaryFolder folder;
  const std::string file = folder.write(
      "capabilities.xml",
      "<capabilities><host><topology><cells>\n<cell id='x'/>\n</cells></topology></host></capabilities>\n");
  require_refusal({"--sysfs", sysfs("no-node"), "--capabilities", file}, file + ":2:7",
                  {"\"x\" is not a whole number from 0 to 4294967295"}, small);
}

BOOST_AUTO_TEST_CASE(a_document_type_is_refused) {
  require_domain_refusal("<!DOCTYPE domain [<!ENTITY a 'b'>]>\n" + small, ":1:18", {"DOCTYPE", "remove it"});
}

BOOST_AUTO_TEST_CASE(standard_input_has_the_name_stdin) { require_refusal({"-"}, "<stdin>:1:1", {"empty"}); }

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(values)

BOOST_AUTO_TEST_CASE(an_invalid_index_is_refused) {
  require_domain_refusal(with(small, "index='1'", "index='one'"), ":16:28",
                         {"/domain/devices/controller[2]/@index", "\"one\" is not a whole number"});
}

BOOST_AUTO_TEST_CASE(an_index_out_of_range_is_refused) {
  require_domain_refusal(with(small, "index='1'", "index='256'"), ":16:28",
                         {"/domain/devices/controller[2]/@index", "256 is out of range; expected 0 to 255"});
  require_domain_refusal(with(small, "index='1'", "index='-1'"), ":16:28",
                         {"\"-1\" is not a whole number; expected 0 to 255"});
}

BOOST_AUTO_TEST_CASE(a_bus_number_out_of_range_is_refused) {
  require_domain_refusal(with(small, "busNr='240'", "busNr='999'"), ":17:15",
                         {"/domain/devices/controller[2]/target/@busNr", "999 is out of range; expected 1 to 254"});
  require_domain_refusal(with(small, "busNr='240'", "busNr='x'"), ":17:15",
                         {"\"x\" is not a whole number; expected 1 to 254"});
}

BOOST_AUTO_TEST_CASE(a_slot_out_of_range_is_refused) {
  require_domain_refusal(with(small, "slot='0x00'", "slot='0x99'"), ":21:46",
                         {"/domain/devices/hostdev[1]/source/address/@slot", "0x99 is out of range", "at most 0x1f"});
  require_domain_refusal(with(small, "slot='2'", "slot='0x99'"), ":18:35",
                         {"/domain/devices/controller[2]/address/@slot", "0x99 is out of range", "at most 0x1f"});
}

BOOST_AUTO_TEST_CASE(an_invalid_host_address_is_refused) {
  require_domain_refusal(
      with(small, "bus='0x01'", "bus='GPU'"), ":21:35",
      {"/domain/devices/hostdev[1]/source/address/@bus", "\"GPU\" is not a whole number", "0 to 0xff"});
}

BOOST_AUTO_TEST_CASE(an_invalid_cell_id_is_refused) {
  require_domain_refusal(with(small, "id='1'", "id='x'"), ":8:11",
                         {"/domain/cpu/numa/cell[2]/@id", "\"x\" is not a whole number"});
}

BOOST_AUTO_TEST_CASE(an_invalid_vcpu_is_refused) {
  require_domain_refusal(with(small, "vcpu='2'", "vcpu='x'"), ":12:14",
                         {"/domain/cputune/vcpupin[2]/@vcpu", "\"x\" is not a whole number"});
}

BOOST_AUTO_TEST_CASE(an_invalid_cpuset_is_refused) {
  require_domain_refusal(with(small, "cpuset='8'", "cpuset='x'"), ":12:23",
                         {"/domain/cputune/vcpupin[2]/@cpuset", "\"x\" is not a list of numbers"});
  require_domain_refusal(with(small, "cpuset='0-3'", "cpuset='3-0'"), ":3:9",
                         {"/domain/vcpu/@cpuset", "\"3-0\" is not a list of numbers"});
  require_domain_refusal(with(small, "cpus='2-3'", "cpus='x'"), ":8:18",
                         {"/domain/cpu/numa/cell[2]/@cpus", "\"x\" is not a list of numbers"});
}

BOOST_AUTO_TEST_CASE(an_invalid_node_of_an_expander_bus_is_refused) {
  require_domain_refusal(
      with(small, "<node>0</node>", "<node>x</node>"), ":17:27",
      {"/domain/devices/controller[2]/target/node", "\"x\" is not a whole number; expected the id of a guest cell"});
}

BOOST_AUTO_TEST_CASE(a_value_with_newlines_makes_one_line) {
  require_domain_refusal(with(small, "index='1'", "index='1&#10;vnuma: done&#127;'"), ":16:28",
                         {"\"1\\nvnuma: done\\x7f\" is not a whole number"});
  require_domain_refusal(with(small, "index='1'", "index='&#x9b;&#x2028;'"), ":16:28",
                         {"\"\\xc2\\x9b\\xe2\\x80\\xa8\" is not a whole number"});
}

// U+202E starts text from right to left, which would change the order of the text beside the value.
BOOST_AUTO_TEST_CASE(a_value_cannot_reverse_a_line) {
  require_domain_refusal(with(small, "index='1'", "index='&#x202e;1'"), ":16:28",
                         {"\"\\xe2\\x80\\xae1\" is not a whole number"});
}

BOOST_AUTO_TEST_CASE(a_very_long_value_keeps_position_and_remedy) {
  const TemporaryFolder folder;
  const std::string domain = with(small, "index='1'", "index='" + std::string(1000000, '1') + "'");
  const Result result = run_vnuma({"place", folder.write("domain.xml", domain), "--sysfs", sysfs("no-node")});
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.err.size() < 3000U);
  BOOST_TEST(result.err.find("/domain/devices/controller[2]/@index") != std::string::npos);
  BOOST_TEST(result.err.ends_with("is not a whole number; expected 0 to 255\n"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(domains)

BOOST_AUTO_TEST_CASE(a_pci_controller_without_a_model_is_refused) {
  require_domain_refusal(with(small, " model='pcie-expander-bus'", ""), ":16:5",
                         {"/domain/devices/controller[2]", "has no model", "add model="});
}

BOOST_AUTO_TEST_CASE(two_pci_controllers_with_one_index_are_refused) {
  require_domain_refusal(with(small, "index='1'", "index='0'"), ":16:28",
                         {"/domain/devices/controller[2]/@index", "controller[1] also has the index 0", "give each"});
}

BOOST_AUTO_TEST_CASE(a_hostdev_without_a_source_is_refused) {
  const std::string source = "<source><address domain='0' bus='0x01' slot='0x00' function='0x0'/></source>";
  for (const char* other : {"", "<source/>"}) {
    require_domain_refusal(with(small, source, other), ":20:5",
                           {"/domain/devices/hostdev[1]", "<source>", "name the host's device"});
  }
  require_domain_refusal(with(small, source, "<source><address domain='0'/></source>"), ":21:15",
                         {"/domain/devices/hostdev[1]/source/address", "bus or slot is missing", "name"});
}

BOOST_AUTO_TEST_CASE(a_pinning_to_a_missing_cpu_is_refused) {
  require_domain_refusal(with(small, "cpuset='8'", "cpuset='8,16-17'"), ":12:23",
                         {"/domain/cputune/vcpupin[2]/@cpuset", "the host has no CPU 16-17", "name the host"});
  require_domain_refusal(with(small, "cpuset='0-3'", "cpuset='0-31'"), ":3:9",
                         {"/domain/vcpu/@cpuset", "the host has no CPU 16-31"});
}

BOOST_AUTO_TEST_CASE(overlapping_cells_are_refused) {
  require_domain_refusal(with(small, "cpus='2-3'", "cpus='1-3'"), ":8:18",
                         {"/domain/cpu/numa/cell[2]/@cpus", "vCPUs 1 are also in cell 0", "belongs to one cell"});
}

BOOST_AUTO_TEST_CASE(two_cells_with_one_id_are_refused) {
  require_domain_refusal(with(small, "id='1'", "id='0'"), ":8:11",
                         {"/domain/cpu/numa/cell[2]/@id", "two cells have the id 0", "give each cell its own id"});
}

BOOST_AUTO_TEST_CASE(a_vcpu_pinned_twice_is_refused) {
  require_domain_refusal(with(small, "vcpu='2'", "vcpu='0'"), ":12:14",
                         {"/domain/cputune/vcpupin[2]/@vcpu", "vCPU 0 is pinned twice"});
}

BOOST_AUTO_TEST_CASE(strict_refuses_a_device_that_cannot_be_placed) {
  const std::string file = domain_file("no-node");
  require_refusal({file, "--strict", "--sysfs", sysfs("no-node")}, file + ":36:5",
                  {"/domain/devices/hostdev[3]", "0000:41:00.0 is not on its guest cell", "--numa-node"});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(hosts)

BOOST_AUTO_TEST_CASE(an_empty_or_missing_sysfs_is_refused) {
  const TemporaryFolder folder;
  for (const std::string& root : {folder.path().string(), folder / "none"}) {
    require_refusal({"--sysfs", root}, root, {"is not the root of a sysfs tree", "name the root, such as /sys"}, small);
  }
}

BOOST_AUTO_TEST_CASE(a_file_is_refused_as_sysfs) {
  const TemporaryFolder folder;
  const std::string root = folder.write("sys", "");
  require_refusal({"--sysfs", root}, root, {"this is a file; give the folder of a sysfs, such as /sys"}, small);
}

BOOST_AUTO_TEST_CASE(a_sysfs_without_nodes_is_refused) {
  const Tree tree;
  fs::remove_all(tree / "devices/system/node/node0");
  fs::remove_all(tree / "devices/system/node/node1");
  tree.require_refusal(tree / "devices/system/node", {"contains no NUMA node", "expected node0"});
}

BOOST_AUTO_TEST_CASE(a_sysfs_without_pci_devices_is_refused) {
  const Tree tree;
  fs::remove_all(tree / "bus");
  tree.require_refusal(tree.root(), {"the host has none of the passthrough devices", "--sysfs or --host"});
}

BOOST_AUTO_TEST_CASE(a_node_without_a_cpu_list_is_refused) {
  const Tree tree;
  fs::remove(tree / "devices/system/node/node1/cpulist");
  tree.require_refusal(tree / "devices/system/node/node1/cpulist",
                       {"is missing, and so is cpumap", "copy sysfs with all its files"});
}

BOOST_AUTO_TEST_CASE(an_invalid_cpu_list_is_refused) {
  const Tree tree;
  std::ofstream(tree / "devices/system/node/node1/cpulist") << "eight\n";
  tree.require_refusal(tree / "devices/system/node/node1/cpulist", {"contains \"eight\"", "expected a list of CPUs"});
}

BOOST_AUTO_TEST_CASE(two_nodes_with_one_cpu_are_refused) {
  const Tree tree;
  std::ofstream(tree / "devices/system/node/node1/cpulist") << "7-15\n";
  tree.require_refusal(tree / "devices/system/node/node1/cpulist", {"node 0 has some of these CPUs too"});
}

BOOST_AUTO_TEST_CASE(a_broken_link_to_a_device_is_refused) {
  const Tree tree;
  fs::remove_all(tree / "devices/pci0000:00");
  tree.require_refusal(tree / "bus/pci/devices/0000:01:00.0", {"is a broken link", "copy sysfs with its links"});
}

// As in some copies of sysfs.
BOOST_AUTO_TEST_CASE(a_device_without_a_class_is_placed_and_captured) {
  const Tree tree;
  const std::string device = tree / "devices/pci0000:00/0000:00:03.0/0000:01:00.0";
  fs::remove(device + "/class");
  BOOST_TEST(run_vnuma({"place", "--sysfs", tree.root()}, small).status == 0);
  const Result captured = run_vnuma({"capture", "--sysfs", tree.root()});
  BOOST_TEST(captured.status == 0);
  BOOST_TEST(captured.out.find("\"class\":\"0x000000\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_invalid_numa_node_is_refused) {
  const Tree tree;
  const std::string device = tree / "devices/pci0000:00/0000:00:03.0/0000:01:00.0";
  const std::string file = fs::canonical(device).string() + "/numa_node";
  std::ofstream(file) << "near\nthe door\n";
  tree.require_refusal(file, {"contains \"near\\nthe door\"", "expected the number of a NUMA node, or -1"});
  std::ofstream(file) << "";
  tree.require_refusal(file, {"contains \"\"", "expected the number of a NUMA node, or -1"});
  std::ofstream(file) << "7\n";
  tree.require_refusal(file, {"contains \"7\"", "expected a node in devices/system/node"});
}

BOOST_AUTO_TEST_CASE(a_folder_instead_of_a_file_is_refused) {
  const Tree tree;
  fs::remove(tree / "devices/system/node/node1/cpulist");
  fs::create_directory(tree / "devices/system/node/node1/cpulist");
  tree.require_refusal(tree / "devices/system/node/node1/cpulist", {"Is a directory", "expected a readable file"});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(manifests)

BOOST_AUTO_TEST_CASE(malformed_yaml_is_refused) {
  require_cr_refusal("kind: KubeVirt\nspec: [\n", ":3:1", {"neither YAML nor JSON", "give a KubeVirt CR"});
  require_cr_refusal("kind: KubeVirt\nspec: a: b\n", ":2:8", {"neither YAML nor JSON", "give a KubeVirt CR"});
  require_cr_refusal("{\"kind\": \"KubeVirt\", \"spec\"", ":1:1", {"neither YAML nor JSON", "give a KubeVirt CR"});
}

BOOST_AUTO_TEST_CASE(empty_yaml_is_refused) {
  for (const char* text : {"", "---\n", "# nothing\n"}) {
    require_cr_refusal(text, ":1:1", {"empty", "give a KubeVirt CR"});
  }
}

BOOST_AUTO_TEST_CASE(yaml_of_another_kind_is_refused) {
  require_cr_refusal("kind: VirtualMachineInstance\n", ":1:1",
                     {"this is a KubeVirt virtual machine (pass it with vnuma generate --vmi)", "give a KubeVirt CR"});
  for (const char* text : {"name: kubevirt\n", "kind: [KubeVirt]\n", "kind:\n", "- KubeVirt\n", "GPUDeviceNUMA\n"}) {
    require_cr_refusal(text, ":1:1", {"there is no kind", "give a KubeVirt CR"});
  }
}

BOOST_AUTO_TEST_CASE(a_list_must_have_exactly_one_cr) {
  require_cr_refusal("kind: List\nitems: []\n", ":1:1", {"the list has 0 objects", "give a KubeVirt CR"});
  require_cr_refusal("kind: List\nitems: [{kind: KubeVirt}, {kind: KubeVirt}]\n", ":1:1", {"the list has 2 objects"});
  require_cr_refusal("kind: List\nitems: [{kind: Pod}]\n", ":1:1", {"the kind is Pod, not KubeVirt"});
}

// yaml-cpp alone would find empty documents without end.
BOOST_AUTO_TEST_CASE(a_stray_comma_or_bracket_is_refused) {
  require_cr_refusal(", a\n", ":1:1", {"neither YAML nor JSON", "give a KubeVirt CR"});
  require_cr_refusal("kind: KubeVirt\n]\n", ":2:1", {"neither YAML nor JSON", "give a KubeVirt CR"});
}

BOOST_AUTO_TEST_CASE(several_yaml_documents_are_refused) {
  require_cr_refusal("kind: Namespace\n---\nkind: KubeVirt\n", ":3:1", {"there are 2 documents", "give only one"});
}

BOOST_AUTO_TEST_CASE(feature_gates_must_be_a_list_of_names) {
  require_cr_refusal(developer + "      featureGates:\n        GPUDeviceNUMA: true\n", ":6:9",
                     {"/spec/configuration/developerConfiguration/featureGates", "expected a list of feature gates"});
  require_cr_refusal(developer + "      featureGates: GPUDeviceNUMA\n", ":5:21", {"expected a list of feature gates"});
  require_cr_refusal(developer + "      featureGates: [GPUDeviceNUMA, [NUMA]]\n", ":5:37", {"expected a name"});
  require_cr_refusal(developer + "      featureGates: []\n      disabledFeatureGates: {a: b}\n", ":6:29",
                     {"/spec/configuration/developerConfiguration/disabledFeatureGates", "expected a list"});
}

BOOST_AUTO_TEST_CASE(the_path_to_the_gates_must_have_maps) {
  require_cr_refusal("kind: KubeVirt\nspec: [configuration]\n", ":2:7", {"/spec", "expected a map"});
  require_cr_refusal("kind: KubeVirt\nspec:\n  configuration: x\n", ":3:18", {"/spec/configuration", "expected a map"});
}

BOOST_AUTO_TEST_CASE(deep_nesting_is_refused) {
  for (const char* open : {"[", "{a: ", "- ", "? ", "[{a: "}) {
    std::string text = "kind: KubeVirt\nspec: \n  ";
    for (int i = 0; i < 100000; ++i) text += open;
    const TemporaryFolder folder;
    const std::string file = folder.write("kubevirt.yaml", text);
    const Result result = run_vnuma({"place", "--kubevirt", file, "--sysfs", sysfs("no-node")}, small);
    BOOST_TEST_CONTEXT(result.err) {
      BOOST_TEST(result.status == 1);
      BOOST_TEST(result.err.starts_with("vnuma: " + file + ":3:"));
      BOOST_TEST(result.err.find("nested too deeply") != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(aliases_that_expand_exponentially_are_refused) {
  std::string text = "a0: &a0 [NUMA, NUMA]\n";
  for (int i = 1; i <= 60; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last + ", " + last + "]\n";
  }
  require_cr_refusal(text + developer + "      featureGates: *a60\n", ":60:6", {"expected a name"});
}

BOOST_AUTO_TEST_CASE(a_byte_that_ends_the_text_early_is_refused) {
  // yaml-cpp takes 0x04 for the end of the text. The rest must not be ignored silently.
  require_cr_refusal(developer + "      featureGates: []\n\x04      disabledFeatureGates: []\n", ":6:1", {"0x04"});
  require_cr_refusal(std::string("kind: Kube\0Virt\n", 16), ":1:11", {"0x00", "give a KubeVirt CR"});
}

BOOST_AUTO_TEST_CASE(a_manifest_over_4_mib_is_refused) {
  require_cr_refusal("kind: KubeVirt\n#" + std::string(5 << 20, ' '), "", {"more than 4 MiB", "give a KubeVirt CR"});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()
