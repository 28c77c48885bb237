#include "passthrough.hpp"

#include <map>
#include <utility>

#include <fmt/format.h>

namespace vnuma::placement {

namespace {

using Kind = PlannedDevice::Kind;

// Whether the hostdev is a PCI device in the guest, of which the host has only the parent.
bool is_mediated(const schema::HostDevice& device) {
  return device.type == "mdev" && (!device.model || *device.model == "vfio-pci");
}

bool is_mediated(const schema::Interface&) { return false; }

// With the host's device or the mediated one filled in.
PlannedDevice identify(PlannedDevice device, const auto& from) {
  const Element element = element_of(device);
  if (!from.source || !from.source->address) {
    throw PlanError(element.path(), "the device has no <source> with an <address>; name the host's device there");
  }
  const schema::Address& address = *from.source->address;
  const auto path = [&] { return element.path() + "/source/address"; };
  if (is_mediated(from)) {
    if (!address.uuid) throw PlanError(path(), "uuid is missing; name the mediated device");
    device.uuid = schema::UuidFormat::format(*address.uuid);
    return device;
  }
  if (!address.bus || !address.slot) throw PlanError(path(), "bus or slot is missing; name the host's device");
  device.source = topology::pci_address(address, path());
  return device;
}

}  // namespace

std::vector<PlannedDevice> list_passthrough(const schema::Domain& domain, const Faults& faults) {
  std::vector<PlannedDevice> devices;
  if (!domain.devices) return devices;
  const auto add = [&](Kind kind, std::size_t position, const auto& from) {
    auto device = faults.read([&] { return std::optional(identify({.kind = kind, .position = position}, from)); },
                              Rule::no_source);
    if (!device) return;
    if (from.alias && from.alias->name) device->alias = *from.alias->name;
    devices.push_back(*std::move(device));
  };
  for (std::size_t i = 0; i < domain.devices->host_devices.size(); ++i) {
    const schema::HostDevice& device = domain.devices->host_devices[i];
    if (device.mode && *device.mode != "subsystem") continue;
    if (device.type == "pci" || is_mediated(device)) add(Kind::hostdev, i, device);
  }
  for (std::size_t i = 0; i < domain.devices->interfaces.size(); ++i) {
    const schema::Interface& device = domain.devices->interfaces[i];
    const bool usb = device.source && device.source->address && device.source->address->type == "usb";
    if (device.type == "hostdev" && !usb) add(Kind::interface, i, device);
  }
  return devices;
}

void check_given_once(const std::vector<PlannedDevice>& devices, const Faults& faults) {
  std::map<std::string, const PlannedDevice*> names;
  for (const PlannedDevice& device : devices) {
    const auto [other, fresh] = names.emplace(device.name(), &device);
    if (fresh) continue;
    faults.add({Rule::given_twice, path_of(device),
                fmt::format("{} gives the guest {} too", path_of(*other->second), device.name()), "remove one"});
  }
}

Element element_of(const PlannedDevice& device) {
  return {device.kind == Kind::hostdev ? "hostdev" : "interface", device.position};
}

std::string path_of(const PlannedDevice& device) { return element_of(device).path(); }

const schema::Box<schema::Address>& guest_address_of(const schema::Devices& devices, const PlannedDevice& device) {
  return device.kind == Kind::hostdev ? devices.host_devices[device.position].address
                                      : devices.interfaces[device.position].address;
}

bool is_unassigned(const schema::Domain& domain, const PlannedDevice& device) {
  const auto& address = guest_address_of(*domain.devices, device);
  return address && address->type == "unassigned";
}

std::vector<PciAddress> passthrough_devices(const schema::Domain& domain) {
  std::vector<PciAddress> sources;
  for (const PlannedDevice& device : list_passthrough(domain)) {
    if (device.uuid.empty()) sources.push_back(*device.source);
  }
  return sources;
}

std::vector<std::string> mediated_devices(const schema::Domain& domain) {
  std::vector<std::string> uuids;
  for (PlannedDevice& device : list_passthrough(domain)) {
    if (!device.uuid.empty()) uuids.push_back(std::move(device.uuid));
  }
  return uuids;
}

const topology::PciDevice* find_on_host(PlannedDevice& device, const topology::Host& host) {
  if (!device.uuid.empty()) {
    const topology::MediatedDevice* mediated = host.find_mediated(device.uuid);
    if (!mediated) return nullptr;
    device.source = mediated->parent;
  }
  return host.find(*device.source);
}

std::string missing_on_host(const PlannedDevice& device) {
  if (device.uuid.empty()) return fmt::format("the host has no device {}", device.name());
  if (!device.source) return fmt::format("the host has no mediated device {}", device.uuid);
  return fmt::format("the host has no device {}, the parent of {}", device.source->format(), device.uuid);
}

topology::Place host_place(const PlannedDevice& device) {
  if (device.host_place) return *device.host_place;
  const PciAddress slot = device.source->first_function();
  return {slot.format(), {slot}, device.host_node};
}

}  // namespace vnuma::placement
