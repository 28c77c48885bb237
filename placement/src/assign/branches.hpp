// Branches: what new ports hold, and the switches that mirror those of the host.
#pragma once

#include <cstddef>
#include <vector>

#include <vnuma/topology/locality.hpp>

namespace vnuma::placement {

using topology::PciAddress;

// Devices that share a port: the functions of one host slot, or one device.
struct Group {
  std::vector<std::size_t> devices;  // in DomainView::devices, by host address
  PciAddress first;                  // the lowest host address
  topology::Location location;       // on the host
};

// What one port holds: a group, or a switch with ports of its own.
struct Branch {
  Group group;
  std::vector<Branch> ports;  // of a switch; by host address

  bool is_switch() const { return !ports.empty(); }
  const PciAddress& first() const { return is_switch() ? ports.front().first() : group.first; }
  // Bus numbers, which are as many as controllers: a port needs one, a switch one more for its upstream port.
  unsigned buses() const;
};

unsigned buses(const std::vector<Branch>& branches);

// A port for each group.
std::vector<Branch> plain_ports(std::vector<Group> groups);

// Switches for groups of one root complex, ordered by host address, such that topology::level is the same between any
// two in the guest as on the host. Groups below one root port of the host share a port of the guest, and groups of one
// host switch share a switch: as many switches as host switches that have groups, nested as there. A host switch
// without a group of its own is left out; if it is the one that holds others together, the first of these replaces it.
// A group that is alone below its root port gets a plain port.
std::vector<Branch> mirrored_switches(std::vector<Group> groups);

// Switches for groups of several host switches, to be nested in an existing switch.
std::vector<Branch> nested_switches(const std::vector<Group>& groups);

}  // namespace vnuma::placement
