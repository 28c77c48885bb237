#include "declared.hpp"

#include <set>

#include <fmt/format.h>

#include <vnuma/placement/plan.hpp>

#include "../domain/io_threads.hpp"

namespace vnuma::placement {

namespace {

using schema::Domain;
using topology::CpuSet;

[[noreturn]] void refuse_automatic(const std::string& path, const std::string& remedy) {
  throw PlanError(make_diagnostic(Code::cells_not_derived, path,
                                  "with placement='auto' libvirt asks numad for the host nodes, and refuses memnodes",
                                  remedy));
}

void read_pins(const schema::CPUTune& tune, Declared& declared) {
  std::size_t position = 0;
  for (const schema::CPUTuneVCPUPin& pin : tune.vcpu_pin) {
    const std::string path = fmt::format("/domain/cputune/vcpupin[{}]", ++position);
    if (!pin.vcpu || !pin.cpu_set) {
      throw PlanError(make_diagnostic(Code::invalid_value, path,
                                      fmt::format("the pin has no {}", pin.vcpu ? "cpuset" : "vcpu"),
                                      "write it as <vcpupin vcpu='0' cpuset='0'/>"));
    }
    declared.pins[*pin.vcpu] = *pin.cpu_set;
    declared.pin_paths[*pin.vcpu] = path;
  }
}

// Each IOThread gets a pin of its own.
void check_number_of_io_threads(const Domain& domain) {
  const std::uint32_t count = domain.io_threads ? domain.io_threads->io_threads.value_or(0) : 0;
  if (count > most_io_threads) {
    throw PlanError(make_diagnostic(Code::cells_not_derived, "/domain/iothreads",
                                    fmt::format("{} IOThreads are too many to pin", count),
                                    fmt::format("give it at most {}", most_io_threads)));
  }
}

void read_tuning(const Domain& domain, Declared& declared) {
  check_number_of_io_threads(domain);
  std::set<std::uint32_t> io_threads = io_thread_ids(domain);
  if (domain.cpu_tune) {
    read_pins(*domain.cpu_tune, declared);
    declared.has_emulator_pin = domain.cpu_tune->emulator_pin.has_value();
    for (const schema::CPUTuneIOThreadPin& pin : domain.cpu_tune->io_thread_pin) {
      if (pin.io_thread) io_threads.erase(*pin.io_thread);
    }
  }
  declared.io_threads.assign(io_threads.begin(), io_threads.end());
  if (!domain.numa_tune) return;
  if (const auto& memory = domain.numa_tune->memory) {
    if (memory->placement == "auto") refuse_automatic("/domain/numatune/memory", "remove the <memory> of <numatune>");
    if (memory->node_set) declared.memory_nodes = *memory->node_set;
  }
  for (const schema::MemNode& memnode : domain.numa_tune->mem_nodes) {
    if (memnode.cell_id && memnode.node_set) declared.memnodes[*memnode.cell_id] = *memnode.node_set;
  }
}

}  // namespace

std::vector<topology::NodeId> Declared::nodes_of(const CpuSet& of_vcpus, const topology::Host& host) const {
  std::vector<topology::NodeId> nodes;
  for (const topology::Node& node : host.nodes) {
    for (const auto& [vcpu, cpus] : pins) {
      if (!of_vcpus.contains(vcpu) || !node.cpus.intersects(cpus)) continue;
      nodes.push_back(node.id);
      break;
    }
  }
  return nodes;
}

CpuSet Declared::unpinned(const CpuSet& of_vcpus) const {
  CpuSet rest = of_vcpus;
  for (const auto& [vcpu, cpus] : pins) rest.erase({vcpu, vcpu});
  return rest;
}

Declared read_declared(const Domain& domain) {
  Declared declared;
  if (domain.vcpu) {
    if (domain.vcpu->placement == "auto") refuse_automatic("/domain/vcpu", "remove placement='auto'");
    declared.vcpus = domain.vcpu->cpus.value_or(1);
    if (domain.vcpu->cpu_set) declared.cpu_set = *domain.vcpu->cpu_set;
  }
  if (domain.cpu && domain.cpu->topology && domain.cpu->topology->threads)
    declared.threads = *domain.cpu->topology->threads;
  read_tuning(domain, declared);
  return declared;
}

}  // namespace vnuma::placement
