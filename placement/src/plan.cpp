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

// Bus numbers below the expander buses that stay free for hot-plug.
constexpr unsigned spare_root_buses = 8;

// Whether the machine has a PCIe root: q35 on x86, virt on aarch64.
bool has_pcie_root(const schema::Domain& domain) {
  if (domain.devices) {
    for (const schema::Controller& controller : domain.devices->controllers) {
      if (controller.type == "pci" && controller.model == "pcie-root") return true;
      if (controller.type == "pci" && controller.model == "pci-root") return false;
    }
  }
  if (!domain.os || !domain.os->type || !domain.os->type->machine) return false;
  const schema::OSType& type = *domain.os->type;
  if (type.machine->find("q35") != std::string::npos) return true;
  const bool is_arm = !type.arch || *type.arch == "aarch64";
  return is_arm && (*type.machine == "virt" || type.machine->starts_with("virt-"));
}

// Devices that share a port: the functions of one host slot, or one device.
struct Group {
  std::vector<std::size_t> devices;  // in Plan::devices, by host address
};

struct Cell {
  std::uint32_t id = 0;
  std::vector<Group> groups;  // by host address

  std::size_t ports() const { return groups.size(); }
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
    check_overrides();
    if (plan_.devices.empty()) return std::move(plan_);
    map_ = topology::guest_map(domain_, host_, options_.strict);
    plan_.warnings.insert(plan_.warnings.end(), map_.warnings.begin(), map_.warnings.end());
    check_acpi();
    locate_devices();
    if (options_.readdress) readdress();
    place(group());
    predict();
    check_ties();
    check_empty_ports();
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
    std::map<PciAddress, const PlannedDevice*> sources;
    for (PlannedDevice& device : plan_.devices) {
      const auto [other, fresh] = sources.emplace(device.source, &device);
      if (!fresh) {
        throw PlanError(path_of(device), fmt::format("{} gives the guest {} too; remove one", path_of(*other->second),
                                                     device.source.format()));
      }
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

  // Host node and guest cell of each device, and of those without an address which can be placed.
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
      std::string unknown;
      if (!on_host && !device.host_node) {
        unknown = fmt::format("the host has no device {}", device.source.format());
      } else if (!device.host_node) {
        unknown = "the host does not say which NUMA node it is on; say it with --numa-node";
      } else if (const auto cell = map_.cells.find(*device.host_node); cell != map_.cells.end()) {
        device.guest_cell = cell->second;
      } else {
        unknown = fmt::format("host node {} has no guest cell: no vCPU is pinned to its CPUs and no memnode names it",
                              *device.host_node);
      }
      if (!unknown.empty()) {
        device.reason += (device.reason.empty() ? "" : ", and ") + unknown;
      } else if (device.reason.empty()) {
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
        device.address.reset();
      }
      to_place_.push_back(i);
    }
    for (const PciAddress& address : vacated) pci_.vacate(address);
    remove_emptied(std::move(left_behind));
    std::sort(plan_.removed.begin(), plan_.removed.end());
  }

  // Ports, and switches whose ports are all gone, from below upwards.
  void remove_emptied(std::vector<std::uint32_t> candidates) {
    for (bool again = true; again;) {
      again = false;
      for (std::size_t i = 0; i < candidates.size(); ++i) {
        const auto found = pci_.controllers().find(candidates[i]);
        if (found == pci_.controllers().end() || pci_.occupants(candidates[i]) > 0) continue;
        const PciController& port = found->second;
        if (!port.is_port() && !port.is_upstream()) continue;
        // Function 0 must stay while other functions of its slot do.
        if (port.address && port.address->function == 0 && pci_.occupants_of_slot(*port.address) > 1) continue;
        if (port.address) candidates.push_back(port.address->bus);
        plan_.removed.push_back(port.position);
        pci_.remove(port.index);
        again = true;
      }
    }
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
      if (fresh) cells.push_back({*device.guest_cell, {}});
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

  const PciAddress& lowest(const Cell& cell) const { return plan_.devices[cell.groups.front().devices.front()].source; }

  void place(std::vector<Cell> cells) {
    take_numbers();
    // Empty ports of the cell first, then ports on an expander bus of the cell that has room, then a new one.
    std::vector<Cell> fresh;
    for (Cell& cell : cells) {
      fill_empty_ports(cell);
      if (cell.groups.empty()) continue;
      if (const auto index = expander_with_room(cell))
        add_ports(cell, *index);
      else
        fresh.push_back(std::move(cell));
    }
    const std::vector<BusRange> ranges = bus_ranges(fresh);
    for (std::size_t i = 0; i < fresh.size(); ++i) add_ports(fresh[i], add_expander(fresh[i].id, ranges[i].first));
    if (!plan_.controllers.empty() && indexes_.free_count() < ports_to_come_) {
      throw PlanError("/domain/devices",
                      fmt::format("{} controller indexes are left up to 255, and libvirt needs {} for "
                                  "devices without an address; pass fewer devices through",
                                  indexes_.free_count(), ports_to_come_));
    }
  }

  void take_numbers() {
    ports_to_come_ = pci_.ports_to_come();
    for (const std::size_t i : to_place_) {
      const PlannedDevice& device = plan_.devices[i];
      if (!guest_address(guest_address_of(*domain_.devices, device), path_of(device))) --ports_to_come_;
    }
    // Below the expander buses the guest numbers what is plugged into pcie-root, and what libvirt adds there.
    buses_.emplace(1 + pci_.root_buses() + ports_to_come_ + spare_root_buses);
    for (std::uint32_t index = 1; index <= pci_.highest_bus(); ++index) indexes_.take(index);
    for (const auto& [index, controller] : pci_.controllers()) {
      indexes_.take(index);
      if (controller.is_port()) chassis_.take(controller.chassis.value_or(index));  // libvirt's default is the index
      if (!controller.is_expander()) continue;
      if (controller.bus_nr) {
        buses_->take(pci_.range_of(controller));
        continue;
      }
      const std::string path = fmt::format("/domain/devices/controller[{}]", controller.position + 1);
      const std::string message =
          "the expander bus has no busNr, and libvirt's choice leaves room for one port; give it one";
      if (options_.strict) throw PlanError(path, message);
      plan_.warnings.push_back(fmt::format("{}: {}", path, message));
    }
  }

  // Ports of the cell with nothing in them, in the guest's order, get the first groups: libvirt would plug the next
  // device without an address into them.
  void fill_empty_ports(Cell& cell) {
    const auto buses = pci_.guest_buses();
    std::map<std::uint8_t, std::uint32_t> empty;  // bus in the guest -> index
    for (const auto& [index, bus] : buses) {
      const PciController& port = pci_.controllers().at(index);
      if (!port.is_port() || pci_.occupants(index) > 0 || pci_.expander_of(index)->node != cell.id) continue;
      if (pci_.fault({0, static_cast<std::uint8_t>(index), 0, 0}).empty()) empty.emplace(bus, index);
    }
    std::size_t filled = 0;
    for (const auto& [bus, index] : empty) {
      if (filled == cell.groups.size()) break;
      add_devices(cell.groups[filled++], index);
    }
    cell.groups.erase(cell.groups.begin(), cell.groups.begin() + static_cast<std::ptrdiff_t>(filled));
  }

  // An expander bus of the cell with free slots, indexes and bus numbers for all groups, the lowest index first.
  std::optional<std::uint32_t> expander_with_room(const Cell& cell) const {
    for (const auto& [index, controller] : pci_.controllers()) {
      if (!controller.is_expander() || controller.node != cell.id || !controller.bus_nr) continue;
      if (!pci_.range_fault(controller).empty()) continue;
      const bool has_slots = free_slots(index).size() * functions_per_slot >= cell.ports();
      const bool has_indexes = indexes_.free_count(index + 1) >= cell.ports();
      const bool has_buses = buses_->room_from(pci_.range_of(controller).last + 1) >= cell.ports();
      if (has_slots && has_indexes && has_buses) return index;
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
  std::vector<BusRange> bus_ranges(const std::vector<Cell>& cells) {
    const auto existing = lowest_sources();
    std::vector<BusRequest> requests;
    std::size_t ports = 0;
    for (const Cell& cell : cells) {
      ports += cell.ports();
      BusRequest request{.size = static_cast<unsigned>(cell.ports()) + 1};
      for (const auto& [index, source] : existing) {
        const BusRange range = pci_.range_of(pci_.controllers().at(index));
        if (source < lowest(cell))
          request.lowest = std::max(request.lowest, range.last + 1);
        else
          request.below = std::min(request.below, range.first);
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
      const PciController* expander = device.address ? pci_.expander_of(device.address->bus) : nullptr;
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
    buses_->take(pci_.range_of(pci_.controllers().at(expander)));
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
      pci_.occupy(*device.address, path_of(device));
    }
  }

  void add(const PlannedController& planned) {
    PciController controller;
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
      const std::string fault = pci_.fault(*device.address);
      const auto bus = buses.find(device.address->bus);
      if (!fault.empty()) {
        device.reason += fmt::format(", where the guest may not see it: {}", fault);
        plan_.warnings.push_back(
            fmt::format("{}: the guest may not see {}: {}", path_of(device), device.source.format(), fault));
      } else if (bus != buses.end()) {
        device.guest_bdf = PciAddress{0, bus->second, device.address->slot, device.address->function};
      } else if (device.address->bus == 0) {
        device.guest_bdf = device.address;
      }
      if (device.outcome == Outcome::kept && device.guest_cell && !on_cell(device) && !options_.readdress) {
        device.reason += fmt::format(", which is not on guest cell {}; --readdress moves it", *device.guest_cell);
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
    for (const auto& [index, port] : pci_.controllers()) {
      if (!port.is_port() || pci_.occupants(index) > 0 || !pci_.expander_of(index)) continue;
      plan_.warnings.push_back(
          fmt::format("/domain/devices/controller[{}]: the port is empty and under an expander bus, "
                      "so libvirt plugs the next device without an address into it; remove it",
                      port.position + 1));
    }
  }

  // The guest lists devices by address, and applications number GPUs in that order. What is not below an expander bus
  // comes before all that is.
  void check_order() {
    std::map<PciAddress, PciAddress> places;  // by host address
    for (const PlannedDevice& device : plan_.devices) {
      if (!device.address) continue;
      const bool on_root = !pci_.expander_of(device.address->bus);
      if (on_root || device.guest_bdf) places.emplace(device.source, on_root ? PciAddress{} : *device.guest_bdf);
    }
    for (auto place = places.begin(); place != places.end(); ++place) {
      const auto next = std::next(place);
      if (next == places.end() || place->second <= next->second) continue;
      plan_.warnings.push_back(
          fmt::format("the guest lists {} before {}, the host after it", next->first.format(), place->first.format()));
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
  unsigned ports_to_come_ = 0;         // root ports that libvirt will add
  Plan plan_;
};

}  // namespace

Plan plan(const schema::Domain& domain, const topology::Host& host, const Options& options) {
  if (topology::has_guest_cells(domain)) return Planner(domain, host, options).run();
  Plan plan;
  plan.devices = list_passthrough(domain);
  for (PlannedDevice& device : plan.devices) device.reason = "the guest has no NUMA cells";
  return plan;
}

}  // namespace vnuma::placement
