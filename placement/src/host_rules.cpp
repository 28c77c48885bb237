#include "host_rules.hpp"

#include <map>
#include <utility>

#include <fmt/format.h>

#include <vnuma/topology/guest_map.hpp>

#include "cells.hpp"
#include "passthrough.hpp"
#include "rules.hpp"

namespace vnuma::placement {

namespace {

class HostRules {
 public:
  HostRules(const schema::Domain& domain, const topology::Host& host, const GuestPci& pci,
            std::vector<PlannedDevice>& devices, const Faults& faults)
      : domain_(domain), host_(host), pci_(pci), devices_(devices), faults_(faults) {}

  void check() {
    topology::GuestMap map = guest_map();
    for (PlannedDevice& device : devices_) find_on_host(device);
    add_device_cells(map);
    for (PlannedDevice& device : devices_) check_cell(device, map);
    check_switches();
  }

 private:
  topology::GuestMap guest_map() const {
    topology::GuestMap map;
    try {
      map = topology::guest_map(domain_, host_);
    } catch (const schema::ValueError& error) {
      faults_.add(fault_of(Rule::value, error));
    } catch (const schema::Error& error) {
      faults_.add(fault_of(Rule::host_cpus, error));
    }
    // What is a warning there is thrown if `strict`, with its path; the first is enough.
    if (map.warnings.empty()) return map;
    faults_.read([&] { return topology::guest_map(domain_, host_, true); }, Rule::memnodes);
    return map;
  }

  // Cells that were made for devices are known by these, as for plan.
  void add_device_cells(topology::GuestMap& map) const {
    if (!topology::has_guest_cells(domain_)) return;
    const Options options;
    Plan plan;
    plan.devices = devices_;
    try {
      Alignment(domain_, host_, options, pci_, plan, map).extend();
    } catch (const schema::Error&) {
      // A fault of the domain that has a rule of its own.
    }
  }

  void find_on_host(PlannedDevice& device) const {
    const topology::PciDevice* found = placement::find_on_host(device, host_);
    if (!found) {
      faults_.add({Rule::not_on_host, path_of(device) + "/source", missing_on_host(device),
                   "name a device that it has, or the host that the domain is for"});
      return;
    }
    device.host_node = found->numa_node;
    device.host_place = topology::place_of(*found);
  }

  void check_cell(PlannedDevice& device, const topology::GuestMap& map) const {
    const auto cell = device.host_node ? map.cells.find(*device.host_node) : map.cells.end();
    if (cell == map.cells.end()) return;
    device.guest_cell = cell->second;
    const PciController* expander = device.address ? pci_.expander_of(device.address->bus) : nullptr;
    if (expander && expander->node == cell->second) return;
    if (device.address && !expander && !hangs_on_root(*device.address)) return;  // who knows; another rule speaks
    faults_.add({Rule::wrong_cell, path_of(device),
                 fmt::format("{} is on host node {}, which is guest cell {}, and the guest has it on {}", device.name(),
                             *device.host_node, cell->second,
                             expander && expander->node ? fmt::format("cell {}", *expander->node) : "no cell"),
                 has_pcie_root(domain_)
                     ? device.address ? "move it with vnuma place --readdress" : "place it with vnuma place"
                     : "vnuma place can put it there on a machine with PCIe; use q35 (or virt on aarch64)"});
  }

  bool hangs_on_root(const PciAddress& address) const {
    const auto chain = pci_.chain(address.bus);
    return chain.empty() || chain.front()->index == 0 || !chain.front()->address;
  }

  // The switches of the guest above a device, by the index of their upstream ports.
  std::vector<std::uint32_t> switches_above(const PlannedDevice& device) const {
    std::vector<std::uint32_t> switches;
    if (!device.address || !device.host_place) return switches;
    for (const PciController* controller : pci_.chain(device.address->bus)) {
      if (controller->is_upstream()) switches.push_back(controller->index);
    }
    return switches;
  }

  // A switch of the guest stands for the switch of the host that most of its devices are below. One of another is
  // nearer to these than on the host.
  void check_switches() const {
    using HostSwitch = std::pair<std::string, std::vector<PciAddress>>;
    std::map<std::uint32_t, std::map<HostSwitch, std::vector<const PlannedDevice*>>> below;
    for (const PlannedDevice& device : devices_) {
      for (const std::uint32_t index : switches_above(device)) {
        below[index][{device.host_place->root_complex, device.host_place->switches}].push_back(&device);
      }
    }
    std::map<const PlannedDevice*, const PlannedDevice*> wrong;  // and a device of the switch
    for (const auto& [index, of_host] : below) {
      auto most = of_host.begin();
      for (auto one = of_host.begin(); one != of_host.end(); ++one) {
        if (one->second.size() > most->second.size()) most = one;
      }
      for (auto one = of_host.begin(); one != of_host.end(); ++one) {
        for (const PlannedDevice* device : one->second) {
          if (one != most && is_nearer(*device, *most->second.front())) wrong.emplace(device, most->second.front());
        }
      }
    }
    for (const PlannedDevice& device : devices_) {
      const auto found = wrong.find(&device);
      if (found != wrong.end()) say_wrong_switch(device, *found->second);
    }
  }

  bool is_nearer(const PlannedDevice& device, const PlannedDevice& other) const {
    return topology::level(pci_.place(*device.address), pci_.place(*other.address)) <
           topology::level(*device.host_place, *other.host_place);
  }

  void say_wrong_switch(const PlannedDevice& device, const PlannedDevice& other) const {
    faults_.add(
        {Rule::wrong_switch, path_of(device),
         fmt::format("{} shares a PCIe switch with {} in the guest ({}), and not on the host ({})", device.name(),
                     other.name(),
                     topology::name(topology::level(pci_.place(*device.address), pci_.place(*other.address))),
                     topology::name(topology::level(*device.host_place, *other.host_place))),
         "plug it into a port of its own switch, or take its address away and use vnuma place --mirror switch"});
  }

  const schema::Domain& domain_;
  const topology::Host& host_;
  const GuestPci& pci_;
  std::vector<PlannedDevice>& devices_;
  const Faults& faults_;
};

}  // namespace

void check_host(const schema::Domain& domain, const topology::Host& host, const GuestPci& pci,
                std::vector<PlannedDevice>& devices, const Faults& faults) {
  HostRules(domain, host, pci, devices, faults).check();
}

}  // namespace vnuma::placement
