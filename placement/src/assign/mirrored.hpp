// Mirrored: which parts of the guest's PCI tree mirror which parts of the host.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <vnuma/placement/plan.hpp>
#include <vnuma/topology/locality.hpp>

#include "../domain/pci_tree.hpp"
#include "assigned_device.hpp"
#include "host_locations.hpp"

namespace vnuma::placement {

// Known by the devices that are on them already.
class Mirrored {
 public:
  // By the devices that have an address in the guest and whose location on the host is known. Without a location of its
  // own, a device that Options::numa_nodes puts on a node is near to none.
  Mirrored(const std::vector<AssignedDevice>& devices, const HostLocations& locations, const PciTree& pci);

  // Whether the expander bus is for the root complex: it has no devices of another, and, if it has none at all, the
  // root complex has no other expander bus of the same guest cell.
  bool is_of(const PciController& expander, const std::string& root_complex) const;
  // Whether it has devices.
  bool is_in_use(const PciController& expander) const { return expanders_.contains(expander.index); }
  // From now on it has devices of this root complex.
  void claim(const PciController& expander, const std::string& root_complex);

  // The switch (the index of its upstream port) that has the devices of the location's host switch on it.
  std::optional<std::uint32_t> switch_of(const topology::Location& location) const;
  // The topmost switch that devices below the location's root port of the host are below.
  std::optional<std::uint32_t> top_of(const topology::Location& location) const;

  // Whether there are switches without devices.
  bool has_free_switches() const { return !free_.empty(); }
  // Lets a switch that has lost all its devices mirror the location's host switch, which has no mirror yet: a switch
  // below the topmost one of the location's root port, or, if no device is below that port, a topmost one. Returns the
  // switch; nullopt if there is none.
  std::optional<std::uint32_t> adopt(const topology::Location& location,
                                     const std::function<bool(std::uint32_t)>& is_usable);

 private:
  // Whether there is a device below the location's root port of the host.
  bool knows_port_of(const topology::Location& location) const;

  using Switch = std::pair<std::string, std::vector<PciAddress>>;  // root complex, Location::switches
  using Port = std::pair<std::string, PciAddress>;                 // root complex, root port
  // Upstream ports by index, and the topmost switch above, which may be itself.
  using Upstreams = std::map<std::uint32_t, std::uint32_t>;
  static Upstreams without_devices(const PciTree& pci);

  std::map<std::uint32_t, std::optional<std::string>> expanders_;  // by index; nullopt: devices of several
  std::set<std::pair<std::optional<std::uint32_t>, std::string>> with_expander_;  // guest cell, root complex
  std::map<Switch, std::uint32_t> switches_;
  std::map<Port, std::uint32_t> tops_;
  std::set<Port> ports_;
  Upstreams free_;
};

}  // namespace vnuma::placement
