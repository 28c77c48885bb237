// The domain that is made for a virtual machine: which CPUs, cells, memory and devices it gets, and what is refused.
#include <map>

#include <fmt/format.h>
#include <boost/test/unit_test.hpp>

#include <vnuma/placement/generate.hpp>

#include "build.hpp"

using namespace vnuma;
using namespace vnuma::test;
using boost::test_tools::per_element;
using placement::Code;
using placement::generate;
using placement::GenerateError;

namespace {

constexpr std::uint64_t GiB = std::uint64_t{1} << 30;

std::string list(const schema::CpuSetText& set) { return (*set).format(); }

topology::CpuSet cpus(const char* list) { return topology::CpuSet::parse(list).value(); }

// Nodes 0 and 3 with four cores of two threads each: CPUs 0-3 and 8-11, 4-7 and 12-15, where n and n + 8 are siblings.
// Node 2 has memory alone. A GPU on node 0 and a NIC on node 3; a mediated device is a part of the GPU.
topology::Host two_nodes() {
  topology::Host host;
  host.nodes = {{.id = 0, .cpus = cpus("0-3,8-11"), .distances = {{0, 10}, {2, 12}, {3, 21}}},
                {.id = 2, .distances = {{0, 12}, {2, 10}, {3, 30}}},
                {.id = 3, .cpus = cpus("4-7,12-15"), .distances = {{0, 21}, {2, 30}, {3, 10}}}};
  for (std::uint32_t id = 0; id < 16; ++id) {
    topology::CpuSet siblings(id % 8);
    siblings.insert(topology::CpuSet(id % 8 + 8));
    host.cpus.push_back({.id = id, .socket = id % 8 / 4, .siblings = siblings});
  }
  host.devices = {{.address = bdf("0000:18:00.0"), .numa_node = 0}, {.address = bdf("0000:9a:00.0"), .numa_node = 3}};
  host.mediated_devices = {{.uuid = "4b20d080-1b54-4048-85b3-a6a62d165c01", .parent = bdf("0000:18:00.0")}};
  return host;
}

schema::VirtualMachine machine(std::uint32_t cores, std::uint32_t threads, std::uint64_t pages = 8) {
  return {.name = "vm", .cores = cores, .threads = threads, .memory = pages * GiB, .page_size = GiB};
}

schema::Domain domain_of(const schema::VirtualMachine& vm, const char* list, std::vector<std::string> devices = {}) {
  return generate(vm, two_nodes(), cpus(list), devices).domain;
}

// The host CPU of each vCPU.
std::string pins(const schema::Domain& domain) {
  std::string text;
  for (const auto& pin : domain.cpu_tune->vcpu_pin) {
    BOOST_TEST(*pin.vcpu == static_cast<std::uint32_t>(&pin - domain.cpu_tune->vcpu_pin.data()));
    text += (text.empty() ? "" : " ") + list(pin.cpu_set);
  }
  return text;
}

// Each cell as "0: vCPUs 0-3, 4 GiB on node 0, distances 10 21".
std::string cells(const schema::Domain& domain) {
  std::string text;
  for (const schema::NUMACell& cell : domain.cpu->numa->cells) {
    const auto& node = domain.numa_tune->mem_nodes[text.empty() ? 0 : *cell.id];
    BOOST_TEST(*node.cell_id == *cell.id);
    BOOST_TEST(*node.mode == "strict");
    text += fmt::format("{}{}: vCPUs {}, {} GiB on node {}, distances", text.empty() ? "" : "; ", *cell.id,
                        list(cell.cpus), *cell.memory / GiB, list(node.node_set));
    for (const auto& sibling : cell.distances->siblings) text += fmt::format(" {}", *sibling.value);
  }
  return text;
}

// Generating is refused with the code, and the error's text has the parts.
template <class... Parts>
void refuses(Code code, const schema::VirtualMachine& vm, const char* list, const std::vector<std::string>& devices,
             const Parts&... parts) {
  BOOST_CHECK_EXCEPTION(generate(vm, two_nodes(), cpus(list), devices), GenerateError,
                        with(code, std::string(parts)...));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(generated)

BOOST_AUTO_TEST_CASE(threads_of_a_core_are_siblings_on_the_host) {
  BOOST_TEST(pins(domain_of(machine(3, 2), "0-3,8-11")) == "0 8 1 9 2 10");
  BOOST_TEST(pins(domain_of(machine(3, 2), "1-3,7,9,11,15")) == "1 9 3 11 7 15");
}

BOOST_AUTO_TEST_CASE(cores_without_threads_take_any_cpus_and_siblings_stay_next_to_each_other) {
  BOOST_TEST(pins(domain_of(machine(4, 1), "0-1,8-9")) == "0 8 1 9");
  BOOST_TEST(pins(domain_of(machine(3, 1), "2,4,12")) == "2 4 12");
}

BOOST_AUTO_TEST_CASE(sockets_fill_the_nodes_one_after_the_other) {
  schema::VirtualMachine vm = machine(2, 2);
  vm.sockets = 2;
  const schema::Domain domain = domain_of(vm, "2-5,10-13");
  BOOST_TEST(pins(domain) == "2 10 3 11 4 12 5 13");
  BOOST_TEST(*domain.cpu->topology->sockets == 2U);
  BOOST_TEST(*domain.cpu->topology->cores == 2U);
  BOOST_TEST(*domain.cpu->topology->threads == 2U);
  BOOST_TEST(*domain.vcpu->cpus == 8U);
}

BOOST_AUTO_TEST_CASE(cells_are_the_nodes_in_use_from_0_with_the_hosts_distances) {
  BOOST_TEST(cells(domain_of(machine(4, 2), "2-5,10-13")) ==
             "0: vCPUs 0-3, 4 GiB on node 0, distances 10 21; 1: vCPUs 4-7, 4 GiB on node 3, distances 21 10");
  BOOST_TEST(cells(domain_of(machine(2, 2), "4-5,12-13")) == "0: vCPUs 0-3, 8 GiB on node 3, distances 10");
  BOOST_TEST(list(domain_of(machine(4, 2), "2-5,10-13").numa_tune->memory->node_set) == "0,3");
}

BOOST_AUTO_TEST_CASE(memory_is_whole_pages_and_the_first_cells_take_what_remains) {
  const schema::Domain domain = domain_of(machine(2, 2, 7), "3-4,11-12");
  BOOST_TEST(cells(domain) ==
             "0: vCPUs 0-1, 4 GiB on node 0, distances 10 21; 1: vCPUs 2-3, 3 GiB on node 3, distances 21 10");
  BOOST_TEST(*domain.memory->value == 7 * GiB);
  BOOST_TEST(domain.memory_backing->huge_pages->huge_page.size() == 2U);
  BOOST_TEST(*domain.memory_backing->huge_pages->huge_page[1].size == GiB);
  BOOST_TEST(list(domain.memory_backing->huge_pages->huge_page[1].node_set) == "1");
}

// libvirt takes no distance below 10, and 10 for the cell itself only.
BOOST_AUTO_TEST_CASE(distances_are_held_to_what_libvirt_takes) {
  topology::Host host = two_nodes();
  host.nodes[0].distances = {{0, 10}, {3, 10}};
  host.nodes[2].distances = {{0, 260}, {3, 10}};
  BOOST_TEST(cells(generate(machine(2, 2), host, cpus("3-4,11-12"), {}).domain) ==
             "0: vCPUs 0-1, 4 GiB on node 0, distances 10 11; 1: vCPUs 2-3, 4 GiB on node 3, distances 255 10");
}

BOOST_AUTO_TEST_CASE(the_emulator_takes_the_cpus_behind_those_of_the_vcpus) {
  schema::VirtualMachine vm = machine(2, 2);
  vm.emulator_threads = 2;
  BOOST_TEST(list(domain_of(vm, "0-2,8-10").cpu_tune->emulator_pin->cpu_set) == "2,10");
  BOOST_TEST(list(domain_of(vm, "0-1,3,8-9,12").cpu_tune->emulator_pin->cpu_set) == "3,12");
  BOOST_TEST(!domain_of(machine(2, 2), "0-2,8-10").cpu_tune->emulator_pin);
}

BOOST_AUTO_TEST_CASE(devices_have_kubevirts_aliases_and_host_devices_come_before_gpus) {
  schema::VirtualMachine vm = machine(2, 2);
  vm.gpus = {{"vgpu", "x/V"}, {"gpu-1", "x/G"}};
  vm.host_devices = {{"nic", "x/N"}};
  topology::Host host = two_nodes();
  host.devices.push_back({.address = bdf("0000:9b:00.0"), .numa_node = 3});
  const auto domain =
      generate(vm, host, cpus("0-1,8-9"), {"4B20D080-1b54-4048-85b3-a6a62d165c01", "0000:18:00.0", "0000:9a:00.0"})
          .domain;
  const auto& devices = domain.devices->host_devices;
  BOOST_TEST_REQUIRE(devices.size() == 3U);
  BOOST_TEST(*devices[0].alias->name == "ua-hostdevice-nic");
  BOOST_TEST(*devices[1].alias->name == "ua-gpu-gpu-1");
  BOOST_TEST(*devices[2].alias->name == "ua-gpu-vgpu");
  BOOST_TEST(*devices[1].source->address->bus == 0x18U);
  BOOST_TEST((devices[1].managed == false));
  BOOST_TEST(*devices[2].type == "mdev");
  BOOST_TEST(*devices[2].model == "vfio-pci");
}

BOOST_AUTO_TEST_CASE(devices_come_from_kubevirts_variables_each_once) {
  schema::VirtualMachine vm;
  vm.gpus = {{"a", "nvidia.com/GH100_h100"}, {"b", "nvidia.com/GH100_h100"}};
  vm.host_devices = {{"c", "example.com/part"}};
  std::map<std::string, std::string> environment{{"PCI_RESOURCE_NVIDIA_COM_GH100_H100", "0000:18:00.0,0000:1a:00.0,"},
                                                 {"MDEV_PCI_RESOURCE_EXAMPLE_COM_PART", "uuid"}};
  const auto variable = [&](const std::string& name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::nullopt : std::optional(found->second);
  };
  const std::vector<std::string> expected{"0000:18:00.0", "0000:1a:00.0", "uuid"};
  BOOST_TEST(placement::devices_in_environment(vm, variable) == expected, per_element());
  environment["PCI_RESOURCE_NVIDIA_COM_GH100_H100"] = "0000:18:00.0";
  BOOST_CHECK_EXCEPTION(
      placement::devices_in_environment(vm, variable), GenerateError,
      with(Code::wrong_devices, "b asks", "nvidia.com/GH100_h100", " PCI_RESOURCE_NVIDIA_COM_GH100_H100",
           " MDEV_PCI_RESOURCE_NVIDIA_COM_GH100_H100", "1 device;"));
}

BOOST_AUTO_TEST_CASE(a_part_of_the_manifest_that_is_left_out_is_reported) {
  schema::VirtualMachine vm = machine(2, 2);
  vm.left_out = {{"/spec/domain/clock", 7}};
  const auto warnings = generate(vm, two_nodes(), cpus("0-1,8-9"), {}).warnings;
  BOOST_TEST_REQUIRE(codes_of(warnings) == Lines{"VN054"}, per_element());
  BOOST_TEST(mentions(warnings[0].message, "/spec/domain/clock (line 7)"));
}

BOOST_AUTO_TEST_CASE(cpus_that_do_not_suffice_are_refused_with_the_numbers) {
  refuses(Code::cpus_insufficient, machine(2, 2), "0-1,8,99-100", {}, "cpuset 0-1,8,99-100", "have: 99-100",
          "has 0-15");
  refuses(Code::cpus_insufficient, machine(4, 2), "0-2,8-10", {}, "8 CPUs", "8 vCPUs",
          "1 socket of 4 cores of 2 threads", "cpuset 0-2,8-10 has 6", "give a cpuset of 8 CPUs");
  schema::VirtualMachine emulator = machine(2, 2);
  emulator.emulator_threads = 1;
  refuses(Code::cpus_insufficient, emulator, "0-1,8-9", {}, "5 CPUs", "4 vCPUs", "1 for the emulator",
          "cpuset 0-1,8-9 has 4", "give a cpuset of 5 CPUs");
  refuses(Code::cpus_insufficient, machine(0, 2), "0-1", {}, "1 socket of 0 cores of 2 threads", "1 to 2 vCPUs");
}

BOOST_AUTO_TEST_CASE(cpus_that_are_not_whole_cores_are_refused_with_the_numbers) {
  refuses(Code::cpus_insufficient, machine(3, 2), "0-2,8,11,12", {}, "2 of the machine's 3 cores", "2 threads",
          "2 siblings", "cpuset 0-2,8,11-12 has 1 set", "4 CPUs");
}

BOOST_AUTO_TEST_CASE(a_host_that_does_not_describe_its_cpus_is_refused) {
  const auto refuses_host = [](const topology::Host& host, const char* part) {
    BOOST_CHECK_EXCEPTION(generate(machine(1, 1), host, cpus("0"), {}), GenerateError,
                          with(Code::incomplete_host, part));
  };
  topology::Host silent = two_nodes();
  silent.cpus.clear();
  refuses_host(silent, "siblings");
  topology::Host twice = two_nodes();
  twice.nodes[1].cpus = cpus("0,9");
  refuses_host(twice, "node 2");
  refuses_host(twice, ": 0,9;");
}

BOOST_AUTO_TEST_CASE(memory_that_cannot_be_divided_is_refused_with_the_numbers) {
  schema::VirtualMachine odd = machine(1, 1);
  odd.memory = 3 * GiB / 2;
  refuses(Code::memory_indivisible, odd, "0", {}, "1610612736 bytes", "1073741824 bytes");
  refuses(Code::memory_indivisible, machine(2, 1, 1), "0,4", {}, "memory of 1073741824 bytes", "1 huge page",
          "2 NUMA nodes");
}

BOOST_AUTO_TEST_CASE(devices_that_do_not_fit_the_manifest_or_the_host_are_refused) {
  schema::VirtualMachine vm = machine(1, 1);
  vm.gpus = {{"a", "x/A"}};
  vm.host_devices = {{"b", "x/B"}};
  const auto refuses_devices = [&](const std::vector<std::string>& devices, const auto&... parts) {
    refuses(Code::wrong_devices, vm, "0", devices, parts...);
  };
  refuses_devices({"0000:18:00.0"}, "1 GPU and 1 host device", "1 device is", "name 2");
  refuses_devices({"0000:18:00.0", "0000:9a:00.0", "0000:9b:00.0"}, "1 GPU and 1 host device", "3 devices are",
                  "name 2");
  refuses_devices({"0000:18:00.0", "0000:77:00.0"}, "b: ", "0000:77:00.0", "PCI device", "one of its 2");
  refuses_devices({"0000:18:00.0", "00000000-1b54-4048-85b3-a6a62d165c01"},
                  "b: ", "00000000-1b54-4048-85b3-a6a62d165c01", "mediated device", "one of its 1");
  refuses_devices({"gpu", "0000:9a:00.0"}, "a: gpu", "0000:18:00.0", "UUID");
  refuses_devices({"0000:18:00.0", "18:00.0"}, "0000:18:00.0 is named twice");
}

BOOST_AUTO_TEST_SUITE_END()
