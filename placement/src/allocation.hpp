// Allocation: the numbers of what a plan adds to a guest's PCI tree: index, chassis, port, address and busNr.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <vnuma/placement/bus_numbers.hpp>
#include <vnuma/placement/free_list.hpp>
#include <vnuma/placement/plan.hpp>

#include "guest_pci.hpp"
#include "mirror.hpp"

namespace vnuma::placement {

// Slots, indexes or bus numbers do not suffice. A plan that mirrors less may do with those that there are.
class Exhausted : public PlanError {
 public:
  using PlanError::PlanError;
};

// The bus numbers that are left for new expander buses: behind those that the guest gives to what is plugged into
// pcie-root, to what libvirt will add there (`ports_to_come`), and to some spare ones, and not those of expander buses
// that have a busNr.
BusNumbers free_bus_numbers(const GuestPci& pci, unsigned ports_to_come);

// A new expander bus: its guest cell and what it holds.
struct NewExpander {
  std::uint32_t cell = 0;
  std::string why;  // there is a new one, for a person
  std::vector<Branch> branches;
};

class Allocation {
 public:
  // `ports_to_come`: root ports that libvirt will add. Both the plan and the tree grow.
  Allocation(Plan& plan, GuestPci& pci, unsigned ports_to_come, const Options& options);

  // The words of a reason; none where they are not wanted.
  template <class... Args>
  std::string reason(fmt::format_string<Args...> text, Args&&... args) const {
    return explain_ ? fmt::format(text, std::forward<Args>(args)...) : std::string();
  }

  // Why the branches do not fit on a controller that is there, behind what is on it; empty if they do. It is an
  // expander bus, or a switch (the index of its upstream port) below one.
  std::string shortage(std::uint32_t bus, const std::vector<Branch>& branches) const;
  // The same for so many ports on it, with so many buses in all.
  std::string shortage(std::uint32_t bus, std::size_t ports, unsigned buses) const;
  // Puts them there, a slot each or, where the slots do not suffice, a function each. `why` there, for a person: "on
  // that expander bus, which is new". Throws Exhausted.
  void add(std::uint32_t bus, const std::vector<Branch>& branches, const std::string& why);
  // Adds expander buses, in the order of the host's addresses as far as bus numbers allow. Throws Exhausted.
  void add(const std::vector<NewExpander>& expanders);
  // Plugs devices into a port. `why` it is that port, for a person.
  void plug(const Group& group, std::uint32_t port, std::string why);
  // Gives a device (a position in Plan::devices) the address.
  void plug(std::size_t device, const PciAddress& address, bool multifunction, std::string why);
  // Throws Exhausted if too few indexes are left for what libvirt will add.
  void check_indexes() const;

 private:
  std::vector<unsigned> free_slots(std::uint32_t bus) const;
  // For each, and why it is that one, where that is wanted.
  std::vector<std::pair<BusRange, std::string>> bus_ranges(const std::vector<NewExpander>& expanders);
  std::string why(const BusRange& range, const BusRequest& request, unsigned alignment) const;
  std::map<std::uint32_t, PciAddress> lowest_sources() const;
  std::uint32_t add_expander(const NewExpander& expander, unsigned bus_nr, std::string why_number);
  void add(const Branch& branch, PlannedController port, const std::string& why);
  std::uint32_t add_controller(PciModel model, PlannedController planned);
  void because(std::vector<std::string>& why, std::string reason) const {
    if (explain_) why.push_back(std::move(reason));
  }
  std::uint32_t next_index(std::uint32_t least = 1);
  std::uint32_t chassis(std::uint32_t index);
  std::uint8_t root_slot() const;

  Plan& plan_;
  GuestPci& pci_;
  FreeList indexes_{1, 255};
  FreeList chassis_{1, 255};
  std::size_t indexes_of_others_ = 0;  // taken when the domain came
  std::size_t chassis_of_others_ = 0;
  std::size_t buses_of_others_ = 0;  // of what is on the root, there or to come, and of expander buses
  BusNumbers buses_;
  unsigned ports_to_come_;
  unsigned reserve_;  // bus numbers that stay free behind each new expander bus
  bool explain_;
};

}  // namespace vnuma::placement
