#include "vcpu_pinning.hpp"

#include <algorithm>
#include <deque>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <vnuma/placement/generate.hpp>

#include "../counted.hpp"

namespace vnuma::placement {

namespace {

using topology::CpuSet;

// The CPUs of one host node that are still to be had.
struct Pool {
  std::deque<std::deque<std::uint32_t>> cores;  // with as many threads as a core of the guest, or more
  std::deque<std::uint32_t> loose;              // of cores with fewer
};

Pool pool_of(const topology::Node& node, const topology::Host& host, const CpuSet& cpus, std::uint32_t threads) {
  Pool pool;
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
    if (core.size() >= threads)
      pool.cores.push_back(std::move(core));
    else
      pool.loose.insert(pool.loose.end(), core.begin(), core.end());
  }
  return pool;
}

// Takes `count` threads off the first core; a core that has too few left is loose.
std::vector<std::uint32_t> take_from_core(Pool& pool, std::uint32_t count, std::uint32_t threads) {
  std::deque<std::uint32_t>& core = pool.cores.front();
  std::vector<std::uint32_t> taken(core.begin(), core.begin() + count);
  core.erase(core.begin(), core.begin() + count);
  if (core.size() < threads) {
    pool.loose.insert(pool.loose.end(), core.begin(), core.end());
    pool.cores.pop_front();
  }
  return taken;
}

std::optional<std::uint32_t> take_thread(Pool& pool, std::uint32_t threads) {
  if (!pool.loose.empty()) {
    const std::uint32_t thread = pool.loose.front();
    pool.loose.pop_front();
    return thread;
  }
  return pool.cores.empty() ? std::nullopt : std::optional(take_from_core(pool, 1, threads)[0]);
}

[[noreturn]] void refuse(Code code, std::string message, std::string remedy) {
  throw GenerateError(make_diagnostic(code, "", std::move(message), std::move(remedy)));
}

void check_cpus(const topology::Host& host, const CpuSet& cpus) {
  if (host.cpus.empty()) {
    refuse(Code::incomplete_host, "the host does not say which CPUs are siblings",
           "give its sysfs, or a new snapshot of it");
  }
  CpuSet on_nodes;
  for (const topology::Node& node : host.nodes) {
    const CpuSet shared = on_nodes.intersection(node.cpus);
    if (!shared.empty()) {
      refuse(Code::incomplete_host,
             fmt::format("the host has CPUs on node {} that are also on another: {}", node.id, shared.format()),
             "list each on one node");
    }
    on_nodes.insert(node.cpus);
  }
  CpuSet known;
  for (const topology::Cpu& cpu : host.cpus) {
    if (on_nodes.contains(cpu.id)) known.insert(CpuSet(cpu.id));
  }
  CpuSet unknown = cpus;
  for (const CpuSet::Range& range : known.ranges()) unknown.erase(range);
  if (!unknown.empty()) {
    refuse(Code::cpus_insufficient,
           fmt::format("the cpuset {} names CPUs that the host does not have: {}", cpus.format(), unknown.format()),
           fmt::format("the host has {}", known.format()));
  }
}

// Gives the number of cores.
std::uint64_t check_number(const schema::VirtualMachine& vm, const CpuSet& cpus) {
  const std::uint64_t cores = std::uint64_t{vm.sockets} * vm.cores;
  const std::string made = fmt::format("{} of {} of {}", counted(vm.sockets, "socket"), counted(vm.cores, "core"),
                                       counted(vm.threads, "thread"));
  if (cores == 0 || vm.threads == 0 || cores > std::numeric_limits<std::uint32_t>::max() / vm.threads) {
    refuse(Code::cpus_insufficient, fmt::format("the machine has {}", made),
           fmt::format("give it 1 to {}", counted(cpus.size(), "vCPU")));
  }
  const std::uint64_t vcpus = cores * vm.threads;
  const std::uint64_t needed = vcpus + vm.emulator_threads;
  if (needed <= cpus.size()) return cores;
  const std::string emulator =
      vm.emulator_threads > 0 ? fmt::format(" and {} for the emulator", vm.emulator_threads) : std::string();
  refuse(Code::cpus_insufficient,
         fmt::format("the machine needs {}, {} ({}){}, but the cpuset {} has {}", counted(needed, "CPU"),
                     counted(vcpus, "vCPU"), made, emulator, cpus.format(), cpus.size()),
         fmt::format("give a cpuset of {}", counted(needed, "CPU")));
}

// For `rest` cores of the guest no core of the host is left.
[[noreturn]] void refuse_rest(const schema::VirtualMachine& vm, std::uint64_t rest, const CpuSet& cpus,
                              const std::vector<Pool>& pools) {
  const std::uint64_t cores = std::uint64_t{vm.sockets} * vm.cores;
  std::uint64_t loose = 0;
  for (const Pool& pool : pools) loose += pool.loose.size();
  refuse(
      Code::cpus_insufficient,
      fmt::format("{} of the machine's {} not fit: {} of a core need {} of one core of the host; the cpuset {} "
                  "has {}, and {} whose siblings are missing or used",
                  rest, cores == 1 ? "1 core does" : counted(cores, "core") + " do", counted(vm.threads, "thread"),
                  counted(vm.threads, "sibling"), cpus.format(), counted(cores - rest, "set"), counted(loose, "CPU")),
      "give a cpuset of whole cores");
}

}  // namespace

Pinning pin_vcpus(const schema::VirtualMachine& vm, const topology::Host& host, const CpuSet& cpus) {
  check_cpus(host, cpus);
  std::uint64_t rest = check_number(vm, cpus);
  std::vector<Pool> pools;
  pools.reserve(host.nodes.size());
  for (const topology::Node& node : host.nodes) pools.push_back(pool_of(node, host, cpus, vm.threads));
  Pinning pinning;
  for (Pool& pool : pools) {
    for (; rest > 0 && !pool.cores.empty(); --rest) {
      const auto taken = take_from_core(pool, vm.threads, vm.threads);
      pinning.vcpus.insert(pinning.vcpus.end(), taken.begin(), taken.end());
    }
  }
  if (rest > 0) refuse_rest(vm, rest, cpus, pools);
  for (std::uint32_t i = 0; i < vm.emulator_threads; ++i) {
    const auto pool = std::find_if(pools.begin(), pools.end(),
                                   [](const Pool& pool) { return !pool.loose.empty() || !pool.cores.empty(); });
    pinning.emulator.insert(CpuSet(*take_thread(*pool, vm.threads)));
  }
  return pinning;
}

}  // namespace vnuma::placement
