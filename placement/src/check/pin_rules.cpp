#include "pin_rules.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <vnuma/schema/size.hpp>

#include "../assign/new_cells.hpp"
#include "../bytes.hpp"
#include "../counted.hpp"

namespace vnuma::placement {

namespace {

using schema::CpuSet;

bool covers(const CpuSet& set, const CpuSet& part) { return set.intersection(part) == part; }

// "host node 0", "host nodes 0 and 1", "guest cells 0-3".
std::string with_numbers(std::string_view what, const CpuSet& numbers) {
  return fmt::format("{}{} {}", what, numbers.size() == 1 ? "" : "s", listed(numbers));
}

// vCPUs of guest cells, and the host nodes whose CPUs they may run on.
struct Pin {
  CpuSet vcpus;
  CpuSet nodes;
  std::string path;
};

// vCPUs with the same fault, and the first of their pins.
struct Faulty {
  CpuSet vcpus;
  std::string path;

  void add(const CpuSet& more, const std::string& pin) {
    if (vcpus.empty()) path = pin;
    vcpus.insert(more);
  }
};

class PinRules {
 public:
  PinRules(const DomainView& view, const topology::Host& host, const topology::GuestMap& map,
           const DiagnosticSink& sink)
      : domain_(view.domain), cells_(view.cells), host_(host), map_(map), sink_(sink) {
    for (const topology::Node& node : host.nodes) {
      if (!node.cpus.empty()) nodes_with_cpus_.insert({node.id, node.id});
      if (node.memory_bytes > 0) nodes_with_memory_.insert({node.id, node.id});
    }
    for (const GuestCell& cell : cells_) {
      if (cell.has_vcpus()) unpinned_.insert(cell.cell->cpus.value());
    }
    read_vcpu_pins();
    read_cpuset();
  }

  void check() const {
    check_binding();
    check_unpinned();
    for (const GuestCell& cell : cells_) check_nodes(cell);
    check_crossing();
    check_emulator();
    check_memory();
    check_huge_pages();
  }

 private:
  bool asks_numad() const { return domain_.vcpu && domain_.vcpu->placement == "auto"; }

  CpuSet nodes_of(const CpuSet& cpus) const {
    CpuSet nodes;
    for (const topology::Node& node : host_.nodes) {
      if (node.cpus.intersects(cpus)) nodes.insert({node.id, node.id});
    }
    return nodes;
  }

  // guest_map() has accepted the numbers.
  void read_vcpu_pins() {
    if (!domain_.cpu_tune) return;
    std::size_t position = 0;
    for (const schema::CPUTuneVCPUPin& pin : domain_.cpu_tune->vcpu_pin) {
      ++position;
      if (!unpinned_.contains(*pin.vcpu)) continue;
      pins_.push_back(
          {CpuSet(*pin.vcpu), nodes_of(*pin.cpu_set), fmt::format("/domain/cputune/vcpupin[{}]/@cpuset", position)});
      unpinned_.erase({*pin.vcpu, *pin.vcpu});
    }
  }

  // The vCPUs without a vcpupin use <vcpu cpuset>, or what numad gives.
  void read_cpuset() {
    if (unpinned_.empty() || (!asks_numad() && !(domain_.vcpu && domain_.vcpu->cpu_set))) return;
    CpuSet vcpus = std::exchange(unpinned_, {});
    if (!asks_numad()) pins_.push_back({std::move(vcpus), nodes_of(*domain_.vcpu->cpu_set), "/domain/vcpu/@cpuset"});
  }

  CpuSet nodes_of_vcpus(const CpuSet& vcpus) const {
    CpuSet nodes;
    for (const Pin& pin : pins_) {
      if (pin.vcpus.intersects(vcpus)) nodes.insert(pin.nodes);
    }
    return nodes;
  }

  // The nodes that the memnode of a cell names; empty without a memnode.
  CpuSet memnode_of(const GuestCell& cell) const {
    if (!domain_.numa_tune) return {};
    for (const schema::MemNode& memnode : domain_.numa_tune->mem_nodes) {
      if (memnode.cell_id.valid() && *memnode.cell_id == cell.id && memnode.node_set.valid())
        return memnode.node_set.value();
    }
    return {};
  }

  // The nodes that the memory of a cell is bound to; empty if it is bound to none.
  CpuSet nodes_of_memory(const GuestCell& cell) const {
    CpuSet named = memnode_of(cell);
    if (!named.empty() || !domain_.numa_tune || !domain_.numa_tune->memory) return named;
    const schema::NumaTuneMemory& memory = *domain_.numa_tune->memory;
    return memory.node_set.valid() ? memory.node_set.value() : CpuSet();
  }

  // libvirt also asks numad for the memory if it does so for the vCPUs (virDomainNumatuneParseXML).
  bool is_memory_left_to_numad() const {
    const bool has_memory = domain_.numa_tune && domain_.numa_tune->memory;
    return has_memory && domain_.numa_tune->memory->placement ? domain_.numa_tune->memory->placement == "auto"
                                                              : asks_numad();
  }

  // Memory that may be on any node, of cells whose vCPUs are not.
  void check_binding() const {
    if (nodes_with_memory_.size() < 2 || is_memory_left_to_numad()) return;
    CpuSet anywhere;
    for (const GuestCell& cell : cells_) {
      if (!cell.has_vcpus()) continue;
      const CpuSet bound = nodes_of_memory(cell);
      const CpuSet nodes = nodes_of_vcpus(cell.cell->cpus.value());
      if (nodes.empty() || covers(nodes, nodes_with_memory_)) continue;
      if (!bound.empty() && !covers(bound, nodes_with_memory_)) continue;
      anywhere.insert({cell.id, cell.id});
    }
    if (anywhere.empty()) return;
    sink_.add(make_diagnostic(
        Code::unbound_memory, "/domain/cpu/numa",
        fmt::format("nothing binds the memory of {} to the host node{} of {} vCPUs, so it can be on any",
                    with_numbers("guest cell", anywhere), anywhere.size() == 1 ? "" : "s",
                    anywhere.size() == 1 ? "its" : "their"),
        "bind the memory of each cell to its node, as <numatune><memnode cellid='0' mode='strict' "
        "nodeset='0'/></numatune>",
        {{Option::cells_add}}));
  }

  void check_unpinned() const {
    CpuSet vcpus;
    CpuSet nodes;
    for (const GuestCell& cell : cells_) {
      const CpuSet bound = nodes_of_memory(cell);
      if (!cell.has_vcpus() || bound.empty() || covers(bound, nodes_with_cpus_)) continue;
      const CpuSet unpinned = unpinned_.intersection(cell.cell->cpus.value());
      if (unpinned.empty()) continue;
      vcpus.insert(unpinned);
      nodes.insert(bound);
    }
    if (vcpus.empty()) return;
    const bool one = vcpus.size() == 1;
    sink_.add(make_diagnostic(
        Code::unpinned_vcpus, "/domain/numatune",
        fmt::format("{} {} not pinned and can run on any host node, but the memory of {} is bound to {}",
                    with_numbers("vCPU", vcpus), one ? "is" : "are", one ? "its cell" : "their cells",
                    with_numbers("host node", nodes)),
        "pin them to CPUs of the node, as <cputune><vcpupin vcpu='0' cpuset='0'/></cputune>", {{Option::cells_add}}));
  }

  // Whether another cell is meant by the node: pinning or memnodes map the node to it, and not the cell's own memnode.
  bool is_of_another(const GuestCell& cell, NodeId node) const {
    const auto owner = map_.cells.find(node);
    return owner != map_.cells.end() && owner->second != cell.id && !memnode_of(cell).contains(node);
  }

  // Whether the memory of the cell is bound to other nodes with CPUs. Nodes without CPUs, as those of high-bandwidth
  // memory, are near to others.
  bool is_away_from_memory(const GuestCell& cell, NodeId node) const {
    const CpuSet bound = nodes_of_memory(cell);
    return bound.intersects(nodes_with_cpus_) && !bound.contains(node);
  }

  // vCPUs on a node that is not the cell's, and a cell with vCPUs on several nodes that are.
  void check_nodes(const GuestCell& cell) const {
    if (!cell.has_vcpus()) return;
    std::map<NodeId, Faulty> foreign;
    CpuSet own;
    for (const Pin& pin : pins_) {
      const CpuSet vcpus = pin.vcpus.intersection(cell.cell->cpus.value());
      if (vcpus.empty() || pin.nodes.size() != 1) continue;
      const NodeId node = pin.nodes.ranges().front().first;
      if (is_of_another(cell, node) || is_away_from_memory(cell, node))
        foreign[node].add(vcpus, pin.path);
      else
        own.insert(pin.nodes);
    }
    for (const auto& [node, faulty] : foreign) report_foreign(cell, node, faulty);
    if (own.size() > 1) report_divided(cell, own);
  }

  void report_foreign(const GuestCell& cell, NodeId node, const Faulty& faulty) const {
    const std::string why = is_of_another(cell, node) ? fmt::format("which is guest cell {}", map_.cells.at(node))
                                                      : fmt::format("but the memory of the cell is bound to {}",
                                                                    with_numbers("host node", nodes_of_memory(cell)));
    sink_.add(make_diagnostic(
        Code::foreign_pins, faulty.path,
        fmt::format("{} of guest cell {} {} pinned to CPUs of host node {}, {}", with_numbers("vCPU", faulty.vcpus),
                    cell.id, faulty.vcpus.size() == 1 ? "is" : "are", node, why),
        "pin the vCPUs of the cell, and bind its memory, to one host node"));
  }

  void report_divided(const GuestCell& cell, const CpuSet& nodes) const {
    sink_.add(make_diagnostic(
        Code::divided_cell, cell.path(),
        fmt::format("vCPUs of guest cell {} are pinned to CPUs of {}, but for the guest the cell is one node", cell.id,
                    with_numbers("host node", nodes)),
        "make a cell of the vCPUs of each host node, or pin them to one node"));
  }

  // vCPUs that may move from node to node.
  void check_crossing() const {
    std::map<std::string, std::pair<CpuSet, Faulty>> crossing;  // by their nodes
    for (const Pin& pin : pins_) {
      if (pin.nodes.size() < 2) continue;
      auto& [nodes, faulty] = crossing[pin.nodes.format()];
      nodes = pin.nodes;
      faulty.add(pin.vcpus, pin.path);
    }
    for (const auto& [name, fault] : crossing) {
      const auto& [nodes, faulty] = fault;
      const bool one = faulty.vcpus.size() == 1;
      sink_.add(
          make_diagnostic(Code::crossing_pins, faulty.path,
                          fmt::format("{} {} pinned to CPUs of {}, so {} can run away from {} memory",
                                      with_numbers("vCPU", faulty.vcpus), one ? "is" : "are",
                                      with_numbers("host node", nodes), one ? "it" : "they", one ? "its" : "their"),
                          "pin each to CPUs of one host node"));
    }
  }

  void check_emulator() const {
    if (!domain_.cpu_tune || !domain_.cpu_tune->emulator_pin || asks_numad()) return;
    const schema::CPUEmulatorPin& pin = *domain_.cpu_tune->emulator_pin;
    CpuSet guest;
    for (const Pin& one : pins_) guest.insert(one.nodes);
    if (!pin.cpu_set.valid() || guest.empty() || !unpinned_.empty()) return;
    const CpuSet nodes = nodes_of(*pin.cpu_set);
    if (nodes.empty() || nodes.intersects(guest)) return;
    sink_.add(make_diagnostic(Code::far_emulator, "/domain/cputune/emulatorpin/@cpuset",
                              fmt::format("the emulator threads are pinned to CPUs of {}, but the vCPUs to CPUs of {}",
                                          with_numbers("host node", nodes), with_numbers("host node", guest)),
                              fmt::format("pin them to CPUs of {}", with_numbers("host node", guest))));
  }

  // Cells whose memory is bound to the same nodes.
  struct Bound {
    CpuSet nodes;
    CpuSet cells;
    std::uint64_t bytes = 0;
    std::string path;
  };

  // By the nodes, and by a size that is 0 for all memory or that of the huge pages.
  std::map<std::pair<std::string, std::uint64_t>, Bound> bound_memory(
      const std::function<std::optional<std::uint64_t>(const GuestCell&)>& size_for) const {
    std::map<std::pair<std::string, std::uint64_t>, Bound> bound;
    for (const GuestCell& cell : cells_) {
      const CpuSet nodes = nodes_of_memory(cell);
      const auto size = size_for(cell);
      const std::uint64_t bytes =
          sink_.read([&] { return cell.cell->memory ? schema::bytes(*cell.cell, cell.path()) : std::uint64_t{0}; });
      if (nodes.empty() || !size) continue;
      Bound& one = bound[{nodes.format(), *size}];
      if (one.cells.empty()) one.path = cell.path() + "/@memory";
      one.nodes = nodes;
      one.cells.insert({cell.id, cell.id});
      one.bytes += std::min(bytes, std::numeric_limits<std::uint64_t>::max() - one.bytes);
    }
    return bound;
  }

  void check_memory() const {
    const auto all = bound_memory([](const GuestCell&) { return std::uint64_t{0}; });
    for (const auto& [key, one] : all) {
      if (!covers(nodes_with_memory_, one.nodes)) continue;
      std::uint64_t available = 0;
      for (const topology::Node& node : host_.nodes) available += one.nodes.contains(node.id) ? node.memory_bytes : 0;
      if (one.bytes <= available) continue;
      sink_.add(make_diagnostic(
          Code::excess_memory, one.path,
          fmt::format("{} {} {} of memory, which is {} more than {} {}", with_numbers("guest cell", one.cells),
                      one.cells.size() == 1 ? "has" : "have", size_text(one.bytes), size_text(one.bytes - available),
                      with_numbers("host node", one.nodes), one.nodes.size() == 1 ? "has" : "have"),
          "give the guest less memory, or bind it to more host nodes"));
    }
  }

  // The size of the huge pages of a cell; nullopt if it has none, or the host's default ones.
  std::optional<std::uint64_t> huge_page_of(const GuestCell& cell) const {
    if (!domain_.memory_backing || !domain_.memory_backing->huge_pages) return std::nullopt;
    const schema::HugePages& pages = *domain_.memory_backing->huge_pages;
    return sink_.read([&]() -> std::optional<std::uint64_t> {
      const auto position = pages_of(pages, cell.id);
      if (!position) return std::nullopt;
      const std::uint64_t size = schema::bytes(pages.huge_page[*position],
                                               fmt::format("/domain/memoryBacking/hugepages/page[{}]", *position + 1));
      return size > 0 ? std::optional(size) : std::nullopt;
    });
  }

  // The bytes of the huge pages of a size, in use or not, on the nodes; nullopt if the host does not say.
  std::optional<std::uint64_t> huge_pages_on(const CpuSet& nodes, std::uint64_t size) const {
    std::uint64_t bytes = 0;
    for (const topology::Node& node : host_.nodes) {
      if (!nodes.contains(node.id)) continue;
      if (node.huge_pages.empty()) return std::nullopt;
      for (const topology::HugePagePool& pool : node.huge_pages)
        bytes += pool.size == size ? pool.size * pool.total : 0;
    }
    return bytes;
  }

  void check_huge_pages() const {
    for (const auto& [key, one] : bound_memory([&](const GuestCell& cell) { return huge_page_of(cell); })) {
      const std::uint64_t size = key.second;
      const auto available = huge_pages_on(one.nodes, size);
      if (!available || one.bytes <= *available) continue;
      sink_.add(make_diagnostic(
          Code::huge_pages_missing, one.path,
          fmt::format("{} {} {} of {}, but {} {} {}", with_numbers("guest cell", one.cells),
                      one.cells.size() == 1 ? "needs" : "need", counted((one.bytes - 1) / size + 1, "huge page"),
                      size_text(size), with_numbers("host node", one.nodes), one.nodes.size() == 1 ? "has" : "have",
                      *available / size),
          fmt::format("reserve more there, in hugepages-{}kB/nr_hugepages of the node in sysfs", size / 1024)));
    }
  }

  const schema::Domain& domain_;
  const std::vector<GuestCell>& cells_;
  const topology::Host& host_;
  const topology::GuestMap& map_;
  const DiagnosticSink& sink_;
  CpuSet nodes_with_cpus_;
  CpuSet nodes_with_memory_;  // none if the host does not say
  std::vector<Pin> pins_;
  CpuSet unpinned_;  // vCPUs of cells that may run on every CPU
};

}  // namespace

void check_pins(const DomainView& view, const topology::Host& host, const topology::GuestMap& map,
                const DiagnosticSink& sink) {
  if (!view.cells.empty()) PinRules(view, host, map, sink).check();
}

}  // namespace vnuma::placement
