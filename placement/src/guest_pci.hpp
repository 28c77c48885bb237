// GuestPci: the PCI tree that a domain declares: which controllers there are, what is plugged in where.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <vnuma/placement/free_list.hpp>
#include <vnuma/placement/plan.hpp>

namespace vnuma::placement {

// A PCI controller of the domain, or one that the plan adds.
struct Controller {
  std::size_t position = 0;  // in Devices::controllers
  std::uint32_t index = 0;
  std::string model;
  std::optional<PciAddress> address;  // bus = index of the controller it plugs into
  std::optional<std::uint32_t> bus_nr;
  std::optional<std::uint32_t> node;
  std::optional<std::uint32_t> chassis;

  bool is_expander() const { return model == "pcie-expander-bus"; }
  bool is_root_port() const { return model == "pcie-root-port"; }
  // Whether it opens a bus of its own in the guest's numbering.
  bool is_bridge() const { return !is_expander() && model != "pcie-root" && model != "pci-root"; }
};

// The whole PCI address in the guest; nullopt if there is none, or only a part (all zeros is none, as in libvirt).
// Throws PlanError for numbers out of range.
std::optional<PciAddress> guest_address(const schema::Box<schema::Address>& address, const std::string& path);

class GuestPci {
 public:
  // Reads the domain. Throws PlanError for what no plan can be made on.
  explicit GuestPci(const schema::Domain& domain);

  const std::map<std::uint32_t, Controller>& controllers() const { return controllers_; }
  void add(const Controller& controller);
  void remove(std::uint32_t index);

  // One device or controller more, or less, at an address.
  void occupy(const PciAddress& address);
  void vacate(const PciAddress& address);
  // How many devices and controllers are plugged into the controller.
  std::size_t occupants(std::uint32_t index) const;
  // The slots of the controller's bus, those in use taken.
  FreeList slots(std::uint32_t index) const;
  // Whether another function of the address' slot is in use.
  bool slot_shared(const PciAddress& address) const;

  // The expander bus above the controller (or itself); nullptr if there is none.
  const Controller* expander_of(std::uint32_t index) const;
  // The buses that an expander bus needs: its own, and one for each bridge below it.
  unsigned buses_below(std::uint32_t index) const;
  // PCI controllers below pcie-root, and devices without an address, for each of which libvirt may add a root port.
  unsigned root_buses() const { return root_buses_; }

  // For each controller whose bus number is known: the number that the guest gives its secondary bus. Depth first
  // from busNr, in slot and function order.
  std::map<std::uint32_t, std::uint8_t> guest_buses() const;

 private:
  void read_controllers(const std::vector<schema::Controller>& controllers);

  std::map<std::uint32_t, Controller> controllers_;
  std::map<std::uint32_t, std::map<std::uint32_t, std::size_t>> occupied_;  // index -> slot * 8 + function -> count
  unsigned root_buses_ = 0;
};

}  // namespace vnuma::placement
