// Assignment: the numbers and addresses of what a plan adds: index, chassis, port, slot and busNr.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <vnuma/placement/bus_numbers.hpp>
#include <vnuma/placement/free_list.hpp>
#include <vnuma/placement/plan.hpp>

#include "../domain/domain_view.hpp"
#include "assigned_device.hpp"
#include "branches.hpp"
#include "host_locations.hpp"
#include "moves.hpp"

namespace vnuma::placement {

// Slots, indexes or bus numbers do not suffice. A plan that mirrors less may need fewer.
class Exhausted : public PlanError {
 public:
  explicit Exhausted(std::string message, std::string remedy = {}, std::string path = "/domain/devices",
                     Code code = Code::numbers_exhausted)
      : PlanError(make_diagnostic(code, std::move(path), std::move(message), std::move(remedy))) {}
};

// The bus numbers that are left for new expander buses: behind those that the guest gives to what is plugged into
// pcie-root, to what libvirt will add there (`ports_to_come`), and to some spare ones; and not those of expander buses
// that have a busNr.
BusNumbers free_bus_numbers(const PciTree& pci, unsigned ports_to_come);

// A new expander bus: its guest cell and what it holds.
struct NewExpander {
  std::uint32_t cell = 0;
  std::string why;  // the expander bus is new
  std::vector<Branch> branches;
};

// The result of assign_ports.
struct AssignedPorts {
  PciTree pci;                            // as it will be
  std::vector<AssignedDevice> devices{};  // one for each of DomainView::devices
  std::vector<PlannedController> controllers{};
  std::vector<Diagnostic> warnings{};
};

// The one thing that changes while ports are chosen: the PCI tree as it will be, the controllers that are added, and
// the devices' addresses.
class Assignment {
 public:
  // `domain` and `locations` must outlive it.
  Assignment(const DomainView& domain, const HostLocations& locations, const Moves& moves, const Options& options);

  const PciTree& pci() const { return pci_; }
  const std::vector<AssignedDevice>& devices() const { return devices_; }
  // All that was assigned, without a copy.
  AssignedPorts take() && { return {std::move(pci_), std::move(devices_), std::move(controllers_)}; }

  // The words of a reason; empty without Options::explain.
  template <class... Args>
  std::string reason(fmt::format_string<Args...> text, Args&&... args) const {
    return explain_ ? fmt::format(text, std::forward<Args>(args)...) : std::string();
  }

  // Why the branches do not fit on an existing controller, behind what is on it; empty if they do. The controller is an
  // expander bus, or a switch (the index of its upstream port) below one.
  std::string shortage(std::uint32_t bus, const std::vector<Branch>& branches) const;
  // The same for so many ports, with so many buses in all.
  std::string shortage(std::uint32_t bus, std::size_t ports, unsigned buses) const;
  // Adds them to the controller: a slot each or, if the slots do not suffice, a function each. `why`: what the
  // controller is, as in "on that expander bus, which is new". Throws Exhausted.
  void add(std::uint32_t bus, const std::vector<Branch>& branches, const std::string& why);
  // Adds expander buses, in the order of the host's addresses as far as bus numbers allow. Throws Exhausted.
  void add(const std::vector<NewExpander>& expanders);
  // Plugs devices into a port. `why`: the reason for that port.
  void plug(const Group& group, std::uint32_t port, std::string why);
  // Gives a device the address.
  void plug(std::size_t device, const PciAddress& address, bool multifunction, std::string why);
  // Throws Exhausted if too few indexes are left for what libvirt will add.
  void check_indexes() const;

 private:
  struct Numbered {
    BusRange range;
    std::string why;
  };

  std::vector<unsigned> free_slots(std::uint32_t bus) const;
  std::vector<Numbered> bus_ranges(const std::vector<NewExpander>& expanders);
  std::vector<BusRequest> bus_requests(const std::vector<NewExpander>& expanders) const;
  [[noreturn]] void refuse_buses(const std::vector<BusRequest>& requests) const;
  std::string why(const BusRange& range, const BusRequest& request, unsigned alignment) const;
  std::map<std::uint32_t, PciAddress> lowest_sources() const;
  std::uint32_t add_expander(const NewExpander& expander, Numbered numbered);
  void add(const Branch& branch, PlannedController port, const std::string& why);
  std::uint32_t add_controller(PciModel model, PlannedController planned);
  void because(std::vector<std::string>& why, std::string reason) const {
    if (explain_) why.push_back(std::move(reason));
  }
  std::uint32_t next_index(std::uint32_t least = 1);
  std::uint32_t chassis(std::uint32_t index);
  std::uint8_t root_slot() const;

  const DomainView& domain_;
  const HostLocations& locations_;
  PciTree pci_;
  std::vector<AssignedDevice> devices_;  // one for each of the domain's
  std::vector<PlannedController> controllers_;
  FreeList indexes_{1, 255};
  FreeList chassis_{1, 255};
  std::size_t indexes_of_others_ = 0;  // taken in the domain
  std::size_t chassis_of_others_ = 0;
  std::size_t buses_of_others_ = 0;  // of what is on the root, or will be, and of expander buses
  BusNumbers buses_;
  unsigned ports_to_come_;
  unsigned reserve_;  // bus numbers that stay free behind each new expander bus
  bool explain_;
};

}  // namespace vnuma::placement
