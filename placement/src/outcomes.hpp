// What a plan says of each device: its outcome and the reasons.
#pragma once

#include <vector>

#include <vnuma/placement/plan.hpp>

#include "assign/cell_map.hpp"
#include "assign/moves.hpp"
#include "assign/ports.hpp"

namespace vnuma::placement {

// The device as the domain and the host describe it, left or kept, with the reasons that the domain gives.
PlannedDevice describe(const PassthroughDevice& device);

// Why a device could not be placed or moved: the host does not say its node, or the node maps to no cell. Nothing for
// one that has a cell.
std::vector<DeviceReason> cell_reasons(const PassthroughDevice& device, const HostLocation& location,
                                       const CellMap& cells);

// The planned devices, by what was decided for them.
std::vector<PlannedDevice> planned_devices(const DomainView& view, const HostLocations& locations, const CellMap& cells,
                                           const Moves& moves, const AssignedPorts& assigned, const Options& options);

}  // namespace vnuma::placement
