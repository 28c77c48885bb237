// vnuma show --format matrix: how near devices are on the host, in the guest, and on both.
#include <algorithm>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "samples.hpp"

using namespace vnuma::test;

namespace {

const Sample eight_gpu = samples[1];

using Lines = std::vector<std::string>;

Lines lines(const std::string& text) {
  Lines all;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) all.push_back(line);
  return all;
}

Result show(std::vector<std::string> options, const std::string& input = "") {
  options.insert(options.begin(), "show");
  options.insert(options.end(), {"--format", "matrix"});
  return run_vnuma(options, input);
}

void require_error(const Result& result, int status, const std::string& message) {
  BOOST_TEST(result.status == status);
  BOOST_TEST(result.out == "");
  BOOST_TEST(result.err.starts_with("vnuma: " + message), result.err);
  BOOST_TEST(std::count(result.err.begin(), result.err.end(), '\n') == 1);
}

// The first lines of the output, up to the empty line.
Lines matrix(const Result& result) {
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.err == "");
  Lines all = lines(result.out);
  all.erase(std::find(all.begin(), all.end(), ""), all.end());
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(show_command)

BOOST_AUTO_TEST_CASE(the_matrix_without_a_domain_is_of_the_host) {
  // By hand from the description: a switch with a GPU, its mediated devices, a NIC and its virtual functions; a second
  // root complex of node 0; two of node 1, in other PCI domains.
  const Lines expected{"  ON THE HOST                          KIND   0    1    2    3    4    5    6    7    8",
                       "0 0000:18:00.0                         GPU    X    PIX  PIX  PIX  NODE SYS  SYS  PIX  PIX",
                       "1 0000:19:00.0                         NIC    PIX  X    PIX  PIX  NODE SYS  SYS  PIX  PIX",
                       "2 0000:19:00.1                         NIC VF PIX  PIX  X    PIX  NODE SYS  SYS  PIX  PIX",
                       "3 0000:19:00.2                         NIC VF PIX  PIX  PIX  X    NODE SYS  SYS  PIX  PIX",
                       "4 0000:38:00.0                         GPU    NODE NODE NODE NODE X    SYS  SYS  NODE NODE",
                       "5 0001:98:00.0                         GPU    SYS  SYS  SYS  SYS  SYS  X    NODE SYS  SYS",
                       "6 10000:e1:00.0                        NVMe   SYS  SYS  SYS  SYS  SYS  NODE X    SYS  SYS",
                       "7 4b20d080-1b54-4048-85b3-a6a62d165c01 mdev   PIX  PIX  PIX  PIX  NODE SYS  SYS  X    PIX",
                       "8 83b8f4f2-509f-382f-3c1e-e6bfe0fa1001 mdev   PIX  PIX  PIX  PIX  NODE SYS  SYS  PIX  X"};
  BOOST_TEST(matrix(show({"--sysfs", sysfs("mediated")})) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_matrix_of_a_host_has_only_near_devices) {
  // The audio function of the GPU and the ports are not shown; the card at 0000:41:00.0 is on no node.
  const Lines expected{"  ON THE HOST  KIND        0   1", "0 0000:01:00.0 GPU         X   SYS",
                       "1 0000:41:00.0 accelerator SYS X"};
  BOOST_TEST(matrix(show({"--sysfs", sysfs("no-node")})) == expected, boost::test_tools::per_element());
}

// The firmware reports no node, and only one node has CPUs: nvidia-smi shows NODE too.
BOOST_AUTO_TEST_CASE(root_complexes_of_the_only_node_are_on_one_node) {
  const Lines expected{"  ON THE HOST                          KIND   0    1    2    3    4",
                       "0 0000:01:00.0                         GPU    X    NODE NODE NODE NODE",
                       "1 0000:41:00.0                         NIC    NODE X    PIX  PHB  PHB",
                       "2 0000:41:02.0                         NIC VF NODE PIX  X    PHB  PHB",
                       "3 0000:42:00.0                         GPU    NODE PHB  PHB  X    PIX",
                       "4 0c7b2bb5-94e9-4ef5-b2f0-ba6e6d3ad4c5 mdev   NODE PHB  PHB  PIX  X"};
  BOOST_TEST(matrix(show({"--sysfs", sysfs("unreported")})) == expected, boost::test_tools::per_element());
}

// The sysfs has two nodes with CPUs, and 0000:41:00.0 is on none of them.
BOOST_AUTO_TEST_CASE(the_only_node_can_come_from_capabilities) {
  const TemporaryFolder folder;
  const std::string file = folder.write(
      "capabilities.xml",
      "<capabilities><host><topology><cells><cell id='0'><cpus num='2'><cpu id='0'/><cpu id='1'/></cpus></cell></cells>"
      "</topology></host></capabilities>");
  const Lines expected{"  ON THE HOST  KIND        0    1", "0 0000:01:00.0 GPU         X    NODE",
                       "1 0000:41:00.0 accelerator NODE X"};
  BOOST_TEST(matrix(show({"--sysfs", sysfs("no-node"), "--capabilities", file})) == expected,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_matrix_of_a_host_without_near_devices_is_a_sentence) {
  const TemporaryFolder folder;
  folder.write("devices/system/node/node0/cpulist", "0\n");
  fs::create_directories(folder / "bus/pci/devices");
  BOOST_TEST(show({"--sysfs", folder.path().string()}).out ==
             "the host has no GPU, NIC, accelerator, NVMe disk or mediated device\n");
}

BOOST_AUTO_TEST_CASE(the_matrix_of_a_domain_is_of_its_guest) {
  // A placed domain has one expander bus for both GPUs. libvirt's default is one root complex, with a port for each.
  const Lines placed{"  ON THE HOST  IN THE GUEST ALIAS        0   1",
                     "0 0000:27:00.0 0000:f1:00.0 ua-gpu-gpu-1 X   PHB",
                     "1 0000:60:00.0 0000:f2:00.0 ua-gpu-gpu-2 PHB X"};
  BOOST_TEST(matrix(show({"-"}, place(samples[0]).out)) == placed, boost::test_tools::per_element());
  const Lines bare{"  ON THE HOST  IN THE GUEST ALIAS        0   1", "0 0000:27:00.0 -            ua-gpu-gpu-1 X   PHB",
                   "1 0000:60:00.0 -            ua-gpu-gpu-2 PHB X"};
  BOOST_TEST(matrix(show({domain_file("proposal")})) == bare, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_matrix_of_a_domain_and_its_host_has_both) {
  // By hand: both GPUs are on node 0 of the host, below two root complexes.
  const Lines expected{"above the diagonal: the host; below: the guest, * where it differs",
                       "",
                       "  ON THE HOST  IN THE GUEST ALIAS        0    1",
                       "0 0000:27:00.0 0000:f1:00.0 ua-gpu-gpu-1 X    NODE",
                       "1 0000:60:00.0 0000:f2:00.0 ua-gpu-gpu-2 PHB* X",
                       "",
                       "1 of 1 pair differs"};
  Lines all = lines(show({"-", "--sysfs", sysfs("eight-node")}, place(samples[0]).out).out);
  all.resize(expected.size());
  BOOST_TEST(all == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_mediated_device_has_the_location_of_its_parent) {
  // The vGPU and the virtual function are behind one switch, and the other GPU is elsewhere on node 0.
  const std::string domain =
      "<domain type='kvm'><name>m</name><vcpu>2</vcpu>"
      "<os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features>"
      "<cpu><numa><cell id='0' cpus='0-1' memory='1' unit='GiB'/></numa></cpu>"
      "<cputune><vcpupin vcpu='0' cpuset='0'/><vcpupin vcpu='1' cpuset='1'/></cputune><devices>"
      "<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source>"
      "<address uuid='83B8F4F2-509F-382F-3C1E-E6BFE0FA1001'/></source></hostdev>"
      "<hostdev mode='subsystem' type='pci'><source>"
      "<address domain='0x0000' bus='0x38' slot='0x00' function='0x0'/></source></hostdev>"
      "<interface type='hostdev'><source>"
      "<address type='pci' domain='0x0000' bus='0x19' slot='0x00' function='0x2'/></source></interface>"
      "</devices></domain>";
  const std::string placed = run_vnuma({"place", "--sysfs", sysfs("mediated"), "--mirror", "switch"}, domain).out;
  const Lines expected{"above the diagonal: the host; below: the guest, * where it differs",
                       "",
                       "  ON THE HOST                          IN THE GUEST ALIAS 0    1    2",
                       "0 83b8f4f2-509f-382f-3c1e-e6bfe0fa1001 0000:e3:00.0 -     X    NODE PIX",
                       "1 0000:38:00.0                         0000:f1:00.0 -     NODE X    NODE",
                       "2 0000:19:00.2                         0000:e4:00.0 -     PIX  NODE X",
                       "",
                       "0 of 3 pairs differ"};
  Lines all = lines(show({"-", "--sysfs", sysfs("mediated")}, placed).out);
  all.resize(expected.size());
  BOOST_TEST(all == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_device_that_the_host_lacks_is_unknown_and_reported) {
  const Result result = show({domain_file("proposal"), "--sysfs", sysfs("one-node")});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out.find("0 of 0 pairs differ") != std::string::npos);
  BOOST_TEST(result.out.ends_with("\n?     the location of one device is unknown\n"));
  BOOST_TEST(result.err ==
             "warning: the host has no device 0000:27:00.0; name the host that the domain is for\n"
             "warning: the host has no device 0000:60:00.0; name the host that the domain is for\n");
}

BOOST_AUTO_TEST_CASE(a_domain_without_passthrough_devices_needs_no_host) {
  const Result result = show({"-", "--sysfs", "/nowhere"}, "<domain><name>small</name></domain>");
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == "the domain has no passthrough PCI device\n");
}

BOOST_AUTO_TEST_CASE(placing_the_eight_gpus_and_nics_by_node_changes_56_pairs) {
  // By hand: of each node's 8 devices, 28 pairs, all PHB in the guest, and on the host PIX within a switch and NODE.
  const Result result = show({"-", "--sysfs", sysfs(eight_gpu.host)}, place(eight_gpu).out);
  BOOST_TEST(result.out.find("\n56 of 120 pairs differ\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_matrix_of_16_devices_fits_150_columns) {
  const Result result = show({"-", "--sysfs", sysfs(eight_gpu.host)}, place(eight_gpu).out);
  for (const std::string& line : lines(result.out)) BOOST_TEST(line.size() <= 150U, line);
}

BOOST_AUTO_TEST_CASE(the_commands_in_the_readme_print_its_matrix) {
  // examples/README.md has indented lines: first the commands, and after the last one, which prints it, the matrix.
  const Lines readme = lines(read(example("README.md")));
  const auto first = std::find_if(readme.begin(), readme.end(), [](auto& l) {
    return l.starts_with("    examples/hosts/unfold examples/hosts/two");
  });
  const auto last = std::find_if(first, readme.end(), [](auto& l) { return l.ends_with(" --format matrix"); });
  BOOST_REQUIRE((last != readme.end()));
  std::string commands = "set -e\n";
  for (auto line = first; line <= last; ++line) commands += *line + '\n';
  std::string expected;
  for (auto line = std::next(last); line != readme.end() && (line->empty() || line->starts_with("    ")); ++line) {
    expected += (line->empty() ? *line : line->substr(4)) + '\n';
  }
  const TemporaryFolder folder;
  fs::create_symlink(example(""), folder / "examples");
  fs::create_directory(folder / "bin");
  fs::create_symlink(VNUMA_TOOL, folder / "bin/vnuma");
  const Result result =
      run({"sh", "-c", "cd \"$1\" && PATH=\"$1/bin:$PATH\" && " + commands, "sh", folder.path().string()});
  BOOST_TEST(result.status == 0);
  BOOST_TEST('\n' + result.out == expected);
}

BOOST_AUTO_TEST_CASE(the_readme_has_the_commands_that_make_the_pictures) {
  const std::string script = read(example("pictures/make"));
  const auto first = script.find("\nexamples/hosts/unfold ") + 1;
  std::string commands;
  for (const std::string& line : lines(script.substr(first, script.find("\n\n", first) - first))) {
    commands += "    " + line + '\n';
  }
  BOOST_TEST(lines(commands).size() == 6U);
  BOOST_TEST(read(VNUMA_SOURCE_DIR "/README.md").find('\n' + commands + '\n') != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(show_errors)

BOOST_AUTO_TEST_CASE(an_invalid_format_is_refused) {
  require_error(run_vnuma({"show", "--format", "svg"}), 2, "--format svg: expected text, dot, json, matrix or qemu");
}

BOOST_AUTO_TEST_CASE(wrong_options_are_refused) {
  require_error(
      show({"--strict"}), 2,
      "unrecognised option '--strict'; it is an option of place and generate; vnuma show --help lists the options");
  require_error(show({"a.xml", "b.xml"}), 2, "a.xml and b.xml: expected one domain");
  require_error(show({""}), 2, "the name of the domain is empty; name a file, or - for standard input");
  require_error(show({"--sysfs", ""}), 2, "--sysfs: the value is empty; name a file or folder");
}

BOOST_AUTO_TEST_CASE(an_unreadable_host_is_refused) {
  require_error(show({"--sysfs", "/nowhere"}), 1, "/nowhere: is not the root of a sysfs tree");
  require_error(show({domain_file("proposal"), "--sysfs", "/nowhere"}), 1, "/nowhere: is not the root of a sysfs tree");
}

BOOST_AUTO_TEST_CASE(only_one_input_is_standard_input) {
  require_error(show({"-", "--host", "-"}), 2, "only one input can be standard input; name a file for the others");
  require_error(show({"--host", "-", "--capabilities", "-"}), 2, "only one input can be standard input");
}

BOOST_AUTO_TEST_CASE(an_invalid_domain_is_refused) {
  const TemporaryFolder folder;
  require_error(show({folder / "none"}), 1, folder / "none: cannot be read: No such file");
  const std::string broken = folder.write("broken.xml", "<domain>\n<devices></domain>");
  require_error(show({broken}), 1, broken + ":2:");
  require_error(show({"-"}, "<capabilities/>"), 1, "<stdin>:1:1: this is the output of virsh capabilities");
  require_error(show({"-"}, "<domain>\n<devices>\n <hostdev mode='subsystem' type='pci'/>\n</devices></domain>"), 1,
                "<stdin>:3:2: VN024: /domain/devices/hostdev[1]: the device has no <source>");
}

BOOST_AUTO_TEST_SUITE_END()
