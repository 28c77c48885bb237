// Which port each device gets, on which expander bus or switch.
#pragma once

#include <vector>

#include <vnuma/placement/plan.hpp>

#include "assignment.hpp"
#include "cell_map.hpp"
#include "moves.hpp"

namespace vnuma::placement {

// Gives the devices to place existing or new ports on their cells:
// - that of the other functions of their card;
// - an empty port of their cell;
// - with Mirror::pcie_switch, a new port on a switch that mirrors theirs;
// - a new port on an expander bus that has room, else on a new expander bus.
// Throws Exhausted if numbers do not suffice.
AssignedPorts assign_ports(const DomainView& domain, const topology::Host& host, const HostLocations& locations,
                           const CellMap& cells, const Moves& moves, const Options& options);

}  // namespace vnuma::placement
