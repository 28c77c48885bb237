#include "refused_cells.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "../counted.hpp"
#include "../domain/io_threads.hpp"

namespace vnuma::placement {

namespace {

using schema::CpuSet;
using Words = std::span<const std::string_view>;

// The words of libvirt 9.0 and 11.3.
constexpr std::array<std::string_view, 4> memory_modes{"strict", "preferred", "interleave", "restrictive"};
constexpr std::array<std::string_view, 2> placements{"static", "auto"};
constexpr std::array<std::string_view, 2> memory_accesses{"shared", "private"};

// libvirt's functions are named where the rule is not obvious. Each rule was tried with libvirt 9.0.
class RefusedCells {
 public:
  RefusedCells(const DomainView& view, const DiagnosticSink& sink)
      : domain_(view.domain), cells_(view.cells), sink_(sink) {}

  void check() const {
    check_vcpus();
    for (const GuestCell& cell : cells_) check_cell(cell);
    check_memory();
    check_memnodes();
    if (!domain_.cpu_tune) return;
    check_vcpu_pins();
    check_emulator_pin();
    check_io_thread_pins();
  }

 private:
  void invalid(std::string path, std::string message, std::string remedy) const {
    sink_.add(make_diagnostic(Code::invalid_value, std::move(path), std::move(message), std::move(remedy)));
  }
  void contradicts(std::string path, std::string message, std::string remedy) const {
    sink_.add(make_diagnostic(Code::contradictory_cells, std::move(path), std::move(message), std::move(remedy)));
  }

  // Whether the value is valid. One that is present and invalid is reported.
  bool is_valid(const auto& scalar) const {
    if (scalar && !scalar.valid()) sink_.read([&] { return scalar.value(); });
    return scalar.valid();
  }
  // The same, where an absent value is reported too.
  bool has(const auto& scalar, const std::string& element, std::string_view attribute) const {
    if (!scalar) invalid(element, fmt::format("{} is missing", attribute), "add it");
    return is_valid(scalar);
  }

  void check_word(const std::optional<std::string>& word, Words known, std::string path) const {
    if (!word || std::find(known.begin(), known.end(), *word) != known.end()) return;
    invalid(std::move(path), fmt::format("\"{}\" is unknown", *word),
            fmt::format("write {}", fmt::join(known, " or ")));
  }

  // nullopt if the number is absent or invalid.
  std::optional<std::uint32_t> vcpus() const {
    return domain_.vcpu && domain_.vcpu->cpus.valid() ? std::optional(*domain_.vcpu->cpus) : std::nullopt;
  }

  void check_vcpus() const {
    if (!domain_.vcpu) return;
    const schema::VCPU& vcpu = *domain_.vcpu;
    if (has(vcpu.cpus, "/domain/vcpu", "the number of vCPUs") && *vcpu.cpus == 0)
      invalid("/domain/vcpu", "the domain has no vCPU", "give it one or more");
    if (is_valid(vcpu.current) && vcpus() && *vcpu.current > *vcpus()) {
      invalid("/domain/vcpu/@current",
              fmt::format("{} at start are more than the {} of the domain", counted(*vcpu.current, "vCPU"), *vcpus()),
              fmt::format("write at most {}", *vcpus()));
    }
    check_word(vcpu.placement, placements, "/domain/vcpu/@placement");
    is_valid(vcpu.cpu_set);
    check_topology();
  }

  // Also what QEMU refuses (machine_parse_smp_config), and libvirt only when it starts the domain.
  void check_topology() const {
    if (!domain_.cpu || !domain_.cpu->topology || !vcpus()) return;
    const schema::CPUTopology& topology = *domain_.cpu->topology;
    std::uint64_t product = 1;
    for (const schema::UInt32* factor :
         {&topology.sockets, &topology.dies, &topology.clusters, &topology.cores, &topology.threads}) {
      if (!is_valid(*factor) && *factor) return;
      product *= factor->value_or(1);
      // A larger product is wrong in any case, and could wrap.
      if (product > std::numeric_limits<std::uint32_t>::max()) product = std::uint64_t{1} << 32;
    }
    if (product == *vcpus()) return;
    contradicts("/domain/cpu/topology",
                fmt::format("the topology has {}{}, but the domain has {}", product >> 32 ? "more than " : "",
                            counted(product >> 32 ? product - 1 : product, "vCPU"), *vcpus()),
                "make the product of its numbers equal to <vcpu>");
  }

  void check_cell(const GuestCell& cell) const {
    check_id(cell);
    check_word(cell.cell->memory_access, memory_accesses, cell.path() + "/@memAccess");
    if (is_valid(cell.cell->cpus)) check_vcpus_of(cell);
    if (cell.cell->distances) check_distances(cell);
  }

  // The ids are 0 to the number of cells minus 1, in any order (virDomainNumaDefParseXML).
  void check_id(const GuestCell& cell) const {
    constexpr const char* remedy = "number the cells from 0 on";
    const std::string path = cell.cell->id ? cell.path() + "/@id" : cell.path();
    if (cell.id >= cells_.size()) {
      contradicts(path,
                  fmt::format("the id is {}, but the ids of {} are 0 to {}", cell.id,
                              counted(cells_.size(), "guest cell"), cells_.size() - 1),
                  remedy);
    } else if (find_cell(cells_, cell.id)->position < cell.position) {
      contradicts(path, fmt::format("two cells have the id {}", cell.id), remedy);
    }
  }

  void check_vcpus_of(const GuestCell& cell) const {
    const CpuSet own = cell.cell->cpus.value();
    if (const auto count = vcpus(); count && *count > 0) {
      CpuSet beyond = own;
      beyond.erase({0, *count - 1});
      if (!beyond.empty()) {
        contradicts(cell.path() + "/@cpus",
                    fmt::format("the cell has vCPU{} {}, but the domain has {}, from 0 on",
                                beyond.size() == 1 ? "" : "s", listed(beyond), counted(*count, "vCPU")),
                    "correct the list, or <vcpu>");
      }
    }
    for (const GuestCell& other : cells_) {
      if (other.position >= cell.position || !other.cell->cpus.valid()) continue;
      const CpuSet both = own.intersection(other.cell->cpus.value());
      if (both.empty()) continue;
      contradicts(cell.path() + "/@cpus",
                  fmt::format("vCPU{} {} {} also in cell {}", both.size() == 1 ? "" : "s", listed(both),
                              both.size() == 1 ? "is" : "are", other.id),
                  "name each vCPU in one cell");
    }
  }

  void check_distances(const GuestCell& cell) const {
    const auto& siblings = cell.cell->distances->siblings;
    if (siblings.empty()) invalid(cell.path() + "/distances", "sibling is missing", "remove <distances>, or fill it");
    for (std::size_t i = 0; i < siblings.size(); ++i) {
      const std::string path = fmt::format("{}/distances/sibling[{}]", cell.path(), i + 1);
      const bool has_value = has(siblings[i].value, path, "value");
      if (!has(siblings[i].id, path, "id")) continue;
      if (!find_cell(cells_, *siblings[i].id)) {
        contradicts(path + "/@id", fmt::format("there is no guest cell {}", *siblings[i].id), "name a cell");
      } else if (has_value) {
        check_distance(*siblings[i].value, *siblings[i].id == cell.id, path + "/@value");
      }
    }
  }

  void check_distance(std::uint32_t value, bool is_own, std::string path) const {
    if (is_own ? value == own_distance : value >= least_distance && value <= most_distance) return;
    invalid(std::move(path), fmt::format("{} is out of range", value),
            is_own ? fmt::format("write {}, the distance of a cell to itself", own_distance)
                   : fmt::format("write {} to {}", least_distance, most_distance));
  }

  bool asks_numad() const { return domain_.vcpu && domain_.vcpu->placement == "auto"; }

  // The placement of the memory, as virDomainNumatuneSet decides it.
  bool is_memory_automatic() const {
    if (!domain_.numa_tune || !domain_.numa_tune->memory) return asks_numad();
    const schema::NumaTuneMemory& memory = *domain_.numa_tune->memory;
    if (memory.placement) return memory.placement == "auto";
    return !memory.node_set && memory.mode && asks_numad();
  }

  void check_memory() const {
    if (!domain_.numa_tune || !domain_.numa_tune->memory) return;
    const schema::NumaTuneMemory& memory = *domain_.numa_tune->memory;
    const std::string path = "/domain/numatune/memory";
    check_word(memory.mode, memory_modes, path + "/@mode");
    check_word(memory.placement, placements, path + "/@placement");
    is_valid(memory.node_set);
    const bool says_anything = memory.mode || memory.placement;
    if (!memory.node_set && says_anything && !is_memory_automatic())
      invalid(path, "nodeset is missing", "name the host nodes");
  }

  void check_memnodes() const {
    if (!domain_.numa_tune) return;
    std::set<std::uint32_t> named;
    std::size_t position = 0;
    for (const schema::MemNode& memnode : domain_.numa_tune->mem_nodes) {
      const std::string path = fmt::format("/domain/numatune/memnode[{}]", ++position);
      if (position == 1 && is_memory_automatic()) {
        contradicts(path, "with placement='auto' numad chooses the host nodes, so no memnode can",
                    "remove the memnodes, or placement='auto'");
      }
      check_word(memnode.mode, memory_modes, path + "/@mode");
      check_mode(memnode, path);
      has(memnode.node_set, path, "nodeset");
      if (!has(memnode.cell_id, path, "cellid")) continue;
      const std::uint32_t id = *memnode.cell_id;
      if (!find_cell(cells_, id))
        contradicts(path + "/@cellid", fmt::format("there is no guest cell {}", id), "name a cell");
      else if (!named.insert(id).second)
        contradicts(path + "/@cellid", fmt::format("guest cell {} has a memnode already", id), "keep one of them");
    }
  }

  // The mode of a memnode is strict if it has none (virDomainNumatuneNodeParseXML).
  void check_mode(const schema::MemNode& memnode, const std::string& path) const {
    const auto& memory = domain_.numa_tune->memory;
    if (!memory || memory->mode != "restrictive" || memnode.mode == "restrictive") return;
    contradicts(memnode.mode ? path + "/@mode" : path,
                fmt::format("the mode is {}, but that of <memory> is restrictive", memnode.mode.value_or("strict")),
                "write restrictive in both, or in none");
  }

  void check_vcpu_pins() const {
    std::set<std::uint32_t> pinned;
    std::size_t position = 0;
    for (const schema::CPUTuneVCPUPin& pin : domain_.cpu_tune->vcpu_pin) {
      const std::string path = fmt::format("/domain/cputune/vcpupin[{}]", ++position);
      has(pin.cpu_set, path, "cpuset");
      if (has(pin.vcpu, path, "vcpu") && !pinned.insert(*pin.vcpu).second)
        contradicts(path + "/@vcpu", fmt::format("vCPU {} is pinned twice", *pin.vcpu), "keep one vcpupin");
    }
  }

  void check_emulator_pin() const {
    if (domain_.cpu_tune->emulator_pin)
      has(domain_.cpu_tune->emulator_pin->cpu_set, "/domain/cputune/emulatorpin", "cpuset");
  }

  void check_io_thread_pins() const {
    const std::set<std::uint32_t> ids = sink_.read([&] { return io_thread_ids(domain_); });
    std::set<std::uint32_t> pinned;
    std::size_t position = 0;
    for (const schema::CPUTuneIOThreadPin& pin : domain_.cpu_tune->io_thread_pin) {
      const std::string path = fmt::format("/domain/cputune/iothreadpin[{}]", ++position);
      has(pin.cpu_set, path, "cpuset");
      if (!has(pin.io_thread, path, "iothread")) continue;
      const std::uint32_t id = *pin.io_thread;
      if (!ids.contains(id) && ids.size() < most_io_threads) {
        contradicts(path + "/@iothread", fmt::format("there is no IOThread {}", id), "name one of <iothreads>");
      } else if (!pinned.insert(id).second) {
        contradicts(path + "/@iothread", fmt::format("IOThread {} is pinned twice", id), "keep one iothreadpin");
      }
    }
  }

  const schema::Domain& domain_;
  const std::vector<GuestCell>& cells_;
  const DiagnosticSink& sink_;
};

}  // namespace

void check_refused_cells(const DomainView& view, const DiagnosticSink& sink) { RefusedCells(view, sink).check(); }

}  // namespace vnuma::placement
