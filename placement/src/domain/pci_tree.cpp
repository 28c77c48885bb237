#include "pci_tree.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace vnuma::placement {

namespace {

bool is_before(const PciController& controller, std::uint32_t index) { return controller.index < index; }

// libvirt's name of the root or an expander bus.
std::string root_name(const PciController& root) {
  if (root.is_expander()) return fmt::format("pci.{}", root.index);
  return root.model == PciModel::pci_root ? "pci.0" : "pcie.0";
}

}  // namespace

BusRange bus_range(const PciController& expander) {
  return {*expander.bus_nr, *expander.bus_nr + expander.buses_below};
}

const PciController* PciTree::find(std::uint32_t index) const {
  // Without gaps, the index is the position.
  if (index < controllers_.size() && controllers_[index].index == index) return &controllers_[index];
  const auto found = std::lower_bound(controllers_.begin(), controllers_.end(), index, is_before);
  return found != controllers_.end() && found->index == index ? &*found : nullptr;
}

void PciTree::declare(const PciController& controller) {
  controllers_.insert(std::lower_bound(controllers_.begin(), controllers_.end(), controller.index, is_before),
                      controller);
  if (!controller.is_expander()) return;
  expanders_.insert(std::lower_bound(expanders_.begin(), expanders_.end(), controller.index), controller.index);
}

void PciTree::add(const PciController& controller) {
  declare(controller);
  occupy({*controller.address, {"controller", controllers_.size()}});
  count_bridge(controller, 1);
}

void PciTree::remove(std::uint32_t index) {
  const PciController removed = *find(index);
  count_bridge(removed, -1);
  if (removed.address) vacate(*removed.address);
  controllers_.erase(std::lower_bound(controllers_.begin(), controllers_.end(), index, is_before));
  std::erase(expanders_, index);
}

void PciTree::count_bridge(const PciController& controller, int by) {
  const PciController* expander = controller.is_bridge() ? expander_of(controller.index) : nullptr;
  if (!expander) return;
  auto& counted = controllers_[static_cast<std::size_t>(expander - controllers_.data())];
  counted.buses_below += static_cast<unsigned>(by);
}

void PciTree::count_bridges() {
  for (const PciController& controller : controllers_) count_bridge(controller, 1);
}

void PciTree::occupy(const Occupant& occupant) {
  occupied_[occupant.address.bus].set(position_on_bus(occupant.address));
  occupants_.push_back(occupant);
  if (occupant.is_single) single_.insert(occupant.address);
}

void PciTree::vacate(const PciAddress& address) {
  occupied_[address.bus].reset(position_on_bus(address));
  single_.erase(address);
  std::erase_if(occupants_, [&](const Occupant& occupant) { return occupant.address == address; });
}

const Occupant* PciTree::occupant(const PciAddress& address) const {
  const auto found =
      std::find_if(occupants_.begin(), occupants_.end(), [&](const Occupant& one) { return one.address == address; });
  return found == occupants_.end() ? nullptr : &*found;
}

std::size_t PciTree::occupants(std::uint32_t index) const {
  return index < occupied_.size() ? occupied_[index].count() : 0;
}

std::size_t PciTree::occupants_of_slot(const PciAddress& address) const {
  const std::size_t first = position_on_bus(address.first_function());
  std::size_t count = 0;
  for (std::size_t function = 0; function < 8; ++function) count += occupied_[address.bus][first + function];
  return count;
}

bool PciTree::is_single(const PciAddress& address) const { return single_.contains(address.first_function()); }

FreeList PciTree::slots(std::uint32_t index) const {
  FreeList slots(0, 31);
  for (std::size_t position = 0; position < 256; ++position) {
    if (occupied_[index][position]) slots.take(static_cast<unsigned>(position / 8));
  }
  return slots;
}

std::uint32_t PciTree::highest_bus() const {
  auto highest = static_cast<std::uint32_t>(occupied_.size() - 1);
  while (highest > 0 && occupied_[highest].none()) --highest;
  return highest;
}

std::vector<const PciController*> PciTree::chain(std::uint32_t index) const {
  std::vector<const PciController*> chain;
  // At most all of them: controllers may be plugged into each other in a loop.
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

const PciController* PciTree::expander_of(std::uint32_t index) const {
  for (std::size_t steps = 0; steps < 256; ++steps) {
    const PciController* found = find(index);
    if (!found) return nullptr;
    if (found->is_expander()) return found;
    if (index == 0 || !found->address) return nullptr;
    index = found->address->bus;
  }
  return nullptr;  // controllers that are plugged into each other
}

std::optional<std::uint32_t> PciTree::cell_of(std::uint32_t index) const {
  const PciController* expander = has_acpi_ ? expander_of(index) : nullptr;
  return expander ? expander->node : std::nullopt;
}

topology::Location PciTree::location(const PciAddress& address) const {
  const std::vector<const PciController*> above = chain(address.bus);
  const bool hangs = !above.empty() && (above.front()->is_expander() || above.front()->index == 0);
  const PciController& top_most = hangs ? *above.front() : root();
  std::vector<PciAddress> bridges;
  // A name for the root port that libvirt will add: the domain has no address in this PCI domain.
  const std::uint32_t top = above.empty() ? address.bus : above.front()->index;
  if (!hangs) bridges.push_back({.domain = 1, .bus = static_cast<std::uint8_t>(top)});
  for (std::size_t i = 1; i < above.size(); ++i) bridges.push_back(*above[i]->address);
  return topology::location_of(root_name(top_most), bridges, address, has_acpi_ ? top_most.node : std::nullopt);
}

topology::Location PciTree::location_to_come(std::uint32_t number) const {
  return {root_name(root()), {{.domain = 2 + number}}, std::nullopt};
}

unsigned PciTree::root_buses(unsigned ports_to_come) const {
  unsigned buses = ports_to_come;
  for (const PciController& controller : controllers_)
    buses += controller.is_bridge() && !expander_of(controller.index);
  // libvirt adds root ports up to the highest index, also where nothing is on the bus of that index.
  const std::uint32_t highest = std::max(highest_bus(), controllers_.back().index);
  for (std::uint32_t index = 1; index <= highest; ++index) buses += !find(index);
  return buses;
}

}  // namespace vnuma::placement
