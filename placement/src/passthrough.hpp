// Which devices of a domain are PCI devices of the host.
#pragma once

#include <string>
#include <vector>

#include <vnuma/placement/plan.hpp>

#include "guest_pci.hpp"

namespace vnuma::placement {

// The domain's passthrough PCI devices, hostdevs first, with kind, position, source or UUID, and alias filled in.
// One without a source is a fault; collected, the device is left out.
std::vector<PlannedDevice> list_passthrough(const schema::Domain& domain, const Faults& faults = {});

// A device that is given twice is a fault.
void check_given_once(const std::vector<PlannedDevice>& devices, const Faults& faults);

Element element_of(const PlannedDevice& device);
// "/domain/devices/hostdev[2]"
std::string path_of(const PlannedDevice& device);

// The device's address in the guest.
const schema::Box<schema::Address>& guest_address_of(const schema::Devices& devices, const PlannedDevice& device);

// Whether its address says that the guest does not get it.
bool is_unassigned(const schema::Domain& domain, const PlannedDevice& device);

// The host's device that the guest is given; of a mediated device the parent, which becomes its source. nullptr if the
// host does not have it.
const topology::PciDevice* find_on_host(PlannedDevice& device, const topology::Host& host);
// "the host has no device 0000:18:00.0", of a device for which find_on_host gave nullptr.
std::string missing_on_host(const PlannedDevice& device);

// Where the host has the device, whose source is known; for one that the host does not have, a place near to nothing
// but the other functions of its slot.
topology::Place host_place(const PlannedDevice& device);

}  // namespace vnuma::placement
