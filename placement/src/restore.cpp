#include <vnuma/placement/restore.hpp>

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include <vnuma/topology/guest_map.hpp>

#include "allocation.hpp"
#include "cells.hpp"
#include "guest_pci.hpp"
#include "passthrough.hpp"
#include "rules.hpp"

namespace vnuma::placement {

namespace {

// An expander bus in need.
struct Need {
  PciController expander;
  std::vector<std::size_t> devices;  // below it, in list_passthrough
  PciAddress lowest_source;
  std::uint32_t cell = 0;
};

using Needs = std::vector<Need>;

Needs find_needs(const schema::Domain& domain, const GuestPci& pci) {
  std::map<std::uint32_t, Need> found;  // by index
  for (const PciController& controller : pci.controllers()) {
    if (!controller.is_expander()) continue;
    const bool in_need = controller.node ? !is_cell(domain, *controller.node) : !controller.bus_nr;
    if (in_need) found[controller.index].expander = controller;
  }
  const auto devices = list_passthrough(domain);
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const auto address = guest_address(guest_address_of(*domain.devices, devices[i]), element_of(devices[i]));
    const PciController* expander = address ? pci.expander_of(address->bus) : nullptr;
    const auto need = expander ? found.find(expander->index) : found.end();
    if (need != found.end()) need->second.devices.push_back(i);
  }
  Needs needs;
  for (auto& [index, need] : found) needs.push_back(std::move(need));
  return needs;
}

[[noreturn]] void refuse(const PciController& expander, const std::string& reason) {
  throw PlanError(fmt::format("/domain/devices/controller[{}]", expander.position + 1),
                  fmt::format("the expander bus {}, and cannot be given back what it has lost: {}",
                              expander.node ? fmt::format("is on {}, which is no guest cell", *expander.node)
                                            : "has neither busNr nor node",
                              reason));
}

// Which cells devices are on does not depend on the PCI tree: the plan of a domain that has nothing but passthrough
// devices says it, with the cells to add.
Plan plan_without_tree(const schema::Domain& domain, const topology::Host& host, const Options& options,
                       const Needs& needs) {
  schema::Domain bare = domain;
  schema::Devices devices;
  for (const schema::Controller& controller : bare.devices->controllers) {
    const bool is_root = controller.model == "pcie-root" || controller.model == "pci-root";
    if (controller.type == "pci" && is_root) devices.controllers.push_back(controller);
  }
  devices.host_devices = std::move(bare.devices->host_devices);
  devices.interfaces = std::move(bare.devices->interfaces);
  const auto listed = list_passthrough(domain);
  for (const Need& need : needs) {
    for (const std::size_t i : need.devices) {
      const bool is_hostdev = listed[i].kind == PlannedDevice::Kind::hostdev;
      (is_hostdev ? devices.host_devices[listed[i].position].address : devices.interfaces[listed[i].position].address)
          .reset();
    }
  }
  *bare.devices = std::move(devices);
  return plan(bare, host, {.numa_nodes = options.numa_nodes, .unaligned = options.unaligned, .mmio = Mmio::off});
}

void find_cell(Need& need, const Plan& bare) {
  if (need.devices.empty()) refuse(need.expander, "no passthrough device is below it");
  const PlannedDevice& first = bare.devices[need.devices.front()];
  need.lowest_source = first.source.value_or(PciAddress{});
  for (const std::size_t i : need.devices) {
    const PlannedDevice& device = bare.devices[i];
    if (device.outcome != Outcome::placed) {
      refuse(need.expander, fmt::format("{}: {}", device.name(), device.reason));
    }
    if (device.guest_cell != first.guest_cell) {
      refuse(need.expander, fmt::format("{} belongs on guest cell {}, {} on {}", first.name(), *first.guest_cell,
                                        device.name(), *device.guest_cell));
    }
    need.lowest_source = std::min(need.lowest_source, *device.source);
  }
  need.cell = *first.guest_cell;
  if (need.expander.node && *need.expander.node != need.cell) {
    refuse(need.expander, fmt::format("{} belongs on guest cell {}", first.name(), need.cell));
  }
}

// As for new ones: in the order of the host's addresses, and without the reserve where that does not fit.
void set_targets(Needs& needs, const GuestPci& pci, unsigned reserve, schema::Devices& devices) {
  std::sort(needs.begin(), needs.end(), [](const Need& a, const Need& b) { return a.lowest_source < b.lowest_source; });
  std::vector<BusRequest> requests;
  std::vector<schema::ControllerTarget*> without;
  for (const Need& need : needs) {
    auto& target = devices.controllers[need.expander.position].target;
    if (!target) target.emplace();
    target->numa_node = need.cell;
    if (need.expander.bus_nr) continue;
    without.push_back(&*target);
    requests.push_back({.size = 1 + need.expander.buses_below + reserve});
  }
  BusNumbers numbers = free_bus_numbers(pci, pci.ports_to_come());
  auto ranges = numbers.take(requests);
  if (!ranges) {
    for (BusRequest& request : requests) request.size -= reserve;
    ranges = numbers.take(requests);
  }
  if (!ranges) refuse(needs.front().expander, "the bus numbers up to 255 do not suffice for it and those like it");
  for (std::size_t i = 0; i < without.size(); ++i) without[i]->bus_nr = (*ranges)[i].first;
}

}  // namespace

std::vector<std::uint32_t> restore(schema::Domain& domain, const topology::Host& host, const Options& options) {
  if (!domain.devices || !topology::has_guest_cells(domain)) return {};
  const GuestPci pci(domain);
  Needs needs = find_needs(domain, pci);
  if (needs.empty()) return {};
  const Plan bare = plan_without_tree(domain, host, options, needs);
  for (Need& need : needs) find_cell(need, bare);

  schema::Domain restored = domain;
  ChangedCells(bare.cells, restored).move_into(restored);
  set_targets(needs, pci, options.reserve_buses, *restored.devices);
  domain = std::move(restored);
  std::vector<std::uint32_t> indexes;
  for (const Need& need : needs) indexes.push_back(need.expander.index);
  std::sort(indexes.begin(), indexes.end());
  return indexes;
}

}  // namespace vnuma::placement
