// The feature gate. If it is off, the domain does not change, byte for byte.
#include <boost/test/unit_test.hpp>

#include "samples.hpp"

using namespace vnuma::test;

namespace {

const Sample proposal = samples[0];

// A KubeVirt CR with the given developerConfiguration.
std::string cr(const std::string& developer) {
  return "apiVersion: kubevirt.io/v1\nkind: KubeVirt\nmetadata:\n  name: kubevirt\nspec:\n  configuration:\n"
         "    developerConfiguration:\n" +
         developer;
}

void require_on(const Result& result) {
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out.find("model='pcie-expander-bus'") != std::string::npos);
}

void require_off(const Result& result) {
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == read(domain_file("proposal")));
  BOOST_TEST(result.err == "the feature gate GPUDeviceNUMA is off; nothing was changed\n");
}

Result place_with_cr(const std::string& text) {
  const TemporaryFolder folder;
  return place(proposal, {"--kubevirt", folder.write("kubevirt.yaml", text)});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gate)

BOOST_AUTO_TEST_CASE(without_a_list_and_without_a_cr_the_gate_is_on) { require_on(place(proposal)); }

BOOST_AUTO_TEST_CASE(a_list_with_either_name_turns_the_gate_on) {
  require_on(place(proposal, {"--feature-gates", "NUMA,GPUDeviceNUMA"}));
  require_on(place(proposal, {"--feature-gates", " PCINUMAAwareTopology , NUMA"}));
}

BOOST_AUTO_TEST_CASE(a_list_without_either_name_turns_the_gate_off) {
  require_off(place(proposal, {"--feature-gates", "NUMA,GPUDeviceNUMAx,gpudevicenuma"}));
  require_off(place(proposal, {"--feature-gates", ""}));
}

BOOST_AUTO_TEST_CASE(a_yaml_cr_with_either_name_turns_the_gate_on) {
  require_on(place_with_cr(cr("      featureGates:\n      - NUMA\n      - GPUDeviceNUMA\n")));
  require_on(place_with_cr(cr("      featureGates: [PCINUMAAwareTopology]\n")));
}

BOOST_AUTO_TEST_CASE(a_json_cr_with_the_name_turns_the_gate_on) {
  require_on(place_with_cr(R"({"kind": "KubeVirt", "spec": {"configuration": {"developerConfiguration":
                               {"featureGates": ["GPUDeviceNUMA"]}}}})"));
}

BOOST_AUTO_TEST_CASE(a_cr_without_the_name_turns_the_gate_off) {
  require_off(place_with_cr(cr("      featureGates:\n      - NUMA\n")));
  require_off(place_with_cr(cr("      featureGates: []\n")));
  require_off(place_with_cr(cr("      featureGates:\n")));
  require_off(place_with_cr("kind: KubeVirt\n"));
  require_off(place_with_cr("kind: KubeVirt\nspec:\n  configuration: {}\n"));
  require_off(place_with_cr(R"({"kind": "KubeVirt", "spec": {"configuration": {"developerConfiguration":
                                {"featureGates": ["NUMA"]}}}})"));
}

BOOST_AUTO_TEST_CASE(a_gate_that_the_cr_disables_is_off) {
  require_off(
      place_with_cr(cr("      featureGates: [GPUDeviceNUMA]\n      disabledFeatureGates: [NUMA, GPUDeviceNUMA]\n")));
}

BOOST_AUTO_TEST_CASE(a_list_with_only_the_cr_counts_as_the_cr) {
  require_on(place_with_cr(R"({"kind": "List", "items": [{"kind": "KubeVirt", "spec": {"configuration":
                               {"developerConfiguration": {"featureGates": ["GPUDeviceNUMA"]}}}}]})"));
}

BOOST_AUTO_TEST_CASE(an_explicit_document_start_adds_no_document) {
  require_on(place_with_cr("---\n" + cr("      featureGates: [GPUDeviceNUMA]\n") + "---\n"));
}

BOOST_AUTO_TEST_CASE(the_host_is_not_read_with_the_gate_off) {
  require_off(run_vnuma({"place", domain_file("proposal"), "--sysfs", "/nowhere", "--feature-gates", "NUMA"}));
}

BOOST_AUTO_TEST_CASE(the_json_report_is_an_object_with_the_gate_off) {
  const Result result = place(proposal, {"--feature-gates", "NUMA", "--report", "json", "--mirror", "switch"});
  BOOST_TEST(
      result.err ==
      "{\n  \"changed\": false,\n  \"mirror\": \"switch\",\n  \"layout\": null,\n  \"cells\": [],\n  \"controllers\": "
      "[],\n  "
      "\"removed\": [],\n  \"devices\": [],\n  "
      "\"differences\": [],\n  \"mmio\": {\n    \"window\": null,\n    \"io_ports\": null,\n    "
      "\"x_pci_mmio64_mb\": null,\n"
      "    \"pcihole64\": null,\n    \"qemu_arguments\": [],\n    \"not_counted\": []\n  },\n  \"warnings\": [],\n"
      "  \"diagnostics\": []\n}\n");
}

BOOST_AUTO_TEST_SUITE_END()
