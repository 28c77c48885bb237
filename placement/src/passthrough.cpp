#include "passthrough.hpp"

#include <fmt/format.h>

namespace vnuma::placement {

namespace {

using Kind = PlannedDevice::Kind;

PciAddress source_address(const auto& device, const std::string& path) {
  if (!device.source || !device.source->address) {
    throw PlanError(path, "the device has no <source> with an <address>; name the host's device there");
  }
  const schema::Address& address = *device.source->address;
  if (!address.bus || !address.slot) {
    throw PlanError(path + "/source/address", "bus or slot is missing; name the host's device");
  }
  return topology::pci_address(address, path + "/source/address");
}

}  // namespace

std::vector<PlannedDevice> list_passthrough(const schema::Domain& domain) {
  std::vector<PlannedDevice> devices;
  if (!domain.devices) return devices;
  const auto add = [&](Kind kind, std::size_t position, const auto& from) {
    PlannedDevice device{.kind = kind, .position = position};
    device.source = source_address(from, path_of(device));
    if (from.alias && from.alias->name) device.alias = *from.alias->name;
    devices.push_back(std::move(device));
  };
  for (std::size_t i = 0; i < domain.devices->host_devices.size(); ++i) {
    const schema::HostDevice& device = domain.devices->host_devices[i];
    if (device.type == "pci" && (!device.mode || *device.mode == "subsystem")) add(Kind::hostdev, i, device);
  }
  for (std::size_t i = 0; i < domain.devices->interfaces.size(); ++i) {
    const schema::Interface& device = domain.devices->interfaces[i];
    const bool usb = device.source && device.source->address && device.source->address->type == "usb";
    if (device.type == "hostdev" && !usb) add(Kind::interface, i, device);
  }
  return devices;
}

std::string path_of(const PlannedDevice& device) {
  return fmt::format("/domain/devices/{}[{}]", device.kind == Kind::hostdev ? "hostdev" : "interface",
                     device.position + 1);
}

const schema::Box<schema::Address>& guest_address_of(const schema::Devices& devices, const PlannedDevice& device) {
  return device.kind == Kind::hostdev ? devices.host_devices[device.position].address
                                      : devices.interfaces[device.position].address;
}

std::vector<PciAddress> passthrough_devices(const schema::Domain& domain) {
  std::vector<PciAddress> sources;
  for (const PlannedDevice& device : list_passthrough(domain)) sources.push_back(device.source);
  return sources;
}

}  // namespace vnuma::placement
