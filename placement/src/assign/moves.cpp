#include "moves.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "../domain/guest_numbering.hpp"

namespace vnuma::placement {

namespace {

// Devices with an address, or a part of one, that are not on their cell.
std::vector<std::size_t> devices_off_their_cell(const DomainView& view, const HostLocations& locations,
                                                const CellMap& cells) {
  std::vector<std::size_t> off;
  for (std::size_t i = 0; i < view.devices.size(); ++i) {
    const PassthroughDevice& device = view.devices[i];
    const auto cell = cells.cell_of(locations[i].node);
    if (device.is_kept() && cell && !is_on_cell(view.pci, device.address, cell)) off.push_back(i);
  }
  return off;
}

// Removes the ports, and the switches whose ports are all gone, from below upwards, that are empty now.
std::vector<RemovedController> remove_emptied(std::vector<std::uint32_t> candidates, PciTree& pci) {
  std::vector<RemovedController> removed;
  for (bool again = true; again;) {
    again = false;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      const PciController* found = pci.find(candidates[i]);
      if (!found || pci.occupants(candidates[i]) > 0) continue;
      const PciController port = *found;
      if (!port.is_port() && !port.is_upstream()) continue;
      // Function 0 must stay while other functions of its slot do.
      if (port.address && port.address->function == 0 && pci.occupants_of_slot(*port.address) > 1) continue;
      if (port.address) candidates.push_back(port.address->bus);
      removed.push_back({port.position, port.index});
      pci.remove(port.index);
      again = true;
    }
  }
  std::sort(removed.begin(), removed.end(),
            [](const RemovedController& a, const RemovedController& b) { return a.position < b.position; });
  return removed;
}

void readdress(const DomainView& view, const std::vector<std::size_t>& off, Moves& moves) {
  std::map<PciAddress, std::size_t> moving_of_slot;
  for (const std::size_t i : off) {
    if (const auto& address = view.devices[i].address) ++moving_of_slot[address->first_function()];
  }
  std::vector<PciAddress> vacated;
  std::vector<std::uint32_t> left_behind;  // indexes of controllers
  for (const std::size_t i : off) {
    if (const auto& address = view.devices[i].address) {
      // Without function 0 the guest would not see the functions that stay.
      const bool alone = moving_of_slot[address->first_function()] == view.pci.occupants_of_slot(*address);
      if (address->function == 0 && !alone) {
        moves.stays_for_others[i] = true;
        continue;
      }
      vacated.push_back(*address);
      left_behind.push_back(address->bus);
    }
    moves.is_moved[i] = true;
    moves.to_place.push_back(i);
  }
  for (const PciAddress& address : vacated) moves.pci.vacate(address);
  moves.removed = remove_emptied(std::move(left_behind), moves.pci);
}

}  // namespace

unsigned Moves::ports_to_come(const DomainView& view) const {
  unsigned ports = view.pci.ports_to_come();
  for (const std::size_t i : to_place) ports -= !view.devices[i].address;
  return ports;
}

Moves choose_moves(const DomainView& view, const HostLocations& locations, const CellMap& cells, bool readdresses) {
  const std::size_t count = view.devices.size();
  Moves moves{.pci = view.pci, .is_moved = std::vector<bool>(count), .stays_for_others = std::vector<bool>(count)};
  for (std::size_t i = 0; i < count; ++i) {
    if (!view.devices[i].has_address_element && cells.cell_of(locations[i].node)) moves.to_place.push_back(i);
  }
  if (readdresses) readdress(view, devices_off_their_cell(view, locations, cells), moves);
  return moves;
}

}  // namespace vnuma::placement
