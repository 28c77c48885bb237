#include "fallback.hpp"

#include <utility>

#include <fmt/format.h>

namespace vnuma::placement {

namespace {

Diagnostic given_up(std::string what, const Exhausted& error) {
  return make_diagnostic(Code::reduced_plan, "",
                         fmt::format("{}, because numbers do not suffice: {}", what, error.diagnostic().message),
                         error.diagnostic().remedy);
}

}  // namespace

ReducedPorts assign_with_fallback(const DomainView& view, const topology::Host& host, const HostLocations& locations,
                                  const CellMap& cells, const Moves& moves, const Options& options) {
  Options attempt = options;
  std::vector<Diagnostic> levels;     // given up for good
  std::optional<Diagnostic> reserve;  // given up at this level
  for (;;) {
    try {
      AssignedPorts assigned = assign_ports(view, host, locations, cells, moves, attempt);
      if (reserve) levels.push_back(*std::move(reserve));
      return {std::move(assigned), attempt.mirror, std::move(levels)};
    } catch (const Exhausted& error) {
      if (options.strict) throw;
      if (attempt.reserve_buses > 0) {
        reserve = given_up("no bus numbers are reserved", error);
        attempt.reserve_buses = 0;
        continue;
      }
      if (attempt.mirror == Mirror::numa) throw;
      const bool switches = attempt.mirror == Mirror::pcie_switch;
      levels.push_back(
          given_up(switches ? "PCIe switches are not mirrored" : "root complexes are not mirrored", error));
      attempt.mirror = switches ? Mirror::root_complex : Mirror::numa;
      attempt.reserve_buses = options.reserve_buses;
      reserve.reset();
    }
  }
}

}  // namespace vnuma::placement
