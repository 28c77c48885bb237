#include "write_layout.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <vnuma/topology/guest_map.hpp>

#include "../domain/guest_cells.hpp"
#include "../stale.hpp"

namespace vnuma::placement {

namespace {

using schema::Domain;
using topology::CpuSet;

template <class Optional>
auto& present(Optional& part) {
  return part ? *part : part.emplace();
}

void write_cells(const Layout& layout, schema::Unit unit, Domain& domain) {
  const auto is_new = [](const LayoutCell& cell) { return cell.is_new; };
  if (std::none_of(layout.cells.begin(), layout.cells.end(), is_new)) return;
  if (topology::has_guest_cells(domain)) refuse_stale("/domain/cpu/numa");
  schema::NUMA& numa = present(present(domain.cpu).numa);
  for (const LayoutCell& cell : layout.cells) {
    schema::NUMACell& added = numa.cells.emplace_back();
    added.id = cell.id;
    added.cpus = cell.vcpus;
    added.memory = cell.memory / static_cast<std::uint64_t>(unit);
    added.unit = unit;
    for (const auto& [to, distance] : cell.distances) {
      present(added.distances).siblings.push_back({.id = to, .value = distance});
    }
  }
}

void write_topology(const Layout& layout, Domain& domain) {
  if (!layout.topology) return;
  schema::CPU& cpu = present(domain.cpu);
  if (cpu.topology) refuse_stale("/domain/cpu/topology");
  cpu.topology.emplace() = {
      .sockets = layout.topology->sockets, .cores = layout.topology->cores, .threads = layout.topology->threads};
}

void write_pins(const Layout& layout, Domain& domain) {
  if (layout.pins.empty() && !layout.pins_emulator && layout.io_threads.empty()) return;
  schema::CPUTune& tune = present(domain.cpu_tune);
  std::set<std::uint32_t> pinned;
  for (const schema::CPUTuneVCPUPin& pin : tune.vcpu_pin) pinned.insert(*pin.vcpu);
  for (const VcpuPin& pin : layout.pins) {
    if (pinned.contains(pin.vcpu)) refuse_stale("/domain/cputune");
    tune.vcpu_pin.push_back({.vcpu = pin.vcpu, .cpu_set = CpuSet(pin.host_cpu)});
  }
  if (layout.pins_emulator) {
    if (tune.emulator_pin) refuse_stale("/domain/cputune/emulatorpin");
    tune.emulator_pin.emplace().cpu_set = layout.other_cpus;
  }
  for (const std::uint32_t id : layout.io_threads) {
    tune.io_thread_pin.push_back({.io_thread = id, .cpu_set = layout.other_cpus});
  }
}

void write_memnodes(const Layout& layout, Domain& domain) {
  const auto adds = [](const LayoutCell& cell) { return cell.adds_memnode; };
  if (std::none_of(layout.cells.begin(), layout.cells.end(), adds)) return;
  schema::NUMATune& tune = present(domain.numa_tune);
  // libvirt refuses restrictive beside another mode (virDomainNumatuneNodeParseXML).
  const bool is_restrictive = tune.memory && tune.memory->mode == "restrictive";
  const bool has_any = !tune.mem_nodes.empty();
  CpuSet nodes;
  for (const LayoutCell& cell : layout.cells) {
    if (!cell.adds_memnode) continue;
    nodes.insert(CpuSet(cell.host_node));
    tune.mem_nodes.push_back(
        {.cell_id = cell.id, .mode = is_restrictive ? "restrictive" : "strict", .node_set = CpuSet(cell.host_node)});
  }
  if (!tune.memory && !has_any) tune.memory.emplace() = {.mode = "strict", .node_set = nodes};
}

}  // namespace

void write_layout(const Layout& layout, schema::Unit unit, Domain& domain) {
  write_topology(layout, domain);
  write_cells(layout, unit, domain);
  write_pins(layout, domain);
  write_memnodes(layout, domain);
}

}  // namespace vnuma::placement
