#include <vnuma/placement/guest_devices.hpp>

#include "guest_pci.hpp"
#include "passthrough.hpp"

namespace vnuma::placement {

std::vector<GuestDevice> guest_devices(const schema::Domain& domain) {
  const GuestPci pci(domain);
  const auto buses = pci.guest_buses();
  std::vector<GuestDevice> devices;
  for (const PlannedDevice& listed : list_passthrough(domain)) {
    if (is_unassigned(domain, listed)) continue;
    GuestDevice device{.source = listed.source, .uuid = listed.uuid, .alias = listed.alias};
    device.address = guest_address(guest_address_of(*domain.devices, listed), element_of(listed));
    if (device.address) {
      if (pci.fault(*device.address).empty()) device.guest_bdf = pci.guest_bdf(*device.address, buses);
      device.place = pci.place(*device.address);
    } else {
      device.place = pci.place_to_come(static_cast<std::uint32_t>(devices.size()));
    }
    devices.push_back(std::move(device));
  }
  return devices;
}

std::optional<topology::Place> place_on_host(const GuestDevice& device, const topology::Host& host) {
  PlannedDevice asked;
  asked.source = device.source;
  asked.uuid = device.uuid;
  const topology::PciDevice* found = find_on_host(asked, host);
  return found ? std::optional(topology::place_of(*found)) : std::nullopt;
}

}  // namespace vnuma::placement
