#include "layout.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vnuma/schema/size.hpp>
#include <vnuma/topology/guest_map.hpp>

#include "../bytes.hpp"
#include "../counted.hpp"
#include "cell_resources.hpp"
#include "declared.hpp"
#include "free_cores.hpp"
#include "layout_nodes.hpp"

namespace vnuma::placement {

namespace {

using schema::Domain;
using topology::CpuSet;
using topology::Host;

// The vCPUs from `first` on.
CpuSet vcpus_from(std::uint32_t first, std::uint32_t count) { return CpuSet(CpuSet::Range{first, first + count - 1}); }

// A core of the guest has the threads of its <topology>; without one, those of a core of the host if the vCPUs can be
// divided that way.
std::uint32_t threads_per_core(const Declared& declared, const std::vector<NodeId>& nodes, const Host& host) {
  if (declared.threads) return *declared.threads;
  std::uint64_t threads = 0;
  for (const topology::Cpu& cpu : host.cpus) {
    const bool is_on_node =
        std::any_of(nodes.begin(), nodes.end(), [&](NodeId node) { return host.node(node)->cpus.contains(cpu.id); });
    if (!is_on_node) continue;
    const std::uint64_t siblings = std::max<std::uint64_t>(cpu.siblings.size(), 1);
    threads = threads == 0 ? siblings : std::min(threads, siblings);
  }
  const bool fits = threads > 0 && declared.vcpus % threads == 0 && declared.vcpus / threads >= nodes.size();
  return fits ? static_cast<std::uint32_t>(threads) : 1;
}

// A new cell for each node, with the same number of cores; the first cells have one more each if some remain.
std::vector<LayoutCell> cells_for_nodes(const std::vector<ChosenNode>& nodes, const Declared& declared,
                                        std::uint32_t threads) {
  if (threads == 0 || declared.vcpus % threads != 0) {
    throw PlanError(make_diagnostic(Code::cells_not_derived, "/domain/vcpu",
                                    fmt::format("{} cannot be divided into cores of {}",
                                                counted(declared.vcpus, "vCPU"), counted(threads, "thread")),
                                    "give a multiple"));
  }
  const std::uint32_t cores = declared.vcpus / threads;
  if (cores < nodes.size()) {
    throw PlanError(
        make_diagnostic(Code::cells_not_derived, "/domain/vcpu",
                        fmt::format("{} ({} of {}) cannot be split over {} host nodes", counted(declared.vcpus, "vCPU"),
                                    counted(cores, "core"), counted(threads, "thread"), nodes.size()),
                        "give each node a core", {{Option::nodes}}));
  }
  std::vector<LayoutCell> cells;
  std::uint32_t next = 0;
  for (std::uint32_t id = 0; id < nodes.size(); ++id) {
    const auto count = static_cast<std::uint32_t>(cores / nodes.size() + (id < cores % nodes.size() ? 1 : 0)) * threads;
    cells.push_back({.id = id, .host_node = nodes[id].node, .vcpus = vcpus_from(next, count), .why = nodes[id].why});
    next += count;
  }
  return cells;
}

void check_all_pinned(const Declared& declared, std::string remedy) {
  const CpuSet unpinned = declared.vcpus == 0 ? CpuSet() : declared.unpinned(vcpus_from(0, declared.vcpus));
  if (unpinned.empty()) return;
  throw PlanError(make_diagnostic(
      Code::cells_not_derived, "/domain/cputune",
      fmt::format("of {}, {} have no pin", counted(declared.vcpus, "vCPU"), unpinned.format()), std::move(remedy)));
}

// A new cell for each host node that vCPUs are pinned to.
std::vector<LayoutCell> cells_for_pins(const Declared& declared, const Host& host) {
  check_all_pinned(declared, "pin all vCPUs or none");
  std::map<NodeId, CpuSet> vcpus;
  for (const auto& [vcpu, cpus] : declared.pins) {
    if (vcpu >= declared.vcpus) continue;
    const std::vector<NodeId> nodes = declared.nodes_of(CpuSet(vcpu), host);
    if (nodes.size() != 1) {
      throw PlanError(make_diagnostic(
          Code::cells_not_derived, declared.pin_paths.at(vcpu),
          nodes.empty()
              ? fmt::format("vCPU {} is pinned to {}, which are on no host node", vcpu, cpus.format())
              : fmt::format("vCPU {} is pinned to CPUs of the host nodes {}", vcpu, fmt::join(nodes, " and ")),
          "pin it to CPUs of one node"));
    }
    vcpus[nodes.front()].insert(CpuSet(vcpu));
  }
  std::vector<LayoutCell> cells;
  for (auto& [node, of_node] : vcpus) {
    cells.push_back({.id = static_cast<std::uint32_t>(cells.size()),
                     .host_node = node,
                     .vcpus = std::move(of_node),
                     .why = "its vCPUs are pinned to CPUs of this node"});
  }
  return cells;
}

// Huge pages as the domain says, else the 1 MiB that libvirt rounds the memory of a cell up to
// (qemuDomainGetMemorySizeAlignment).
std::pair<std::uint64_t, std::string> page_of(const Domain& domain) {
  if (!domain.memory_backing || !domain.memory_backing->huge_pages) return {MiB, "unit"};
  const auto& pages = domain.memory_backing->huge_pages->huge_page;
  // Without a size, QEMU takes the host's default, which is 2 MiB on almost all.
  if (pages.empty()) return {2 * MiB, "huge page"};
  const std::string path = "/domain/memoryBacking/hugepages/page[1]";
  const std::uint64_t size = schema::bytes(pages.front(), path);
  if (size == 0)
    throw PlanError(
        make_diagnostic(Code::invalid_value, path + "/@size", "a huge page has no size of 0", "give its size"));
  return {size, "huge page"};
}

void check_node_memory(const LayoutCell& cell, const topology::Node& node, std::uint64_t page, bool is_huge) {
  const auto refuse = [&](std::uint64_t available, const std::string& what) {
    throw PlanError(make_diagnostic(Code::node_memory, "/domain/memory",
                                    fmt::format("guest cell {} gets {}, but host node {} has {} of {}", cell.id,
                                                size_text(cell.memory), cell.host_node, size_text(available), what),
                                    "give the domain less memory", {{Option::nodes}}));
  };
  if (node.memory_bytes > 0 && cell.memory > node.memory_bytes) refuse(node.memory_bytes, "memory");
  if (!is_huge) return;
  for (const topology::HugePagePool& pool : node.huge_pages) {
    if (pool.size == page && pool.free * pool.size < cell.memory)
      refuse(pool.free * pool.size, fmt::format("free huge pages of {}", size_text(page)));
  }
}

void give_memory(const Domain& domain, const Host& host, std::vector<LayoutCell>& cells) {
  if (!domain.memory) {
    throw PlanError(make_diagnostic(Code::cells_not_derived, "/domain", "the domain has no <memory>",
                                    "add its size, as <memory unit='GiB'>16</memory>"));
  }
  const auto [page, name] = page_of(domain);
  const auto split =
      split_memory(schema::bytes(*domain.memory, "/domain/memory"), page, cells.size(), name, "/domain/memory");
  for (std::size_t i = 0; i < cells.size(); ++i) {
    cells[i].memory = split[i];
    check_node_memory(cells[i], *host.node(cells[i].host_node), page, name == "huge page");
  }
}

// Pins the vCPUs that have none, to the free CPUs of their cells' nodes.
class PinChooser {
 public:
  PinChooser(const Declared& declared, const Host& host, const Options& options)
      : declared_(declared), host_(host), usable_(usable_cpus(host)), are_cpus_named_(!options.cpus.empty()) {
    for (const auto& [vcpu, cpus] : declared.pins) {
      for (const CpuSet::Range& range : cpus.ranges()) usable_.erase(range);
    }
    if (!options.cpus.empty()) usable_ = usable_.intersection(options.cpus);
    if (!declared.cpu_set.empty()) usable_ = usable_.intersection(declared.cpu_set);
    // The host keeps the first core of each node, unless CPUs are named.
    if (options.cpus.empty() && declared.cpu_set.empty()) {
      for (const topology::Node& node : host.nodes) erase_first_core(node);
    }
  }

  std::vector<VcpuPin> pin(const LayoutCell& cell, std::uint32_t threads) {
    const CpuSet unpinned = declared_.unpinned(cell.vcpus);
    std::vector<VcpuPin> pins;
    if (unpinned.empty()) return pins;
    FreeCores free(*host_.node(cell.host_node), host_, usable_, threads);
    const std::uint64_t cores = unpinned.size() / threads;
    if (unpinned.size() % threads != 0 || free.room() < cores) refuse(cell, unpinned.size(), threads, free);
    std::vector<std::uint32_t> cpus;
    for (std::uint64_t i = 0; i < cores; ++i) {
      for (const std::uint32_t cpu : free.take_core()) cpus.push_back(cpu);
    }
    auto cpu = cpus.begin();
    for (const CpuSet::Range& range : unpinned.ranges()) {
      for (std::uint64_t vcpu = range.first; vcpu <= range.last; ++vcpu)
        pins.push_back({static_cast<std::uint32_t>(vcpu), *cpu++});
    }
    for (const VcpuPin& pin : pins) usable_.erase({pin.host_cpu, pin.host_cpu});
    return pins;
  }

 private:
  void erase_first_core(const topology::Node& node) {
    const auto is_here = [&](const topology::Cpu& cpu) { return node.cpus.contains(cpu.id); };
    const auto first = std::find_if(host_.cpus.begin(), host_.cpus.end(), is_here);
    if (first == host_.cpus.end()) return;
    CpuSet rest = node.cpus;
    const CpuSet core = first->siblings.empty() ? CpuSet(first->id) : first->siblings;
    for (const CpuSet::Range& range : core.ranges()) rest.erase(range);
    if (rest.empty()) return;
    for (const CpuSet::Range& range : core.ranges()) usable_.erase(range);
  }

  [[noreturn]] void refuse(const LayoutCell& cell, std::uint64_t vcpus, std::uint32_t threads,
                           const FreeCores& free) const {
    std::string remedy = "give the domain fewer vCPUs";
    std::vector<OptionHint> options{{Option::cpus}};
    if (cell.is_new && !are_cpus_named_) options.push_back({Option::nodes});
    if (!declared_.cpu_set.empty()) {
      remedy = "add CPUs of the node to the cpuset of <vcpu>, or " + remedy;
      options.clear();
    }
    const CpuSet cpus = host_.node(cell.host_node)->cpus.intersection(usable_);
    const bool is_smt = threads > 1;
    throw PlanError(make_diagnostic(
        Code::cpus_insufficient, "/domain/vcpu",
        fmt::format("guest cell {} needs {}{}, but host node {} has {} free ({})", cell.id, counted(vcpus, "CPU"),
                    is_smt ? fmt::format(" in cores of {} threads", threads) : "", cell.host_node,
                    is_smt ? counted(free.room(), "such core") : fmt::format("{}", free.room()),
                    cpus.empty() ? "no CPU" : "CPUs " + cpus.format()),
        std::move(remedy), std::move(options)));
  }

  const Declared& declared_;
  const Host& host_;
  CpuSet usable_;  // and not pinned to yet
  bool are_cpus_named_;
};

void add_pins(const Declared& declared, const Host& host, const Options& options, std::uint32_t threads,
              Layout& layout) {
  PinChooser chooser(declared, host, options);
  CpuSet taken;
  for (const auto& [vcpu, cpus] : declared.pins) taken.insert(cpus);
  CpuSet of_nodes;
  for (LayoutCell& cell : layout.cells) {
    for (const auto& [vcpu, cpus] : declared.pins) {
      if (cell.vcpus.contains(vcpu)) cell.host_cpus.insert(cpus);
    }
    for (const VcpuPin& pin : chooser.pin(cell, threads)) {
      layout.pins.push_back(pin);
      cell.host_cpus.insert(CpuSet(pin.host_cpu));
    }
    taken.insert(cell.host_cpus);
    of_nodes.insert(host.node(cell.host_node)->cpus);
  }
  if (options.cells == Cells::add_to_pins) return;
  std::sort(layout.pins.begin(), layout.pins.end(), [](const VcpuPin& a, const VcpuPin& b) { return a.vcpu < b.vcpu; });
  CpuSet other = usable_cpus(host).intersection(of_nodes);
  for (const CpuSet::Range& range : taken.ranges()) other.erase(range);
  if (!declared.cpu_set.empty()) other = other.intersection(declared.cpu_set);
  const CpuSet named = layout.pins.empty() ? CpuSet() : other.intersection(options.cpus);
  layout.other_cpus = named.empty() ? other : named;
  if (layout.cells.empty() || layout.other_cpus.empty()) return;
  layout.pins_emulator = !declared.has_emulator_pin;
  layout.io_threads = declared.io_threads;
}

// Sockets are cells if all cells have the same number of cores; otherwise all cores are in one socket.
std::optional<CpuTopology> topology_for(const std::vector<LayoutCell>& cells, const Declared& declared,
                                        std::uint32_t threads) {
  const std::uint32_t cores = declared.vcpus / threads;
  const auto sockets = static_cast<std::uint32_t>(cores % cells.size() == 0 ? cells.size() : 1);
  return CpuTopology{.sockets = sockets, .cores = cores / sockets, .threads = threads};
}

// Throws PlanError if the domain binds its memory to other nodes than those of the cells.
void check_memory_nodes(const Declared& declared, const std::vector<LayoutCell>& cells) {
  if (declared.memory_nodes.empty()) return;
  for (const LayoutCell& cell : cells) {
    if (declared.memory_nodes.contains(cell.host_node)) continue;
    throw PlanError(make_diagnostic(Code::cells_not_derived, "/domain/numatune/memory/@nodeset",
                                    fmt::format("the memory is bound to {}, but guest cell {} is for host node {}",
                                                declared.memory_nodes.format(), cell.id, cell.host_node),
                                    "name this node too, or remove the <memory> of <numatune>"));
  }
}

Layout cells_on_nodes(const Domain& domain, const Host& host, const Declared& declared, const Options& options,
                      const std::vector<ChosenNode>& nodes, std::uint32_t threads) {
  Layout layout{.cells = cells_for_nodes(nodes, declared, threads)};
  const bool has_topology = domain.cpu && domain.cpu->topology;
  if (!has_topology) layout.topology = topology_for(layout.cells, declared, threads);
  give_memory(domain, host, layout.cells);
  add_distances(host, layout.cells);
  add_pins(declared, host, options, threads, layout);
  return layout;
}

// Named CPUs can lack the siblings that whole cores need; each vCPU is then a core of its own.
Layout cells_on_chosen_nodes(const Domain& domain, const Host& host, const Declared& declared, const Options& options) {
  const std::vector<ChosenNode> nodes = choose_nodes(domain, host, options);
  std::vector<NodeId> ids;
  for (const ChosenNode& node : nodes) ids.push_back(node.node);
  const std::uint32_t threads = threads_per_core(declared, ids, host);
  try {
    return cells_on_nodes(domain, host, declared, options, nodes, threads);
  } catch (const PlanError& error) {
    if (declared.threads || threads == 1 || error.diagnostic().code != Code::cpus_insufficient) throw;
  }
  return cells_on_nodes(domain, host, declared, options, nodes, 1);
}

Layout cells_on_pinned_nodes(const Domain& domain, const Host& host, const Declared& declared, const Options& options) {
  Layout layout{.cells = cells_for_pins(declared, host)};
  for (const CpuSet::Range& range : options.nodes.ranges()) {
    for (std::uint64_t id = range.first; id <= range.last; ++id) {
      const bool has_cell = std::any_of(layout.cells.begin(), layout.cells.end(),
                                        [&](const LayoutCell& cell) { return cell.host_node == id; });
      if (has_cell) continue;
      throw PlanError(make_diagnostic(Code::cells_not_derived, "/domain/cputune",
                                      fmt::format("host node {} is named, but no vCPU is pinned to its CPUs", id),
                                      "remove the pins, or name the nodes that they are on"));
    }
  }
  give_memory(domain, host, layout.cells);
  add_distances(host, layout.cells);
  add_pins(declared, host, options, 1, layout);
  return layout;
}

Layout new_cells(const Domain& domain, const Host& host, const Declared& declared, const Options& options) {
  if (declared.vcpus == 0 || declared.vcpus > usable_cpus(host).size()) {
    throw PlanError(
        make_diagnostic(Code::cpus_insufficient, "/domain/vcpu",
                        fmt::format("the domain has {}, and the host has {}", counted(declared.vcpus, "vCPU"),
                                    counted(usable_cpus(host).size(), "CPU")),
                        "give the domain 1 to as many vCPUs as the host has CPUs"));
  }
  if (!declared.memnodes.empty()) {
    throw PlanError(make_diagnostic(Code::cells_not_derived, "/domain/numatune",
                                    "the domain has memnodes, but no guest cells", "remove the memnodes"));
  }
  return declared.pins.empty() ? cells_on_chosen_nodes(domain, host, declared, options)
                               : cells_on_pinned_nodes(domain, host, declared, options);
}

// The cells of the domain that lack pins or a memnode.
Layout completed_cells(const Domain& domain, const Host& host, const Declared& declared, const Options& options) {
  Layout layout{.cells = cells_to_complete(domain, host, declared, options)};
  std::uint32_t threads = declared.threads.value_or(1);
  for (const LayoutCell& cell : layout.cells) {
    if (declared.unpinned(cell.vcpus).size() % std::max(threads, 1U) != 0) threads = 1;
  }
  add_pins(declared, host, options, std::max(threads, 1U), layout);
  return layout;
}

}  // namespace

Layout plan_layout(const Domain& domain, const Host& host, const Options& options) {
  check_host_cpus(host);
  check_known_cpus(host, options.cpus, "list of CPUs");
  const Declared declared = read_declared(domain);
  if (options.cells == Cells::add_to_pins) check_all_pinned(declared, "pin all vCPUs");
  Layout layout = topology::has_guest_cells(domain) ? completed_cells(domain, host, declared, options)
                                                    : new_cells(domain, host, declared, options);
  check_memory_nodes(declared, layout.cells);
  return layout;
}

}  // namespace vnuma::placement
