// Host CPUs that the vCPUs of two domains are pinned to.
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <vnuma/placement/check.hpp>

#include "../counted.hpp"

namespace vnuma::placement {

namespace {

using schema::CpuSet;

// The host CPUs of the vCPUs of a domain. Invalid pins are left out: check() reports them.
struct UsedCpus {
  std::map<std::uint32_t, std::pair<CpuSet, std::string>> pins;  // by vCPU, with the path
  CpuSet pinned;                                                 // the CPUs of all vcpupins
  std::vector<std::pair<CpuSet, std::string>> helpers;           // of emulatorpin and iothreadpins, with the path
  CpuSet floating;                                               // <vcpu cpuset>, if a vCPU has no vcpupin
};

void add_helpers(const schema::CPUTune& tune, UsedCpus& used) {
  if (tune.emulator_pin && tune.emulator_pin->cpu_set.valid())
    used.helpers.emplace_back(*tune.emulator_pin->cpu_set, "/domain/cputune/emulatorpin/@cpuset");
  std::size_t position = 0;
  for (const schema::CPUTuneIOThreadPin& pin : tune.io_thread_pin) {
    ++position;
    if (!pin.cpu_set.valid()) continue;
    used.helpers.emplace_back(*pin.cpu_set, fmt::format("/domain/cputune/iothreadpin[{}]/@cpuset", position));
  }
}

UsedCpus used_cpus(const schema::Domain& domain) {
  UsedCpus used;
  std::size_t position = 0;
  if (domain.cpu_tune) {
    for (const schema::CPUTuneVCPUPin& pin : domain.cpu_tune->vcpu_pin) {
      ++position;
      if (!pin.vcpu.valid() || !pin.cpu_set.valid()) continue;
      used.pins.emplace(*pin.vcpu,
                        std::pair{*pin.cpu_set, fmt::format("/domain/cputune/vcpupin[{}]/@cpuset", position)});
      used.pinned.insert(*pin.cpu_set);
    }
    add_helpers(*domain.cpu_tune, used);
  }
  if (!domain.vcpu || !domain.vcpu->cpu_set.valid() || domain.vcpu->placement == "auto") return used;
  if (!domain.vcpu->cpus.valid() || used.pins.size() < *domain.vcpu->cpus) used.floating = *domain.vcpu->cpu_set;
  return used;
}

std::string with_cpus(const CpuSet& cpus) { return fmt::format("CPU{} {}", cpus.size() == 1 ? "" : "s", listed(cpus)); }

Diagnostic shared(std::string path, std::string message) {
  return make_diagnostic(Code::shared_pins, std::move(path), std::move(message), "give each domain CPUs of its own");
}

// The vcpupins that have CPUs of the set; `who` runs there too.
std::optional<Diagnostic> pins_on(const UsedCpus& own, const CpuSet& others, std::string_view who) {
  CpuSet vcpus;
  CpuSet cpus;
  std::string path;
  for (const auto& [vcpu, pin] : own.pins) {
    const CpuSet both = pin.first.intersection(others);
    if (both.empty()) continue;
    if (vcpus.empty()) path = pin.second;
    vcpus.insert({vcpu, vcpu});
    cpus.insert(both);
  }
  if (vcpus.empty()) return std::nullopt;
  const bool one = vcpus.size() == 1;
  return shared(path, fmt::format("vCPU{} {} {} pinned to {}, where {} run too", one ? "" : "s", listed(vcpus),
                                  one ? "is" : "are", with_cpus(cpus), who));
}

}  // namespace

// Emulator threads and IOThreads of several guests may share CPUs: they are mostly idle. Those of one take time from
// vCPUs of the other.
std::vector<Diagnostic> check_shared_pins(const schema::Domain& domain, const schema::Domain& other,
                                          std::string_view name_of_other) {
  const UsedCpus own = used_cpus(domain);
  const UsedCpus others = used_cpus(other);
  CpuSet all_others = others.pinned;
  all_others.insert(others.floating);
  CpuSet helpers;
  for (const auto& [cpus, path] : others.helpers) helpers.insert(cpus);
  for (const CpuSet::Range& range : all_others.ranges()) helpers.erase(range);  // those are in the first finding
  std::vector<Diagnostic> found;
  const auto add = [&](std::optional<Diagnostic> one) {
    if (one) found.push_back(*std::move(one));
  };
  add(pins_on(own, all_others, fmt::format("vCPUs of {}", name_of_other)));
  add(pins_on(own, helpers, fmt::format("emulator threads or IOThreads of {}", name_of_other)));
  if (const CpuSet both = own.floating.intersection(others.pinned); !both.empty()) {
    add(shared("/domain/vcpu/@cpuset", fmt::format("vCPUs without a vcpupin can run on {}, to which vCPUs of {} are "
                                                   "pinned",
                                                   with_cpus(both), name_of_other)));
  }
  for (const auto& [cpus, path] : own.helpers) {
    const CpuSet both = cpus.intersection(others.pinned);
    if (both.empty()) continue;
    add(shared(path, fmt::format("these threads are pinned to {}, where vCPUs of {} run too", with_cpus(both),
                                 name_of_other)));
  }
  return found;
}

}  // namespace vnuma::placement
