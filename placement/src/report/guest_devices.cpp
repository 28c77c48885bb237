#include <vnuma/placement/guest_devices.hpp>

#include "../assign/host_locations.hpp"
#include "../domain/domain_view.hpp"
#include "../domain/guest_numbering.hpp"

namespace vnuma::placement {

std::vector<GuestDevice> guest_devices(const schema::Domain& domain) {
  const DomainView view(domain);
  const GuestBuses buses = guest_buses(view.pci);
  std::vector<GuestDevice> devices;
  for (const PassthroughDevice& given : view.devices) {
    if (given.is_unassigned) continue;
    GuestDevice device{.source = given.source, .uuid = given.uuid, .alias = given.alias, .address = given.address};
    if (device.address) {
      if (hidden_because(view.pci, *device.address).empty()) device.guest_bdf = guest_bdf(*device.address, buses);
      device.location = view.pci.location(*device.address);
    } else {
      device.location = view.pci.location_to_come(static_cast<std::uint32_t>(devices.size()));
    }
    devices.push_back(std::move(device));
  }
  return devices;
}

std::optional<topology::Location> location_on_host(const GuestDevice& device, const topology::Host& host) {
  return locate_on_host({{.source = device.source, .uuid = device.uuid}}, &host)[0].in_tree;
}

}  // namespace vnuma::placement
