// What a plan gives up if slots, indexes or bus numbers do not suffice.
#pragma once

#include <vector>

#include "assign/ports.hpp"

namespace vnuma::placement {

struct ReducedPorts {
  AssignedPorts assigned;
  Mirror mirror{};                     // what could be mirrored
  std::vector<Diagnostic> warnings{};  // for each thing that was given up
};

// Assigns ports with all that the options ask for; if numbers do not suffice, without the reserve of bus numbers, then
// with switches, then with root complexes not mirrored. With `strict`, and if nothing is left to give up, throws.
ReducedPorts assign_with_fallback(const DomainView& view, const topology::Host& host, const HostLocations& locations,
                                  const CellMap& cells, const Moves& moves, const Options& options);

}  // namespace vnuma::placement
