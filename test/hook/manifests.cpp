// The files beside the hook match each other and the hook.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>

#include <yaml-cpp/yaml.h>

#include "hook.hpp"

using namespace vnuma::test;

namespace {

std::string beside_hook(const std::string& name) { return read(example("kubevirt/" + name)); }

std::set<std::string> all(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  std::set<std::string> found;
  for (auto match = std::sregex_iterator(text.begin(), text.end(), regex); match != std::sregex_iterator(); ++match) {
    found.insert((*match)[match->size() - 1]);
  }
  return found;
}

YAML::Node vm() { return YAML::Load(beside_hook("vm.yaml")); }
YAML::Node configuration() { return YAML::Load(beside_hook("kubevirt.yaml"))["spec"]["configuration"]; }
YAML::Node annotations() { return vm()["spec"]["template"]["metadata"]["annotations"]; }

// The packages that apt-get installs in a script or a Containerfile.
std::set<std::string> packages(std::string text) {
  text = std::regex_replace(text, std::regex("\\\\\n"), " ");
  std::set<std::string> names;
  for (const std::string& list : all(text, "(apt-get install|test/packages)([^\n&]*)")) {
    std::istringstream words(list);
    for (std::string word; words >> word;) {
      if (word.front() != '-' && word.front() != '"') names.insert(word);
    }
  }
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(manifests)

BOOST_AUTO_TEST_CASE(the_cr_has_the_gates_and_permits_the_devices_of_the_vm) {
  const auto gates = configuration()["developerConfiguration"]["featureGates"].as<std::vector<std::string>>();
  for (const char* gate : {"Sidecar", "HostDevices", "CPUManager"}) {
    BOOST_TEST(std::count(gates.begin(), gates.end(), gate) == 1, gate);
  }
  std::set<std::string> permitted;
  for (const auto& device : configuration()["permittedHostDevices"]["pciHostDevices"]) {
    BOOST_TEST(std::regex_match(device["pciVendorSelector"].as<std::string>(), std::regex("[0-9A-F]{4}:[0-9A-F]{4}")));
    permitted.insert(device["resourceName"].as<std::string>());
  }
  const YAML::Node devices = vm()["spec"]["template"]["spec"]["domain"]["devices"];
  BOOST_TEST(devices["gpus"].size() == 2U);
  for (const char* kind : {"gpus", "hostDevices"}) {
    for (const auto& device : devices[kind]) BOOST_TEST(permitted.contains(device["deviceName"].as<std::string>()));
  }
}

// KubeVirt's requirements for a VM with guestMappingPassthrough: validateNUMA in its vmi-create-admitter.go.
BOOST_AUTO_TEST_CASE(the_vm_may_request_guest_mapping) {
  const YAML::Node domain = vm()["spec"]["template"]["spec"]["domain"];
  BOOST_TEST(domain["cpu"]["numa"]["guestMappingPassthrough"].IsMap());
  BOOST_TEST(domain["cpu"]["dedicatedCpuPlacement"].as<bool>());
  BOOST_TEST(domain["memory"]["hugepages"]["pageSize"].as<std::string>() == "1Gi");
}

BOOST_AUTO_TEST_CASE(the_sidecar_runs_the_image_that_is_built) {
  const YAML::Node hooks = YAML::Load(annotations()["hooks.kubevirt.io/hookSidecars"].as<std::string>());
  BOOST_REQUIRE(hooks.size() == 1U);
  const auto image = hooks[0]["image"].as<std::string>();
  BOOST_TEST(mentions(beside_hook("Containerfile"), "-t " + image + " ."));
  BOOST_TEST(mentions(beside_hook("README.md"), "-t " + image + " ."));
  BOOST_TEST(mentions(beside_hook("README.md"), "podman push " + image + "\n"));
  const auto arguments = hooks[0]["args"].as<std::vector<std::string>>();
  BOOST_REQUIRE(arguments.size() == 2U);
  BOOST_TEST(arguments[0] == "--version");
  BOOST_TEST(arguments[1] == "v1alpha3");
}

BOOST_AUTO_TEST_CASE(the_annotations_of_the_vm_are_options_of_the_hook) {
  Annotations options;
  for (const auto& annotation : annotations()) {
    const auto name = annotation.first.as<std::string>();
    if (name.starts_with("vnuma.io/")) options.emplace_back(name, annotation.second.as<std::string>());
  }
  BOOST_TEST(options.size() == 2U);
  const Result result = hook_on({"eight-gpu", "two-socket-eight-gpu"}, options);
  BOOST_TEST(result.status == 0);
  BOOST_TEST(mentions(result.err, "16 of 16 devices placed"));
}

BOOST_AUTO_TEST_CASE(each_option_in_the_readme_exists) {
  const auto named = all(beside_hook("README.md"), "(vnuma\\.io/[a-z-]+|VNUMA_[A-Z_]+)");
  BOOST_TEST(named.size() == 17U);
  for (const std::string& name : named) {
    BOOST_TEST_CONTEXT(name) {
      const bool annotation = name.starts_with("vnuma.io/");
      const Sample proposal{"proposal", "eight-node"};
      const Result result = annotation ? hook_on(proposal, {{name, "?"}}) : hook_on(proposal, {}, {{name, "?"}});
      if (name == "VNUMA_SYSFS") continue;  // the tests set it themselves
      BOOST_TEST(mentions(result.err, name + " is \"?\"; expected"), result.err);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_image_has_what_the_build_and_the_program_need) {
  const auto named = packages(beside_hook("Containerfile"));
  const auto known = packages(read(VNUMA_SOURCE_DIR "/examples/quickstart"));
  const std::set<std::string> libraries{"libfmt9", "libxml2"};
  BOOST_TEST(named.size() == 11U);
  for (const std::string& package : named) {
    BOOST_TEST((known.contains(package) || libraries.contains(package)), package);
  }
  // The libraries of the program that are not in every image of Debian.
  const auto linked = all(run({"ldd", VNUMA_HOOK}).out, "lib(fmt|xml2|boost[a-z_]*|yaml-cpp)\\.so");
  BOOST_TEST(linked == (std::set<std::string>{"fmt", "xml2"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
