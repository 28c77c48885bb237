// GuestPci: the PCI tree that a domain declares: which controllers there are, what is plugged in where.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <vnuma/placement/bus_numbers.hpp>
#include <vnuma/placement/free_list.hpp>
#include <vnuma/placement/plan.hpp>

#include "faults.hpp"

namespace vnuma::placement {

enum class PciModel {
  pcie_root,
  pci_root,
  expander,
  root_port,
  upstream_port,
  downstream_port,
  dmi_bridge,   // from PCIe to conventional PCI, on the root complex
  pcie_bridge,  // the same, on a port
  pci_bridge,
  pci_expander,
  other,
};

// libvirt's name of the model; empty for another.
std::string_view name(PciModel model);

// Whether a controller takes another on its bus; where `plugged` is nullopt, whether it takes devices.
bool takes(PciModel bus, std::optional<PciModel> plugged);

inline constexpr std::size_t not_declared = std::numeric_limits<std::size_t>::max();

// A PCI controller of the domain, or one that the plan adds.
struct PciController {
  std::size_t position = 0;  // in Devices::controllers; not_declared for a PCI root that is not there
  std::uint32_t index = 0;
  PciModel model = PciModel::other;
  std::optional<PciAddress> address{};  // bus = index of the controller it plugs into
  std::optional<std::uint32_t> bus_nr{};
  std::optional<std::uint32_t> node{};
  std::optional<std::uint32_t> chassis{};
  unsigned buses_below = 0;  // of an expander bus: the bridges below it

  bool is_expander() const { return model == PciModel::expander; }
  // A slot 0 for one device.
  bool is_port() const { return model == PciModel::root_port || model == PciModel::downstream_port; }
  bool is_upstream() const { return model == PciModel::upstream_port; }
  bool is_root() const { return model == PciModel::pcie_root || model == PciModel::pci_root; }
  // Whether it opens a bus of its own in the guest's numbering.
  bool is_bridge() const { return !is_expander() && !is_root(); }
};

// An element of <devices>: "hostdev", and its position among those of this name.
struct Element {
  std::string_view name;
  std::size_t position = 0;
  std::string path() const;  // "/domain/devices/hostdev[2]"
};

// The whole PCI address in the guest; nullopt if there is none, or none yet: domain, bus and slot all 0
// (virPCIDeviceAddressIsEmpty). Throws PlanError for numbers out of range and for a domain other than 0, which no
// machine has.
std::optional<PciAddress> guest_address(const schema::Box<schema::Address>& address, const Element& of);
// The same, with faults collected or thrown.
std::optional<PciAddress> guest_address(const schema::Box<schema::Address>& address, const Element& of,
                                        const Faults& faults);

class GuestPci {
 public:
  // What is at an address.
  struct Occupant {
    PciAddress address;
    Element element;
    bool is_single = false;  // function 0 that says it is alone: multifunction='off'
  };

  // Reads the domain. Faults are what no plan can be made on: thrown as PlanError, or collected; then what is at fault
  // is left out.
  explicit GuestPci(const schema::Domain& domain, const Faults& faults = {});

  // By index. What points at one is void after add and remove.
  const std::vector<PciController>& controllers() const { return controllers_; }
  // nullptr if the domain does not declare it.
  const PciController* find(std::uint32_t index) const;
  // The controller with index 0, which is always there.
  const PciController& root() const { return controllers_.front(); }
  void add(const PciController& controller);
  void remove(std::uint32_t index);

  // A device or controller at an address. Throws PlanError if there is one.
  void occupy(const Occupant& occupant, const Faults& faults = {});
  void occupy(const PciAddress& address, const Element& element) { occupy({address, element}); }
  void vacate(const PciAddress& address);
  bool is_occupied(const PciAddress& address) const { return occupied_[address.bus][place_on_bus(address)]; }
  // All devices and controllers with an address, controllers first.
  const std::vector<Occupant>& all_occupants() const { return occupants_; }
  // How many devices and controllers are plugged into the controller.
  std::size_t occupants(std::uint32_t index) const;
  // How many functions of the address' slot are in use.
  std::size_t occupants_of_slot(const PciAddress& address) const;
  // Whether the slot's function 0 says that there is no other.
  bool is_single(const PciAddress& address) const;
  // The slots of the controller's bus, those in use taken.
  FreeList slots(std::uint32_t index) const;
  // The highest index that an address names. libvirt adds the controllers up to it that are not declared.
  std::uint32_t highest_bus() const;

  // The controllers from the root or an expander bus down to the one with the index. If the first is neither, nothing
  // is above it that the domain declares; empty if the domain does not declare the one with the index.
  std::vector<const PciController*> chain(std::uint32_t index) const;
  // Where the guest has what is at the address, as GuestDevice::place says; a controller that is not declared, or has
  // no address, counts as a root port of its own on pcie-root.
  topology::Place place(const PciAddress& address) const;
  // Where libvirt will plug in a device without an address: a root port of its own. Each such device has a number.
  topology::Place place_to_come(std::uint32_t number) const;
  // The expander bus above the controller (or itself); nullptr if there is none.
  const PciController* expander_of(std::uint32_t index) const;
  // The buses that an expander bus needs: its own, and one for each bridge below it.
  static BusRange range_of(const PciController& expander) {
    return {*expander.bus_nr, *expander.bus_nr + expander.buses_below};
  }
  // What is wrong with the bus numbers of an expander bus that has a busNr, beside the others whose index is below
  // `end`; nullopt if nothing is.
  std::optional<Fault> range_fault(const PciController& expander, std::uint32_t end = 256) const;
  // Whether the slot of the address has a function 0, without which the guest does not look for others.
  bool has_function_0(const PciAddress& address) const;
  // Why the guest does not see a device at the address; empty if it does, as far as the domain tells.
  std::string fault(const PciAddress& address) const;

  // Devices and controllers that libvirt will give a root port of their own, as they have no address.
  unsigned ports_to_come() const { return ports_to_come_; }
  // Buses below pcie-root and not below an expander bus, with so many root ports for devices without an address.
  unsigned root_buses(unsigned ports_to_come) const;

  // For each controller whose bus number is known: the number that the guest gives its secondary bus. Depth first
  // from busNr, in slot and function order.
  std::map<std::uint32_t, std::uint8_t> guest_buses() const;
  // What the guest will call the device at the address, by the guest_buses(); nullopt where that is not known.
  static std::optional<PciAddress> guest_bdf(const PciAddress& address,
                                             const std::map<std::uint32_t, std::uint8_t>& buses);

 private:
  void read_controllers(const std::vector<schema::Controller>& controllers, const Faults& faults);
  void read_controller(const schema::Controller& from, const Element& element, std::uint32_t index_if_absent,
                       const Faults& faults);
  void insert(const PciController& controller);
  void occupy(const schema::Address& from, const PciAddress& address, const Element& element, const Faults& faults);
  // Counts a bridge for the expander bus above it, or no longer.
  void count_bridge(const PciController& controller, int by);
  static std::size_t place_on_bus(const PciAddress& address) {
    return std::size_t{8} * address.slot + address.function;
  }

  std::vector<PciController> controllers_;      // by index
  std::vector<std::uint32_t> expanders_;        // indexes of the expander buses, ascending
  std::array<std::bitset<256>, 256> occupied_;  // by index: slot * 8 + function
  std::vector<Occupant> occupants_;
  std::set<PciAddress> single_;  // of occupants, those that are
  unsigned ports_to_come_ = 0;
  bool has_acpi_ = false;
};

}  // namespace vnuma::placement
