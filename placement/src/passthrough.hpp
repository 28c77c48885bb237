// Which devices of a domain are PCI devices of the host.
#pragma once

#include <vector>

#include <vnuma/placement/plan.hpp>

namespace vnuma::placement {

// The domain's passthrough PCI devices, hostdevs first, with kind, position, source or UUID, and alias filled in.
// Throws PlanError for one without a source address.
std::vector<PlannedDevice> list_passthrough(const schema::Domain& domain);

// "/domain/devices/hostdev[2]"
std::string path_of(const PlannedDevice& device);

// The device's address in the guest.
const schema::Box<schema::Address>& guest_address_of(const schema::Devices& devices, const PlannedDevice& device);

// Where the host has the device; a place near to nothing if that is not known.
topology::Place host_place(const PlannedDevice& device);

}  // namespace vnuma::placement
