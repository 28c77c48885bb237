#include "passthrough_devices.hpp"

#include <map>
#include <utility>

#include <fmt/format.h>

#include "guest_address.hpp"

namespace vnuma::placement {

namespace {

// Whether the hostdev is a PCI device in the guest, of which the host has only the parent.
bool is_mediated(const schema::HostDevice& device) {
  return device.type == "mdev" && (!device.model || *device.model == "vfio-pci");
}

bool is_mediated(const schema::Interface&) { return false; }

[[noreturn]] void refuse_source(const std::string& path, const std::string& message, const std::string& remedy) {
  throw PlanError(make_diagnostic(Code::no_source, path, message, remedy));
}

// Fills in the host's device or the mediated one.
void read_source(const auto& from, PassthroughDevice& device) {
  if (!from.source || !from.source->address) {
    refuse_source(device.path(), "the device has no <source> with an <address>", "name the host's device there");
  }
  const schema::Address& address = *from.source->address;
  const std::string path = device.path() + "/source/address";
  if (is_mediated(from)) {
    if (!address.uuid) refuse_source(path, "uuid is missing", "name the mediated device");
    device.uuid = schema::UuidFormat::format(*address.uuid);
    return;
  }
  if (!address.bus || !address.slot) refuse_source(path, "bus or slot is missing", "name the host's device");
  device.source = topology::pci_address(address, path);
}

PassthroughDevice read_device(DeviceKind kind, std::size_t position, const auto& from) {
  PassthroughDevice device{.kind = kind, .position = position};
  read_source(from, device);
  if (from.alias && from.alias->name) device.alias = *from.alias->name;
  return device;
}

}  // namespace

std::vector<PassthroughDevice> read_passthrough_devices(const schema::Domain& domain, const DiagnosticSink& sink) {
  std::vector<PassthroughDevice> devices;
  if (!domain.devices) return devices;
  const auto add = [&](DeviceKind kind, std::size_t position, const auto& from) {
    auto device = sink.read([&] { return std::optional(read_device(kind, position, from)); });
    if (!device) return;
    if (from.address) {
      device->has_address_element = true;
      device->is_unassigned = from.address->type == "unassigned";
      device->address = guest_address(from.address, device->element(), sink);
    }
    devices.push_back(*std::move(device));
  };
  for (std::size_t i = 0; i < domain.devices->host_devices.size(); ++i) {
    const schema::HostDevice& device = domain.devices->host_devices[i];
    if (device.mode && *device.mode != "subsystem") continue;
    if (device.type == "pci" || is_mediated(device)) add(DeviceKind::hostdev, i, device);
  }
  for (std::size_t i = 0; i < domain.devices->interfaces.size(); ++i) {
    const schema::Interface& device = domain.devices->interfaces[i];
    const bool usb = device.source && device.source->address && device.source->address->type == "usb";
    if (device.type == "hostdev" && !usb) add(DeviceKind::interface, i, device);
  }
  return devices;
}

void check_given_once(const std::vector<PassthroughDevice>& devices, const DiagnosticSink& sink) {
  std::map<std::string, const PassthroughDevice*> names;
  for (const PassthroughDevice& device : devices) {
    const auto [other, is_first] = names.emplace(device.name(), &device);
    if (is_first) continue;
    sink.add(make_diagnostic(Code::device_twice, device.path(),
                             fmt::format("{} also gives the guest {}", other->second->path(), device.name()),
                             "remove one"));
  }
}

std::vector<PciAddress> passthrough_devices(const schema::Domain& domain) {
  std::vector<PciAddress> sources;
  for (const PassthroughDevice& device : with_codes([&] { return read_passthrough_devices(domain); })) {
    if (!device.is_mediated()) sources.push_back(*device.source);
  }
  return sources;
}

std::vector<std::string> mediated_devices(const schema::Domain& domain) {
  std::vector<std::string> uuids;
  for (PassthroughDevice& device : with_codes([&] { return read_passthrough_devices(domain); })) {
    if (device.is_mediated()) uuids.push_back(std::move(device.uuid));
  }
  return uuids;
}

}  // namespace vnuma::placement
