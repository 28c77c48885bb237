#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <vnuma/placement/bus_numbers.hpp>
#include <vnuma/placement/free_list.hpp>
#include <vnuma/topology/guest_map.hpp>

#include "guest_pci.hpp"
#include "passthrough.hpp"

namespace vnuma::placement {

namespace {

// Slots of pcie-root that are left to others: 0 is the root itself, 1 libvirt's choice for video and its own root
// ports, 0x1a and 0x1d ICH9 USB, 0x1b ICH9 sound, 0x1f the LPC bridge.
constexpr std::array<unsigned, 6> reserved_root_slots{0, 1, 0x1a, 0x1b, 0x1d, 0x1f};
constexpr unsigned slots_per_bus = 32;
constexpr unsigned functions_per_slot = 8;

// Bus numbers below the expander buses, for hot-plug, besides one for each device that libvirt may give a root port.
constexpr unsigned spare_root_buses = 8;
constexpr unsigned most_root_buses = 128;

bool has_guest_numa(const schema::Domain& domain) {
  return domain.cpu && domain.cpu->numa && !domain.cpu->numa->cells.empty();
}

// Whether the machine has a PCIe root: q35 on x86, virt on aarch64.
bool has_pcie_root(const schema::Domain& domain) {
  if (domain.devices) {
    for (const schema::Controller& controller : domain.devices->controllers) {
      if (controller.type == "pci" && controller.model == "pcie-root") return true;
      if (controller.type == "pci" && controller.model == "pci-root") return false;
    }
  }
  if (!domain.os || !domain.os->type || !domain.os->type->machine) return false;
  const std::string& machine = *domain.os->type->machine;
  return machine.find("q35") != std::string::npos || machine == "virt" || machine.starts_with("virt-");
}

// Devices that share a port: the functions of one host slot, or one device.
struct Group {
  std::vector<std::size_t> devices;  // in Plan::devices, by host address
};

struct Cell {
  std::uint32_t id = 0;
  std::vector<Group> groups;  // by host address
  PciAddress lowest;
};

class Planner {
 public:
  Planner(const schema::Domain& domain, const topology::Host& host, const Options& options)
      : domain_(domain), host_(host), options_(options), pci_(domain) {}

  Plan run() {
    list_devices();
    if (!has_pcie_root(domain_)) {
      leave_all("the machine has no PCIe root; use q35 (or virt on aarch64)");
      check_strict();
      return std::move(plan_);
    }
    map_ = topology::guest_map(domain_, host_, options_.strict);
    plan_.warnings = map_.warnings;
    check_acpi();
    locate_devices();
    check_overrides();
    if (options_.readdress) readdress();
    place(group());
    predict();
    check_order();
    check_strict();
    plan_.changed = !plan_.controllers.empty() || !plan_.removed.empty() ||
                    std::any_of(plan_.devices.begin(), plan_.devices.end(),
                                [](const PlannedDevice& device) { return device.outcome == Outcome::placed; });
    return std::move(plan_);
  }

 private:
  void list_devices() {
    plan_.devices = list_passthrough(domain_);
    for (PlannedDevice& device : plan_.devices) {
      const auto& address = guest_address_of(*domain_.devices, device);
      if (!address) continue;
      device.address = guest_address(address, path_of(device));
      device.outcome = Outcome::kept;
      if (device.address) {
        device.reason = "it has an address in the guest";
      } else if (address->type == "unassigned") {
        device.outcome = Outcome::left;
        device.reason = "its address is of type unassigned: the guest does not get it";
      } else {
        device.reason = "it has a part of an address in the guest, which libvirt completes";
      }
    }
  }

  void leave_all(const std::string& reason) {
    for (PlannedDevice& device : plan_.devices) {
      if (device.reason.empty()) device.reason = reason;
    }
  }

  void check_acpi() {
    if (plan_.devices.empty() || (domain_.features && domain_.features->acpi)) return;
    const std::string message =
        "ACPI is off, so the guest sees node -1 for every device; add <features><acpi/></features>";
    if (options_.strict) throw PlanError("/domain", message);
    plan_.warnings.push_back("/domain: " + message);
  }

  // Host node and guest cell of each device, and for those without an address whether they can be placed.
  void locate_devices() {
    for (std::size_t i = 0; i < plan_.devices.size(); ++i) {
      PlannedDevice& device = plan_.devices[i];
      const topology::PciDevice* on_host = host_.find(device.source);
      const auto override = options_.numa_nodes.find(device.source);
      if (override != options_.numa_nodes.end()) {
        if (!host_.node(override->second)) {
          throw PlanError(path_of(device), fmt::format("{} is to be on host node {}, which the host does not have",
                                                       device.source.format(), override->second));
        }
        device.host_node = override->second;
      } else if (on_host) {
        device.host_node = on_host->numa_node;
      }
      if (device.host_node) {
        const auto cell = map_.cells.find(*device.host_node);
        if (cell != map_.cells.end()) device.guest_cell = cell->second;
      }
      if (!device.reason.empty()) continue;
      if (!on_host && !device.host_node) {
        device.reason = fmt::format("the host has no device {}", device.source.format());
      } else if (!device.host_node) {
        device.reason = "the host does not say which NUMA node it is on; say it with --numa-node";
      } else if (!device.guest_cell) {
        device.reason = fmt::format("host node {} has no guest cell", *device.host_node);
      } else {
        to_place_.push_back(i);
      }
    }
  }

  void check_overrides() {
    for (const auto& override : options_.numa_nodes) {
      const auto given = [&](const PlannedDevice& device) { return device.source == override.first; };
      if (std::any_of(plan_.devices.begin(), plan_.devices.end(), given)) continue;
      plan_.warnings.push_back(
          fmt::format("a host node is named for {}, which the domain is not given", override.first.format()));
    }
  }

  bool on_cell(const PlannedDevice& device) const {
    if (!device.guest_cell || !device.address) return false;
    const Controller* expander = pci_.expander_of(device.address->bus);
    return expander && expander->node == device.guest_cell;
  }

  // Takes the addresses of devices that are not on their cell, and the root ports that this empties.
  void readdress() {
    std::vector<std::uint32_t> left_behind;  // indexes of controllers
    for (std::size_t i = 0; i < plan_.devices.size(); ++i) {
      const PlannedDevice& device = plan_.devices[i];
      if (device.outcome != Outcome::kept || !device.guest_cell || on_cell(device)) continue;
      to_place_.push_back(i);
      if (!device.address) continue;
      pci_.vacate(*device.address);
      left_behind.push_back(device.address->bus);
    }
    // Function 0 last, for it must stay while other functions of its slot do.
    for (const bool first_functions : {false, true}) {
      for (const std::uint32_t index : left_behind) {
        const auto port = pci_.controllers().find(index);
        if (port == pci_.controllers().end() || !port->second.is_root_port() || pci_.occupants(index) > 0) continue;
        const auto& place = port->second.address;
        const bool is_first = !place || place->function == 0;
        if (is_first != first_functions || (place && is_first && pci_.slot_shared(*place))) continue;
        plan_.removed.push_back(port->second.position);
        pci_.remove(index);
      }
    }
    std::sort(plan_.removed.begin(), plan_.removed.end());
  }

  // The devices to place, by cell; cells by their lowest host address.
  std::vector<Cell> group() const {
    std::vector<std::size_t> order = to_place_;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return plan_.devices[a].source < plan_.devices[b].source; });
    std::vector<Cell> cells;
    std::map<std::uint32_t, std::size_t> cell_of;
    for (const std::size_t i : order) {
      const PlannedDevice& device = plan_.devices[i];
      const auto [entry, fresh] = cell_of.emplace(*device.guest_cell, cells.size());
      if (fresh) cells.push_back({*device.guest_cell, {}, device.source});
      Cell& cell = cells[entry->second];
      const bool joins = !cell.groups.empty() && together(cell.groups.back(), device);
      if (joins)
        cell.groups.back().devices.push_back(i);
      else
        cell.groups.push_back({{i}});
    }
    return cells;
  }

  // Functions of one host slot share a port; virtual functions are devices of their own.
  bool together(const Group& group, const PlannedDevice& device) const {
    const PciAddress& last = plan_.devices[group.devices.back()].source;
    return last.first_function() == device.source.first_function() && last != device.source && !is_virtual(last) &&
           !is_virtual(device.source);
  }

  bool is_virtual(const PciAddress& address) const {
    const topology::PciDevice* device = host_.find(address);
    return device && device->physical_function;
  }

  void place(const std::vector<Cell>& cells) {
    if (cells.empty()) return;
    take_numbers();
    // Where an expander bus of the cell has room, its groups go there; the others get a new one.
    std::vector<const Cell*> fresh;
    for (const Cell& cell : cells) {
      if (const auto index = expander_with_room(cell))
        add_ports(cell, *index);
      else
        fresh.push_back(&cell);
    }
    const std::vector<BusRange> ranges = bus_ranges(fresh);
    for (std::size_t i = 0; i < fresh.size(); ++i) add_ports(*fresh[i], add_expander(fresh[i]->id, ranges[i].first));
  }

  void take_numbers() {
    // Below the expander buses the guest numbers what is plugged into pcie-root, and what libvirt adds there.
    buses_.emplace(std::min(pci_.root_buses() + spare_root_buses, most_root_buses));
    for (const auto& [index, controller] : pci_.controllers()) {
      indexes_.take(index);
      if (controller.is_root_port() || controller.model == "pcie-switch-downstream-port") {
        chassis_.take(controller.chassis.value_or(index));  // libvirt's default is the index
      }
      if (!controller.is_expander()) continue;
      if (controller.bus_nr) {
        buses_->take({*controller.bus_nr, std::min(255U, *controller.bus_nr + pci_.buses_below(index) - 1)});
      } else {
        plan_.warnings.push_back(
            fmt::format("/domain/devices/controller[{}]: the expander bus has no busNr; libvirt's "
                        "choice may overlap with others, so give it one",
                        controller.position + 1));
      }
    }
  }

  // An expander bus of the cell with free slots, indexes and bus numbers for all groups, the lowest index first.
  std::optional<std::uint32_t> expander_with_room(const Cell& cell) const {
    for (const auto& [index, controller] : pci_.controllers()) {
      if (!controller.is_expander() || controller.node != cell.id || !controller.bus_nr) continue;
      const unsigned end = *controller.bus_nr + pci_.buses_below(index);
      const bool has_slots = free_slots(index).size() * functions_per_slot >= cell.groups.size();
      const bool has_indexes = indexes_.free_count(index + 1) >= cell.groups.size();
      if (has_slots && has_indexes && buses_->room_from(end) >= cell.groups.size()) return index;
    }
    return std::nullopt;
  }

  // Slots behind the last that is used: a new port is numbered after those that are there.
  std::vector<unsigned> free_slots(std::uint32_t index) const {
    const FreeList free = pci_.slots(index);
    unsigned first = slots_per_bus;
    while (first > 0 && free.is_free(first - 1)) --first;
    std::vector<unsigned> slots;
    for (unsigned slot = first; slot < slots_per_bus; ++slot) slots.push_back(slot);
    return slots;
  }

  // Bus ranges in the host's order, also among the expander buses that are there, if that can be had.
  std::vector<BusRange> bus_ranges(const std::vector<const Cell*>& cells) {
    const auto existing = lowest_sources();
    std::vector<BusRequest> requests;
    std::size_t ports = 0;
    for (const Cell* cell : cells) {
      ports += cell->groups.size();
      BusRequest request{.size = static_cast<unsigned>(cell->groups.size()) + 1};
      for (const auto& [index, lowest] : existing) {
        const unsigned first = *pci_.controllers().at(index).bus_nr;
        if (lowest < cell->lowest)
          request.lowest = std::max(request.lowest, first + pci_.buses_below(index));
        else
          request.below = std::min(request.below, first);
      }
      requests.push_back(request);
    }
    auto ranges = buses_->take(requests);
    if (!ranges) {
      for (BusRequest& request : requests) request = {.size = request.size};
      ranges = buses_->take(requests);
    }
    if (ranges) return *std::move(ranges);
    throw PlanError("/domain/devices", fmt::format("{} ports on {} new expander buses do not fit into the bus numbers "
                                                   "that are free up to 255; pass fewer devices through",
                                                   ports, cells.size()));
  }

  // For each expander bus that has a busNr and passthrough devices: the lowest host address on it.
  std::map<std::uint32_t, PciAddress> lowest_sources() const {
    std::map<std::uint32_t, PciAddress> lowest;
    for (const PlannedDevice& device : plan_.devices) {
      const Controller* expander = device.address ? pci_.expander_of(device.address->bus) : nullptr;
      if (!expander || !expander->bus_nr) continue;
      const auto [entry, fresh] = lowest.emplace(expander->index, device.source);
      if (!fresh) entry->second = std::min(entry->second, device.source);
    }
    return lowest;
  }

  // libvirt gives QEMU the controllers in the order of their indexes, and QEMU needs a bus before what is plugged into
  // it: "Bus 'pci.9' not found". So a port's index is above its bus' (`least`).
  std::uint32_t next_index(std::uint32_t least = 1) {
    const auto index = indexes_.take_lowest(least);
    if (!index) {
      throw PlanError("/domain/devices", "all controller indexes up to 255 are in use; pass fewer devices through");
    }
    return *index;
  }

  std::uint32_t add_expander(std::uint32_t cell, unsigned bus_nr) {
    PlannedController planned;
    planned.index = next_index();
    planned.model = "pcie-expander-bus";
    planned.bus_nr = bus_nr;
    planned.node = cell;
    planned.address = {0, 0, root_slot(), 0};
    add(planned);
    return planned.index;
  }

  std::uint8_t root_slot() const {
    FreeList slots = pci_.slots(0);
    for (const unsigned slot : reserved_root_slots) slots.take(slot);
    if (const auto slot = slots.take_lowest()) return static_cast<std::uint8_t>(*slot);
    throw PlanError("/domain/devices", "pcie-root has no free slot for an expander bus; move a device off bus 0");
  }

  // One port for each group: a slot each, or, where the slots do not suffice, a function each.
  void add_ports(const Cell& cell, std::uint32_t expander) {
    const std::vector<unsigned> slots = free_slots(expander);
    const bool functions = cell.groups.size() > slots.size();
    if (cell.groups.size() > slots.size() * functions_per_slot) {
      throw PlanError("/domain/devices", fmt::format("guest cell {} needs {} ports; its expander bus has room for {}; "
                                                     "pass fewer devices through",
                                                     cell.id, cell.groups.size(), slots.size() * functions_per_slot));
    }
    for (std::size_t i = 0; i < cell.groups.size(); ++i) {
      const unsigned slot = slots[functions ? i / functions_per_slot : i];
      const unsigned function = functions ? static_cast<unsigned>(i % functions_per_slot) : 0;
      PlannedController port;
      port.index = next_index(expander + 1);
      port.model = "pcie-root-port";
      port.chassis = chassis(port.index);
      port.port = slot * functions_per_slot + function;
      port.address = {0, static_cast<std::uint8_t>(expander), static_cast<std::uint8_t>(slot),
                      static_cast<std::uint8_t>(function)};
      port.multifunction = functions && function == 0 && i + 1 < cell.groups.size();
      add(port);
      add_devices(cell.groups[i], port.index);
    }
    const unsigned bus_nr = *pci_.controllers().at(expander).bus_nr;
    buses_->take({bus_nr, bus_nr + pci_.buses_below(expander) - 1});
  }

  // The controller's own index where it is free, as libvirt would choose.
  std::uint32_t chassis(std::uint32_t index) {
    if (chassis_.take(index)) return index;
    const auto other = chassis_.take_lowest();
    if (!other) {
      throw PlanError("/domain/devices", "all chassis numbers up to 255 are in use; pass fewer devices through");
    }
    return *other;
  }

  // Functions keep their numbers where function 0 is among them; else the lowest becomes function 0, without which
  // the guest would see none.
  void add_devices(const Group& group, std::uint32_t port) {
    const bool has_first = plan_.devices[group.devices.front()].source.function == 0;
    for (std::size_t i = 0; i < group.devices.size(); ++i) {
      PlannedDevice& device = plan_.devices[group.devices[i]];
      const auto function = has_first ? device.source.function : static_cast<std::uint8_t>(i);
      device.address = PciAddress{0, static_cast<std::uint8_t>(port), 0, function};
      device.multifunction = function == 0 && group.devices.size() > 1;
      device.outcome = Outcome::placed;
      device.reason.clear();
      pci_.occupy(*device.address);
    }
  }

  void add(const PlannedController& planned) {
    Controller controller;
    controller.index = planned.index;
    controller.model = planned.model;
    controller.address = planned.address;
    controller.bus_nr = planned.bus_nr;
    controller.node = planned.node;
    controller.chassis = planned.chassis;
    pci_.add(controller);
    plan_.controllers.push_back(planned);
  }

  void predict() {
    const auto buses = pci_.guest_buses();
    for (PlannedDevice& device : plan_.devices) {
      if (!device.address) continue;
      const auto bus = buses.find(device.address->bus);
      if (bus != buses.end()) {
        device.guest_bdf = PciAddress{0, bus->second, device.address->slot, device.address->function};
      } else if (device.address->bus == 0) {
        device.guest_bdf = device.address;
      }
      if (device.outcome == Outcome::kept && device.guest_cell && !on_cell(device)) {
        device.reason += fmt::format(", which is not on guest cell {}; --readdress moves it", *device.guest_cell);
      }
    }
  }

  // The guest lists devices by address; applications number GPUs in that order.
  void check_order() {
    std::vector<const PlannedDevice*> devices;
    for (const PlannedDevice& device : plan_.devices) {
      if (device.guest_bdf && device.address->bus != 0) devices.push_back(&device);
    }
    std::sort(devices.begin(), devices.end(),
              [](const PlannedDevice* a, const PlannedDevice* b) { return a->source < b->source; });
    for (std::size_t i = 1; i < devices.size(); ++i) {
      if (*devices[i]->guest_bdf > *devices[i - 1]->guest_bdf) continue;
      plan_.warnings.push_back(fmt::format("the guest lists {} before {}, the host after it",
                                           devices[i]->source.format(), devices[i - 1]->source.format()));
      return;
    }
  }

  void check_strict() const {
    if (!options_.strict) return;
    for (const PlannedDevice& device : plan_.devices) {
      if (device.outcome == Outcome::placed || (device.outcome == Outcome::kept && on_cell(device))) continue;
      throw PlanError(path_of(device),
                      fmt::format("{} is not on its guest cell: {}", device.source.format(), device.reason));
    }
  }

  const schema::Domain& domain_;
  const topology::Host& host_;
  const Options& options_;
  GuestPci pci_;
  topology::GuestMap map_;
  FreeList indexes_{1, 255};
  FreeList chassis_{1, 255};
  std::optional<BusNumbers> buses_;
  std::vector<std::size_t> to_place_;  // in Plan::devices
  Plan plan_;
};

}  // namespace

Plan plan(const schema::Domain& domain, const topology::Host& host, const Options& options) {
  if (has_guest_numa(domain)) return Planner(domain, host, options).run();
  Plan plan;
  plan.devices = list_passthrough(domain);
  for (PlannedDevice& device : plan.devices) device.reason = "the guest has no NUMA cells";
  return plan;
}

}  // namespace vnuma::placement
