// Where a device is while ports are assigned.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vnuma/topology/pci_address.hpp>

namespace vnuma::placement {

struct AssignedDevice {
  std::optional<topology::PciAddress> address{};  // the domain's, or the new one
  bool is_placed = false;                         // the address is new
  bool multifunction = false;
  std::vector<std::string> why{};  // the address is new: sentences, with Options::explain
};

}  // namespace vnuma::placement
