#include "assignment.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "../counted.hpp"
#include "../domain/bus_ranges.hpp"

namespace vnuma::placement {

namespace {

// Slots of pcie-root that are left to others: 0 is the root itself, 1 libvirt's choice for video and its own root
// ports, 0x1a and 0x1d ICH9 USB, 0x1b ICH9 sound, 0x1f the LPC bridge.
constexpr std::array<unsigned, 6> reserved_root_slots{0, 1, 0x1a, 0x1b, 0x1d, 0x1f};
constexpr unsigned slots_per_bus = 32;
constexpr unsigned functions_per_slot = 8;
constexpr unsigned most_numbers = 255;  // of controllers, and of chassis

// The remedy if numbers run out and the rest of the domain takes so many of them.
std::string remedy(std::size_t of_others) {
  if (of_others == 0) return "pass fewer devices through";
  return fmt::format(
      "remove controllers and devices that the domain does not need (it takes {} of them without these "
      "devices), or pass fewer through",
      of_others);
}

// Bus numbers below the expander buses that stay free for hot-plug.
constexpr unsigned spare_root_buses = 8;

}  // namespace

BusNumbers free_bus_numbers(const PciTree& pci, unsigned ports_to_come) {
  BusNumbers numbers(1 + pci.root_buses(ports_to_come) + spare_root_buses);
  for (const PciController& controller : pci.controllers()) {
    if (controller.is_expander() && controller.bus_nr) numbers.take(bus_range(controller));
  }
  return numbers;
}

Assignment::Assignment(const DomainView& domain, const HostLocations& locations, const Moves& moves,
                       const Options& options)
    : domain_(domain),
      locations_(locations),
      pci_(moves.pci),
      buses_(free_bus_numbers(pci_, moves.ports_to_come(domain))),
      ports_to_come_(moves.ports_to_come(domain)),
      reserve_(options.reserve_buses),
      explain_(options.explain) {
  for (std::size_t i = 0; i < domain.devices.size(); ++i) {
    AssignedDevice& device = devices_.emplace_back();
    if (!moves.is_moved[i]) device.address = domain.devices[i].address;
  }
  for (std::uint32_t index = 1, highest = pci_.highest_bus(); index <= highest; ++index) indexes_.take(index);
  for (const PciController& controller : pci_.controllers()) {
    indexes_.take(controller.index);
    if (controller.is_port())
      chassis_.take(controller.chassis.value_or(controller.index));  // libvirt's default is the index
  }
  buses_of_others_ = buses_.lowest() - 1 - spare_root_buses;
  for (const PciController& controller : pci_.controllers()) {
    if (controller.is_expander() && controller.bus_nr) buses_of_others_ += 1 + controller.buses_below;
  }
  indexes_of_others_ = most_numbers - indexes_.free_count();
  chassis_of_others_ = most_numbers - chassis_.free_count();
}

std::string Assignment::shortage(std::uint32_t bus, const std::vector<Branch>& branches) const {
  return shortage(bus, branches.size(), buses(branches));
}

std::string Assignment::shortage(std::uint32_t bus, std::size_t ports, unsigned needed) const {
  const PciController& expander = *pci_.expander_of(bus);
  if (!expander.bus_nr) return fmt::format("the expander bus {} has no busNr", expander.index);
  if (auto fault = range_fault(pci_, expander)) return std::move(fault->message);
  const std::size_t room = free_slots(bus).size() * functions_per_slot;
  if (room < ports)
    return fmt::format("controller {} has room for {}, and {} are needed", bus, counted(room, "more port"), ports);
  const auto count = [&](std::size_t free, std::string_view what) {
    if (free >= needed) return std::string();
    return fmt::format("it needs {} {}, and {} {} free", needed, what, free, free == 1 ? "is" : "are");
  };
  std::string few = count(indexes_.free_count(bus + 1), needed == 1 ? "controller index" : "controller indexes");
  if (!few.empty()) return few;
  return count(buses_.room_from(bus_range(expander).last + 1),
               fmt::format("bus number{} behind expander bus {}", needed == 1 ? "" : "s", expander.index));
}

void Assignment::add(std::uint32_t bus, const std::vector<Branch>& branches, const std::string& why) {
  const std::vector<unsigned> slots = free_slots(bus);
  const bool functions = branches.size() > slots.size();
  if (branches.size() > slots.size() * functions_per_slot) {
    throw Exhausted(fmt::format("{} ports are needed on one bus, which has room for {}", branches.size(),
                                slots.size() * functions_per_slot),
                    "pass fewer devices through");
  }
  for (std::size_t i = 0; i < branches.size(); ++i) {
    const unsigned slot = slots[functions ? i / functions_per_slot : i];
    const unsigned function = functions ? static_cast<unsigned>(i % functions_per_slot) : 0;
    PlannedController port;
    port.address = {0, static_cast<std::uint8_t>(bus), static_cast<std::uint8_t>(slot),
                    static_cast<std::uint8_t>(function)};
    port.multifunction = functions && function == 0 && i + 1 < branches.size();
    because(port.why, functions
                          ? reason("slot {}, function {}: {} ports are more than the free slots ({}), so they take "
                                   "a function each",
                                   slot, function, branches.size(), slots.size())
                          : reason("slot {}: the first behind those in use on controller {}", slot, bus));
    add(branches[i], std::move(port), why);
  }
  buses_.take(bus_range(*pci_.expander_of(bus)));
}

void Assignment::add(const std::vector<NewExpander>& expanders) {
  auto ranges = bus_ranges(expanders);
  for (std::size_t i = 0; i < expanders.size(); ++i) {
    add(add_expander(expanders[i], std::move(ranges[i])), expanders[i].branches, "which is new");
  }
}

// Functions keep their numbers if function 0 is among them; otherwise the lowest becomes function 0, because the guest
// finds no function without it.
void Assignment::plug(const Group& group, std::uint32_t port, std::string why) {
  if (explain_ && group.devices.size() > 1) why += ", with the other functions of its card";
  const bool has_first = locations_[group.devices.front()].source->function == 0;
  for (std::size_t i = 0; i < group.devices.size(); ++i) {
    const std::size_t device = group.devices[i];
    const auto function = has_first ? locations_[device].source->function : static_cast<std::uint8_t>(i);
    plug(device, {0, static_cast<std::uint8_t>(port), 0, function}, function == 0 && group.devices.size() > 1, why);
  }
}

void Assignment::plug(std::size_t position, const PciAddress& address, bool multifunction, std::string why) {
  AssignedDevice& device = devices_[position];
  device.address = address;
  device.multifunction = multifunction;
  device.is_placed = true;
  because(device.why, std::move(why));
  pci_.occupy({address, domain_.devices[position].element()});
}

void Assignment::check_indexes() const {
  const std::size_t left = indexes_.free_count();
  if (controllers_.empty() || left >= ports_to_come_) return;
  throw Exhausted(
      fmt::format("{} left up to 255, but libvirt needs {} for devices without an address",
                  left == 1 ? "1 controller index is" : fmt::format("{} controller indexes are", left), ports_to_come_),
      remedy(indexes_of_others_ + ports_to_come_));
}

// Slots behind the last that is used: a new port is numbered after those that are there.
std::vector<unsigned> Assignment::free_slots(std::uint32_t bus) const {
  const FreeList free = pci_.slots(bus);
  unsigned first = slots_per_bus;
  while (first > 0 && free.is_free(first - 1)) --first;
  std::vector<unsigned> slots;
  for (unsigned slot = first; slot < slots_per_bus; ++slot) slots.push_back(slot);
  return slots;
}

// In the host's order, also among the existing expander buses.
std::vector<BusRequest> Assignment::bus_requests(const std::vector<NewExpander>& expanders) const {
  const auto existing = lowest_sources();
  std::vector<BusRequest> requests;
  for (const NewExpander& expander : expanders) {
    BusRequest request{.size = 1 + buses(expander.branches) + reserve_};
    for (const auto& [index, source] : existing) {
      const BusRange range = bus_range(*pci_.find(index));
      if (source < expander.branches.front().first())
        request.lowest = std::max(request.lowest, range.last + 1 + reserve_);
      else
        request.below = std::min(request.below, range.first);
    }
    requests.push_back(request);
  }
  return requests;
}

// In the host's order if that fits, else in any order.
std::vector<Assignment::Numbered> Assignment::bus_ranges(const std::vector<NewExpander>& expanders) {
  std::vector<BusRequest> requests = bus_requests(expanders);
  unsigned alignment = 0;
  std::string order;
  auto ranges = buses_.take(requests, &alignment);
  if (!ranges) {
    for (BusRequest& request : requests) request = {.size = request.size};
    ranges = buses_.take(requests, &alignment);
    order = "; out of the host's order, for which there is no room";
  }
  if (!ranges) refuse_buses(requests);
  std::vector<Numbered> numbered;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    numbered.push_back({(*ranges)[i], explain_ ? why((*ranges)[i], requests[i], alignment) + order : std::string()});
  }
  return numbered;
}

void Assignment::refuse_buses(const std::vector<BusRequest>& requests) const {
  unsigned needed = 0;
  for (const BusRequest& request : requests) needed += request.size;
  throw Exhausted(
      fmt::format("{} bus numbers are needed for {} new expander bus{}{}, but do not fit into the free ones up to 255",
                  needed, requests.size(), requests.size() == 1 ? "" : "es",
                  reserve_ == 0 ? "" : fmt::format(" with {} spare behind each", reserve_)),
      (reserve_ == 0 ? "" : "reserve fewer, or ") + remedy(buses_of_others_));
}

std::string Assignment::why(const BusRange& range, const BusRequest& request, unsigned alignment) const {
  const unsigned end = range.last + 1 + buses_.room_from(range.last + 1);  // where the next begins
  std::string text = fmt::format("busNr {}: the highest {} from which {} are free below {} ({} to {}{})", range.first,
                                 alignment == 1 ? "number" : fmt::format("multiple of {}", alignment),
                                 counted(request.size, "bus number"),
                                 end == 256 ? "256" : fmt::format("{}, which is used", end), range.first, range.last,
                                 reserve_ == 0 ? "" : fmt::format(", the last {} of them reserved", reserve_));
  if (request.lowest > 0)
    text += fmt::format("; at least {}, to be behind devices that come first on the host", request.lowest);
  return text;
}

// For each expander bus that has a busNr and passthrough devices: the lowest host address on it.
std::map<std::uint32_t, PciAddress> Assignment::lowest_sources() const {
  std::map<std::uint32_t, PciAddress> lowest;
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    const auto& source = locations_[i].source;
    const PciController* expander = devices_[i].address ? pci_.expander_of(devices_[i].address->bus) : nullptr;
    if (!expander || !expander->bus_nr || !source) continue;
    const auto [entry, is_first] = lowest.emplace(expander->index, *source);
    if (!is_first) entry->second = std::min(entry->second, *source);
  }
  return lowest;
}

std::uint32_t Assignment::add_expander(const NewExpander& expander, Numbered numbered) {
  const unsigned below = buses_.lowest() - 1;  // left to pcie-root
  PlannedController planned;
  planned.index = next_index();
  planned.bus_nr = numbered.range.first;
  planned.node = expander.cell;
  planned.address = {0, 0, root_slot(), 0};
  because(planned.why, expander.why);
  because(planned.why, std::move(numbered.why));
  because(planned.why, reason("bus numbers 1 to {} are left to pcie-root: {} for what is there, {} for what libvirt "
                              "adds, {} for hot-plug",
                              below, below - ports_to_come_ - spare_root_buses, ports_to_come_, spare_root_buses));
  because(planned.why, reason("slot {}: the lowest free slot of pcie-root that neither libvirt nor the machine prefers "
                              "for other devices ({})",
                              planned.address.slot, fmt::join(reserved_root_slots, ", ")));
  return add_controller(PciModel::expander, std::move(planned));
}

// A port at the address, and what it holds: a root port, or, on a switch, a downstream port.
void Assignment::add(const Branch& branch, PlannedController planned, const std::string& why) {
  const PciAddress address = planned.address;
  const bool on_switch = pci_.find(address.bus)->is_upstream();
  planned.index = next_index(address.bus + 1U);
  planned.chassis = chassis(planned.index);
  planned.port = address.slot * functions_per_slot + address.function;
  const std::uint32_t port =
      add_controller(on_switch ? PciModel::downstream_port : PciModel::root_port, std::move(planned));
  if (!branch.is_switch()) {
    return plug(branch.group, port,
                reason("controller {} is a new port on the {} {}, {}", port, on_switch ? "switch" : "expander bus",
                       address.bus, why));
  }
  PlannedController upstream;
  upstream.index = next_index(port + 1);
  upstream.address = {0, static_cast<std::uint8_t>(port), 0, 0};
  because(upstream.why, reason("it mirrors the host's switch above {}", branch.first().format()));
  add(add_controller(PciModel::upstream_port, std::move(upstream)), branch.ports,
      "which mirrors its switch on the host");
}

std::uint32_t Assignment::add_controller(PciModel model, PlannedController planned) {
  planned.model = name(model);
  pci_.add({.index = planned.index,
            .model = model,
            .address = planned.address,
            .bus_nr = planned.bus_nr,
            .node = planned.node,
            .chassis = planned.chassis});
  controllers_.push_back(std::move(planned));
  return controllers_.back().index;
}

// libvirt gives QEMU the controllers in the order of their indexes, and QEMU needs a bus before what is plugged into
// it: "Bus 'pci.9' not found". So a port's index is above its bus' (`least`).
std::uint32_t Assignment::next_index(std::uint32_t least) {
  if (const auto index = indexes_.take_lowest(least)) return *index;
  throw Exhausted("all controller indexes up to 255 are in use", remedy(indexes_of_others_));
}

// The controller's own index if it is free: libvirt's choice.
std::uint32_t Assignment::chassis(std::uint32_t index) {
  if (chassis_.take(index)) return index;
  if (const auto other = chassis_.take_lowest()) return *other;
  throw Exhausted("all chassis numbers up to 255 are in use", remedy(chassis_of_others_));
}

std::uint8_t Assignment::root_slot() const {
  FreeList slots = pci_.slots(0);
  for (const unsigned slot : reserved_root_slots) slots.take(slot);
  if (const auto slot = slots.take_lowest()) return static_cast<std::uint8_t>(*slot);
  throw Exhausted("pcie-root has no free slot for an expander bus", "move a device off bus 0");
}

}  // namespace vnuma::placement
