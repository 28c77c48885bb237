// vnuma generate: from a manifest and a host to a placed domain.
#include <cstdlib>

#include <boost/test/unit_test.hpp>

#include "manifests.hpp"

using namespace vnuma::test;

namespace {

// `file` is a pointer because of -Wdangling-reference, as in test/topology/locality.cpp.
const Manifest& manifest(const char* file) {
  for (const Manifest& manifest : manifests) {
    if (std::string_view(manifest.file) == file) return manifest;
  }
  throw std::logic_error(std::string("there is no ") + file);
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

void require_refusal(std::vector<std::string> words, int status, const std::string& message) {
  const Result result = run_vnuma(std::move(words));
  BOOST_TEST(result.status == status);
  BOOST_TEST(result.out == "");
  BOOST_TEST(result.err == "vnuma: " + message + "\n");
}

// Sets an environment variable during the lifetime of the object.
struct Variable {
  Variable(const char* name, const char* value) : name(name) { ::setenv(name, value, 1); }
  ~Variable() { ::unsetenv(name); }
  const char* name;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(generate)

// Both libvirt's schema and its parser, which checks more, accept it.
BOOST_AUTO_TEST_CASE(libvirt_accepts_the_domain_of_every_sample) {
  const TemporaryFolder folder;
  for (const Manifest& manifest : manifests) {
    BOOST_TEST_CONTEXT(manifest) {
      const std::string file = folder / "domain.xml";
      const Result result = run_vnuma(words_of(manifest, {"-o", file}));
      BOOST_TEST(result.status == 0);
      BOOST_TEST(result.out == "");
      const Result validated = run({"virt-xml-validate", file, "domain"});
      BOOST_TEST(validated.status == 0, validated.out + validated.err);
      const Result defined = run({"virsh", "-c", "test:///default", "define", file});
      BOOST_TEST(defined.status == 0, defined.out + defined.err);
    }
  }
}

// A device that generate leaves is also left by place.
BOOST_AUTO_TEST_CASE(place_does_not_change_a_generated_domain) {
  for (const Manifest& manifest : manifests) {
    BOOST_TEST_CONTEXT(manifest) {
      const Result made = run_vnuma(words_of(manifest));
      BOOST_TEST(has(made.out, "pcie-expander-bus"));
      BOOST_TEST(run_vnuma({"place", "--sysfs", sysfs(manifest.host)}, made.out).out == made.out);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_domain_has_the_requested_parts_and_the_report_the_others) {
  const Result result = run_vnuma(words_of(manifest("proposal.yaml")));
  BOOST_TEST(has(result.out, "<name>default_testvm1</name>"));
  BOOST_TEST(has(result.out, "<vcpupin vcpu='1' cpuset='136'/>"));
  BOOST_TEST(has(result.out, "<page size='2097152' unit='bytes' nodeset='0'/>"));
  BOOST_TEST(has(result.out, "<cell id='0' cpus='0-15' memory='64424509440' unit='bytes'>"));
  BOOST_TEST(has(result.out, "<alias name='ua-gpu-gpu-1'/>"));
  BOOST_TEST(has(result.out, "<type arch='x86_64' machine='q35'>hvm</type>"));
  BOOST_TEST(has(result.err, "0000:27:00.0  ua-gpu-gpu-1  0     0     placed   0000:02:00.0   0000:f1:00.0"));
  BOOST_TEST(
      has(result.err, "warning VN054: /spec/template/spec/domain/devices/disks (line 24) of the manifest is left out"));
}

BOOST_AUTO_TEST_CASE(the_options_of_place_apply) {
  const Manifest& grace = manifest("grace.yaml");
  BOOST_TEST(has(run_vnuma(words_of(grace)).err, "2 of 4 devices placed"));
  BOOST_TEST(has(run_vnuma(words_of(grace, {"--unaligned", "cell"})).err, "4 of 4 devices placed"));
  const Result switches = run_vnuma(words_of(manifest("eight-gpu.yaml"), {"--mirror", "switch", "--report", "none"}));
  BOOST_TEST(has(switches.out, "pcie-switch-upstream-port"));
  BOOST_TEST(switches.err == "");
  const Result strict = run_vnuma(words_of(grace, {"--strict"}));
  BOOST_TEST(strict.status == 1);
  BOOST_TEST(strict.out == "");
}

// The node of 0000:41:00.0 is unknown on this host.
BOOST_AUTO_TEST_CASE(numa_node_takes_patterns) {
  const Manifest& no_node = manifest("no-node.yaml");
  BOOST_TEST(has(run_vnuma(words_of(no_node)).err, "1 of 2 devices placed"));
  const Result result = run_vnuma(words_of(no_node, {"--numa-node", "0000:4*=1"}));
  BOOST_TEST(has(result.err, "2 of 2 devices placed"));
  BOOST_TEST(result.out == run_vnuma(words_of(no_node, {"--numa-node", "41:00.0=1"})).out);
}

BOOST_AUTO_TEST_CASE(a_cgroup_a_snapshot_and_the_environment_replace_options) {
  const Manifest& one = manifest("one-node.yaml");
  const TemporaryFolder folder;
  folder.write("v2/cpuset.cpus.effective", std::string(one.cpuset) + "\n");
  folder.write("v1/cpuset/cpuset.cpus", std::string(one.cpuset) + "\n");
  const std::string snapshot = folder / "host.json";
  BOOST_TEST(run_vnuma({"capture", "--sysfs", sysfs(one.host), "-o", snapshot}).status == 0);
  const Variable gpus("PCI_RESOURCE_NVIDIA_COM_GA102_GEFORCE_RTX_3090", "0000:01:00.0,0000:02:00.0");
  const Variable functions("PCI_RESOURCE_INTEL_COM_X710_VF", "0000:03:02.0,");
  const std::string expected = run_vnuma(words_of(one)).out;
  BOOST_TEST(expected != "");
  for (const char* version : {"v1", "v2"}) {
    const Result result =
        run_vnuma({"generate", "--vmi", manifest_file(one), "--host", snapshot, "--cgroup", folder / version});
    BOOST_TEST(result.err.find("vnuma: ") == std::string::npos, result.err);
    BOOST_TEST(result.out == expected);
  }
  const Variable vgpus("MDEV_PCI_RESOURCE_NVIDIA_COM_NVIDIA_A2-8Q",
                       "4b20d080-1b54-4048-85b3-a6a62d165c01,83b8f4f2-509f-382f-3c1e-e6bfe0fa1001");
  const Variable vf("PCI_RESOURCE_NVIDIA_COM_CONNECTX7_VF", "0000:19:00.2");
  const Variable gpu("PCI_RESOURCE_NVIDIA_COM_GA107_A2", "0001:98:00.0");
  const Manifest& mediated = manifest("mediated.json");
  BOOST_TEST(run_vnuma({"generate", "--vmi", manifest_file(mediated), "--sysfs", sysfs("mediated"), "--cpuset",
                        mediated.cpuset})
                 .out == run_vnuma(words_of(mediated)).out);
}

// The capabilities have the same nodes and CPUs as the sysfs.
BOOST_AUTO_TEST_CASE(capabilities_replace_nodes_and_cpus) {
  const Manifest& eight = manifest("eight-node.yaml");
  BOOST_TEST(run_vnuma(words_of(eight, {"--capabilities", example("hosts/eight-node-capabilities.xml")})).out ==
             run_vnuma(words_of(eight)).out);
}

BOOST_AUTO_TEST_CASE(a_refusal_has_the_position_or_the_numbers_and_writes_nothing) {
  const TemporaryFolder folder;
  const Manifest& one = manifest("one-node.yaml");
  const std::string file = folder.write("vm.yaml", with(read(manifest_file(one)), "guest: 16Gi", "guest: 1500Mi"));
  const std::string target = folder.write("domain.xml", "old");
  require_refusal({"generate", "--vmi", file, "--sysfs", sysfs(one.host), "--cpuset", "0-4", "-o", target}, 1,
                  file +
                      ":19:18: /spec/template/spec/domain/memory/guest: is 1500Mi (1572864000 bytes); give a multiple, "
                      "at least one, of the huge page size 1Gi (1073741824 bytes)");
  require_refusal({"generate", "--vmi", manifest_file(one), "--sysfs", sysfs(one.host), "--cpuset", "0-3,16",
                   "--device", "01:00.0", "--device", "02:00.0", "--device", "03:02.0", "-o", target},
                  1, "VN050: the cpuset 0-3,16 names CPUs that the host does not have: 16; the host has 0-15");
  require_refusal({"generate", "--vmi", manifest_file(one), "--sysfs", sysfs(one.host), "--cpuset", one.cpuset,
                   "--device", "01:00.0", "-o", target},
                  1, "VN052: the manifest asks for 2 GPUs and 1 host device, but 1 device is named; name 3");
  require_refusal({"generate", "--vmi", manifest_file(one), "--sysfs", sysfs(one.host), "--cgroup",
                   folder.path().string(), "-o", target},
                  1,
                  folder.path().string() +
                      ": has neither cpuset.cpus.effective nor cpuset.cpus; name the folder of a "
                      "cgroup with the cpuset controller");
  BOOST_TEST(read(target) == "old");
}

BOOST_AUTO_TEST_CASE(wrong_usage_exits_2) {
  const std::string file = manifest_file(manifests[0]);
  require_refusal({"generate"}, 2, "name the manifest with --vmi");
  require_refusal({"generate", "--vmi", file}, 2, "name the CPUs with --cpuset or --cgroup");
  require_refusal({"generate", "--vmi", file, "--cpuset", "0", "--cgroup", "/"}, 2,
                  "--cpuset and --cgroup cannot be combined; name one");
  require_refusal({"generate", "--vmi", file, "--cpuset", "few"}, 2,
                  "--cpuset few: expected a list of CPUs, such as 0-7,64-71");
  require_refusal({"generate", "--vmi", "-", "--host", "-", "--cpuset", "0"}, 2,
                  "only one input can be standard input; name a file for the others");
  require_refusal({"generate", "domain.xml", "--vmi", file, "--cpuset", "0"}, 2,
                  "generate reads no domain, it makes one; name the manifest with --vmi");
}

BOOST_AUTO_TEST_SUITE_END()
