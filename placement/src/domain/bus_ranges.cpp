#include "bus_ranges.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "../counted.hpp"

namespace vnuma::placement {

namespace {

Diagnostic overlap(const PciController& expander, const PciController& other, const std::string& path) {
  const BusRange own = bus_range(expander);
  const BusRange range = bus_range(other);
  const bool is_same = range.first == own.first;
  return make_diagnostic(is_same ? Code::bus_nr_twice : Code::bus_ranges_overlap, path,
                         fmt::format("the buses from busNr {} on and from {} on overlap", own.first, range.first),
                         is_same ? "give each expander bus its own"
                                 : fmt::format("reserve {} from {} on for it and {} from {} on for the other",
                                               counted(expander.buses_below + 1, "number"), own.first,
                                               other.buses_below + 1, range.first));
}

}  // namespace

std::optional<Diagnostic> range_fault(const PciTree& pci, const PciController& expander, std::uint32_t end) {
  const BusRange own = bus_range(expander);
  const std::string path = expander.path() + "/target/@busNr";
  if (own.last > 255) {
    return make_diagnostic(Code::bus_range_beyond_255, path,
                           fmt::format("its buses, from busNr {} on, end beyond 255", own.first),
                           fmt::format("give it a busNr of at most {}", 255 - std::min(254U, expander.buses_below)));
  }
  for (const std::uint32_t index : pci.expanders()) {
    if (index >= end) break;
    const PciController& other = *pci.find(index);
    if (index == expander.index || !other.bus_nr) continue;
    const BusRange range = bus_range(other);
    if (range.first <= own.last && own.first <= range.last) return overlap(expander, other, path);
  }
  return std::nullopt;
}

Diagnostic absent_bus_number(const PciController& expander) {
  return make_diagnostic(Code::bus_nr_missing, expander.path(),
                         "the expander bus has no busNr, and libvirt's choice leaves room for one port", "give it one");
}

}  // namespace vnuma::placement
