#include <algorithm>
#include <bitset>
#include <iterator>
#include <utility>

#include <vnuma/placement/plan.hpp>

#include "changed_cells.hpp"
#include "domain/guest_address.hpp"
#include "layout/write_layout.hpp"
#include "stale.hpp"
#include "window/qemu_settings.hpp"

namespace vnuma::placement {

namespace {

schema::Address to_address(const PciAddress& address, bool multifunction) {
  schema::Address out;
  out.type = "pci";
  out.domain = address.domain;
  out.bus = address.bus;
  out.slot = address.slot;
  out.function = address.function;
  if (multifunction) out.multifunction = true;
  return out;
}

schema::Controller to_controller(const PlannedController& planned) {
  schema::Controller controller;
  controller.type = "pci";
  controller.index = planned.index;
  controller.model = planned.model;
  schema::ControllerTarget target;
  if (planned.bus_nr) target.bus_nr = *planned.bus_nr;
  if (planned.node) target.numa_node = *planned.node;
  if (planned.chassis) target.chassis = *planned.chassis;
  if (planned.port) target.port = *planned.port;
  if (!(target == schema::ControllerTarget())) controller.target = std::move(target);
  controller.address = to_address(planned.address, planned.multifunction);
  return controller;
}

Element element_of(const PlannedDevice& device) {
  return {device.kind == DeviceKind::hostdev ? "hostdev" : "interface", device.position};
}

bool is_source(const schema::Address& address, const PlannedDevice& device) {
  if (device.uuid.empty()) return topology::pci_address(address) == device.source;
  return address.uuid.valid() && schema::UuidFormat::format(*address.uuid) == device.uuid;
}

// The guest address of the planned device.
schema::Box<schema::Address>& address_of(schema::Devices& devices, const PlannedDevice& device) {
  const auto check = [&](auto& list) -> schema::Box<schema::Address>& {
    if (device.position >= list.size()) refuse_stale("/domain/devices");
    auto& target = list[device.position];
    if (!target.source || !target.source->address || !is_source(*target.source->address, device))
      refuse_stale("/domain/devices");
    return target.address;
  };
  return device.kind == DeviceKind::hostdev ? check(devices.host_devices) : check(devices.interfaces);
}

// Throws unless the controllers to remove exist, and no other has an index that is to be added.
void check_controllers(const Plan& plan, const std::vector<schema::Controller>& controllers) {
  std::bitset<256> added;
  for (const PlannedController& planned : plan.controllers) added.set(planned.index);
  auto removed = plan.removed.begin();  // ascending
  for (std::size_t i = 0; i < controllers.size(); ++i) {
    const schema::Controller& controller = controllers[i];
    if (removed != plan.removed.end() && removed->position == i) {
      if (controller.type != "pci" || controller.index != removed->index) refuse_stale("/domain/devices");
      ++removed;
    } else if (controller.type == "pci" && controller.index && *controller.index < 256 && added[*controller.index]) {
      refuse_stale("/domain/devices");
    }
  }
  if (removed != plan.removed.end()) refuse_stale("/domain/devices");
}

void apply_changes(const Plan& plan, schema::Domain& domain) {
  if (!domain.devices) refuse_stale("/domain/devices");
  schema::Devices& devices = *domain.devices;
  std::vector<schema::Controller>& controllers = devices.controllers;

  // First all that can throw, in copies; then only moves.
  ChangedCells cells(plan.cells, domain);
  std::vector<std::pair<schema::Box<schema::Address>*, schema::Box<schema::Address>>> addresses;
  for (const PlannedDevice& device : plan.devices) {
    schema::Box<schema::Address>& address = address_of(devices, device);
    if (device.outcome == Outcome::placed) {
      if (guest_address(address, element_of(device)) != device.moved_from) refuse_stale("/domain/devices");
      addresses.emplace_back(&address, to_address(*device.address, device.multifunction));
    }
  }
  check_controllers(plan, controllers);
  std::vector<schema::Controller> added;
  added.reserve(plan.controllers.size());
  for (const PlannedController& planned : plan.controllers) added.push_back(to_controller(planned));
  controllers.reserve(controllers.size() + added.size() + 1);
  SettingsChange settings(plan.mmio, domain);

  cells.move_into(domain);
  for (auto& [target, address] : addresses) *target = std::move(address);
  for (auto position = plan.removed.rbegin(); position != plan.removed.rend(); ++position) {
    controllers.erase(controllers.begin() + static_cast<std::ptrdiff_t>(position->position));
  }
  std::move(added.begin(), added.end(), std::back_inserter(controllers));
  settings.apply();
}

}  // namespace

void apply(const Plan& plan, schema::Domain& domain) {
  if (!plan.changed) return;
  try {
    if (plan.layout.empty()) {
      apply_changes(plan, domain);
      return;
    }
    schema::Domain changed = domain;
    write_layout(plan.layout, schema::Unit::KiB, changed);
    if (changed.devices) apply_changes(plan, changed);
    domain = std::move(changed);
  } catch (const PlanError& error) {
    if (error.diagnostic().code == Code::stale_plan) throw;
    refuse_stale("/domain/devices");
  } catch (const schema::Error&) {
    refuse_stale("/domain/devices");  // a value no longer parses; the domain changed since it was planned
  }
}

}  // namespace vnuma::placement
