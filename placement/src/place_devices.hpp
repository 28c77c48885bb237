// Which port each device gets, on which expander bus or switch.
#pragma once

#include <vector>

#include "guest_pci.hpp"

namespace vnuma::placement {

// Gives the devices (positions in Plan::devices), whose guest cells are known, ports that are there or new ones.
// `ports_to_come`: root ports that libvirt will add. Throws Exhausted if numbers do not suffice.
void place_devices(Plan& plan, GuestPci& pci, const topology::Host& host, const Options& options,
                   const std::vector<std::size_t>& devices, unsigned ports_to_come);

}  // namespace vnuma::placement
