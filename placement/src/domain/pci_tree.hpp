// PciTree: the PCI controllers of a guest and what is plugged in where.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <vnuma/placement/bus_numbers.hpp>
#include <vnuma/placement/free_list.hpp>
#include <vnuma/topology/locality.hpp>

#include "element.hpp"
#include "pci_model.hpp"

namespace vnuma::placement {

using topology::PciAddress;

inline constexpr std::size_t not_declared = std::numeric_limits<std::size_t>::max();

// A PCI controller of the domain, or one that a plan adds.
struct PciController {
  std::size_t position = 0;  // in Devices::controllers; not_declared for a PCI root that the domain omits
  std::uint32_t index = 0;
  PciModel model = PciModel::other;
  std::optional<PciAddress> address{};  // bus = index of the controller it plugs into
  std::optional<std::uint32_t> bus_nr{};
  std::optional<std::uint32_t> node{};
  std::optional<std::uint32_t> chassis{};
  unsigned buses_below = 0;  // of an expander bus: the bridges below it

  bool is_expander() const { return model == PciModel::expander; }
  bool is_port() const { return placement::is_port(model); }
  bool is_upstream() const { return model == PciModel::upstream_port; }
  bool is_root() const { return placement::is_root(model); }
  // Whether it opens a bus of its own in the guest's numbering.
  bool is_bridge() const { return !is_expander() && !is_root(); }
  std::string path() const { return Element{"controller", position}.path(); }
};

// A device or controller at an address.
struct Occupant {
  PciAddress address;
  Element element;
  bool is_single = false;  // function 0 that says it is alone: multifunction='off'
};

// The buses that an expander bus with a busNr needs: its own, and one for each bridge below it.
BusRange bus_range(const PciController& expander);

class PciTree {
 public:
  explicit PciTree(bool has_acpi = true) : has_acpi_(has_acpi) {}

  // By index. Pointers to controllers are invalid after add and remove.
  const std::vector<PciController>& controllers() const { return controllers_; }
  // nullptr if the domain does not declare it.
  const PciController* find(std::uint32_t index) const;
  // The controller with index 0, which always exists.
  const PciController& root() const { return controllers_.front(); }
  // Adds a controller whose address is not occupied yet; one without an address, or whose occupant is known, by
  // declare().
  void add(const PciController& controller);
  void declare(const PciController& controller);
  void remove(std::uint32_t index);
  // Counts the bridges below each expander bus, after the last declare().
  void count_bridges();

  // Precondition: nothing is at the address.
  void occupy(const Occupant& occupant);
  void vacate(const PciAddress& address);
  bool is_occupied(const PciAddress& address) const { return occupied_[address.bus][position_on_bus(address)]; }
  // nullptr if nothing is at the address. Linear.
  const Occupant* occupant(const PciAddress& address) const;
  // All devices and controllers with an address, controllers first.
  const std::vector<Occupant>& all_occupants() const { return occupants_; }
  // How many devices and controllers are plugged into the controller.
  std::size_t occupants(std::uint32_t index) const;
  // How many functions of the address' slot are in use.
  std::size_t occupants_of_slot(const PciAddress& address) const;
  // Whether the slot's function 0 says that there is no other.
  bool is_single(const PciAddress& address) const;
  // The slots of the controller's bus; those in use are taken.
  FreeList slots(std::uint32_t index) const;
  // The highest index that an address names. libvirt adds the controllers up to it that are not declared.
  std::uint32_t highest_bus() const;

  // The controllers from the root or an expander bus down to the one with the index. If the first is neither, the
  // domain declares nothing above it; empty if the domain does not declare the one with the index.
  std::vector<const PciController*> chain(std::uint32_t index) const;
  // The expander bus above the controller (or itself); nullptr if there is none.
  const PciController* expander_of(std::uint32_t index) const;
  // The guest cell that the guest sees for what is plugged into the controller; nullopt if none, or without ACPI.
  std::optional<std::uint32_t> cell_of(std::uint32_t index) const;
  // Where the guest has what is at the address, as GuestDevice::location describes it. A controller that is not
  // declared or has no address counts as a root port of its own on pcie-root.
  topology::Location location(const PciAddress& address) const;
  // Where libvirt will plug in a device without an address: a root port of its own. Each such device has a number.
  topology::Location location_to_come(std::uint32_t number) const;

  bool has_acpi() const { return has_acpi_; }
  // Devices and controllers without an address: libvirt will give each a root port.
  unsigned ports_to_come() const { return ports_to_come_; }
  void expect_ports(unsigned count) { ports_to_come_ += count; }
  // Buses below pcie-root and not below an expander bus, with so many root ports for devices without an address.
  unsigned root_buses(unsigned ports_to_come) const;
  // Indexes of the expander buses, ascending.
  const std::vector<std::uint32_t>& expanders() const { return expanders_; }

 private:
  // Counts a bridge for the expander bus above it, or no longer.
  void count_bridge(const PciController& controller, int by);
  static std::size_t position_on_bus(const PciAddress& address) {
    return std::size_t{8} * address.slot + address.function;
  }

  std::vector<PciController> controllers_;      // by index
  std::vector<std::uint32_t> expanders_;        // indexes, ascending
  std::array<std::bitset<256>, 256> occupied_;  // by index: slot * 8 + function
  std::vector<Occupant> occupants_;
  std::set<PciAddress> single_;  // of occupants, those with is_single
  unsigned ports_to_come_ = 0;
  bool has_acpi_;
};

}  // namespace vnuma::placement
