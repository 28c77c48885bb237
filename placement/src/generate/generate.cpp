#include <vnuma/placement/generate.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "../counted.hpp"
#include "../domain/guest_cells.hpp"
#include "kubevirt_devices.hpp"
#include "vcpu_pinning.hpp"

namespace vnuma::placement {

namespace {

using schema::Domain;
using schema::VirtualMachine;
using schema::VirtualMachineFirmware;
using topology::CpuSet;
using topology::Node;

// A guest cell, by its position, and the host node that maps to it.
struct Cell {
  const Node* node = nullptr;
  CpuSet vcpus{};
  std::uint64_t memory = 0;  // bytes
};

// The nodes that have vCPUs, in the host's order.
std::vector<Cell> cells_of(const topology::Host& host, const std::vector<std::uint32_t>& pinned) {
  std::vector<Cell> cells;
  for (const Node& node : host.nodes) {
    Cell cell{.node = &node};
    for (std::uint32_t vcpu = 0; vcpu < pinned.size(); ++vcpu) {
      if (node.cpus.contains(pinned[vcpu])) cell.vcpus.insert(CpuSet(vcpu));
    }
    if (!cell.vcpus.empty()) cells.push_back(std::move(cell));
  }
  return cells;
}

void split_memory(const VirtualMachine& vm, std::vector<Cell>& cells) {
  if (vm.page_size == 0 || vm.memory % vm.page_size != 0) {
    throw GenerateError(make_diagnostic(
        Code::memory_indivisible, "",
        fmt::format("the memory of {} bytes is not a multiple of the huge page of {} bytes", vm.memory, vm.page_size),
        "give a multiple"));
  }
  const std::uint64_t pages = vm.memory / vm.page_size;
  if (pages < cells.size()) {
    throw GenerateError(make_diagnostic(
        Code::memory_indivisible, "",
        fmt::format("the memory of {} bytes is {} of {} bytes, fewer than the {} NUMA nodes that the CPUs are on",
                    vm.memory, counted(pages, "huge page"), vm.page_size, cells.size()),
        "give each node a page"));
  }
  const std::uint64_t rest = pages % cells.size();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    cells[i].memory = (pages / cells.size() + (i < rest ? 1 : 0)) * vm.page_size;
  }
}

void add_distances(const std::vector<Cell>& cells, std::uint32_t from, schema::NUMACell& numa_cell) {
  std::map<topology::NodeId, std::uint32_t> cell_of;
  for (std::uint32_t i = 0; i < cells.size(); ++i) cell_of.emplace(cells[i].node->id, i);
  for (const auto& [node, distance] : cells[from].node->distances) {
    const auto to = cell_of.find(node);
    if (to == cell_of.end()) continue;
    schema::NUMACellDistances& distances = numa_cell.distances ? *numa_cell.distances : numa_cell.distances.emplace();
    const bool own = to->second == from;
    distances.siblings.push_back(
        {.id = to->second, .value = own ? own_distance : std::clamp(distance, least_distance, most_distance)});
  }
}

void add_numa(const VirtualMachine& vm, const std::vector<Cell>& cells, Domain& domain) {
  schema::NUMA& numa = domain.cpu->numa.emplace();
  schema::NUMATune& tune = domain.numa_tune.emplace();
  schema::MemoryBacking& backing = domain.memory_backing.emplace();
  schema::HugePages& pages = backing.huge_pages.emplace();
  CpuSet nodes;
  for (std::uint32_t id = 0; id < cells.size(); ++id) {
    const Cell& cell = cells[id];
    schema::NUMACell& added = numa.cells.emplace_back();
    added.id = id;
    added.cpus = cell.vcpus;
    added.memory = cell.memory;
    added.unit = schema::Unit::bytes;
    add_distances(cells, id, added);
    nodes.insert(CpuSet(cell.node->id));
    tune.mem_nodes.push_back({.cell_id = id, .mode = "strict", .node_set = CpuSet(cell.node->id)});
    pages.huge_page.push_back({.size = vm.page_size, .unit = schema::Unit::bytes, .node_set = CpuSet(id)});
  }
  tune.memory.emplace() = {.mode = "strict", .node_set = nodes};
  if (vm.memfd) backing.source.emplace().type = "memfd";
  backing.allocation.emplace().mode = "immediate";
}

void add_cpus(const VirtualMachine& vm, const Pinning& pinning, Domain& domain) {
  domain.vcpu.emplace().placement = "static";
  domain.vcpu->cpus = static_cast<std::uint32_t>(pinning.vcpus.size());
  schema::CPUTune& tune = domain.cpu_tune.emplace();
  for (std::uint32_t vcpu = 0; vcpu < pinning.vcpus.size(); ++vcpu) {
    tune.vcpu_pin.push_back({.vcpu = vcpu, .cpu_set = CpuSet(pinning.vcpus[vcpu])});
  }
  if (!pinning.emulator.empty()) tune.emulator_pin.emplace().cpu_set = pinning.emulator;
  schema::CPU& cpu = domain.cpu.emplace();
  const bool named = vm.cpu_model != "host-model" && vm.cpu_model != "host-passthrough";
  cpu.mode = named ? "custom" : vm.cpu_model;
  if (named) cpu.model.emplace().name = vm.cpu_model;
  cpu.topology.emplace() = {.sockets = vm.sockets, .cores = vm.cores, .threads = vm.threads};
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

}  // namespace

Generated generate(const VirtualMachine& vm, const topology::Host& host, const CpuSet& cpus,
                   const std::vector<std::string>& devices) {
  const Pinning pinning = pin_vcpus(vm, host, cpus);
  std::vector<Cell> cells = cells_of(host, pinning.vcpus);
  split_memory(vm, cells);
  Generated generated{.warnings = warnings_of(vm)};
  Domain& domain = generated.domain;
  domain.type = "kvm";
  domain.name = fmt::format("{}_{}", vm.name_space, vm.name);
  domain.memory.emplace().value = vm.memory;
  domain.memory->unit = schema::Unit::bytes;
  add_os(vm, domain);
  add_cpus(vm, pinning, domain);
  add_numa(vm, cells, domain);
  add_devices(vm, kubevirt_devices(vm, host, devices), domain);
  return generated;
}

}  // namespace vnuma::placement
