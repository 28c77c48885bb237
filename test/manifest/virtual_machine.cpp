// Reading a VirtualMachine or VirtualMachineInstance: values, KubeVirt's defaults, and errors.
#include <fmt/format.h>
#include <boost/test/unit_test.hpp>

#include <vnuma/manifest/virtual_machine.hpp>
#include <vnuma/schema/error.hpp>

using namespace vnuma;
using manifest::read_virtual_machine;
using schema::VirtualMachineFirmware;

namespace {

// A VirtualMachineInstance. The parameters are entries of domain.cpu and domain.memory, in flow style, and of domain.
std::string instance(const std::string& cpu = "cores: 4", const std::string& memory = "guest: 4Gi",
                     const std::string& domain = "devices: {}") {
  return fmt::format(
      "kind: VirtualMachineInstance\n"
      "metadata: {{name: vm}}\n"
      "spec:\n"
      "  domain:\n"
      "    cpu: {{dedicatedCpuPlacement: true, numa: {{guestMappingPassthrough: {{}}}}, {}}}\n"
      "    memory: {{hugepages: {{pageSize: 1Gi}}, {}}}\n"
      "    {}\n",
      cpu, memory, domain);
}

std::string refusal(const std::string& text) {
  try {
    read_virtual_machine(text);
  } catch (const schema::ParseError& error) {
    return fmt::format("{}:{}: {}", error.line(), error.column(), error.what());
  }
  return "not refused";
}

std::string with(std::string text, const std::string& passage, const std::string& other) {
  return text.replace(text.find(passage), passage.size(), other);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(virtual_machine)

BOOST_AUTO_TEST_CASE(absent_values_have_kubevirts_defaults) {
  const auto vm = read_virtual_machine(instance());
  BOOST_TEST(vm.name == "vm");
  BOOST_TEST(vm.name_space == "default");
  BOOST_TEST(vm.architecture == "amd64");
  BOOST_TEST(vm.machine == "q35");
  BOOST_TEST(vm.sockets == 1U);
  BOOST_TEST(vm.cores == 4U);
  BOOST_TEST(vm.threads == 1U);
  BOOST_TEST(vm.cpu_model == "host-model");
  BOOST_TEST(vm.emulator_threads == 0U);
  BOOST_TEST(vm.memory == 4294967296U);
  BOOST_TEST(vm.page_size == 1073741824U);
  BOOST_TEST(vm.memfd);
  BOOST_TEST(vm.mem_balloon);
  BOOST_TEST(vm.acpi);
  BOOST_TEST((vm.firmware == VirtualMachineFirmware::bios));
  BOOST_TEST(vm.left_out.empty());
}

BOOST_AUTO_TEST_CASE(on_arm64_the_machine_is_virt_and_boots_with_uefi) {
  const auto vm = read_virtual_machine(with(instance(), "spec:\n", "spec:\n  architecture: arm64\n"));
  BOOST_TEST(vm.machine == "virt");
  BOOST_TEST(vm.cpu_model == "host-passthrough");
  BOOST_TEST((vm.firmware == VirtualMachineFirmware::efi));
}

BOOST_AUTO_TEST_CASE(without_cpu_topology_the_cpus_of_resources_are_sockets) {
  const auto limits =
      read_virtual_machine(instance("model: host-passthrough", "guest: 4Gi", "resources: {limits: {cpu: 6}}"));
  BOOST_TEST(limits.sockets == 6U);
  BOOST_TEST(limits.cores == 1U);
  const auto requests =
      read_virtual_machine(instance("model: host-passthrough", "guest: 4Gi", "resources: {requests: {cpu: 3000m}}"));
  BOOST_TEST(requests.sockets == 3U);
}

BOOST_AUTO_TEST_CASE(memory_is_that_of_the_guest_or_the_request_or_the_limit_or_one_page) {
  const auto memory = [](const std::string& guest, const std::string& rest) {
    return read_virtual_machine(instance("cores: 4", guest, rest)).memory >> 30;
  };
  BOOST_TEST(memory("guest: 2Gi", "resources: {requests: {memory: 3Gi}, limits: {memory: 5Gi}}") == 2U);
  BOOST_TEST(memory("", "resources: {requests: {memory: 3Gi}, limits: {memory: 5Gi}}") == 3U);
  BOOST_TEST(memory("", "resources: {limits: {memory: 5Gi}}") == 5U);
  BOOST_TEST(memory("", "devices: {}") == 1U);
}

BOOST_AUTO_TEST_CASE(an_isolated_emulator_gets_one_cpu_or_two_for_an_even_number) {
  BOOST_TEST(read_virtual_machine(instance("cores: 4, isolateEmulatorThread: true")).emulator_threads == 1U);
  const std::string even =
      "metadata: {name: vm, annotations: {alpha.kubevirt.io/EmulatorThreadCompleteToEvenParity: \"\"}}";
  const auto emulator = [&](const std::string& cores) {
    const std::string text = instance("isolateEmulatorThread: true, cores: " + cores);
    return read_virtual_machine(with(text, "metadata: {name: vm}", even)).emulator_threads;
  };
  BOOST_TEST(emulator("4") == 2U);
  BOOST_TEST(emulator("3") == 1U);
}

BOOST_AUTO_TEST_CASE(devices_keep_their_order_and_names) {
  const auto vm = read_virtual_machine(instance("cores: 4", "guest: 4Gi",
                                                "devices: {gpus: [{name: b, deviceName: x/B}, {name: a, deviceName: "
                                                "x/A}], hostDevices: [{name: nic, deviceName: x/N}]}"));
  const std::vector<schema::VirtualMachineDevice> gpus{{"b", "x/B"}, {"a", "x/A"}};
  BOOST_TEST((vm.gpus == gpus));
  BOOST_TEST((vm.host_devices == std::vector<schema::VirtualMachineDevice>{{"nic", "x/N"}}));
}

BOOST_AUTO_TEST_CASE(firmware_features_and_balloon_are_read) {
  const auto vm = read_virtual_machine(instance("cores: 4", "guest: 4Gi",
                                                "firmware: {bootloader: {efi: {}}}\n"
                                                "    features: {smm: {}}\n"
                                                "    devices: {autoattachMemBalloon: false}"));
  BOOST_TEST((vm.firmware == VirtualMachineFirmware::efi_secure_boot));
  BOOST_TEST(vm.acpi);
  BOOST_TEST(vm.smm);
  BOOST_TEST(!vm.mem_balloon);
}

// Only the template of a VirtualMachine matters. Settings of the pod are not listed.
BOOST_AUTO_TEST_CASE(entries_that_only_kubevirt_converts_are_left_out_with_their_line) {
  const auto vm = read_virtual_machine(
      "kind: VirtualMachine\n"
      "metadata: {name: vm, namespace: team}\n"
      "spec:\n"
      "  runStrategy: Always\n"
      "  template:\n"
      "    spec:\n"
      "      nodeSelector: {gpu: h100}\n"
      "      networks: [{name: pod, pod: {}}]\n"
      "      domain:\n"
      "        cpu: {cores: 2, dedicatedCpuPlacement: true, numa: {guestMappingPassthrough: {}}}\n"
      "        memory: {hugepages: {pageSize: 2Mi}}\n"
      "        clock: {utc: {}}\n"
      "        devices:\n"
      "          interfaces: []\n");
  BOOST_TEST(vm.name_space == "team");
  const std::vector<schema::LeftOut> expected{{"/spec/template/spec/networks", 8},
                                              {"/spec/template/spec/domain/clock", 12},
                                              {"/spec/template/spec/domain/devices/interfaces", 14}};
  BOOST_TEST((vm.left_out == expected));
}

BOOST_AUTO_TEST_CASE(the_only_virtual_machine_in_documents_and_lists_is_read) {
  BOOST_TEST(read_virtual_machine("kind: ConfigMap\n---\n" + instance()).name == "vm");
  BOOST_TEST(read_virtual_machine(R"({"kind": "List", "items": [{"kind": "Pod"}, {"kind": "VirtualMachineInstance",
    "metadata": {"name": "json"}, "spec": {"domain": {"memory": {"hugepages": {"pageSize": "2Mi"}}, "cpu": {"cores": 1,
    "dedicatedCpuPlacement": true, "numa": {"guestMappingPassthrough": {}}}}}}]})")
                 .name == "json");
  BOOST_TEST(refusal(instance() + "---\n" + instance()) == "9:1: there are 2 virtual machines; give only one");
  BOOST_TEST(refusal("kind: Pod\n") ==
             "1:1: there is no VirtualMachine or VirtualMachineInstance; give a VirtualMachine, as `kubectl get vm "
             "NAME -o yaml` prints it");
}

BOOST_AUTO_TEST_CASE(errors_of_kubevirts_webhooks_are_refused_with_their_numbers) {
  BOOST_TEST(refusal(instance("threads: 4")) ==
             "5:86: /spec/domain/cpu/threads: is 4; dedicatedCpuPlacement on amd64 allows at most 2 per core");
  BOOST_TEST(refusal(instance("cores: 4", "guest: 1500Mi")) ==
             "6:49: /spec/domain/memory/guest: is 1500Mi (1572864000 bytes); give a multiple, at least one, of the "
             "huge page size 1Gi (1073741824 bytes)");
  BOOST_TEST(refusal(instance("cores: 4", "guest: 4Gi", "resources: {limits: {cpu: 8}}")) ==
             "5:84: /spec/domain/cpu/cores: makes 4 vCPUs with sockets and threads, but resources has 8 CPUs; use one "
             "number");
  BOOST_TEST(refusal(with(instance(), "dedicatedCpuPlacement: true", "dedicatedCpuPlacement: false")) ==
             "5:34: /spec/domain/cpu/dedicatedCpuPlacement: must be true with numa.guestMappingPassthrough; set it to "
             "true");
  BOOST_TEST(refusal(with(instance(), "hugepages: {pageSize: 1Gi}, ", "")) ==
             "6:13: /spec/domain/memory/hugepages: is required with cpu.numa.guestMappingPassthrough; set its "
             "pageSize, for example to 1Gi");
  BOOST_TEST(
      refusal(with(instance(), "numa: {guestMappingPassthrough: {}}, ", "")) ==
      "5:10: /spec/domain/cpu/numa/guestMappingPassthrough: is absent, so the guest has no NUMA cells; set it to "
      "{}, and set dedicatedCpuPlacement and hugepages");
}

BOOST_AUTO_TEST_CASE(values_of_another_type_are_refused_with_their_position) {
  BOOST_TEST(refusal(instance("cores: four")) ==
             "5:84: /spec/domain/cpu/cores: is four; expected a whole number from 0 to 4294967295, in "
             "decimal");
  BOOST_TEST(refusal(instance("cores: 010")).find("cores: is 010; expected a whole number") != std::string::npos);
  BOOST_TEST(refusal(instance("cores: \"4\"")).find("cores: is the text \"4\"; expected") != std::string::npos);
  BOOST_TEST(refusal(instance("<<: {cores: 4}")) ==
             "5:77: /spec/domain/cpu: has a merge key, <<; replace it by the entries that it merges");
  BOOST_TEST(refusal(instance("cores: 4, cores: 8")) == "5:87: /spec/domain/cpu: has cores twice; remove one");
  BOOST_TEST(refusal(instance("cores: 4", "guest: 9Ei")) ==
             "6:49: /spec/domain/memory/guest: is 9Ei; expected an amount below 8Ei, as 8Gi or 16");
  BOOST_TEST(refusal(instance("cores: 4", "guest: 4Gi", "devices: {gpus: {}}")) ==
             "7:21: /spec/domain/devices/gpus: is a map; expected a list");
  BOOST_TEST(refusal(instance("cores: 4", "guest: 4Gi", "devices: {gpus: [{name: a}]}")) ==
             "7:22: /spec/domain/devices/gpus[1]/deviceName: is absent; name the resource of a device plugin, "
             "because a resource claim does not identify the device");
}

// KubeVirt's webhook adds the default policy of libvirt.
BOOST_AUTO_TEST_CASE(cpu_features_without_policy_are_required) {
  const auto vm = read_virtual_machine(instance("cores: 4, features: [{name: pdpe1gb}, {name: mpx, policy: disable}]"));
  BOOST_TEST_REQUIRE(vm.cpu_features.size() == 2U);
  BOOST_TEST(*vm.cpu_features[0].policy == "require");
  BOOST_TEST(*vm.cpu_features[1].policy == "disable");
}

// libvirt refuses domains with these values, or its schema does.
BOOST_AUTO_TEST_CASE(values_that_libvirt_refuses_are_refused) {
  const auto refused = [](const std::string& text, const std::string& message) {
    BOOST_TEST(refusal(text).find(message) != std::string::npos, refusal(text));
  };
  refused(instance("cores: 4, features: [{name: a, policy: Require}]"),
          "features[1]/policy: is Require; expected force, require, optional, disable or forbid");
  refused(instance("cores: 4, features: [{name: a b}]"), "features[1]/name: is a b; a feature name has only letters");
  refused(instance("cores: 4, features: [{name: a}, {name: a}]"),
          "features[2]/name: is a, which is listed before; remove one");
  refused(instance("cores: 4", "guest: 4Gi", "machine: {type: microvm}"),
          "machine/type: is microvm; on amd64, expected q35 or pc-q35-VERSION");
  refused(instance("cores: 4", "guest: 4Gi", "machine: {type: \"pc-q35-7.2 x\"}"), "machine/type: is pc-q35-7.2 x");
  refused(
      instance("cores: 4", "guest: 4Gi", "firmware: {bootloader: {efi: {}}}\n    features: {acpi: {enabled: false}}"),
      "features/acpi: is off, but UEFI needs it; remove it");
  refused(with(instance(), "pageSize: 1Gi", "pageSize: 3Mi"), "pageSize: is 3Mi; huge pages are a power of two");
  refused(with(instance(), "pageSize: 1Gi", "pageSize: 4Ki"), "pageSize: is 4Ki; huge pages are a power of two");
}

BOOST_AUTO_TEST_CASE(unknown_entries_beside_known_ones_are_left_out) {
  const auto vm = read_virtual_machine(
      with(instance(), "{guestMappingPassthrough: {}}", "{guestMappingPassthrough: {a: 1}, b: 2}") + "c: 3\n");
  BOOST_TEST_REQUIRE(vm.left_out.size() == 3U);
  BOOST_TEST(vm.left_out[0].path == "/spec/domain/cpu/numa/guestMappingPassthrough/a");
  BOOST_TEST(vm.left_out[1].path == "/spec/domain/cpu/numa/b");
  BOOST_TEST(vm.left_out[2].path == "/c");
}

// libvirt refuses a domain with a slash in its name, or with one alias for two devices.
BOOST_AUTO_TEST_CASE(names_that_libvirt_or_kubernetes_refuse_are_refused) {
  BOOST_TEST(refusal(with(instance(), "name: vm", "name: a/b")) ==
             "2:18: /metadata/name: is a/b; Kubernetes allows only lower-case letters, digits, - and .");
  BOOST_TEST(refusal(with(instance(), "name: vm", "name: vm, namespace: \"a\\nb\"")) ==
             "2:33: /metadata/namespace: is a\\nb; Kubernetes allows only lower-case letters, digits, - and .");
  const auto devices = [](const std::string& list) {
    return refusal(instance("cores: 4", "guest: 4Gi", "devices: {gpus: " + list + "}"));
  };
  BOOST_TEST(devices("[{name: gpu 0, deviceName: x}]") ==
             "7:29: /spec/domain/devices/gpus[1]/name: is gpu 0; libvirt allows only letters, digits, - and _");
  BOOST_TEST(devices("[{name: a, deviceName: x}, {name: a, deviceName: y}]") ==
             "7:55: /spec/domain/devices/gpus[2]/name: is a, which another of gpus has; choose unique names");
}

BOOST_AUTO_TEST_CASE(amounts_are_read_as_kubernetes_reads_them) {
  const auto guest = [](const std::string& text) {
    return read_virtual_machine(instance("cores: 1", "guest: " + text)).memory;
  };
  BOOST_TEST(guest("2Gi") == 2147483648U);
  BOOST_TEST(guest("2048Mi") == 2147483648U);
  BOOST_TEST(guest("2147483648") == 2147483648U);
  BOOST_TEST(guest("\"2Gi\"") == 2147483648U);
  BOOST_TEST(guest("2147483648000m") == 2147483648U);
  BOOST_TEST(guest("1.5Ti") == 1649267441664U);
  BOOST_TEST(guest("1073741824e0") == 1073741824U);
}

BOOST_AUTO_TEST_SUITE_END()
