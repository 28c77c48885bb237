#include "vcpu_pinning.hpp"

#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <vnuma/placement/generate.hpp>

#include "../counted.hpp"
#include "../layout/free_cores.hpp"

namespace vnuma::placement {

namespace {

using topology::CpuSet;

[[noreturn]] void refuse(Code code, std::string message, std::string remedy) {
  throw GenerateError(make_diagnostic(code, "", std::move(message), std::move(remedy)));
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
                              const std::vector<FreeCores>& pools) {
  const std::uint64_t cores = std::uint64_t{vm.sockets} * vm.cores;
  std::uint64_t loose = 0;
  for (const FreeCores& pool : pools) loose += pool.loose();
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
  check_host_cpus(host);
  check_known_cpus(host, cpus, "cpuset");
  std::uint64_t rest = check_number(vm, cpus);
  std::vector<FreeCores> pools;
  pools.reserve(host.nodes.size());
  for (const topology::Node& node : host.nodes) pools.emplace_back(node, host, cpus, vm.threads);
  Pinning pinning;
  for (FreeCores& pool : pools) {
    for (; rest > 0 && pool.room() > 0; --rest) {
      const auto taken = pool.take_core();
      pinning.vcpus.insert(pinning.vcpus.end(), taken.begin(), taken.end());
    }
  }
  if (rest > 0) refuse_rest(vm, rest, cpus, pools);
  for (std::uint32_t i = 0; i < vm.emulator_threads; ++i) {
    std::optional<std::uint32_t> cpu;
    for (auto pool = pools.begin(); !cpu && pool != pools.end(); ++pool) cpu = pool->take_cpu();
    pinning.emulator.insert(CpuSet(*cpu));
  }
  return pinning;
}

}  // namespace vnuma::placement
