#include "kubevirt_devices.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <vnuma/placement/generate.hpp>
#include <vnuma/schema/visible.hpp>

#include "../counted.hpp"

namespace vnuma::placement {

namespace {

using schema::HostDevice;
using schema::VirtualMachine;
using schema::VirtualMachineDevice;
using topology::PciAddress;

// In capitals; / and . are no part of a variable's name.
std::string variable_of(const char* prefix, std::string resource) {
  for (char& c : resource) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == '/' || c == '.') c = '_';
  }
  return fmt::format("{}_{}", prefix, resource);
}

// The devices of a list with commas, which may end in one.
std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const std::string_view part = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), part.size() + 1));
    if (!part.empty()) parts.emplace_back(part);
  }
  return parts;
}

HostDevice pci_device(const PciAddress& address) {
  HostDevice device;
  device.type = "pci";
  device.managed = false;
  schema::Address& source = device.source.emplace().address.emplace();
  source.domain = address.domain;
  source.bus = address.bus;
  source.slot = address.slot;
  source.function = address.function;
  return device;
}

HostDevice mediated_device(const schema::Uuid& uuid) {
  HostDevice device;
  device.type = "mdev";
  device.model = "vfio-pci";
  device.source.emplace().address.emplace().uuid = uuid;
  return device;
}

[[noreturn]] void refuse(std::string message, std::string remedy) {
  throw GenerateError(make_diagnostic(Code::wrong_devices, "", std::move(message), std::move(remedy)));
}

// The device, if the host has it.
HostDevice find(const topology::Host& host, const std::string& name, const VirtualMachineDevice& wanted) {
  const std::string shown = schema::visible(name);
  if (const auto address = PciAddress::parse(name)) {
    if (host.find(*address)) return pci_device(*address);
    refuse(fmt::format("{}: the host has no PCI device {}", wanted.name, shown),
           fmt::format("name one of its {} PCI devices", host.devices.size()));
  }
  const auto uuid = schema::UuidFormat::parse(name);
  if (!uuid) {
    refuse(fmt::format("{}: {} is neither a PCI address nor a UUID", wanted.name, shown),
           "give an address such as 0000:18:00.0, or the UUID of a mediated device");
  }
  if (host.find_mediated(name)) return mediated_device(*uuid);
  refuse(fmt::format("{}: the host has no mediated device {}", wanted.name, shown),
         fmt::format("name one of its {} mediated devices", host.mediated_devices.size()));
}

void check_number(const VirtualMachine& vm, std::size_t devices) {
  if (devices == vm.gpus.size() + vm.host_devices.size()) return;
  refuse(fmt::format("the manifest asks for {} and {}, but {} {} named", counted(vm.gpus.size(), "GPU"),
                     counted(vm.host_devices.size(), "host device"), counted(devices, "device"),
                     devices == 1 ? "is" : "are"),
         fmt::format("name {}", vm.gpus.size() + vm.host_devices.size()));
}

}  // namespace

std::vector<std::string> devices_in_environment(
    const VirtualMachine& vm, const std::function<std::optional<std::string>(const std::string&)>& variable) {
  std::vector<std::string> taken;
  const auto take = [&](const VirtualMachineDevice& device) {
    const std::string pci = variable_of("PCI_RESOURCE", device.device_name);
    const std::string mediated = variable_of("MDEV_PCI_RESOURCE", device.device_name);
    std::size_t there = 0;
    for (const std::string& name : {pci, mediated}) {
      for (std::string& candidate : split(variable(name).value_or(""))) {
        ++there;
        if (std::find(taken.begin(), taken.end(), candidate) != taken.end()) continue;
        taken.push_back(std::move(candidate));
        return;
      }
    }
    refuse(fmt::format("{} asks for one more of {}, but {} and {} have {}", device.name, device.device_name, pci,
                       mediated, counted(there, "device")),
           "add one there, or name all devices by their addresses");
  };
  for (const VirtualMachineDevice& device : vm.gpus) take(device);
  for (const VirtualMachineDevice& device : vm.host_devices) take(device);
  return taken;
}

std::vector<HostDevice> kubevirt_devices(const VirtualMachine& vm, const topology::Host& host,
                                         const std::vector<std::string>& devices) {
  check_number(vm, devices.size());
  std::vector<HostDevice> passed;
  std::set<std::string> names;
  const auto add = [&](const std::vector<VirtualMachineDevice>& wanted, std::size_t first, const char* prefix) {
    for (const bool is_mediated : {false, true}) {
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        HostDevice device = find(host, devices[first + i], wanted[i]);
        if ((device.type == "mdev") != is_mediated) continue;
        device.mode = "subsystem";
        device.alias.emplace().name = fmt::format("ua-{}-{}", prefix, wanted[i].name);
        passed.push_back(std::move(device));
      }
    }
  };
  add(vm.host_devices, vm.gpus.size(), "hostdevice");
  add(vm.gpus, 0, "gpu");
  for (const HostDevice& device : passed) {
    const schema::Address& address = *device.source->address;
    const std::string name =
        device.type == "mdev" ? schema::UuidFormat::format(*address.uuid) : topology::pci_address(address).format();
    if (!names.insert(name).second) {
      refuse(fmt::format("{} is named twice", name), "name each device once");
    }
  }
  return passed;
}

}  // namespace vnuma::placement
