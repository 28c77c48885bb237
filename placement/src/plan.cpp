#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vnuma/topology/guest_map.hpp>

#include "allocation.hpp"
#include "cells.hpp"
#include "firmware.hpp"
#include "guest_pci.hpp"
#include "mmio.hpp"
#include "passthrough.hpp"
#include "place_devices.hpp"
#include "rules.hpp"

namespace vnuma::placement {

namespace {

class Planner {
 public:
  Planner(const schema::Domain& domain, const topology::Host& host, const Options& options)
      : domain_(domain), host_(host), options_(options), pci_(domain) {
    plan_.mirror = options.mirror;
  }

  Plan run() {
    list_devices();
    if (!has_pcie_root(domain_)) {
      leave_all("the machine has no PCIe root; use q35 (or virt on aarch64)");
      check_strict();
      return std::move(plan_);
    }
    if (plan_.devices.empty()) {
      check_overrides();
      return std::move(plan_);
    }
    map_ = topology::guest_map(domain_, host_, options_.strict);
    plan_.warnings.insert(plan_.warnings.end(), map_.warnings.begin(), map_.warnings.end());
    if (const auto fault = cells_missing(domain_)) plan_.warnings.push_back(fault->warning());
    check_acpi();
    find_host_nodes();
    alignment_.extend();
    locate_devices();
    check_overrides();
    if (options_.mirror != Mirror::numa) check_merged_nodes();
    if (options_.readdress) readdress();
    alignment_.drop_unused(to_place_);
    list_nodes();
    warn_of_absent_bus_numbers();
    place_devices(plan_, pci_, host_, options_, to_place_, ports_to_come());
    predict();
    check_ties();
    check_empty_ports();
    check_order();
    check_strict();
    plan_mmio(plan_, plan_.devices, domain_, host_, options_, pci_, ports_to_come());
    plan_.changed = !plan_.cells.empty() || !plan_.controllers.empty() || !plan_.removed.empty() ||
                    sets_anything(plan_.mmio) ||
                    std::any_of(plan_.devices.begin(), plan_.devices.end(),
                                [](const PlannedDevice& device) { return device.outcome == Outcome::placed; });
    return std::move(plan_);
  }

 private:
  void list_devices() {
    plan_.devices = list_passthrough(domain_);
    check_given_once(plan_.devices, {});
    for (PlannedDevice& device : plan_.devices) {
      const auto& address = guest_address_of(*domain_.devices, device);
      if (!address) continue;
      device.address = guest_address(address, element_of(device));
      device.outcome = Outcome::kept;
      if (device.address) {
        device.reason = "it has an address in the guest";
      } else if (is_unassigned(domain_, device)) {
        device.outcome = Outcome::left;
        device.reason = "its address is of type unassigned: the guest does not get it";
      } else {
        device.reason = "it has a part of an address in the guest, which libvirt completes";
      }
    }
  }

  // A warning, or, if `strict`, an error.
  void doubt(const Fault& fault) {
    if (options_.strict) throw PlanError(fault.path, fault.text());
    plan_.warnings.push_back(fault.warning());
  }

  void leave_all(const std::string& reason) {
    for (PlannedDevice& device : plan_.devices) {
      if (device.reason.empty()) device.reason = reason;
    }
  }

  void check_acpi() {
    if (const auto fault = acpi_off(domain_)) doubt(*fault);
  }

  void find_host_nodes() {
    for (PlannedDevice& device : plan_.devices) {
      const topology::PciDevice* on_host = find_on_host(device, host_);
      const auto override = device.source ? options_.numa_nodes.find(*device.source) : options_.numa_nodes.end();
      if (override != options_.numa_nodes.end()) {
        if (!host_.node(override->second)) {
          throw PlanError(path_of(device), fmt::format("{} is to be on host node {}, which the host does not have",
                                                       device.source->format(), override->second));
        }
        device.host_node = override->second;
        if (options_.explain) device.why.push_back(fmt::format("host node {} was given for it", override->second));
      } else if (on_host) {
        device.host_node = on_host->numa_node;
      }
      if (on_host) {
        device.host_place = topology::place_of(*on_host);
        device.host_place->node = device.host_node;
      } else if (device.host_node && options_.mirror != Mirror::numa) {
        plan_.warnings.push_back(
            fmt::format("{}: {}, so that it is taken to be near to none", path_of(device), missing_on_host(device)));
      }
    }
  }

  // Guest cell of each device, and of those without an address which can be placed.
  void locate_devices() {
    for (std::size_t i = 0; i < plan_.devices.size(); ++i) {
      PlannedDevice& device = plan_.devices[i];
      std::string unknown;
      if (!device.host_node) {
        unknown = device.host_place ? node_is_unknown(device) : missing_on_host(device);
      } else if (const auto cell = map_.cells.find(*device.host_node); cell != map_.cells.end()) {
        device.guest_cell = cell->second;
      } else {
        unknown = alignment_.reason(*device.host_node);
      }
      if (!unknown.empty()) {
        device.reason += (device.reason.empty() ? "" : ", and ") + unknown;
      } else if (device.reason.empty()) {
        to_place_.push_back(i);
      }
    }
  }

  std::string node_is_unknown(const PlannedDevice& device) const {
    return fmt::format("the host does not say which NUMA node {} is on; say it with {} {}=NODE",
                       device.uuid.empty() ? "it" : "its parent", options_.names.numa_node, device.source->format());
  }

  void check_overrides() {
    std::map<PciAddress, NodeId> unused = options_.numa_nodes;
    for (const PlannedDevice& device : plan_.devices) {
      if (device.source) unused.erase(*device.source);
    }
    for (const auto& [address, node] : unused) {
      plan_.warnings.push_back(
          fmt::format("a host node is named for {}, which the domain is not given", address.format()));
    }
  }

  void list_nodes() {
    std::map<NodeId, std::uint32_t> used;
    for (const PlannedDevice& device : plan_.devices) {
      if (device.guest_cell) used.emplace(*device.host_node, *device.guest_cell);
    }
    for (const auto& [node, cell] : used)
      plan_.nodes.push_back({node, cell, options_.explain ? map_.reasons[node] : ""});
  }

  // Where two nodes share a cell, the guest cannot tell them apart.
  void check_merged_nodes() {
    std::map<std::uint32_t, std::set<NodeId>> nodes;  // by cell
    for (const PlannedDevice& device : plan_.devices) {
      if (device.guest_cell && device.host_node) nodes[*device.guest_cell].insert(*device.host_node);
    }
    for (const auto& [cell, merged] : nodes) {
      if (merged.size() < 2) continue;
      plan_.warnings.push_back(
          fmt::format("host nodes {} share guest cell {}, so the guest takes their devices to be on one node",
                      fmt::join(merged, " and "), cell));
    }
  }

  bool on_cell(const PlannedDevice& device) const {
    if (!device.guest_cell || !device.address) return false;
    const PciController* expander = pci_.expander_of(device.address->bus);
    return expander && expander->node == device.guest_cell && pci_.fault(*device.address).empty();
  }

  // Takes the addresses of devices that are not on their cell, and the ports that this empties.
  void readdress() {
    std::vector<std::size_t> moving;
    std::map<PciAddress, std::size_t> moving_of_slot;
    for (std::size_t i = 0; i < plan_.devices.size(); ++i) {
      const PlannedDevice& device = plan_.devices[i];
      if (device.outcome != Outcome::kept || !device.guest_cell || on_cell(device)) continue;
      moving.push_back(i);
      if (device.address) ++moving_of_slot[device.address->first_function()];
    }
    std::vector<std::uint32_t> left_behind;  // indexes of controllers
    std::vector<PciAddress> vacated;
    for (const std::size_t i : moving) {
      PlannedDevice& device = plan_.devices[i];
      if (const auto address = device.address) {
        // Without function 0 the guest would not see the functions that stay.
        const bool alone = moving_of_slot[address->first_function()] == pci_.occupants_of_slot(*address);
        if (address->function == 0 && !alone) {
          device.reason += ", and other functions of its slot there stay";
          continue;
        }
        vacated.push_back(*address);
        left_behind.push_back(address->bus);
        device.moved_from = std::exchange(device.address, std::nullopt);
        if (options_.explain)
          device.why.push_back(fmt::format("it was at {}, which is not on its cell", address->format()));
      }
      to_place_.push_back(i);
    }
    for (const PciAddress& address : vacated) pci_.vacate(address);
    remove_emptied(std::move(left_behind));
    std::sort(plan_.removed.begin(), plan_.removed.end(),
              [](const RemovedController& a, const RemovedController& b) { return a.position < b.position; });
  }

  // Ports, and switches whose ports are all gone, from below upwards.
  void remove_emptied(std::vector<std::uint32_t> candidates) {
    for (bool again = true; again;) {
      again = false;
      for (std::size_t i = 0; i < candidates.size(); ++i) {
        const PciController* found = pci_.find(candidates[i]);
        if (!found || pci_.occupants(candidates[i]) > 0) continue;
        const PciController port = *found;
        if (!port.is_port() && !port.is_upstream()) continue;
        // Function 0 must stay while other functions of its slot do.
        if (port.address && port.address->function == 0 && pci_.occupants_of_slot(*port.address) > 1) continue;
        if (port.address) candidates.push_back(port.address->bus);
        plan_.removed.push_back({port.position, port.index});
        pci_.remove(port.index);
        again = true;
      }
    }
  }

  // Root ports that libvirt will add: none for the devices that get one here.
  unsigned ports_to_come() const {
    unsigned ports = pci_.ports_to_come();
    for (const std::size_t i : to_place_) {
      const PlannedDevice& device = plan_.devices[i];
      if (!guest_address(guest_address_of(*domain_.devices, device), element_of(device))) --ports;
    }
    return ports;
  }

  void warn_of_absent_bus_numbers() {
    for (const PciController& controller : pci_.controllers()) {
      if (controller.is_expander() && !controller.bus_nr) doubt(absent_bus_number(controller));
    }
  }

  void predict() {
    const auto buses = pci_.guest_buses();
    for (PlannedDevice& device : plan_.devices) {
      if (!device.address) continue;
      device.guest_place = pci_.place(*device.address);
      const std::string fault = pci_.fault(*device.address);
      if (!fault.empty()) {
        device.reason += fmt::format(", where the guest may not see it: {}", fault);
        plan_.warnings.push_back(
            fmt::format("{}: the guest may not see {}: {}", path_of(device), device.name(), fault));
      } else {
        device.guest_bdf = GuestPci::guest_bdf(*device.address, buses);
      }
      if (device.outcome == Outcome::kept && device.guest_cell && !on_cell(device) && !options_.readdress) {
        if (device.guest_place->node != device.guest_cell) {
          device.reason += fmt::format(", which is not on guest cell {}", *device.guest_cell);
        }
        if (!options_.names.readdress.empty()) device.reason += fmt::format("; {} moves it", options_.names.readdress);
      }
    }
  }

  // Ambiguity matters only for nodes that have devices.
  void check_ties() {
    for (const auto& [node, message] : map_.ties) {
      const auto on_node = [&, id = node](const PlannedDevice& device) { return device.host_node == id; };
      if (std::any_of(plan_.devices.begin(), plan_.devices.end(), on_node)) plan_.warnings.push_back(message);
    }
  }

  void check_empty_ports() {
    for (const Fault& fault : empty_ports(pci_)) plan_.warnings.push_back(fault.warning());
  }

  // The guest lists devices by address, and applications number GPUs in that order. What is not below an expander bus
  // comes before all that is. Mediated devices of one parent have no order on the host.
  void check_order() {
    std::vector<std::tuple<PciAddress, PciAddress, const PlannedDevice*>> places;  // on the host, in the guest
    for (const PlannedDevice& device : plan_.devices) {
      if (!device.address || !device.source) continue;
      const bool on_root = !pci_.expander_of(device.address->bus);
      if (on_root || device.guest_bdf) {
        places.emplace_back(*device.source, device.guest_bdf.value_or(PciAddress{}), &device);
      }
    }
    std::sort(places.begin(), places.end());
    const auto* last =
        places.empty() ? nullptr : &places.front();  // in the guest, of those that are before on the host
    for (auto place = places.begin(); place != places.end();) {
      if (std::get<1>(*last) > std::get<1>(*place) && std::get<0>(*last) != std::get<0>(*place)) {
        plan_.warnings.push_back(fmt::format("the guest lists {} before {}, the host after it",
                                             std::get<2>(*place)->name(), std::get<2>(*last)->name()));
        return;
      }
      const auto next = std::find_if(place, places.end(),
                                     [&](const auto& other) { return std::get<0>(other) != std::get<0>(*place); });
      if (std::get<1>(*std::prev(next)) >= std::get<1>(*last)) last = &*std::prev(next);
      place = next;
    }
  }

  void check_strict() const {
    if (!options_.strict) return;
    for (const PlannedDevice& device : plan_.devices) {
      if (device.outcome == Outcome::placed || (device.outcome == Outcome::kept && on_cell(device))) continue;
      throw PlanError(path_of(device), fmt::format("{} is not on its guest cell: {}", device.name(), device.reason));
    }
  }

  const schema::Domain& domain_;
  const topology::Host& host_;
  const Options& options_;
  GuestPci pci_;
  topology::GuestMap map_;
  std::vector<std::size_t> to_place_;  // in Plan::devices
  Plan plan_;
  Alignment alignment_{domain_, host_, options_, pci_, plan_, map_};
};

// Without the reserve of bus numbers where it does not fit.
Plan plan_at_level(const schema::Domain& domain, const topology::Host& host, Options options) {
  std::string warning;
  try {
    return Planner(domain, host, options).run();
  } catch (const Exhausted& error) {
    if (options.strict || options.reserve_buses == 0) throw;
    warning = fmt::format("no bus numbers are reserved, as that does not fit: {}", error.what());
  }
  options.reserve_buses = 0;
  Plan plan = Planner(domain, host, options).run();
  plan.warnings.insert(plan.warnings.begin(), std::move(warning));
  return plan;
}

// The window for BARs, where it is to be set and nothing else is planned: devices stay where they are.
void plan_window_alone(Plan& plan, const schema::Domain& domain, const topology::Host& host, const Options& options) {
  if (options.mmio != Mmio::automatic || plan.devices.empty()) return;
  if (!has_pcie_root(domain)) {
    plan.warnings.push_back("the window for BARs is set only on machines with PCIe: q35, or virt on aarch64");
    return;
  }
  const GuestPci pci(domain);
  std::vector<PlannedDevice> devices = plan.devices;
  for (PlannedDevice& device : devices) {
    device.address = guest_address(guest_address_of(*domain.devices, device), element_of(device));
  }
  plan_mmio(plan, devices, domain, host, options, pci, pci.ports_to_come());
  plan.changed = sets_anything(plan.mmio);
}

Plan plan_without_cells(const schema::Domain& domain, const topology::Host& host, const Options& options) {
  Plan plan;
  plan.mirror = options.mirror;
  plan.devices = list_passthrough(domain);
  for (PlannedDevice& device : plan.devices) device.reason = "the guest has no NUMA cells";
  if (!plan.devices.empty()) plan.warnings.push_back(cells_missing(domain)->warning());
  plan_window_alone(plan, domain, host, options);
  return plan;
}

}  // namespace

Plan plan(const schema::Domain& domain, const topology::Host& host, const Options& options) {
  if (options.firmware) firmware_of(domain, options.firmware);  // throws where the domain cannot have it
  if (!topology::has_guest_cells(domain)) return plan_without_cells(domain, host, options);
  Options attempt = options;
  std::vector<std::string> warnings;
  for (;;) {
    try {
      Plan plan = plan_at_level(domain, host, attempt);
      plan.warnings.insert(plan.warnings.begin(), warnings.begin(), warnings.end());
      return plan;
    } catch (const Exhausted& error) {
      if (options.strict || attempt.mirror == Mirror::numa) throw;
      const bool switches = attempt.mirror == Mirror::pcie_switch;
      warnings.push_back(fmt::format("{} are not mirrored, as that does not fit: {}",
                                     switches ? "PCIe switches" : "root complexes", error.what()));
      attempt.mirror = switches ? Mirror::root_complex : Mirror::numa;
    }
  }
}

}  // namespace vnuma::placement
