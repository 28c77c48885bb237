// Virtual machines: refused as documented, or they have what generate relies on, each time the same; and generate
// refuses as documented, or gives a domain that plan takes.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <vnuma/manifest/virtual_machine.hpp>
#include <vnuma/placement/generate.hpp>
#include <vnuma/placement/plan.hpp>
#include <vnuma/schema/error.hpp>

#include "fuzz/require.hpp"

using namespace vnuma;

namespace {

// Two nodes of eight cores of two threads; n and n + 16 are siblings. Sixteen devices on either.
const topology::Host& host() {
  static const topology::Host made = [] {
    topology::Host host;
    for (std::uint32_t n = 0; n < 2; ++n) {
      topology::CpuSet cpus;
      cpus.insert({8 * n, 8 * n + 7});
      cpus.insert({8 * n + 16, 8 * n + 23});
      host.nodes.push_back({.id = n, .cpus = cpus, .distances = {{n, 10}, {1 - n, 20}}});
    }
    for (std::uint32_t id = 0; id < 32; ++id) {
      topology::CpuSet siblings(id % 16);
      siblings.insert(topology::CpuSet(id % 16 + 16));
      host.cpus.push_back({.id = id, .socket = id % 16 / 8, .siblings = siblings});
    }
    for (std::uint8_t i = 0; i < 32; ++i) {
      host.devices.push_back({.address = {.bus = static_cast<std::uint8_t>(i + 1)}, .numa_node = i / 16});
    }
    return host;
  }();
  return made;
}

void hold_generate(const schema::VirtualMachine& vm) {
  std::vector<std::string> devices;
  for (std::size_t i = 0; i < vm.gpus.size() + vm.host_devices.size() && i < host().devices.size(); ++i) {
    devices.push_back(host().devices[i].address.format());
  }
  topology::CpuSet cpus;
  cpus.insert({0, 31});
  try {
    const placement::Generated made = placement::generate(vm, host(), cpus, devices);
    std::uint64_t memory = 0;
    for (const schema::NUMACell& cell : made.domain.cpu->numa->cells) {
      test::require(*cell.memory > 0 && *cell.memory % vm.page_size == 0, "a cell has whole pages, one at least");
      memory += *cell.memory;
    }
    test::require(memory == vm.memory, "the cells have the memory");
    static_cast<void>(placement::plan(made.domain, host()));
  } catch (const placement::GenerateError&) {
  } catch (const schema::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const schema::VirtualMachine vm = manifest::read_virtual_machine(text);
    test::require(manifest::read_virtual_machine(text) == vm, "the same text gives the same machine");
    test::require(!vm.name.empty(), "it has a name");
    test::require(vm.memory > 0 && vm.page_size > 0 && vm.memory % vm.page_size == 0, "it has whole pages");
    test::require(vm.sockets > 0 && vm.cores > 0 && vm.threads > 0 && vm.threads <= 2, "it has vCPUs");
    hold_generate(vm);
  } catch (const schema::ParseError& error) {
    test::require(error.line() > 0 && error.column() > 0, "a refusal has a line and a column", error.what());
  }
  return 0;
}
