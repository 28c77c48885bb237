#include "pci_arguments.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "../domain/guest_numbering.hpp"
#include "option_value.hpp"

namespace vnuma::placement {

namespace {

// QEMU accepts other ids too, but libvirt uses only aliases with this prefix.
bool is_own_alias(std::string_view alias) {
  const auto is_in_id = [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
  };
  return alias.starts_with("ua-") && std::all_of(alias.begin(), alias.end(), is_in_id);
}

// "pcie.0" is the bus that QEMU's machine has.
std::string bus_id(std::uint32_t index) { return index == 0 ? "pcie.0" : fmt::format("vnuma-pci{}", index); }

// The device of QEMU for the model (qemuDomainPCIControllerSetDefaultModelName in libvirt's
// src/qemu/qemu_domain_address.c).
std::string_view driver_of(PciModel model) {
  switch (model) {
    case PciModel::expander: return "pxb-pcie";
    case PciModel::root_port: return "pcie-root-port";
    case PciModel::upstream_port: return "x3130-upstream";
    case PciModel::downstream_port: return "xio3130-downstream";
    case PciModel::dmi_bridge: return "i82801b11-bridge";
    case PciModel::pcie_bridge: return "pcie-pci-bridge";
    case PciModel::pci_bridge: return "pci-bridge";
    case PciModel::pcie_root:
    case PciModel::pci_root:
    case PciModel::pci_expander:
    case PciModel::other: break;
  }
  return "";
}

class PciArguments {
 public:
  explicit PciArguments(const DomainView& view) : view_(view) {}

  std::vector<QemuArgument> list() {
    for (const PciController& controller : pci().controllers()) {
      if (pci().expander_of(controller.index)) need(controller);
    }
    for (const PassthroughDevice& device : view_.devices) {
      if (!device.is_unassigned) need_buses_of(device);
    }
    std::vector<QemuArgument> arguments;
    for (const std::uint32_t index : needed_) arguments.push_back(controller_argument(*pci().find(index)));
    for (std::size_t i = 0; i < view_.devices.size(); ++i) {
      if (!view_.devices[i].is_unassigned) arguments.push_back(device_argument(i));
    }
    return arguments;
  }

 private:
  const PciTree& pci() const { return view_.pci; }

  [[noreturn]] static void refuse(const std::string& path, std::string message, std::string remedy,
                                  std::vector<OptionHint> options = {}) {
    throw PlanError(make_diagnostic(Code::not_placed, path, std::move(message), std::move(remedy), std::move(options)));
  }

  void need_buses_of(const PassthroughDevice& device) {
    if (!device.address) {
      const Option remedy = view_.cells.empty() ? Option::cells_add : Option::plan;
      refuse(device.path(), "the device has no address in the guest", {}, {{remedy}});
    }
    need_bus(*device.address, device.path());
  }

  // The controllers from the root down to the bus of the address, and function 0 of its slot.
  void need_bus(const PciAddress& address, const std::string& path) {
    const auto chain = pci().chain(address.bus);
    if (chain.empty() || !is_root_complex(chain.front()->model)) {
      refuse(path, fmt::format("a controller above its address {} is not declared or has no address", address.format()),
             "take the domain from `virsh dumpxml`", {{Option::readdress}});
    }
    for (const PciController* controller : chain) need(*controller);
    if (address.function != 0) need_function_0(address, path);
  }

  // The guest looks for other functions of a slot only if there is a function 0.
  void need_function_0(const PciAddress& address, const std::string& path) {
    const PciAddress first = address.first_function();
    const Occupant* occupant = pci().occupant(first);
    for (const PciController& controller : pci().controllers()) {
      if (occupant && controller.address == first) return need(controller);
    }
    const auto is_first = [&](const PassthroughDevice& device) { return device.address == first; };
    if (!occupant || std::any_of(view_.devices.begin(), view_.devices.end(), is_first)) return;
    refuse(path, fmt::format("function 0 of its slot is {}, which the arguments leave out", occupant->element.path()),
           "give it a slot of its own");
  }

  void need(const PciController& controller) {
    if (controller.is_root() || !needed_.insert(controller.index).second) return;
    if (!controller.address) refuse(controller.path(), "the controller has no address", "give it one");
    if (controller.is_expander() && !controller.bus_nr)
      refuse(controller.path(), "the expander bus has no busNr", "give it one");
    need_bus(*controller.address, controller.path());
  }

  // The end of a device: where it is plugged in.
  QemuArgument plugged(OptionValue value, const PciAddress& address, bool is_multifunction) const {
    value.add("bus", bus_id(address.bus));
    if (address.function == 0 && (is_multifunction || pci().occupants_of_slot(address) > 1)) {
      value.add_switch("multifunction", true);
    }
    value.add("addr", address.function == 0 ? fmt::format("{:#x}", address.slot)
                                            : fmt::format("{:#x}.{:#x}", address.slot, address.function));
    return {"-device", value.text()};
  }

  QemuArgument controller_argument(const PciController& controller) const {
    const schema::Controller& declared = view_.domain.devices->controllers[controller.position];
    const bool is_named = declared.model_name && declared.model_name->name;
    OptionValue value(is_named ? *declared.model_name->name : driver_of(controller.model));
    value.add("id", bus_id(controller.index));
    if (controller.is_expander()) {
      value.add("bus_nr", *controller.bus_nr);
      if (controller.node) value.add("numa_node", *controller.node);
    }
    if (controller.is_port()) add_port(controller, declared, value);
    if (controller.model == PciModel::pci_bridge) {
      const bool is_given = declared.target && declared.target->chassis_nr;
      value.add("chassis_nr", is_given ? *declared.target->chassis_nr : controller.index);
    }
    return plugged(std::move(value), *controller.address, declared.address->multifunction == true);
  }

  // The presets are those of libvirt 9.0 (virsh domxml-to-native).
  static void add_port(const PciController& controller, const schema::Controller& declared, OptionValue& value) {
    const PciAddress& address = *controller.address;
    const bool is_root_port = controller.model == PciModel::root_port;
    const unsigned preset = is_root_port ? address.slot * 8U + address.function : address.slot;
    value.add("port", declared.target ? declared.target->port.value_or(preset) : preset);
    value.add("chassis", controller.chassis.value_or(controller.index));
    if (declared.target && declared.target->hotplug == false) value.add_switch("hotplug", false);
    if (is_root_port && declared.target && declared.target->memory_reserve) {
      value.add("mem-reserve", qemu_size(*declared.target->memory_reserve * KiB));
    }
  }

  QemuArgument device_argument(std::size_t i) {
    const PassthroughDevice& device = view_.devices[i];
    const schema::Devices& all = *view_.domain.devices;
    if (device.kind == DeviceKind::interface) return with_options(i, all.interfaces[device.position], vfio(i, false));
    const schema::HostDevice& hostdev = all.host_devices[device.position];
    OptionValue value = vfio(i, hostdev.ram_fb == true);
    if (hostdev.display) value.add_switch("display", *hostdev.display);
    if (hostdev.ram_fb == true) value.add_switch("ramfb", true);
    return with_options(i, hostdev, std::move(value));
  }

  // ramfb needs a device that is not plugged in later.
  OptionValue vfio(std::size_t i, bool has_ram_fb) {
    const PassthroughDevice& device = view_.devices[i];
    OptionValue value(has_ram_fb ? "vfio-pci-nohotplug" : "vfio-pci");
    if (device.is_mediated())
      value.add("sysfsdev", "/sys/bus/mdev/devices/" + device.uuid);
    else
      value.add("host", device.source->format());
    const bool has_id = is_own_alias(device.alias) && aliases_.insert(device.alias).second;
    value.add("id", has_id ? device.alias : fmt::format("vnuma-device{}", i));
    return value;
  }

  template <class T>
  QemuArgument with_options(std::size_t i, const T& device, OptionValue value) const {
    if (device.boot_order && device.boot_order->order) value.add("bootindex", *device.boot_order->order);
    if (device.acpi && device.acpi->index) value.add("acpi-index", *device.acpi->index);
    if (device.rom && device.rom->enabled == false) {
      value.add("romfile", "");
    } else if (device.rom) {
      if (device.rom->bar) value.add("rombar", *device.rom->bar ? 1 : 0);
      if (device.rom->file) value.add("romfile", *device.rom->file);
    }
    return plugged(std::move(value), *view_.devices[i].address, device.address->multifunction == true);
  }

  const DomainView& view_;
  std::set<std::uint32_t> needed_;  // indexes of controllers
  std::set<std::string> aliases_;
};

}  // namespace

std::vector<QemuArgument> pci_arguments(const DomainView& view) { return PciArguments(view).list(); }

}  // namespace vnuma::placement
