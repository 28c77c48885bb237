#include <vnuma/placement/generate.hpp>

#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include <vnuma/placement/plan.hpp>

#include "../layout/cell_resources.hpp"
#include "../layout/write_layout.hpp"
#include "kubevirt_devices.hpp"
#include "vcpu_pinning.hpp"

namespace vnuma::placement {

namespace {

using schema::Domain;
using schema::VirtualMachine;
using schema::VirtualMachineFirmware;
using topology::CpuSet;

// A cell for each node that has vCPUs, in the host's order.
std::vector<LayoutCell> cells_of(const topology::Host& host, const std::vector<std::uint32_t>& pinned) {
  std::vector<LayoutCell> cells;
  for (const topology::Node& node : host.nodes) {
    LayoutCell cell{.id = static_cast<std::uint32_t>(cells.size()), .host_node = node.id};
    for (std::uint32_t vcpu = 0; vcpu < pinned.size(); ++vcpu) {
      if (node.cpus.contains(pinned[vcpu])) cell.vcpus.insert(CpuSet(vcpu));
    }
    if (!cell.vcpus.empty()) cells.push_back(std::move(cell));
  }
  return cells;
}

Layout layout_of(const VirtualMachine& vm, const topology::Host& host, const Pinning& pinning) {
  Layout layout{.cells = cells_of(host, pinning.vcpus),
                .other_cpus = pinning.emulator,
                .pins_emulator = !pinning.emulator.empty(),
                .topology = CpuTopology{.sockets = vm.sockets, .cores = vm.cores, .threads = vm.threads}};
  const auto memory = split_memory(vm.memory, vm.page_size, layout.cells.size(), "huge page", "");
  for (std::size_t i = 0; i < memory.size(); ++i) layout.cells[i].memory = memory[i];
  add_distances(host, layout.cells);
  for (std::uint32_t vcpu = 0; vcpu < pinning.vcpus.size(); ++vcpu) layout.pins.push_back({vcpu, pinning.vcpus[vcpu]});
  return layout;
}

void add_memory_backing(const VirtualMachine& vm, const Layout& layout, Domain& domain) {
  schema::MemoryBacking& backing = domain.memory_backing.emplace();
  schema::HugePages& pages = backing.huge_pages.emplace();
  for (const LayoutCell& cell : layout.cells) {
    pages.huge_page.push_back({.size = vm.page_size, .unit = schema::Unit::bytes, .node_set = CpuSet(cell.id)});
  }
  if (vm.memfd) backing.source.emplace().type = "memfd";
  backing.allocation.emplace().mode = "immediate";
}

void add_cpus(const VirtualMachine& vm, std::size_t vcpus, Domain& domain) {
  domain.vcpu.emplace().placement = "static";
  domain.vcpu->cpus = static_cast<std::uint32_t>(vcpus);
  schema::CPU& cpu = domain.cpu.emplace();
  const bool named = vm.cpu_model != "host-model" && vm.cpu_model != "host-passthrough";
  cpu.mode = named ? "custom" : vm.cpu_model;
  if (named) cpu.model.emplace().name = vm.cpu_model;
  cpu.features = vm.cpu_features;
}

void add_os(const VirtualMachine& vm, Domain& domain) {
  const bool arm = vm.architecture == "arm64";
  schema::OS& os = domain.os.emplace();
  os.type.emplace() = {.os = "hvm", .arch = arm ? "aarch64" : "x86_64", .machine = vm.machine};
  schema::Features& features = domain.features.emplace();
  if (vm.acpi) features.acpi.emplace();
  if (vm.smm) features.smm.emplace().state = true;
  // Its CPUs are dedicated. KubeVirt sets this hint on amd64 only.
  if (!arm) features.kvm.emplace().hint_dedicated.emplace().state = true;
  if (vm.firmware == VirtualMachineFirmware::bios) return;
  // KubeVirt names the files in its container; libvirt finds those of any host.
  os.firmware = "efi";
  os.firmware_info.emplace().features.push_back(
      {.enabled = vm.firmware == VirtualMachineFirmware::efi_secure_boot, .name = "secure-boot"});
}

void add_devices(const VirtualMachine& vm, std::vector<schema::HostDevice> passed, Domain& domain) {
  schema::Devices& devices = domain.devices.emplace();
  schema::Controller& usb = devices.controllers.emplace_back();
  usb.type = "usb";
  usb.index = 0;
  usb.model = "none";
  devices.host_devices = std::move(passed);
  if (!vm.mem_balloon) devices.ballooning.emplace_back().model = "none";
}

std::vector<Diagnostic> warnings_of(const VirtualMachine& vm) {
  std::vector<Diagnostic> warnings;
  for (const schema::LeftOut& left_out : vm.left_out) {
    warnings.push_back(make_diagnostic(
        Code::left_out, "", fmt::format("{} (line {}) of the manifest is left out", left_out.path, left_out.line)));
  }
  return warnings;
}

// Cells::add shares its rules, whose errors are those of plan().
template <class F>
auto with_generate_errors(F&& f) {
  try {
    return f();
  } catch (const PlanError& error) {
    throw GenerateError(error.diagnostic());
  }
}

}  // namespace

Generated generate(const VirtualMachine& vm, const topology::Host& host, const CpuSet& cpus,
                   const std::vector<std::string>& devices) {
  const Layout layout = with_generate_errors([&] { return layout_of(vm, host, pin_vcpus(vm, host, cpus)); });
  Generated generated{.warnings = warnings_of(vm)};
  Domain& domain = generated.domain;
  domain.type = "kvm";
  domain.name = fmt::format("{}_{}", vm.name_space, vm.name);
  domain.memory.emplace().value = vm.memory;
  domain.memory->unit = schema::Unit::bytes;
  add_os(vm, domain);
  add_cpus(vm, layout.pins.size(), domain);
  write_layout(layout, schema::Unit::bytes, domain);
  add_memory_backing(vm, layout, domain);
  add_devices(vm, kubevirt_devices(vm, host, devices), domain);
  return generated;
}

}  // namespace vnuma::placement
