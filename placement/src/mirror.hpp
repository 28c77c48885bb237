// The ports and switches that hold devices in the guest as near to each other as on the host.
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

#include "guest_pci.hpp"

namespace vnuma::placement {

// Devices that share a port: the functions of one host slot, or one device.
struct Group {
  std::vector<std::size_t> devices;  // in Plan::devices, by host address
  PciAddress first;                  // the lowest host address
  topology::Place place;             // on the host
};

// What one port holds: a group, or a switch with ports of its own.
struct Branch {
  Group group;
  std::vector<Branch> ports;  // of a switch; by host address

  bool is_switch() const { return !ports.empty(); }
  const PciAddress& first() const { return is_switch() ? ports.front().first() : group.first; }
  // Bus numbers, as many as controllers: a port has one, a switch one more for its upstream port.
  unsigned buses() const;
};

unsigned buses(const std::vector<Branch>& branches);

// A port for each group.
std::vector<Branch> plain_ports(std::vector<Group> groups);

// A switch that has the groups on it.
Branch switch_of(std::vector<Group> groups);

// The groups, which are of one root complex and by host address, on switches such that topology::level is the same
// between any two in the guest as on the host. Groups below one root port of the host share a port of the guest, and
// those of one host switch share a switch: as many switches as host switches that have groups, nested as there. A host
// switch without a group of its own is left out; where it is the one that holds others together, the first of these
// takes its place. A group that is alone below its root port gets a plain port.
std::vector<Branch> mirrored_switches(std::vector<Group> groups);

// Switches for groups of several host switches, to be nested in a switch that is there.
std::vector<Branch> nested_switches(const std::vector<Group>& groups);

// The parts of the guest's PCI tree that stand for parts of the host, by the devices that are on them already.
class Mirrored {
 public:
  // Of the plan, the devices that have an address in the guest and whose place on the host is known.
  Mirrored(const Plan& plan, const GuestPci& pci);

  // Whether the expander bus is the root complex's: it has no devices of another, and, if it has none at all, the root
  // complex has no other of the same guest cell.
  bool is_of(const PciController& expander, const std::string& root_complex) const;
  // Whether it has devices.
  bool is_in_use(const PciController& expander) const { return expanders_.contains(expander.index); }
  // From now on it has devices of this one.
  void claim(const PciController& expander, const std::string& root_complex);

  // The switch (the index of its upstream port) that has the devices of the place's host switch on it.
  std::optional<std::uint32_t> switch_of(const topology::Place& place) const;
  // The topmost switch that devices below the place's root port of the host are below.
  std::optional<std::uint32_t> top_of(const topology::Place& place) const;

  // Whether there are switches without devices.
  bool has_free_switches() const { return !free_.empty(); }
  // Lets a switch without devices, as one is that has lost all, stand for the place's host switch, which has none yet:
  // below the topmost switch of the place's root port, or, if there is no device below that, a topmost one. The switch
  // that was taken; nullopt if there is none.
  std::optional<std::uint32_t> adopt(const topology::Place& place, const std::function<bool(std::uint32_t)>& is_usable);

 private:
  // Whether there is a device below the place's root port of the host.
  bool knows_port_of(const topology::Place& place) const;

  using Switch = std::pair<std::string, std::vector<PciAddress>>;  // root complex, Place::switches
  using Port = std::pair<std::string, PciAddress>;                 // root complex, root port
  // Upstream ports by index, and the topmost switch above, which may be itself.
  using Upstreams = std::map<std::uint32_t, std::uint32_t>;
  static Upstreams without_devices(const GuestPci& pci);

  std::map<std::uint32_t, std::optional<std::string>> expanders_;  // by index; nullopt: devices of several
  std::set<std::pair<std::optional<std::uint32_t>, std::string>> with_expander_;  // guest cell, root complex
  std::map<Switch, std::uint32_t> switches_;
  std::map<Port, std::uint32_t> tops_;
  std::set<Port> ports_;
  Upstreams free_;
};

}  // namespace vnuma::placement
