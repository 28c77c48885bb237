// vnuma check: its output and its exit status.
#include <algorithm>

#include <fmt/format.h>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "manifests.hpp"
#include "samples.hpp"

using namespace vnuma::test;

namespace {

// Two expander buses with one busNr, on lines 8 and 11.
const std::string twice = R"(<domain type='kvm'>
  <name>twice</name>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <features><acpi/></features>
  <cpu><numa><cell id='0' cpus='0' memory='1' unit='GiB'/></numa></cpu>
  <devices>
    <controller type='pci' index='1' model='pcie-expander-bus'>
      <target busNr='240'><node>0</node></target>
    </controller>
    <controller type='pci' index='2' model='pcie-expander-bus'>
      <target busNr='240'><node>0</node></target>
    </controller>
  </devices>
</domain>
)";
const std::string finding =
    ":11: error VN014: the buses from busNr 240 on and from 240 on overlap. Give each expander bus its own.\n";

// A guest without cells, and a host of one node with a GPU that has a BAR of 32 GiB.
const std::string one_gpu = R"(<domain type='kvm'>
  <name>one-gpu</name>
  <memory unit='GiB'>16</memory>
  <os firmware='efi'><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
  <features><acpi/></features>
  <cpu mode='host-model'/>
  <devices>
    <controller type='pci' index='0' model='pcie-root'/>
    <hostdev mode='subsystem' type='pci'>
      <source><address domain='0x0000' bus='0x65' slot='0x00' function='0x0'/></source>
    </hostdev>
  </devices>
</domain>
)";
const std::string one_gpu_host = R"({"vnuma_snapshot": 1,
  "nodes": [{"id": 0, "cpus": "0-7", "memory_bytes": 68719476736, "distances": [[0, 10]]}],
  "cpus": [],
  "devices": [{"address": "0000:65:00.0", "numa_node": 0, "class": "0x030200", "vendor": "0x10de", "device": "0x20b7",
               "root_complex": "pci0000:64", "bridges": ["0000:64:00.0"],
               "bars": [[1, "0x380000000000", "0x800000000", "0x14220c"]]}],
  "mediated_devices": []}
)";

void require_silence(const Result& result) {
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == "");
  BOOST_TEST(result.err == "");
}

void require_usage_error(const std::vector<std::string>& words, const std::string& message) {
  const Result result = run_vnuma(words);
  BOOST_TEST(result.status == 2);
  BOOST_TEST(result.out == "");
  BOOST_TEST(result.err.starts_with("vnuma: " + message), result.err);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_command)

BOOST_AUTO_TEST_CASE(each_finding_has_a_line_and_the_exit_status_is_1) {
  const TemporaryFolder folder;
  const std::string file = folder.write("vm.xml", twice);
  const Result result = run_vnuma({"check", file});
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.out == file + finding);
  BOOST_TEST(result.err == "");
  for (const std::vector<std::string>& words : {std::vector<std::string>{"check"}, {"check", "-"}}) {
    BOOST_TEST(run_vnuma(words, twice).out == "<stdin>" + finding);
  }
}

BOOST_AUTO_TEST_CASE(a_warning_exits_1) {
  const Result result = run_vnuma({"check"}, with(with(twice, "<acpi/>", ""), "240", "200"));
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.out ==
             "<stdin>:1: warning VN013: ACPI is off, so the guest sees node -1 for every device. Add "
             "<features><acpi/></features>.\n");
}

BOOST_AUTO_TEST_CASE(nothing_is_printed_without_findings) {
  require_silence(run_vnuma({"check"}, with(twice, "240", "200")));
  require_silence(run_vnuma({"check"}, "<domain/>"));
}

// A BAR of 32 GiB fits into the window of OVMF if the guest has at least 39 address bits, which the domain does not
// specify.
BOOST_AUTO_TEST_CASE(doubts_only_exit_0) {
  const TemporaryFolder folder;
  const std::string host = folder.write("host.json", one_gpu_host);
  const Result result = run_vnuma({"check", "--host", host}, one_gpu);
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out.starts_with("<stdin>:1: doubt VN033: the BARs of the passthrough devices need a 64-bit window "
                                    "of 32 GiB; OVMF needs opt/ovmf/X-PciMmio64Mb=65536"),
             result.out);
  const Result json = run_vnuma({"check", "--host", host, "--format", "json"}, one_gpu);
  BOOST_TEST(json.status == 0);
  const auto parsed = nlohmann::json::parse(json.out);
  BOOST_TEST(parsed["errors"] == 0);
  BOOST_TEST(parsed["warnings"] == 0);
  BOOST_TEST(parsed["doubts"] == 1);
  BOOST_TEST(parsed["findings"][0]["severity"] == "doubt");
}

BOOST_AUTO_TEST_CASE(a_doubt_beside_an_error_exits_1) {
  const TemporaryFolder folder;
  const std::string host = folder.write("host.json", one_gpu_host);
  const std::string domain = with(one_gpu, "index='0' model='pcie-root'", "index='5' model='pcie-root'");
  const Result result = run_vnuma({"check", "--host", host}, domain);
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.out.find("error VN004") != std::string::npos, result.out);
}

BOOST_AUTO_TEST_CASE(place_with_mmio_auto_leaves_no_doubt) {
  const TemporaryFolder folder;
  const std::string host = folder.write("host.json", one_gpu_host);
  const Result placed = run_vnuma({"place", "--host", host, "--mmio", "auto"}, one_gpu);
  BOOST_TEST(placed.status == 0);
  BOOST_TEST(placed.out.find("name=opt/ovmf/X-PciMmio64Mb,string=65536") != std::string::npos);
  require_silence(run_vnuma({"check", "--host", host}, placed.out));
  // Without --mmio auto, or with the gate off, a domain without cells does not change.
  BOOST_TEST(run_vnuma({"place", "--host", host}, one_gpu).out == one_gpu);
  BOOST_TEST(run_vnuma({"place", "--host", host, "--mmio", "auto", "--feature-gates", ""}, one_gpu).out == one_gpu);
}

// The host has 46 bits, and the firmware uses an eighth of this range: 8 TiB.
BOOST_AUTO_TEST_CASE(known_address_bits_leave_no_doubt) {
  const TemporaryFolder folder;
  const std::string host =
      folder.write("host.json", with(one_gpu_host, "\"nodes\"", "\"address_bits\": 46, \"nodes\""));
  require_silence(run_vnuma({"check", "--host", host}, with(one_gpu, "host-model", "host-passthrough")));
}

BOOST_AUTO_TEST_CASE(firmware_that_does_not_match_the_domain_is_refused) {
  const TemporaryFolder folder;
  const std::string host = folder.write("host.json", one_gpu_host);
  for (const char* command : {"check", "place"}) {
    const Result result = run_vnuma({command, "--host", host, "--firmware", "seabios"}, one_gpu);
    BOOST_TEST(result.status == 1);
    BOOST_TEST(result.out == "");
    BOOST_TEST(
        result.err ==
        "vnuma: <stdin>:4:3: VN048: /domain/os: the domain boots UEFI, but the firmware is stated to be SeaBIOS; "
        "state the firmware that the domain boots, or none\n");
  }
  BOOST_TEST(run_vnuma({"check", "--host", host, "--firmware", "ovmf-2025"}, one_gpu).status == 0);
}

BOOST_AUTO_TEST_CASE(findings_are_printed_as_json) {
  const Result result = run_vnuma({"check", "--format", "json"}, twice);
  BOOST_TEST(result.status == 1);
  BOOST_TEST(nlohmann::json::parse(result.out) == nlohmann::json::parse(R"(
      {"file": "<stdin>", "errors": 1, "warnings": 0, "doubts": 0,
       "findings": [{"code": "VN014", "severity": "error", "title": "two expander buses with one busNr",
                     "path": "/domain/devices/controller[2]/target/@busNr", "line": 11, "column": 15,
                     "message": "the buses from busNr 240 on and from 240 on overlap",
                     "remedy": "give each expander bus its own"}]})"));
  const Result nothing = run_vnuma({"check", "--format", "json"}, "<domain/>");
  BOOST_TEST(nothing.status == 0);
  BOOST_TEST(nlohmann::json::parse(nothing.out)["findings"].empty());
}

// 8 GiB for each cell; node 0 of this host has 6 GiB. vCPU 1 of cell 0 is pinned to a CPU of node 1.
BOOST_AUTO_TEST_CASE(pinning_and_memory_are_compared_with_the_host) {
  const TemporaryFolder folder;
  const std::string host = folder.write("host.json", R"({"vnuma_snapshot": 1,
    "nodes": [{"id": 0, "cpus": "0-3", "memory_bytes": 6442450944, "distances": [[0, 10], [1, 21]]},
              {"id": 1, "cpus": "4-7", "memory_bytes": 17179869184, "distances": [[0, 21], [1, 10]]}],
    "cpus": [], "devices": [], "mediated_devices": []})");
  const Result result = run_vnuma({"check", "--host", host}, R"(<domain type='kvm'>
  <cputune>
    <vcpupin vcpu='0' cpuset='0'/>
    <vcpupin vcpu='1' cpuset='4'/>
    <vcpupin vcpu='2' cpuset='5'/>
    <vcpupin vcpu='3' cpuset='6'/>
  </cputune>
  <numatune>
    <memnode cellid='0' mode='strict' nodeset='0'/>
    <memnode cellid='1' mode='strict' nodeset='1'/>
  </numatune>
  <cpu>
    <numa>
      <cell id='0' cpus='0-1' memory='8' unit='GiB'/>
      <cell id='1' cpus='2-3' memory='8' unit='GiB'/>
    </numa>
  </cpu>
</domain>
)");
  BOOST_TEST(result.status == 1);
  BOOST_TEST(
      result.out ==
      "<stdin>:4: warning VN061: vCPU 1 of guest cell 0 is pinned to CPUs of host node 1, which is guest cell 1. "
      "Pin the vCPUs of the cell, and bind its memory, to one host node.\n"
      "<stdin>:14: warning VN065: guest cell 0 has 8 GiB of memory, which is 2 GiB more than host node 0 has. "
      "Give the guest less memory, or bind it to more host nodes.\n");
}

// Both domains use CPU 1, and the third one uses neither 0 nor 1.
BOOST_AUTO_TEST_CASE(cpus_that_several_domains_share_are_reported_in_the_later_one) {
  const TemporaryFolder folder;
  const auto domain = [&](const std::string& name, const char* first, const char* second) {
    return folder.write(name, fmt::format("<domain>\n<vcpu>2</vcpu>\n<cputune>\n<vcpupin vcpu='0' cpuset='{}'/>\n"
                                          "<vcpupin vcpu='1' cpuset='{}'/>\n</cputune>\n</domain>\n",
                                          first, second));
  };
  const std::string a = domain("a.xml", "0", "1");
  const std::string b = domain("b.xml", "2", "1");
  const std::string c = domain("c.xml", "3", "4");
  const std::string shared = ":5: warning VN066: vCPU 1 is pinned to CPU 1, where vCPUs of ";
  const std::string remedy = " run too. Give each domain CPUs of its own.\n";
  const Result result = run_vnuma({"check", a, c, b});
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.out == b + shared + a + remedy);
  BOOST_TEST(run_vnuma({"check", b, "-"}, read(a)).out == "<stdin>" + shared + b + remedy);
  require_silence(run_vnuma({"check", a, c}));
  const Result json = run_vnuma({"check", a, b, "--format", "json"});
  BOOST_TEST(json.status == 1);
  const auto parsed = nlohmann::json::parse(json.out);
  BOOST_TEST_REQUIRE(parsed.size() == 2U);
  BOOST_TEST(parsed[0]["file"] == a);
  BOOST_TEST(parsed[0]["warnings"] == 0);
  BOOST_TEST(parsed[1]["findings"][0]["code"] == "VN066");
}

BOOST_AUTO_TEST_CASE(only_a_named_host_is_read) {
  require_silence(run_vnuma({"check", domain_file("proposal")}));
  const std::string expected = domain_file("proposal") +
                               ":25: warning VN029: 0000:27:00.0 is on host node 0, which is guest cell 0, but the "
                               "guest has it on no cell. Use vnuma place.\n";
  const Result by_sysfs = run_vnuma({"check", domain_file("proposal"), "--sysfs", sysfs("eight-node")});
  BOOST_TEST(by_sysfs.status == 1);
  BOOST_TEST(by_sysfs.out.starts_with(expected), by_sysfs.out);
  const TemporaryFolder folder;
  const std::string snapshot = folder.write("host.json", run_vnuma({"capture", "--sysfs", sysfs("eight-node")}).out);
  BOOST_TEST(run_vnuma({"check", domain_file("proposal"), "--host", snapshot}).out == by_sysfs.out);
  BOOST_TEST(run_vnuma({"check", domain_file("proposal"), "--host", snapshot, "--capabilities",
                        example("hosts/eight-node-capabilities.xml")})
                 .out == by_sysfs.out);
}

// The node of 0000:41:00.0 is unknown on this host.
BOOST_AUTO_TEST_CASE(numa_node_sets_the_node_of_a_device) {
  const std::string placed = place({"no-node", "no-node"}, {"--numa-node", "0000:41:00.0=1"}).out;
  const auto check = [&](const std::string& node) {
    return run_vnuma({"check", "--sysfs", sysfs("no-node"), "--numa-node", "0000:41:00.0=" + node}, placed);
  };
  require_silence(check("1"));
  BOOST_TEST(check("0").out ==
             "<stdin>:38: warning VN029: 0000:41:00.0 is on host node 0, which is guest cell 0, but the guest has it "
             "on cell 1. Use vnuma place --readdress.\n");
  BOOST_TEST(check("2").err == "vnuma: --numa-node 0000:41:00.0=2: the host has no such node; name one of 0-1\n");
  BOOST_TEST(check("2").status == 1);
  require_usage_error({"check", "--numa-node", "41:00.0"}, "--numa-node 41:00.0: expected BDF=N");
}

BOOST_AUTO_TEST_CASE(numa_node_takes_patterns) {
  const std::string placed = place({"no-node", "no-node"}, {"--numa-node", "0000:41:00.0=1"}).out;
  const auto check = [&](const std::string& value) {
    return run_vnuma({"check", "--sysfs", sysfs("no-node"), "--numa-node", value}, placed);
  };
  require_silence(check("0000:4*=1"));
  require_silence(check("*=0,0000:4*=1"));
  BOOST_TEST(check("0000:4*=0").out.find("VN029: 0000:41:00.0 is on host node 0") != std::string::npos);
  BOOST_TEST(check("0000:4*=2").err == "vnuma: --numa-node 0000:4*=2: the host has no such node; name one of 0-1\n");
  // The parent of the mediated devices.
  const std::string mediated = place({"mediated", "mediated"}).out;
  require_silence(run_vnuma({"check", "--sysfs", sysfs("mediated"), "--numa-node", "0000:18*=0"}, mediated));
  const std::string wrong =
      run_vnuma({"check", "--sysfs", sysfs("mediated"), "--numa-node", "0000:18*=1"}, mediated).out;
  BOOST_TEST(wrong.find("VN029: 4b20d080-1b54-4048-85b3-a6a62d165c01") != std::string::npos, wrong);
}

// place and show do the same.
BOOST_AUTO_TEST_CASE(numa_node_without_a_host_applies_to_this_host) {
  const Result result = run_vnuma({"check", "--numa-node", "0000:27:00.0=4000000000"}, read(domain_file("proposal")));
  BOOST_TEST(result.status == 1);
  // In a container that hides the nodes, /sys cannot be read.
  BOOST_TEST(
      (result.err.starts_with("vnuma: --numa-node 0000:27:00.0=4000000000: the host has no such node; name one") ||
       result.err.starts_with("vnuma: /sys/")),
      result.err);
}

// The devices of the domain cannot be listed, so all devices of the host are read.
BOOST_AUTO_TEST_CASE(a_device_without_a_source_is_a_finding) {
  const std::string domain = with(twice, "</devices>", "<hostdev mode='subsystem' type='pci'/>\n  </devices>");
  const Result result = run_vnuma({"check", "--sysfs", sysfs("one-node")}, domain);
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.out.find("<stdin>:13: error VN024: the device has no <source>") != std::string::npos, result.out);
}

// VN059, in one line.
void require_unbound_memory(const Result& result) {
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.out.find(": warning VN059: nothing binds the memory of guest cells 0 and 1 ") != std::string::npos,
             result.out);
  BOOST_TEST(std::count(result.out.begin(), result.out.end(), '\n') == 1);
}

// The domains proposal and defined have no <numatune>, so their memory can be on any node.
BOOST_AUTO_TEST_CASE(placed_samples_have_no_findings) {
  for (const Sample& sample : samples) {
    for (const char* mirror : {"numa", "root-complex", "switch"}) {
      BOOST_TEST_CONTEXT(sample << " " << mirror) {
        const std::string placed = place(sample, {"--mirror", mirror}).out;
        require_silence(run_vnuma({"check"}, placed));
        const Result found = run_vnuma({"check", "--sysfs", sysfs(sample.host)}, placed);
        if (std::string(sample.domain) == "proposal")
          require_unbound_memory(found);
        else
          require_silence(found);
      }
    }
  }
  for (const char* unaligned : {"nearest", "cell"}) {
    require_silence(run_vnuma({"check", "--sysfs", sysfs("grace")}, place(samples[5], {"--unaligned", unaligned}).out));
  }
  const std::string moved = place({"defined", "two-socket-eight-gpu"}, {"--readdress"}).out;
  require_unbound_memory(run_vnuma({"check", "--sysfs", sysfs("two-socket-eight-gpu")}, moved));
}

// Without --mmio auto, the window of virt is too small for the GPUs of grace.
BOOST_AUTO_TEST_CASE(generated_samples_have_no_findings) {
  for (const Manifest& manifest : manifests) {
    BOOST_TEST_CONTEXT(manifest) {
      const Result made = run_vnuma(words_of(manifest, {"--mmio", "auto"}));
      BOOST_TEST(made.status == 0);
      require_silence(run_vnuma({"check", "--sysfs", sysfs(manifest.host)}, made.out));
    }
  }
}

BOOST_AUTO_TEST_CASE(bad_input_exits_1_with_one_line) {
  const TemporaryFolder folder;
  const auto refused = [](const std::vector<std::string>& words, const std::string& input, const std::string& message) {
    const Result result = run_vnuma(words, input);
    BOOST_TEST(result.status == 1);
    BOOST_TEST(result.out == "");
    BOOST_TEST(result.err.starts_with("vnuma: " + message), result.err);
    BOOST_TEST(std::count(result.err.begin(), result.err.end(), '\n') == 1);
  };
  refused({"check", folder / "none"}, "", folder / "none: cannot be read");
  refused({"check"}, "<domain>\n<devices></domain>", "<stdin>:2:");
  refused({"check"}, "<capabilities/>", "<stdin>:1:1: this is the output of virsh capabilities");
  refused({"check", "--sysfs", "/nowhere"}, twice, "/nowhere: is not the root of a sysfs tree");
  refused({"check", "--host", folder.write("host.json", "{}")}, twice, folder / "host.json:1:1: ");
}

BOOST_AUTO_TEST_CASE(wrong_usage_exits_2) {
  require_usage_error({"check", "--format", "xml"}, "--format xml: expected text or json");
  require_usage_error({"check", "-", "-"}, "only one input can be standard input; name a file for the others");
  require_usage_error({"check", "a", ""}, "the name of the domain is empty");
  require_usage_error({"check", "--sysfs", "a", "--host", "b"}, "--sysfs and --host cannot be combined");
  require_usage_error({"check", "--host", "-"}, "only one input can be standard input; name a file for the others");
  require_usage_error({"check", "--readdress"}, "unrecognised option '--readdress'");
  require_usage_error({"check", "--firmware", "ovmf"}, "--firmware ovmf: expected ovmf-2022, ovmf-2025 or seabios");
  require_usage_error({"check", "--firmware", "seabios"}, "--firmware needs a host; ");
}

BOOST_AUTO_TEST_SUITE_END()
