// Host CPUs that the vCPUs of two domains are pinned to.
#include <map>
#include <string>
#include <utility>

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
  CpuSet floating;                                               // <vcpu cpuset>, if a vCPU has no vcpupin
};

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
  }
  if (!domain.vcpu || !domain.vcpu->cpu_set.valid() || domain.vcpu->placement == "auto") return used;
  if (!domain.vcpu->cpus.valid() || used.pins.size() < *domain.vcpu->cpus) used.floating = *domain.vcpu->cpu_set;
  return used;
}

}  // namespace

std::vector<Diagnostic> check_shared_pins(const schema::Domain& domain, const schema::Domain& other,
                                          std::string_view name_of_other) {
  const UsedCpus own = used_cpus(domain);
  const UsedCpus others = used_cpus(other);
  CpuSet all_others = others.pinned;
  all_others.insert(others.floating);
  CpuSet vcpus;
  CpuSet cpus;
  std::string path;
  for (const auto& [vcpu, pin] : own.pins) {
    const CpuSet shared = pin.first.intersection(all_others);
    if (shared.empty()) continue;
    if (vcpus.empty()) path = pin.second;
    vcpus.insert({vcpu, vcpu});
    cpus.insert(shared);
  }
  constexpr const char* remedy = "give each domain CPUs of its own";
  std::vector<Diagnostic> found;
  if (!vcpus.empty()) {
    found.push_back(
        make_diagnostic(Code::shared_pins, path,
                        fmt::format("vCPU{} {} {} pinned to CPU{} {}, where vCPUs of {} run too",
                                    vcpus.size() == 1 ? "" : "s", listed(vcpus), vcpus.size() == 1 ? "is" : "are",
                                    cpus.size() == 1 ? "" : "s", listed(cpus), name_of_other),
                        remedy));
  }
  if (const CpuSet shared = own.floating.intersection(others.pinned); !shared.empty()) {
    found.push_back(make_diagnostic(Code::shared_pins, "/domain/vcpu/@cpuset",
                                    fmt::format("vCPUs without a vcpupin can run on CPU{} {}, to which vCPUs of {} are "
                                                "pinned",
                                                shared.size() == 1 ? "" : "s", listed(shared), name_of_other),
                                    remedy));
  }
  return found;
}

}  // namespace vnuma::placement
