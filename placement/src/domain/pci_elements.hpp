// The elements of <devices> that are PCI devices in the guest.
#pragma once

#include <map>
#include <optional>
#include <string_view>

#include <vnuma/schema/ptree.hpp>
#include <vnuma/schema/xml.hpp>

#include "../sink.hpp"
#include "element.hpp"
#include "guest_address.hpp"

namespace vnuma::placement {

// Whether the device is a PCI device, to which libvirt gives an address if it has none.
template <class T>
bool on_pci(const T&) {
  return true;
}
inline bool on_pci(const schema::Disk& disk) {
  if (!disk.target || !disk.target->bus) return true;
  const std::string_view bus = *disk.target->bus;
  return bus == "virtio" || bus == "nvme";
}
inline bool on_pci(const schema::MemBalloon& balloon) { return balloon.model != "none"; }
inline bool on_pci(const schema::HostDevice& device) {
  return (device.type == "pci" || device.type == "mdev") && !(device.address && device.address->type == "unassigned");
}
inline bool on_pci(const schema::Controller& controller) {
  const auto is = [&](const char* type) { return controller.type == type; };
  return (is("usb") && controller.model != "none") || is("scsi") || is("virtio-serial") || is("nvme");
}

// A device that the schema does not name.
struct OtherDevice {
  schema::Box<schema::Address> address{};
  std::optional<schema::Alias> alias{};
};

// Calls f(device, element, address) for each PCI device except controllers. The address is nullopt for devices that
// libvirt has yet to give one.
template <class F>
void for_each_pci_device(const schema::Devices& devices, const DiagnosticSink& sink, F&& f) {
  // `gets_one`: libvirt gives a PCI address to devices without an address.
  const auto read = [&](const auto& list, std::string_view name, bool gets_one = false) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      const Element element{name, i};
      const auto address = list[i].address ? guest_address(list[i].address, element, sink) : std::nullopt;
      if (address || (gets_one && on_pci(list[i]))) f(list[i], element, address);
    }
  };
  read(devices.disks, "disk", true);
  read(devices.filesystems, "filesystem", true);
  read(devices.interfaces, "interface", true);
  read(devices.smartcards, "smartcard");
  read(devices.serials, "serial");
  read(devices.parallels, "parallel");
  read(devices.consoles, "console");
  read(devices.channels, "channel");
  read(devices.inputs, "input");
  read(devices.tpms, "tpm");
  read(devices.sound_cards, "sound", true);
  read(devices.video, "video", true);
  read(devices.host_devices, "hostdev", true);
  read(devices.redirs, "redirdev");
  read(devices.hubs, "hub");
  read(devices.watchdogs, "watchdog", true);
  read(devices.ballooning, "memballoon", true);
  read(devices.rng, "rng", true);
  read(devices.nvrams, "nvram");
  read(devices.panic_devices, "panic");
  read(devices.shmems, "shmem", true);
  read(devices.memory, "memory");
  read(devices.iommu, "iommu");
  read(devices.vsock, "vsock", true);
  read(devices.cryptos, "crypto", true);
  std::map<std::string_view, std::size_t> positions;
  for (const schema::UnmodelledChild& child : devices.unmodelled.children()) {
    const Element element{child.name, positions[child.name]++};
    const auto tree = child.tree.get_child_optional("address");
    if (!tree || tree->get("<xmlattr>.type", "") != "pci") continue;
    auto address_read = sink.read([&] { return schema::Box(schema::from_ptree<schema::Address>(*tree)); });
    OtherDevice device{.address = std::move(address_read)};
    if (const auto name = child.tree.get_optional<std::string>("alias.<xmlattr>.name")) {
      device.alias.emplace().name = *name;
    }
    if (const auto address = guest_address(device.address, element, sink)) f(device, element, address);
  }
}

}  // namespace vnuma::placement
