#include "cell_arguments.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <vnuma/schema/size.hpp>
#include <vnuma/schema/visible.hpp>

#include "../assign/new_cells.hpp"
#include "option_value.hpp"

namespace vnuma::placement {

namespace {

using schema::CpuSet;

std::string memory_id(std::uint32_t cell) { return fmt::format("vnuma-cell{}", cell); }

// Adds the ranges of the set, as QEMU reads lists: "cpus=0-3,cpus=8".
void add_list(OptionValue& value, std::string_view key, const CpuSet& set) {
  for (const CpuSet::Range& range : set.ranges()) value.add(key, CpuSet(range).format());
}

// libvirt counts a vCPU without <topology> as a socket; QEMU would count it as a core.
QemuArgument smp(const schema::Domain& domain) {
  const bool counts = domain.vcpu && domain.vcpu->cpus;
  const std::uint32_t most = counts ? *domain.vcpu->cpus : 1;
  OptionValue value(fmt::to_string(domain.vcpu ? domain.vcpu->current.value_or(most) : most));
  value.add("maxcpus", most);
  const bool has_topology = domain.cpu->topology.has_value();
  const schema::CPUTopology topology = has_topology ? *domain.cpu->topology : schema::CPUTopology{.sockets = most};
  value.add("sockets", topology.sockets.value_or(1));
  if (topology.dies.value_or(1) > 1) value.add("dies", *topology.dies);
  if (topology.clusters.value_or(1) > 1) value.add("clusters", *topology.clusters);
  value.add("cores", topology.cores.value_or(1)).add("threads", topology.threads.value_or(1));
  return {"-smp", value.text()};
}

// Where the memory of a cell lies on the host: that of its memnode, else that of the domain.
struct Binding {
  std::string mode;
  CpuSet nodes;
  std::string path;
};

std::optional<Binding> binding_of(const schema::Domain& domain, std::uint32_t cell) {
  if (!domain.numa_tune) return std::nullopt;
  const auto& memnodes = domain.numa_tune->mem_nodes;
  for (std::size_t i = 0; i < memnodes.size(); ++i) {
    if (memnodes[i].cell_id != cell || !memnodes[i].node_set) continue;
    return Binding{memnodes[i].mode.value_or("strict"), *memnodes[i].node_set,
                   fmt::format("/domain/numatune/memnode[{}]", i + 1)};
  }
  const auto& memory = domain.numa_tune->memory;
  if (!memory || !memory->node_set) return std::nullopt;
  return Binding{memory->mode.value_or("strict"), *memory->node_set, "/domain/numatune/memory"};
}

// QEMU's name of the mode; nullopt for restrictive, which libvirt leaves to cgroups.
std::optional<std::string_view> policy_of(const Binding& binding) {
  if (binding.mode == "strict") return "bind";
  if (binding.mode == "preferred" || binding.mode == "interleave") return binding.mode;
  if (binding.mode == "restrictive") return std::nullopt;
  throw PlanError(make_diagnostic(Code::invalid_value, binding.path + "/@mode",
                                  fmt::format("\"{}\" is not a mode of memory", schema::visible(binding.mode)),
                                  "use strict, preferred, interleave or restrictive"));
}

// The huge pages of a cell: their size in bytes, 0 for the host's default; nullopt if the cell has none.
std::optional<std::uint64_t> huge_page_size(const schema::Domain& domain, std::uint32_t cell) {
  if (!domain.memory_backing || !domain.memory_backing->huge_pages) return std::nullopt;
  const schema::HugePages& pages = *domain.memory_backing->huge_pages;
  if (pages.huge_page.empty()) return 0;
  const auto position = pages_of(pages, cell);
  if (!position) return std::nullopt;
  return schema::bytes(pages.huge_page[*position],
                       fmt::format("/domain/memoryBacking/hugepages/page[{}]", *position + 1));
}

// The word that says whether other processes share the memory of the cell: "shared", "private" or none.
std::string access_of(const GuestCell& cell, const schema::Domain& domain) {
  if (cell.cell->memory_access) return *cell.cell->memory_access;
  const bool has_access = domain.memory_backing && domain.memory_backing->access;
  return has_access ? domain.memory_backing->access->mode.value_or("") : "";
}

// The memory of a cell. libvirt also has memory in files of hugetlbfs or of a folder of its own, which QEMU alone does
// not have; memfd is like them.
QemuArgument memory_backend(const GuestCell& cell, const schema::Domain& domain) {
  const auto* backing = domain.memory_backing ? &*domain.memory_backing : nullptr;
  const std::string source = backing && backing->source ? backing->source->type.value_or("") : "";
  const std::string access = access_of(cell, domain);
  const auto page = huge_page_size(domain, cell.id);
  const bool is_file = page || source == "memfd" || source == "file" || !access.empty();
  OptionValue value(is_file ? "memory-backend-memfd" : "memory-backend-ram");
  value.add("id", memory_id(cell.id)).add("size", qemu_size(schema::bytes(*cell.cell, cell.path())));
  if (page) value.add_switch("hugetlb", true);
  if (page && *page > 0) value.add("hugetlbsize", qemu_size(*page));
  // The preset of libvirt's files is private, that of QEMU's memfd shared.
  if (!access.empty() || (is_file && source != "memfd")) value.add_switch("share", access == "shared");
  const bool is_immediate = backing && backing->allocation && backing->allocation->mode == "immediate";
  if (page || is_immediate) value.add_switch("prealloc", true);
  const auto binding = binding_of(domain, cell.id);
  if (const auto policy = binding ? policy_of(*binding) : std::nullopt) {
    add_list(value, "host-nodes", binding->nodes);
    value.add("policy", *policy);
  }
  return {"-object", value.text()};
}

// The vCPUs of a cell. Those that no cell names are in cell 0, as libvirt has it (virDomainNumaFillCPUsInNode).
CpuSet vcpus_of(const GuestCell& cell, const DomainView& view) {
  CpuSet own = cell.has_vcpus() ? *cell.cell->cpus : CpuSet();
  const schema::Domain& domain = view.domain;
  if (cell.id != 0 || !domain.vcpu || !domain.vcpu->cpus || *domain.vcpu->cpus == 0) return own;
  CpuSet rest(CpuSet::Range{0, *domain.vcpu->cpus - 1});
  for (const GuestCell& other : view.cells) {
    if (!other.has_vcpus()) continue;
    const CpuSet named = *other.cell->cpus;
    for (const CpuSet::Range& range : named.ranges()) rest.erase(range);
  }
  own.insert(rest);
  return own;
}

QemuArgument numa_node(const GuestCell& cell, const DomainView& view) {
  OptionValue value("node");
  value.add("nodeid", cell.id);
  add_list(value, "cpus", vcpus_of(cell, view));
  return {"-numa", value.add("memdev", memory_id(cell.id)).text()};
}

// The distance that the list of a cell has.
std::optional<std::uint32_t> own_distance_of(const GuestCell& cell, std::uint32_t to) {
  if (!cell.cell->distances) return std::nullopt;
  for (const schema::NUMACellSibling& sibling : cell.cell->distances->siblings) {
    if (sibling.id == to && sibling.value) return *sibling.value;
  }
  return std::nullopt;
}

// The distances in both directions, if the domain has any: QEMU then asks for all that are not symmetric.
std::vector<QemuArgument> distances(const std::vector<GuestCell>& cells) {
  std::vector<QemuArgument> arguments;
  const auto has_distances = [](const GuestCell& cell) { return cell.cell->distances.has_value(); };
  if (std::none_of(cells.begin(), cells.end(), has_distances)) return arguments;
  for (const GuestCell& from : cells) {
    for (const GuestCell& to : cells) {
      if (from.id == to.id) continue;
      const auto own = own_distance_of(from, to.id);
      const std::uint32_t distance = own ? *own : own_distance_of(to, from.id).value_or(default_distance);
      OptionValue value("dist");
      value.add("src", from.id).add("dst", to.id).add("val", distance);
      arguments.push_back({"-numa", value.text()});
    }
  }
  return arguments;
}

}  // namespace

std::vector<QemuArgument> cell_arguments(const DomainView& view) {
  if (view.cells.empty()) return {};
  std::vector<GuestCell> cells = view.cells;
  std::sort(cells.begin(), cells.end(), [](const GuestCell& a, const GuestCell& b) { return a.id < b.id; });
  std::uint64_t memory = 0;
  for (const GuestCell& cell : cells) memory += schema::bytes(*cell.cell, cell.path());
  std::vector<QemuArgument> arguments{{"-m", qemu_size(memory)}, smp(view.domain)};
  for (const GuestCell& cell : cells) {
    arguments.push_back(memory_backend(cell, view.domain));
    arguments.push_back(numa_node(cell, view));
  }
  for (QemuArgument& argument : distances(cells)) arguments.push_back(std::move(argument));
  return arguments;
}

}  // namespace vnuma::placement
