// Which devices are to be placed, and what Options::readdress moves and removes.
#pragma once

#include <optional>
#include <vector>

#include <vnuma/placement/plan.hpp>

#include "cell_map.hpp"

namespace vnuma::placement {

struct Moves {
  PciTree pci;                          // the domain's tree without what moves and what goes
  std::vector<std::size_t> to_place{};  // in DomainView::devices
  // By device: whether it moves, from its address or a part of one; and whether it would, if other functions of its
  // slot did not stay.
  std::vector<bool> is_moved{};
  std::vector<bool> stays_for_others{};
  std::vector<RemovedController> removed{};  // by position

  // Root ports that libvirt will add when the moved devices are placed.
  unsigned ports_to_come(const DomainView& view) const;
};

// To be placed are devices without an address whose host node has a cell. With `readdress`, devices that are not on
// their cell lose their addresses and are placed anew; so do the ports and switches that this empties.
Moves choose_moves(const DomainView& view, const HostLocations& locations, const CellMap& cells, bool readdress);

}  // namespace vnuma::placement
