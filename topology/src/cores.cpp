#include "cores.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace vnuma::topology {

std::optional<std::pair<std::size_t, std::size_t>> overlap(const std::vector<const CpuSet*>& sets) {
  std::vector<std::pair<CpuSet::Range, std::size_t>> ranges;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    for (const CpuSet::Range& range : sets[i]->ranges()) ranges.emplace_back(range, i);
  }
  std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) { return a.first.first < b.first.first; });
  const auto found = std::adjacent_find(ranges.begin(), ranges.end(),
                                        [](const auto& a, const auto& b) { return b.first.first <= a.first.last; });
  if (found == ranges.end()) return std::nullopt;
  return std::minmax(found->second, std::next(found)->second);
}

std::optional<std::string> wrong_siblings(const std::vector<Cpu>& cpus) {
  const auto differ = [](const Cpu& a, const Cpu& b) {
    return fmt::format("CPU {} has the siblings {}, but CPU {} has {}; all threads of a core have the same siblings",
                       a.id, a.siblings.format(), b.id, b.siblings.format());
  };
  std::map<std::uint32_t, const Cpu*> cores;  // by number, with the first thread of each core
  for (const Cpu& cpu : cpus) {
    if (!cpu.siblings.contains(cpu.id)) {
      return fmt::format("CPU {} is not among its own siblings, \"{}\"", cpu.id, cpu.siblings.format());
    }
    const Cpu& first = *cores.emplace(cpu.core(), &cpu).first->second;
    if (first.siblings != cpu.siblings) return differ(first, cpu);
  }
  std::vector<const Cpu*> firsts;
  std::vector<const CpuSet*> siblings;
  for (const auto& [core, first] : cores) {
    firsts.push_back(first);
    siblings.push_back(&first->siblings);
  }
  const auto shared = overlap(siblings);
  if (!shared) return std::nullopt;
  return differ(*firsts[shared->first], *firsts[shared->second]);
}

}  // namespace vnuma::topology
