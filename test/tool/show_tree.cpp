// vnuma show: the PCIe topology as a tree, as a drawing and as JSON.
#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "samples.hpp"
#include "terminal.hpp"

using namespace vnuma::test;

namespace {

const Sample eight_gpu = samples[1];

using Environment = std::map<std::string, std::string>;

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Whether the tool was built with libpci.
bool has_names() {
  static const bool has = contains(run_vnuma({"show", "--help"}).out, "--pci-ids");
  return has;
}

boost::test_tools::assertion_result names(boost::unit_test::test_unit_id) { return has_names(); }

// Without names of devices, because those of the system may differ.
std::vector<std::string> nameless(std::vector<std::string> options) {
  options.insert(options.begin(), "show");
  if (has_names()) options.insert(options.end(), {"--pci-ids", "/dev/null"});
  return options;
}

std::string show(const std::vector<std::string>& options, const std::string& input = "") {
  const Result result = run_vnuma(nameless(options), input);
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.err == "");
  return result.out;
}

std::string show_on_terminal(const std::vector<std::string>& options, unsigned short columns,
                             const Environment& environment) {
  return on_terminal(nameless(options), columns, environment);
}

const Environment plain_unicode{{"TERM", "xterm"}, {"LC_ALL", "C.UTF-8"}, {"NO_COLOR", "1"}};

// A domain with the given devices.
std::string domain_with(const std::string& devices, const std::string& name = "m") {
  return "<domain type='kvm'><name>" + name +
         "</name><os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features><devices>" + devices +
         "</devices></domain>";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(show_tree)

BOOST_AUTO_TEST_CASE(the_tree_of_a_host_has_nodes_ports_switches_and_devices) {
  // By hand from the description; half of it, the other half being alike.
  BOOST_TEST(show({"--sysfs", sysfs(eight_gpu.host)})
                 .starts_with("host\n"
                              "|-- NUMA node 0  CPUs 0-31,64-95, 1024 GiB\n"
                              "|   |-- root complex pci0000:15\n"
                              "|   |   `-- root port 0000:15:01.0 -- switch 0000:16:00.0  [1000:c030]\n"
                              "|   |       |-- port 0000:17:00.0 -- GPU 0000:18:00.0  [10de:2330]\n"
                              "|   |       |-- port 0000:17:01.0 -- NIC 0000:19:00.0  [15b3:1021]\n"
                              "|   |       |-- port 0000:17:02.0 -- GPU 0000:1a:00.0  [10de:2330]\n"
                              "|   |       `-- port 0000:17:03.0 -- NIC 0000:1b:00.0  [15b3:1021]\n"
                              "|   `-- root complex pci0000:37\n"
                              "|       `-- root port 0000:37:01.0 -- switch 0000:38:00.0  [1000:c030]\n"
                              "|           |-- port 0000:39:00.0 -- GPU 0000:3a:00.0  [10de:2330]\n"
                              "|           |-- port 0000:39:01.0 -- NIC 0000:3b:00.0  [15b3:1021]\n"
                              "|           |-- port 0000:39:02.0 -- GPU 0000:3c:00.0  [10de:2330]\n"
                              "|           `-- port 0000:39:03.0 -- NIC 0000:3d:00.0  [15b3:1021]\n"
                              "`-- NUMA node 1  CPUs 32-63,96-127, 1024 GiB\n"));
}

BOOST_AUTO_TEST_CASE(a_snapshot_is_shown_like_its_sysfs) {
  const std::string snapshot = run_vnuma({"capture", "--sysfs", sysfs("mediated")}).out;
  for (const char* format : {"text", "dot", "json"}) {
    BOOST_TEST(show({"--host", "-", "--format", format}, snapshot) ==
               show({"--sysfs", sysfs("mediated"), "--format", format}));
  }
}

BOOST_AUTO_TEST_CASE(the_tree_of_a_placed_domain_has_its_devices_on_their_cells) {
  // By hand: the proposal's two GPUs are both on host node 0, whose guest cell is 0.
  const std::string tree = show({"-", "--sysfs", sysfs("eight-node")}, place(samples[0]).out);
  BOOST_TEST(contains(tree,
                      "|   `-- expander bus pci.1  busNr 240, buses f0-f2\n"
                      "|       |-- root port pci.2 -- GPU 0000:f1:00.0  host 0000:27:00.0, right cell, ua-gpu-gpu-1, "
                      "domain 0000:02:00.0, [10de:20b5]\n"
                      "|       `-- root port pci.3 -- GPU 0000:f2:00.0  host 0000:60:00.0, right cell, ua-gpu-gpu-2, "
                      "domain 0000:03:00.0, [10de:20b5]\n"));
  BOOST_TEST(tree.ends_with("\n\n2 of 2 passthrough devices are on the cell of their host node\n"));
}

BOOST_AUTO_TEST_CASE(a_domain_defined_by_libvirt_has_its_devices_on_no_cell) {
  // The cells, disk, interface and controllers of examples/domains/defined.xml.
  BOOST_TEST(show({domain_file("defined"), "--sysfs", sysfs(eight_gpu.host)}) ==
             "guest defined\n"
             "|-- cell 0  vCPUs 0-1, 8 GiB\n"
             "|-- cell 1  vCPUs 2-3, 8 GiB\n"
             "`-- on no guest cell\n"
             "    `-- root complex pcie.0\n"
             "        |-- root port pci.1 -- interface (domain 0000:01:00.0)  virtio\n"
             "        |-- root port pci.2 -- disk (domain 0000:02:00.0)  virtio\n"
             "        |-- root port pci.3 -- usb controller (domain 0000:03:00.0)  qemu-xhci\n"
             "        |-- root port pci.4 -- GPU (domain 0000:04:00.0)  host 0000:18:00.0, belongs on cell 0, "
             "[10de:2330]\n"
             "        |-- root port pci.5 -- GPU (domain 0000:05:00.0)  host 0000:9a:00.0, belongs on cell 1, "
             "[10de:2330]\n"
             "        |-- root port pci.6 -- NIC (domain 0000:06:00.0)  host 0000:9b:00.0, belongs on cell 1, "
             "[15b3:1021]\n"
             "        `-- sata controller 0000:00:1f.2\n"
             "\n"
             "0 of 3 passthrough devices are on the cell of their host node\n");
}

BOOST_AUTO_TEST_CASE(every_placed_sample_has_all_devices_on_their_cells) {
  for (const Sample& sample : samples) {
    if (sample.host == std::string("no-node")) continue;  // the node of its card is unknown
    const Result placed = place(sample, {"--unaligned", "cell", "--readdress"});
    const std::string tree = show({"-", "--sysfs", sysfs(sample.host)}, placed.out);
    const std::string last = tree.substr(tree.rfind('\n', tree.size() - 2) + 1);
    BOOST_TEST(
        last.substr(0, last.find(' ')) == last.substr(last.find("of ") + 3, last.find(" pass") - last.find("of ") - 3),
        sample.domain << ": " << last);
  }
}

BOOST_AUTO_TEST_CASE(numa_node_sets_the_node_of_a_device) {
  const std::string host = sysfs("no-node");
  const std::string placed = place({"no-node", "no-node"}, {"--numa-node", "41:00.0=1"}).out;
  BOOST_TEST(contains(show({"-", "--sysfs", host}, placed), " host 0000:41:00.0, unknown host node,"));
  BOOST_TEST(
      contains(show({"-", "--sysfs", host, "--numa-node", "41:00.0=1"}, placed), " host 0000:41:00.0, right cell,"));
  BOOST_TEST(contains(show({"-", "--sysfs", host, "--numa-node", "41:00.0=0"}, placed),
                      " host 0000:41:00.0, belongs on cell 0,"));
  // The host alone. By default, the root complex of the card is on no node.
  BOOST_TEST(contains(show({"--sysfs", host, "--numa-node", "41:00.0=1"}),
                      "`-- NUMA node 1  CPUs 8-15, 32 GiB\n    `-- root complex pci0000:40\n"));
}

BOOST_AUTO_TEST_CASE(numa_node_takes_patterns) {
  const std::string host = sysfs("no-node");
  const std::string placed = place({"no-node", "no-node"}, {"--numa-node", "41:00.0=1"}).out;
  BOOST_TEST(
      contains(show({"-", "--sysfs", host, "--numa-node", "0000:4*=1"}, placed), " host 0000:41:00.0, right cell,"));
  BOOST_TEST(
      contains(show({"-", "--sysfs", host, "--numa-node", "*=0"}, placed), " host 0000:41:00.0, belongs on cell 0,"));
  const std::string whole = show({"--sysfs", host, "--numa-node", "*=1"});
  BOOST_TEST(contains(whole, "|-- root complex pci0000:00\n"), whole);
  BOOST_TEST(contains(whole, "`-- root complex pci0000:40\n"), whole);
}

// Of the host with two nodes, of which one has CPUs.
BOOST_AUTO_TEST_CASE(devices_without_a_reported_node_are_below_the_only_node_that_has_cpus) {
  const std::string tree = show({"--sysfs", sysfs("unreported")});
  BOOST_TEST(contains(tree, "NUMA node 0  CPUs 0-7, 32 GiB\n|   |-- root complex pci0000:00\n"), tree);
  BOOST_TEST(contains(tree, "|   `-- root complex pci0000:40\n"), tree);
}

BOOST_AUTO_TEST_CASE(names_are_not_read_from_standard_input, *boost::unit_test::precondition(names)) {
  const Result result = run_vnuma({"show", "--sysfs", sysfs("one-node"), "--pci-ids", "-"}, "10de  NVIDIA\n");
  BOOST_TEST(result.status == 2);
  BOOST_TEST(result.out == "");
  BOOST_TEST(result.err == "vnuma: --pci-ids: libpci cannot read standard input; name a file\n");
}

BOOST_AUTO_TEST_CASE(all_lists_entries_that_are_otherwise_counted) {
  const std::string tree = sysfs("one-node");
  const std::string snapshot = with(run_vnuma({"capture", "--sysfs", tree}).out, "\"0x030000\"", "\"0x070000\"");
  BOOST_TEST(contains(show({"--host", "-"}, with(snapshot, "\"0x030000\"", "\"0x0c0300\"")), "`-- 2 other devices\n"));
  BOOST_TEST(contains(show({"--host", "-", "--all"}, with(snapshot, "\"0x030000\"", "\"0x0c0300\"")),
                      "|-- root port 0000:00:01.0 -- serial 0000:01:00.0  [10de:2204]\n"
                      "        |-- root port 0000:00:06.0 -- USB controller 0000:02:00.0  [10de:2204]\n"));
}

BOOST_AUTO_TEST_CASE(capabilities_replace_the_nodes) {
  const std::string tree =
      show({"--sysfs", sysfs("eight-node"), "--capabilities", example("hosts/eight-node-capabilities.xml")});
  BOOST_TEST(contains(tree, "|-- NUMA node 7") != contains(tree, "`-- NUMA node 7"));
}

BOOST_AUTO_TEST_CASE(a_domain_with_an_unreadable_host_is_refused) {
  const Result result = run_vnuma({"show", domain_file("proposal"), "--sysfs", "/nowhere"});
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.err.starts_with("vnuma: /nowhere: is not the root of a sysfs tree"));
}

BOOST_AUTO_TEST_CASE(a_domain_that_cannot_be_shown_is_refused_with_its_position) {
  const Result result = run_vnuma({"show", "-"}, domain_with("\n<controller type='pci' index='3'/>"));
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.out == "");
  BOOST_TEST(result.err.starts_with(
      "vnuma: <stdin>:2:1: VN002: /domain/devices/controller[1]: the PCI controller has no model"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(show_names)

BOOST_AUTO_TEST_CASE(names_come_from_the_named_file, *boost::unit_test::precondition(names)) {
  const std::string tree =
      run_vnuma({"show", "--sysfs", sysfs(eight_gpu.host), "--pci-ids", example("pictures/pci.ids")}).out;
  BOOST_TEST(contains(tree, "switch 0000:16:00.0  PEX890xx PCIe Gen 5 Switch, Broadcom / LSI\n"));
  BOOST_TEST(contains(tree, "GPU 0000:18:00.0  H100 SXM5 80GB, NVIDIA Corporation\n"));
  const std::string json =
      run_vnuma({"show", "--sysfs", sysfs("mediated"), "--format", "json", "--pci-ids", example("pictures/pci.ids")})
          .out;
  BOOST_TEST(contains(json, "\"vendor_name\": \"NVIDIA Corporation\",\n"));
  BOOST_TEST(contains(json, "\"device_name\": \"MT2910 Family [ConnectX-7]\",\n"));
}

BOOST_AUTO_TEST_CASE(an_unreadable_or_invalid_file_of_names_is_refused, *boost::unit_test::precondition(names)) {
  const Result absent = run_vnuma({"show", "--sysfs", sysfs("one-node"), "--pci-ids", "/nowhere"});
  BOOST_TEST(absent.status == 1);
  BOOST_TEST(absent.err.starts_with("vnuma: /nowhere: cannot be read"));
  const TemporaryFolder folder;
  const std::string broken = folder.write("pci.ids", "10de  NVIDIA\n\t\x1bzzzz  nonsense\n");
  const Result result = run_vnuma({"show", "--sysfs", sysfs("one-node"), "--pci-ids", broken});
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.out == "");
  BOOST_TEST(result.err.ends_with(" at " + broken + ", line 2; name another file with --pci-ids\n"), result.err);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(show_on_a_terminal)

BOOST_AUTO_TEST_CASE(lines_are_unicode_if_the_locale_is_utf_8) {
  const std::vector<std::string> options{"--sysfs", sysfs("no-node")};
  const std::string unicode =
      "host\n"
      "├── NUMA node 0  CPUs 0-7, 32 GiB\n"
      "│   └── root complex pci0000:00\n"
      "│       └── root port 0000:00:03.0\n"
      "│           ├── GPU 0000:01:00.0  [10de:1b80]\n"
      "│           └── audio 0000:01:00.1  [10de:10f0]\n"
      "├── NUMA node 1  CPUs 8-15, 32 GiB\n"
      "└── on no NUMA node\n"
      "    └── root complex pci0000:40\n"
      "        └── root port 0000:40:02.0 ── accelerator 0000:41:00.0  [1da3:1020]\n";
  BOOST_TEST(show_on_terminal(options, 100, plain_unicode) == unicode);
  for (const Environment& environment :
       {Environment{}, Environment{{"LC_ALL", "C"}}, Environment{{"LC_ALL", "xx_YY.UTF-8"}}}) {
    BOOST_TEST(show_on_terminal(options, 100, environment) == show(options));
  }
}

BOOST_AUTO_TEST_CASE(colours_need_a_terminal_and_no_no_color) {
  const std::vector<std::string> options{"--sysfs", sysfs("no-node")};
  const auto is_coloured = [&](const Environment& environment) {
    return contains(show_on_terminal(options, 100, environment), "\x1b[32mGPU 0000:01:00.0\x1b[0m");
  };
  BOOST_TEST(is_coloured({{"TERM", "xterm"}}));
  BOOST_TEST(is_coloured({{"TERM", "xterm"}, {"NO_COLOR", ""}}));  // no-color.org: "not an empty string"
  BOOST_TEST(!is_coloured({{"TERM", "xterm"}, {"NO_COLOR", "0"}}));
  BOOST_TEST(!is_coloured({{"TERM", "dumb"}}));
  BOOST_TEST(!is_coloured({}));
  BOOST_TEST(!contains(show(options), "\x1b"));
}

BOOST_AUTO_TEST_CASE(lines_are_no_wider_than_the_terminal) {
  // 80 columns are enough for the host address and the cell of each passthrough device of the eight-GPU guest.
  const TemporaryFolder folder;
  const std::string domain = folder.write("placed.xml", place(eight_gpu, {"--mirror", "switch"}).out);
  const std::string tree = show_on_terminal({domain, "--sysfs", sysfs(eight_gpu.host)}, 80, plain_unicode);
  BOOST_TEST(contains(tree, "│   │       ├── port pci.4 ── GPU 0000:c3:00.0  host 0000:18:00.0, right cell…\n"));
  std::size_t right = 0;
  std::size_t columns = 0;
  for (std::size_t i = 0; i < tree.size(); ++i) {
    right += tree.compare(i, 10, "right cell") == 0;
    columns = tree[i] == '\n' ? 0 : columns + ((static_cast<unsigned char>(tree[i]) & 0xc0) != 0x80);
    BOOST_REQUIRE(columns <= 80U);
  }
  BOOST_TEST(right == 16U);
}

BOOST_AUTO_TEST_CASE(a_terminal_without_a_width_gets_whole_lines) {
  const std::vector<std::string> options{domain_file("defined"), "--sysfs", sysfs(eight_gpu.host)};
  BOOST_TEST(show_on_terminal(options, 0, {}) == show(options));
}

BOOST_AUTO_TEST_CASE(other_formats_are_the_same_as_in_a_file) {
  for (const char* format : {"dot", "json", "matrix"}) {
    const std::vector<std::string> options{"--sysfs", sysfs("mediated"), "--format", format};
    BOOST_TEST(show_on_terminal(options, 40, {{"TERM", "xterm"}, {"LC_ALL", "C.UTF-8"}}) == show(options));
  }
}

BOOST_AUTO_TEST_CASE(control_characters_of_a_document_are_escaped) {
  // Names of domains, aliases, models and types, with C1 control characters and quotes.
  const std::string evil = "a&#x9b;31m&quot;\\&#xa;&#x2028;é";
  const std::string domain =
      domain_with("<controller type='" + evil +
                      "' index='0'><address type='pci' bus='0' slot='3'/></controller>"
                      "<controller type='pci' index='1' model='" +
                      evil +
                      "'><address type='pci' bus='0' slot='4'/></controller>"
                      "<video><model type='" +
                      evil + "'/><alias name='" + evil + "'/><address type='pci' slot='2'/></video>",
                  evil);
  const TemporaryFolder folder;
  const std::string file = folder.write("evil.xml", domain);
  const std::string shown = "a\\xc2\\x9b31m\"\\\\n\\xe2\\x80\\xa8é";
  const std::string tree = show_on_terminal({file}, 0, plain_unicode);
  BOOST_TEST(contains(tree, "guest " + shown + "\n"));
  BOOST_TEST(contains(tree, "├── video 0000:00:02.0  " + shown + ", " + shown + "\n"));
  BOOST_TEST(contains(tree, "├── " + shown + " controller 0000:00:03.0\n"));
  BOOST_TEST(contains(tree, "└── bridge pci.1  empty, " + shown + "\n"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(show_drawings)

// Whether Graphviz is installed; test/run installs it.
boost::test_tools::assertion_result graphviz(boost::unit_test::test_unit_id) {
  return run({"sh", "-c", "command -v dot"}).status == 0;
}

BOOST_AUTO_TEST_CASE(dot_accepts_the_drawing_of_every_sample_and_document, *boost::unit_test::precondition(graphviz)) {
  const auto require_drawn = [](const std::string& drawing, const std::string& what) {
    const Result drawn = run({"dot", "-Tsvg"}, drawing);
    BOOST_TEST(drawn.status == 0, what);
    BOOST_TEST(drawn.err == "", what << ": " << drawn.err);
    BOOST_TEST(contains(drawn.out, "</svg>"), what);
  };
  for (const Sample& sample : samples) {
    require_drawn(show({"--sysfs", sysfs(sample.host), "--format", "dot", "--all"}), sample.host);
    require_drawn(show({"-", "--sysfs", sysfs(sample.host), "--format", "dot"}, place(sample).out), sample.domain);
  }
  require_drawn(show({"-", "--format", "dot"}, domain_with("", "&quot;]; } &amp;lt;&lt;b&gt; \\")), "quotes");
  require_drawn(show({"-", "--format", "dot"}, "<domain/>"), "nothing");
}

BOOST_AUTO_TEST_CASE(the_pictures_match_the_drawings_of_the_tool, *boost::unit_test::precondition(names)) {
  // examples/pictures/make redraws them.
  const std::vector<std::string> host{"--sysfs", sysfs(eight_gpu.host)};
  const auto drawing = [&](std::vector<std::string> options, const std::string& input = "") {
    options.insert(options.begin(), "show");
    options.insert(options.end(), host.begin(), host.end());
    options.insert(options.end(), {"--format", "dot", "--pci-ids", example("pictures/pci.ids")});
    return run_vnuma(options, input).out;
  };
  const std::string placed = place(eight_gpu, {"--mirror", "switch"}).out;
  BOOST_TEST(drawing({}) == read(example("pictures/host.dot")));
  BOOST_TEST(drawing({domain_file("eight-gpu")}) == read(example("pictures/before.dot")));
  BOOST_TEST(drawing({"-"}, placed) == read(example("pictures/guest.dot")));
  for (const char* picture : {"host", "before", "guest"}) {
    const std::string svg = read(example("pictures/" + std::string(picture) + ".svg"));
    BOOST_TEST(svg.size() < 100000U);
    BOOST_TEST(contains(svg, "<polygon fill=\"white\""));  // for dark pages
  }
}

BOOST_AUTO_TEST_SUITE_END()
