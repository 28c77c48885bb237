#include "controller_rules.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "../domain/bus_ranges.hpp"
#include "../domain/guest_numbering.hpp"
#include "../domain/machine.hpp"

namespace vnuma::placement {

namespace {

// "the pcie-root-port with index 3"; libvirt adds a root port for an index that is not declared.
std::string named(const PciController* controller, std::uint32_t index) {
  if (!controller) return fmt::format("bus {}, for which libvirt adds a pcie-root-port", index);
  const std::string_view model = name(controller->model);
  return fmt::format("the {} with index {}", model.empty() ? "controller" : model, index);
}

class ControllerRules {
 public:
  ControllerRules(const DomainView& view, const DiagnosticSink& sink)
      : domain_(view.domain), cells_(view.cells), pci_(view.pci), sink_(sink) {
    for (const PciController& controller : pci_.controllers()) by_position_[controller.position] = &controller;
  }

  void check() const {
    if (auto wrong = wrong_root(domain_)) sink_.add(*std::move(wrong));
    for (const PciController& controller : pci_.controllers()) check(controller);
    check_loops();
    check_chassis();
    check_root_range();
    for (const Occupant& occupant : pci_.all_occupants()) check(occupant);
  }

 private:
  const schema::ControllerTarget* target(const PciController& controller) const {
    const auto& found = domain_.devices->controllers[controller.position].target;
    return found ? &*found : nullptr;
  }

  void check(const PciController& controller) const {
    const std::string path = controller.path();
    if (controller.model == PciModel::other) {
      sink_.add(make_diagnostic(Code::unknown_model, path + "/@model", "libvirt knows no PCI controller of this model",
                                "use pcie-root-port, pcie-expander-bus or another model of libvirt"));
    }
    if (controller.is_expander()) check_expander(controller);
    // libvirt hands controllers to QEMU by index: "Bus 'pci.9' not found".
    if (controller.address && controller.index < controller.address->bus && pci_.find(controller.address->bus)) {
      sink_.add(make_diagnostic(Code::index_below_bus, path + "/@index",
                                fmt::format("index {} is below {}, that of its bus, so QEMU gets the bus too late",
                                            controller.index, controller.address->bus),
                                fmt::format("give it one above {}", controller.address->bus)));
    }
  }

  void check_expander(const PciController& controller) const {
    const std::string path = controller.path();
    if (!has_pcie_root(domain_)) {
      sink_.add(make_diagnostic(Code::no_pcie_root, path, "the machine has no PCIe root for an expander bus",
                                "use q35 (or virt on aarch64)"));
    }
    const schema::ControllerTarget* own = target(controller);
    if (!own || !own->numa_node) {
      sink_.add(make_diagnostic(Code::no_node, path, "the expander bus has no node, so the devices on it have none",
                                "name its guest cell in <target><node>"));
    } else if (controller.node && !find_cell(cells_, *controller.node)) {
      sink_.add(make_diagnostic(Code::unknown_cell, path + "/target/node",
                                fmt::format("the expander bus is on {}, which is not a guest cell", *controller.node),
                                "name one of the cells of <cpu><numa>"));
    }
    if (!controller.bus_nr) {
      const bool is_written = own && own->bus_nr;  // but out of range: already reported
      if (controller.buses_below > 1 && !is_written) sink_.add(absent_bus_number(controller));
      return;
    }
    // Each pair once.
    if (auto fault = range_fault(pci_, controller, controller.index)) sink_.add(*std::move(fault));
  }

  // Each loop once, at its lowest index.
  void check_loops() const {
    std::set<std::uint32_t> seen;
    for (const PciController& controller : pci_.controllers()) {
      std::set<std::uint32_t> on_path;
      const PciController* at = &controller;
      while (at && at->address && at->index != 0 && seen.insert(at->index).second) {
        on_path.insert(at->index);
        at = pci_.find(at->address->bus);
      }
      if (!at || !at->address || !on_path.contains(at->index)) continue;
      sink_.add(make_diagnostic(
          Code::controller_loop, at->path() + "/address/@bus",
          fmt::format("{} is plugged into itself through bus {}", named(at, at->index), at->address->bus),
          "plug one of the controllers into pcie-root or an expander bus"));
    }
  }

  // libvirt gives a port without a chassis its index, and QEMU wants each once.
  void check_chassis() const {
    std::map<std::uint32_t, const PciController*> ports;
    for (const PciController& port : pci_.controllers()) {
      if (!port.is_port()) continue;
      const schema::ControllerTarget* own = target(port);
      if (own && own->chassis && !port.chassis) continue;  // not a number: already reported
      const std::uint32_t chassis = port.chassis.value_or(port.index);
      const auto [other, is_first] = ports.emplace(chassis, &port);
      if (is_first) continue;
      sink_.add(make_diagnostic(
          Code::chassis_twice, port.path() + (port.chassis ? "/target/@chassis" : ""),
          fmt::format("controller[{}] also has the chassis {}{}", other->second->position + 1, chassis,
                      port.chassis && other->second->chassis ? "" : ", because the default of a chassis is the index"),
          "give each port its own"));
    }
  }

  // The buses below the root are numbered from 1 on.
  void check_root_range() const {
    const unsigned last = pci_.root_buses(ports_to_come());
    for (const PciController& expander : pci_.controllers()) {
      if (!expander.is_expander() || !expander.bus_nr || *expander.bus_nr > last) continue;
      sink_.add(
          make_diagnostic(Code::bus_nr_in_root_range, expander.path() + "/target/@busNr",
                          fmt::format("the bridges below the PCI root take the bus numbers up to {}, and busNr is {}",
                                      last, *expander.bus_nr),
                          "give it a higher one, with spare numbers between"));
    }
  }

  // Root ports that libvirt will certainly add: it fills empty ports first, and puts the first video card and sound
  // into slots of pcie-root.
  unsigned ports_to_come() const {
    const schema::Devices& devices = *domain_.devices;
    std::size_t others = 0;
    for (const PciController& port : pci_.controllers()) others += port.is_port() && pci_.occupants(port.index) == 0;
    others += !devices.video.empty() && !devices.video.front().address;
    for (const schema::SoundCard& card : devices.sound_cards) others += !card.address;
    return pci_.ports_to_come() - static_cast<unsigned>(std::min<std::size_t>(others, pci_.ports_to_come()));
  }

  void check(const Occupant& occupant) const {
    check_plug(occupant);
    const PciAddress& address = occupant.address;
    if (address.function != 0 && !has_function_0(pci_, address)) {
      sink_.add(make_diagnostic(
          Code::no_function_0, occupant.element.path() + "/address",
          fmt::format("there is no function 0 beside {}, so the guest does not see it", address.format()),
          "give it function 0, or a slot that has one"));
    }
    if (occupant.is_single && pci_.occupants_of_slot(address) > 1) {
      sink_.add(
          make_diagnostic(Code::multifunction_off, occupant.element.path() + "/address/@multifunction",
                          fmt::format("the slot of {} has other functions, and multifunction is off", address.format()),
                          "set multifunction='on'"));
    }
  }

  void check_plug(const Occupant& occupant) const {
    const PciAddress& address = occupant.address;
    const PciController* bus = pci_.find(address.bus);
    const PciController* own = nullptr;
    if (occupant.element.name == "controller") {
      const auto found = by_position_.find(occupant.element.position);
      if (found != by_position_.end()) own = found->second;
    }
    const std::string path = occupant.element.path() + "/address";
    const auto model = own ? std::optional(own->model) : std::nullopt;
    const PciModel into = bus ? bus->model : PciModel::root_port;
    if (own && own->is_root()) {
      sink_.add(make_diagnostic(Code::wrong_bus, path, "the PCI root has an address, but is plugged into nothing",
                                "remove its address"));
    } else if (model != PciModel::other && !accepts(into, model)) {
      sink_.add(make_diagnostic(
          Code::wrong_bus, path,
          fmt::format("a {} cannot be plugged into {}", own ? name(*model) : "device", named(bus, address.bus)),
          bus_for(model)));
    } else if ((into == PciModel::root_port || into == PciModel::downstream_port) && address.slot != 0) {
      sink_.add(make_diagnostic(Code::wrong_bus, path + "/@slot",
                                fmt::format("{} has no slot {}", named(bus, address.bus), address.slot),
                                "give it slot 0"));
    }
    if (is_of_q35(occupant)) {
      sink_.add(make_diagnostic(Code::address_twice, path,
                                fmt::format("q35 has a device of its own at {}", address.format()),
                                "use another address"));
    }
  }

  // LPC bridge, SATA and SMBus; libvirt lists the second as a controller.
  bool is_of_q35(const Occupant& occupant) const {
    const PciAddress& address = occupant.address;
    if (address.bus != 0 || address.slot != 0x1f || !is_q35(domain_)) return false;
    if (address.function != 2) return address.function == 0 || address.function == 3;
    return occupant.element.name != "controller" ||
           domain_.devices->controllers[occupant.element.position].type != "sata";
  }

  static std::string bus_for(std::optional<PciModel> model) {
    if (!model) return "plug it into a port";
    switch (*model) {
      case PciModel::expander: return "plug it into pcie-root";
      case PciModel::root_port: return "plug it into pcie-root or an expander bus";
      case PciModel::upstream_port: return "plug it into a pcie-root-port or pcie-switch-downstream-port";
      case PciModel::downstream_port: return "plug it into a pcie-switch-upstream-port";
      default: return "plug it into a controller that accepts it";
    }
  }

  const schema::Domain& domain_;
  const std::vector<GuestCell>& cells_;
  const PciTree& pci_;
  const DiagnosticSink& sink_;
  std::map<std::size_t, const PciController*> by_position_;
};

}  // namespace

void check_controllers(const DomainView& view, const DiagnosticSink& sink) {
  if (view.domain.devices) ControllerRules(view, sink).check();
}

std::optional<Diagnostic> wrong_root(const schema::Domain& domain) {
  if (!domain.devices || (!is_i440fx(domain) && !is_q35(domain))) return std::nullopt;
  const auto& controllers = domain.devices->controllers;
  const std::string_view right = is_q35(domain) ? "pcie-root" : "pci-root";
  const std::string_view wrong = is_q35(domain) ? "pci-root" : "pcie-root";
  const auto found = std::find_if(controllers.begin(), controllers.end(), [&](const schema::Controller& controller) {
    return controller.type == "pci" && controller.model == wrong;
  });
  if (found == controllers.end()) return std::nullopt;
  return make_diagnostic(
      Code::wrong_root, fmt::format("/domain/devices/controller[{}]/@model", found - controllers.begin() + 1),
      fmt::format("the machine {} has a {}, but the domain gives it a {}", *domain.os->type->machine, right, wrong),
      is_q35(domain) ? "write pcie-root" : "use the machine q35, or write pci-root");
}

std::vector<Diagnostic> empty_ports(const PciTree& pci) {
  std::vector<Diagnostic> found;
  for (const PciController& port : pci.controllers()) {
    if (!port.is_port() || pci.occupants(port.index) > 0 || !pci.expander_of(port.index)) continue;
    found.push_back(make_diagnostic(Code::empty_port, port.path(),
                                    "the port is empty and under an expander bus, so libvirt plugs the next device "
                                    "without an address into it",
                                    "remove it"));
  }
  return found;
}

}  // namespace vnuma::placement
