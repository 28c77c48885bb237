#include "guest_pci.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <vnuma/schema/visible.hpp>

#include "counted.hpp"
#include "pci_elements.hpp"

namespace vnuma::placement {

namespace {

constexpr std::pair<PciModel, std::string_view> models[] = {
    {PciModel::pcie_root, "pcie-root"},
    {PciModel::pci_root, "pci-root"},
    {PciModel::expander, "pcie-expander-bus"},
    {PciModel::root_port, "pcie-root-port"},
    {PciModel::upstream_port, "pcie-switch-upstream-port"},
    {PciModel::downstream_port, "pcie-switch-downstream-port"},
    {PciModel::dmi_bridge, "dmi-to-pci-bridge"},
    {PciModel::pcie_bridge, "pcie-to-pci-bridge"},
    {PciModel::pci_bridge, "pci-bridge"},
    {PciModel::pci_expander, "pci-expander-bus"},
};

PciModel model_of(std::string_view text) {
  for (const auto& [model, name] : models) {
    if (name == text) return model;
  }
  return PciModel::other;
}

bool is_before(const PciController& controller, std::uint32_t index) { return controller.index < index; }

// The name of the root or an expander bus, as libvirt has it.
std::string root_name(const PciController& root) {
  if (root.is_expander()) return fmt::format("pci.{}", root.index);
  return root.model == PciModel::pci_root ? "pci.0" : "pcie.0";
}

}  // namespace

std::string_view name(PciModel model) {
  for (const auto& [one, name] : models) {
    if (one == model) return name;
  }
  return "";
}

// As in virDomainPCIControllerModelToConnectType and virDomainPCIAddressBusSetModel (libvirt, src/conf/domain_addr.c).
bool takes(PciModel bus, std::optional<PciModel> plugged) {
  using enum PciModel;
  switch (bus) {
    case pcie_root: return !plugged || plugged == root_port || plugged == expander || plugged == dmi_bridge;
    case expander: return plugged == root_port || plugged == dmi_bridge;
    case root_port:
    case downstream_port: return !plugged || plugged == upstream_port || plugged == pcie_bridge;
    case upstream_port: return plugged == downstream_port;
    case pci_root: return !plugged || plugged == pci_bridge || plugged == pci_expander;
    case dmi_bridge:
    case pcie_bridge:
    case pci_bridge:
    case pci_expander: return !plugged || plugged == pci_bridge;
    case other: break;
  }
  return true;
}

std::string Element::path() const { return fmt::format("/domain/devices/{}[{}]", name, position + 1); }

std::optional<PciAddress> guest_address(const schema::Box<schema::Address>& address, const Element& of) {
  if (!address || (address->type && *address->type != "pci")) return std::nullopt;
  PciAddress whole;
  try {
    whole = topology::pci_address(*address);
  } catch (const schema::Error&) {
    topology::pci_address(*address, of.path() + "/address");  // says where
    throw;
  }
  if (whole.domain != 0) {
    throw PlanError(of.path() + "/address/@domain",
                    fmt::format("{:#x} is no PCI domain of the guest; the only one is 0", whole.domain));
  }
  if (whole.bus == 0 && whole.slot == 0) return std::nullopt;
  return whole;
}

std::optional<PciAddress> guest_address(const schema::Box<schema::Address>& address, const Element& of,
                                        const Faults& faults) {
  if (!address) return std::nullopt;
  return faults.read([&] { return guest_address(address, of); });
}

GuestPci::GuestPci(const schema::Domain& domain, const Faults& faults)
    : has_acpi_(domain.features && domain.features->acpi) {
  if (domain.devices) read_controllers(domain.devices->controllers, faults);
  if (!find(0)) controllers_.insert(controllers_.begin(), {.position = not_declared, .model = PciModel::pcie_root});
  for (const PciController& controller : controllers_) count_bridge(controller, 1);
  if (!domain.devices) return;
  for_each_pci_device(*domain.devices, faults, [&](const auto& device, const Element& element, const auto& address) {
    if (address)
      occupy(*device.address, *address, element, faults);
    else
      ++ports_to_come_;
  });
}

void GuestPci::occupy(const schema::Address& from, const PciAddress& address, const Element& element,
                      const Faults& faults) {
  const bool is_single = address.function == 0 && from.multifunction.valid() && !*from.multifunction;
  occupy({address, element, is_single}, faults);
}

// libvirt gives those without an index the lowest that none has (virDomainControllerFindUnusedIndex).
void GuestPci::read_controllers(const std::vector<schema::Controller>& controllers, const Faults& faults) {
  std::vector<std::size_t> without_index;
  for (std::size_t i = 0; i < controllers.size(); ++i) {
    if (faults.collects() && controllers[i].type == "pci" && !controllers[i].index)
      without_index.push_back(i);
    else
      read_controller(controllers[i], {"controller", i}, 0, faults);
  }
  std::uint32_t index = 0;
  for (const std::size_t i : without_index) {
    while (find(index)) ++index;
    const Element element{"controller", i};
    if (index < 256)
      read_controller(controllers[i], element, index, faults);
    else
      faults.add({Rule::value, element.path(), "no controller index up to 255 is left", "take a controller away"});
  }
}

void GuestPci::read_controller(const schema::Controller& from, const Element& element, std::uint32_t index_if_absent,
                               const Faults& faults) {
  const auto refuse = [&](Rule rule, std::string_view place, const std::string& message, const std::string& remedy) {
    faults.add({rule, element.path() + std::string(place), message, remedy});
  };
  // A number from `least` to `most`, which are what is expected, or `expected` is.
  const auto number = [&](const auto& scalar, std::string_view place, std::uint32_t least, std::uint32_t most,
                          const char* expected = "") -> std::optional<std::uint32_t> {
    if (!scalar) return std::nullopt;
    if (scalar.valid() && *scalar >= least && *scalar <= most) return *scalar;
    refuse(Rule::value, place,
           scalar.valid() ? fmt::format("{} is out of range", *scalar)
                          : fmt::format("\"{}\" is not a whole number", scalar.text()),
           *expected != '\0' ? fmt::format("expected {}", expected) : fmt::format("expected {} to {}", least, most));
    return std::nullopt;
  };
  const auto address = guest_address(from.address, element, faults);
  if (address) occupy(*from.address, *address, element, faults);
  if (from.type != "pci") {
    ports_to_come_ += !address && on_pci(from);
    return;
  }
  if (!from.model || from.model->empty()) {
    refuse(Rule::model, "", "a PCI controller without a model", "add model='pcie-root', 'pcie-root-port' or another");
    return;
  }
  PciController controller{.position = element.position, .model = model_of(*from.model), .address = address};
  if (!from.index && !controller.is_root() && !faults.collects()) {
    refuse(Rule::index_of_root, "", "a PCI controller without an index", "give it one from 1 to 255 that no other has");
  }
  const auto index = number(from.index, "/@index", 0, 255);
  if (from.index && !index) return;
  controller.index = index.value_or(controller.is_root() ? 0 : index_if_absent);
  if (from.target) {
    controller.bus_nr = number(from.target->bus_nr, "/target/@busNr", 1, 254);
    controller.chassis = number(from.target->chassis, "/target/@chassis", 0, 255);
    controller.node = number(from.target->numa_node, "/target/node", 0, std::numeric_limits<std::uint32_t>::max(),
                             "that of a guest cell");
  }
  if (const PciController* other = find(controller.index)) {
    refuse(Rule::index_twice, "/@index",
           fmt::format("controller[{}] has the index {} too", other->position + 1, controller.index),
           "give each PCI controller its own");
    return;
  }
  // As libvirt has it: without this, what is plugged into bus 0 would hang on the controller.
  if (controller.is_root() ? controller.model == PciModel::pcie_root && controller.index != 0 : controller.index == 0) {
    refuse(Rule::index_of_root, from.index ? "/@index" : "",
           fmt::format("a {} with index {}", schema::visible(*from.model), controller.index),
           "index 0 is the PCI root's alone, change it");
    return;
  }
  insert(controller);
}

void GuestPci::insert(const PciController& controller) {
  controllers_.insert(std::lower_bound(controllers_.begin(), controllers_.end(), controller.index, is_before),
                      controller);
  if (!controller.is_expander()) return;
  expanders_.insert(std::lower_bound(expanders_.begin(), expanders_.end(), controller.index), controller.index);
}

const PciController* GuestPci::find(std::uint32_t index) const {
  // Where there are no gaps, the index is the position.
  if (index < controllers_.size() && controllers_[index].index == index) return &controllers_[index];
  const auto found = std::lower_bound(controllers_.begin(), controllers_.end(), index, is_before);
  return found != controllers_.end() && found->index == index ? &*found : nullptr;
}

void GuestPci::count_bridge(const PciController& controller, int by) {
  const PciController* expander = controller.is_bridge() ? expander_of(controller.index) : nullptr;
  if (!expander) return;
  auto& counted = controllers_[static_cast<std::size_t>(expander - controllers_.data())];
  counted.buses_below += static_cast<unsigned>(by);
}

void GuestPci::add(const PciController& controller) {
  insert(controller);
  occupy(*controller.address, {"controller", controllers_.size()});
  count_bridge(controller, 1);
}

void GuestPci::remove(std::uint32_t index) {
  const PciController removed = *find(index);
  count_bridge(removed, -1);
  if (removed.address) vacate(*removed.address);
  controllers_.erase(std::lower_bound(controllers_.begin(), controllers_.end(), index, is_before));
  std::erase(expanders_, index);
}

void GuestPci::occupy(const Occupant& occupant, const Faults& faults) {
  const PciAddress& address = occupant.address;
  if (is_occupied(address)) {
    const auto other =
        std::find_if(occupants_.begin(), occupants_.end(), [&](const Occupant& one) { return one.address == address; });
    faults.add({Rule::address_twice, occupant.element.path() + "/address",
                fmt::format("{} is the address of {} too", address.format(), other->element.path()),
                "give each its own"});
    return;
  }
  occupied_[address.bus].set(place_on_bus(address));
  occupants_.push_back(occupant);
  if (occupant.is_single) single_.insert(address);
}

void GuestPci::vacate(const PciAddress& address) {
  occupied_[address.bus].reset(place_on_bus(address));
  single_.erase(address);
  std::erase_if(occupants_, [&](const Occupant& occupant) { return occupant.address == address; });
}

std::size_t GuestPci::occupants(std::uint32_t index) const {
  return index < occupied_.size() ? occupied_[index].count() : 0;
}

std::size_t GuestPci::occupants_of_slot(const PciAddress& address) const {
  const std::size_t first = place_on_bus(address.first_function());
  std::size_t count = 0;
  for (std::size_t function = 0; function < 8; ++function) count += occupied_[address.bus][first + function];
  return count;
}

bool GuestPci::is_single(const PciAddress& address) const { return single_.contains(address.first_function()); }

FreeList GuestPci::slots(std::uint32_t index) const {
  FreeList slots(0, 31);
  for (std::size_t place = 0; place < 256; ++place) {
    if (occupied_[index][place]) slots.take(static_cast<unsigned>(place / 8));
  }
  return slots;
}

std::uint32_t GuestPci::highest_bus() const {
  auto highest = static_cast<std::uint32_t>(occupied_.size() - 1);
  while (highest > 0 && occupied_[highest].none()) --highest;
  return highest;
}

std::vector<const PciController*> GuestPci::chain(std::uint32_t index) const {
  std::vector<const PciController*> chain;
  // At most all of them: controllers may plug into each other in a circle.
  while (chain.size() < controllers_.size()) {
    const PciController* found = find(index);
    if (!found) break;
    chain.push_back(found);
    if (found->is_expander() || index == 0 || !found->address) break;
    index = found->address->bus;
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

topology::Place GuestPci::place(const PciAddress& address) const {
  const std::vector<const PciController*> above = chain(address.bus);
  const bool hangs = !above.empty() && (above.front()->is_expander() || above.front()->index == 0);
  const PciController& top_most = hangs ? *above.front() : root();
  std::vector<PciAddress> bridges;
  // A name for the root port that libvirt will add: the domain has no address on this PCI domain.
  const std::uint32_t top = above.empty() ? address.bus : above.front()->index;
  if (!hangs) bridges.push_back({.domain = 1, .bus = static_cast<std::uint8_t>(top)});
  for (std::size_t i = 1; i < above.size(); ++i) bridges.push_back(*above[i]->address);
  return topology::place_of(root_name(top_most), bridges, address, has_acpi_ ? top_most.node : std::nullopt);
}

topology::Place GuestPci::place_to_come(std::uint32_t number) const {
  return {root_name(root()), {{.domain = 2 + number}}, std::nullopt};
}

const PciController* GuestPci::expander_of(std::uint32_t index) const {
  for (std::size_t steps = 0; steps < 256; ++steps) {
    const PciController* found = find(index);
    if (!found) return nullptr;
    if (found->is_expander()) return found;
    if (index == 0 || !found->address) return nullptr;
    index = found->address->bus;
  }
  return nullptr;  // controllers that plug into each other
}

// The root complex has functions of its own: the host bridge, and on q35 the LPC bridge, on i440fx the ISA bridge.
bool GuestPci::has_function_0(const PciAddress& address) const {
  if (is_occupied(address.first_function())) return true;
  const bool is_pcie = root().model != PciModel::pci_root;
  return address.bus == 0 && (address.slot == 0 || address.slot == (is_pcie ? 0x1f : 1));
}

std::string GuestPci::fault(const PciAddress& address) const {
  const PciController* plugged = find(address.bus);
  if (plugged && plugged->is_expander()) return "an expander bus takes no devices";
  PciAddress place = address;
  for (std::size_t steps = 0; steps < 256; ++steps) {
    if (place.function != 0 && !has_function_0(place)) {
      return fmt::format("there is no function 0 beside {}", place.format());
    }
    const PciController* above = find(place.bus);
    if (place.bus == 0 || !above || !above->address) break;
    place = *above->address;
  }
  const PciController* expander = expander_of(address.bus);
  const auto fault = expander && expander->bus_nr ? range_fault(*expander) : std::nullopt;
  return fault ? fault->message : "";
}

std::optional<Fault> GuestPci::range_fault(const PciController& expander, std::uint32_t end) const {
  const BusRange own = range_of(expander);
  const std::string path = Element{"controller", expander.position}.path() + "/target/@busNr";
  if (own.last > 255) {
    return Fault{Rule::bus_range_beyond_255, path,
                 fmt::format("its buses, from busNr {} on, end beyond 255", own.first),
                 fmt::format("give it a busNr of at most {}", 255 - std::min(254U, expander.buses_below))};
  }
  for (const std::uint32_t index : expanders_) {
    if (index >= end) break;
    const PciController& other = *find(index);
    if (index == expander.index || !other.bus_nr) continue;
    const BusRange range = range_of(other);
    if (range.first > own.last || own.first > range.last) continue;
    const bool is_same = range.first == own.first;
    return Fault{is_same ? Rule::bus_nr_twice : Rule::bus_ranges_overlap, path,
                 fmt::format("the buses from busNr {} on and from {} on overlap", own.first, range.first),
                 is_same ? "give each expander bus its own"
                         : fmt::format("leave {} from {} on for it and {} from {} on for the other",
                                       counted(expander.buses_below + 1, "number"), own.first, other.buses_below + 1,
                                       range.first)};
  }
  return std::nullopt;
}

unsigned GuestPci::root_buses(unsigned ports_to_come) const {
  unsigned buses = ports_to_come;
  for (const PciController& controller : controllers_)
    buses += controller.is_bridge() && !expander_of(controller.index);
  // libvirt adds root ports up to the highest index, also where nothing is on the bus of that index.
  const std::uint32_t highest = std::max(highest_bus(), controllers_.back().index);
  for (std::uint32_t index = 1; index <= highest; ++index) buses += !find(index);
  return buses;
}

std::map<std::uint32_t, std::uint8_t> GuestPci::guest_buses() const {
  std::map<std::uint32_t, std::vector<const PciController*>> children;
  for (const PciController& controller : controllers_) {
    if (controller.address && controller.is_bridge()) children[controller.address->bus].push_back(&controller);
  }
  std::map<std::uint32_t, std::uint8_t> buses;
  for (const PciController& controller : controllers_) {
    if (!controller.is_expander() || !controller.bus_nr) continue;
    std::uint32_t next = *controller.bus_nr;
    std::vector<std::uint32_t> stack{controller.index};
    while (!stack.empty()) {
      const std::uint32_t index = stack.back();
      stack.pop_back();
      if (next > 255 || buses.contains(index)) break;
      buses[index] = static_cast<std::uint8_t>(next++);
      auto& below = children[index];
      std::sort(below.begin(), below.end(),
                [](const PciController* a, const PciController* b) { return *a->address > *b->address; });
      for (const PciController* child : below) stack.push_back(child->index);
    }
  }
  return buses;
}

std::optional<PciAddress> GuestPci::guest_bdf(const PciAddress& address,
                                              const std::map<std::uint32_t, std::uint8_t>& buses) {
  if (address.bus == 0) return address;
  const auto bus = buses.find(address.bus);
  if (bus == buses.end()) return std::nullopt;
  return PciAddress{0, bus->second, address.slot, address.function};
}

}  // namespace vnuma::placement
