#include "free_cores.hpp"

#include <fmt/format.h>

#include <vnuma/placement/plan.hpp>

namespace vnuma::placement {

using topology::CpuSet;

FreeCores::FreeCores(const topology::Node& node, const topology::Host& host, const CpuSet& cpus, std::uint32_t threads)
    : threads_(threads) {
  CpuSet seen;
  for (const topology::Cpu& cpu : host.cpus) {
    if (!node.cpus.contains(cpu.id) || !cpus.contains(cpu.id) || seen.contains(cpu.id)) continue;
    std::deque<std::uint32_t> core;
    const CpuSet all = cpu.siblings.empty() ? CpuSet(cpu.id) : cpu.siblings;
    const CpuSet siblings = all.intersection(cpus).intersection(node.cpus);
    for (const CpuSet::Range& range : siblings.ranges()) {
      seen.insert(range);
      for (std::uint64_t id = range.first; id <= range.last; ++id) core.push_back(static_cast<std::uint32_t>(id));
    }
    if (core.size() >= threads_)
      cores_.push_back(std::move(core));
    else
      loose_.insert(loose_.end(), core.begin(), core.end());
  }
}

std::uint64_t FreeCores::room() const {
  std::uint64_t cores = 0;
  for (const auto& core : cores_) cores += core.size() / threads_;
  return cores;
}

// A core that has too few CPUs left is loose.
std::vector<std::uint32_t> FreeCores::take_from_core(std::uint32_t count) {
  std::deque<std::uint32_t>& core = cores_.front();
  std::vector<std::uint32_t> taken(core.begin(), core.begin() + count);
  core.erase(core.begin(), core.begin() + count);
  if (core.size() < threads_) {
    loose_.insert(loose_.end(), core.begin(), core.end());
    cores_.pop_front();
  }
  return taken;
}

std::optional<std::uint32_t> FreeCores::take_cpu() {
  if (!loose_.empty()) {
    const std::uint32_t cpu = loose_.front();
    loose_.pop_front();
    return cpu;
  }
  return cores_.empty() ? std::nullopt : std::optional(take_from_core(1)[0]);
}

void check_host_cpus(const topology::Host& host) {
  if (host.cpus.empty()) {
    throw PlanError(make_diagnostic(Code::incomplete_host, "", "the host does not say which CPUs are siblings",
                                    "give its sysfs, or a new snapshot of it"));
  }
  CpuSet on_nodes;
  for (const topology::Node& node : host.nodes) {
    const CpuSet shared = on_nodes.intersection(node.cpus);
    if (!shared.empty()) {
      throw PlanError(make_diagnostic(
          Code::incomplete_host, "",
          fmt::format("the host has CPUs on node {} that are also on another: {}", node.id, shared.format()),
          "list each on one node"));
    }
    on_nodes.insert(node.cpus);
  }
}

CpuSet usable_cpus(const topology::Host& host) {
  CpuSet on_nodes;
  for (const topology::Node& node : host.nodes) on_nodes.insert(node.cpus);
  CpuSet usable;
  for (const topology::Cpu& cpu : host.cpus) {
    if (on_nodes.contains(cpu.id)) usable.insert(CpuSet(cpu.id));
  }
  return usable;
}

void check_known_cpus(const topology::Host& host, const CpuSet& cpus, std::string_view name) {
  const CpuSet known = usable_cpus(host);
  CpuSet unknown = cpus;
  for (const CpuSet::Range& range : known.ranges()) unknown.erase(range);
  if (unknown.empty()) return;
  throw PlanError(make_diagnostic(
      Code::cpus_insufficient, "",
      fmt::format("the {} {} names CPUs that the host does not have: {}", name, cpus.format(), unknown.format()),
      fmt::format("the host has {}", known.format())));
}

}  // namespace vnuma::placement
