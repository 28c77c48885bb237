#include <vnuma/topology/guest_map.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace vnuma::topology {

namespace {

using schema::Error;

struct Cell {
  std::uint32_t id;
  CpuSet vcpus;
};

// The id of a cell without an id is its index, as in libvirt.
std::vector<Cell> read_cells(const schema::Domain& domain) {
  std::vector<Cell> cells;
  if (!has_guest_cells(domain)) return cells;
  for (const schema::NUMACell& cell : domain.cpu->numa->cells) {
    const std::string path = fmt::format("/domain/cpu/numa/cell[{}]", cells.size() + 1);
    Cell read{cell.id.value_or(static_cast<std::uint32_t>(cells.size())), {}};
    if (cell.cpus) read.vcpus = *cell.cpus;
    for (const Cell& other : cells) {
      if (other.id == read.id) {
        throw Error(cell.id ? path + "/@id" : path, fmt::format("two cells have the id {}", read.id),
                    "give each cell its own id");
      }
      if (other.vcpus.intersects(read.vcpus)) {
        throw Error(
            path + "/@cpus",
            fmt::format("vCPUs {} are also in cell {}", other.vcpus.intersection(read.vcpus).format(), other.id),
            "a vCPU belongs to one cell");
      }
    }
    cells.push_back(std::move(read));
  }
  return cells;
}

class Mapper {
 public:
  Mapper(const schema::Domain& domain, const Host& host, bool strict)
      : domain_(domain), host_(host), strict_(strict), cells_(read_cells(domain)) {}

  GuestMap map() {
    if (cells_.empty()) return {};
    memnodes();
    pinning();
    return std::move(result_);
  }

 private:
  void ignore(const std::string& path, const std::string& message) {
    if (strict_) throw Error(path, message);
    result_.ignored.push_back({path, message});
  }

  bool names_cell(const schema::MemNode& memnode, const std::string& path) {
    if (!memnode.cell_id.valid()) {
      ignore(memnode.cell_id ? path + "/@cellid" : path, "cellid is not the number of a guest cell");
      return false;
    }
    const std::uint32_t id = *memnode.cell_id;
    if (std::any_of(cells_.begin(), cells_.end(), [&](const Cell& cell) { return cell.id == id; })) return true;
    ignore(path + "/@cellid", fmt::format("there is no guest cell {}", id));
    return false;
  }

  void memnodes() {
    if (!domain_.numa_tune) return;
    std::map<NodeId, std::uint32_t> cell_of;
    std::map<NodeId, std::string> named_by;
    std::map<NodeId, bool> disputed;
    std::size_t position = 0;
    for (const schema::MemNode& memnode : domain_.numa_tune->mem_nodes) {
      const std::string path = fmt::format("/domain/numatune/memnode[{}]", ++position);
      if (!memnode.node_set.valid()) {
        ignore(memnode.node_set ? path + "/@nodeset" : path, "nodeset is not a list of host nodes");
        continue;
      }
      CpuSet missing = *memnode.node_set;
      for (const Node& node : host_.nodes) missing.erase({node.id, node.id});
      if (!missing.empty()) ignore(path + "/@nodeset", fmt::format("the host has no node {}", missing.format()));
      const bool known = names_cell(memnode, path);
      const std::uint32_t id = known ? *memnode.cell_id : 0;
      for (const Node& node : host_.nodes) {
        if (!memnode.node_set.value().contains(node.id)) continue;
        if (!known) {
          disputed[node.id] = true;
          continue;
        }
        const auto [entry, fresh] = cell_of.emplace(node.id, id);
        named_by.emplace(node.id, path);
        if (fresh || entry->second == id || disputed[node.id]) continue;
        disputed[node.id] = true;
        ignore(path + "/@nodeset",
               fmt::format("host node {} is given to the cells {} and {}", node.id, entry->second, id));
      }
    }
    for (const auto& [node, cell] : cell_of) {
      if (disputed[node]) continue;
      result_.cells.emplace(node, cell);
      result_.reasons.emplace(node, named_by[node] + " assigns it");
    }
  }

  // For each node, the number of vCPUs of each cell that are pinned to the node's CPUs.
  using Votes = std::map<NodeId, std::map<std::uint32_t, std::uint64_t>>;

  void vote(Votes& votes, const Cell& cell, const CpuSet& cpus, std::uint64_t vcpus) const {
    for (const Node& node : host_.nodes) {
      if (vcpus > 0 && node.cpus.intersects(cpus)) votes[node.id][cell.id] += vcpus;
    }
  }

  void check_cpus(const std::string& path, const CpuSet& cpus) const {
    CpuSet unknown = cpus;
    for (const Node& node : host_.nodes) {
      for (const CpuSet::Range& range : node.cpus.ranges()) unknown.erase(range);
    }
    if (unknown.empty()) return;
    throw Error(path, fmt::format("the host has no CPU {}", unknown.format()), "name the host that the domain is for");
  }

  void pinning() {
    Votes votes;
    CpuSet pinned;
    std::size_t position = 0;
    if (domain_.cpu_tune) {
      for (const schema::CPUTuneVCPUPin& pin : domain_.cpu_tune->vcpu_pin) {
        const std::string path = fmt::format("/domain/cputune/vcpupin[{}]", ++position);
        if (!pin.vcpu || !pin.cpu_set) {
          throw schema::ValueError(path, fmt::format("the pin has no {}", pin.vcpu ? "cpuset" : "vcpu"),
                                   "write it as <vcpupin vcpu='0' cpuset='0'/>");
        }
        const std::uint32_t vcpu = *pin.vcpu;
        if (pinned.contains(vcpu)) {
          throw Error(path + "/@vcpu", fmt::format("vCPU {} is pinned twice", vcpu), "keep one vcpupin");
        }
        pinned.insert({vcpu, vcpu});
        check_cpus(path + "/@cpuset", *pin.cpu_set);
        for (const Cell& cell : cells_) {
          if (cell.vcpus.contains(vcpu)) vote(votes, cell, *pin.cpu_set, 1);
        }
      }
    }
    // With placement='auto', libvirt asks numad and ignores cpuset (virDomainVcpuParse).
    if (domain_.vcpu && domain_.vcpu->cpu_set && domain_.vcpu->placement != "auto") {
      check_cpus("/domain/vcpu/@cpuset", *domain_.vcpu->cpu_set);
      for (const Cell& cell : cells_) {
        CpuSet rest = cell.vcpus;
        for (const CpuSet::Range& range : pinned.ranges()) rest.erase(range);
        vote(votes, cell, *domain_.vcpu->cpu_set, rest.size());
      }
    }
    for (const auto& [node, cells] : votes) decide(node, cells);
  }

  void decide(NodeId node, const std::map<std::uint32_t, std::uint64_t>& cells) {
    if (result_.cells.contains(node)) return;
    CellTie best;
    std::uint64_t most = 0;
    std::uint64_t all = 0;
    for (const auto& [cell, vcpus] : cells) {
      all += vcpus;
      if (vcpus > most) best.cells.clear();
      if (vcpus >= most) best.cells.push_back(cell);
      most = std::max(most, vcpus);
    }
    if (best.cells.size() > 1) {
      result_.ties.emplace(node, std::move(best));
      return;
    }
    result_.cells.emplace(node, best.cells.front());
    result_.reasons.emplace(node,
                            fmt::format("it has {} of the {} vCPUs that are pinned to the node's CPUs", most, all));
  }

  const schema::Domain& domain_;
  const Host& host_;
  bool strict_;
  std::vector<Cell> cells_;
  GuestMap result_;
};

}  // namespace

bool has_guest_cells(const schema::Domain& domain) {
  return domain.cpu && domain.cpu->numa && !domain.cpu->numa->cells.empty();
}

GuestMap guest_map(const schema::Domain& domain, const Host& host, bool strict) {
  return Mapper(domain, host, strict).map();
}

}  // namespace vnuma::topology
