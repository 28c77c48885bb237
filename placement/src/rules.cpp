#include "rules.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <vnuma/topology/guest_map.hpp>

#include "passthrough.hpp"

namespace vnuma::placement {

namespace {

std::string path_of(const PciController& controller) { return Element{"controller", controller.position}.path(); }

// "the port with index 3"; libvirt makes root ports of those that are not declared.
std::string named(const PciController* controller, std::uint32_t index) {
  if (!controller) return fmt::format("index {}, for which libvirt adds a pcie-root-port", index);
  const std::string_view model = name(controller->model);
  return fmt::format("the {} with index {}", model.empty() ? "controller" : model, index);
}

class ControllerRules {
 public:
  ControllerRules(const schema::Domain& domain, const GuestPci& pci, const Faults& faults)
      : domain_(domain), pci_(pci), faults_(faults) {
    for (const PciController& controller : pci.controllers()) by_position_[controller.position] = &controller;
  }

  void check() const {
    for (const PciController& controller : pci_.controllers()) check(controller);
    check_circles();
    check_chassis();
    check_root_range();
    for (const GuestPci::Occupant& occupant : pci_.all_occupants()) check(occupant);
  }

 private:
  const schema::ControllerTarget* target(const PciController& controller) const {
    const auto& found = domain_.devices->controllers[controller.position].target;
    return found ? &*found : nullptr;
  }

  void check(const PciController& controller) const {
    const std::string path = path_of(controller);
    if (controller.model == PciModel::other) {
      faults_.add({Rule::model, path + "/@model", "libvirt knows no PCI controller of this model",
                   "give pcie-root-port, pcie-expander-bus or another that it knows"});
    }
    if (controller.is_expander()) check_expander(controller);
    // libvirt hands controllers to QEMU by index: "Bus 'pci.9' not found".
    if (controller.address && controller.index < controller.address->bus && pci_.find(controller.address->bus)) {
      faults_.add({Rule::index_below_bus, path + "/@index",
                   fmt::format("index {} is below that of its bus, {}, which QEMU is given later", controller.index,
                               controller.address->bus),
                   fmt::format("give it one above {}", controller.address->bus)});
    }
  }

  void check_expander(const PciController& controller) const {
    const std::string path = path_of(controller);
    if (!has_pcie_root(domain_)) {
      faults_.add({Rule::no_pcie_root, path, "the machine has no PCIe root for an expander bus",
                   "use q35 (or virt on aarch64)"});
    }
    const schema::ControllerTarget* own = target(controller);
    if (!own || !own->numa_node) {
      faults_.add({Rule::no_node, path, "the expander bus has no node, so what is on it is on none",
                   "name its guest cell in <target><node>"});
    } else if (controller.node && !is_cell(domain_, *controller.node)) {
      faults_.add({Rule::unknown_cell, path + "/target/node",
                   fmt::format("the expander bus is on {}, which is no guest cell", *controller.node),
                   "name one of the cells of <cpu><numa>"});
    }
    if (!controller.bus_nr) {
      const bool is_written = own && own->bus_nr;  // but out of range, which was said
      if (controller.buses_below > 1 && !is_written) faults_.add(absent_bus_number(controller));
      return;
    }
    // Each pair once.
    if (auto fault = pci_.range_fault(controller, controller.index)) faults_.add(std::move(*fault));
  }

  // Each circle once, at its lowest index.
  void check_circles() const {
    std::set<std::uint32_t> seen;
    for (const PciController& controller : pci_.controllers()) {
      std::set<std::uint32_t> way;
      const PciController* at = &controller;
      while (at && at->address && at->index != 0 && seen.insert(at->index).second) {
        way.insert(at->index);
        at = pci_.find(at->address->bus);
      }
      if (!at || !at->address || !way.contains(at->index)) continue;
      faults_.add({Rule::circle, path_of(*at) + "/address/@bus",
                   fmt::format("{} is plugged into itself, by way of bus {}", named(at, at->index), at->address->bus),
                   "plug one of the controllers into pcie-root or an expander bus"});
    }
  }

  // libvirt gives a port without a chassis its index, and QEMU wants each once.
  void check_chassis() const {
    std::map<std::uint32_t, const PciController*> ports;
    for (const PciController& port : pci_.controllers()) {
      if (!port.is_port()) continue;
      const schema::ControllerTarget* own = target(port);
      if (own && own->chassis && !port.chassis) continue;  // no number, which was said
      const std::uint32_t chassis = port.chassis.value_or(port.index);
      const auto [other, fresh] = ports.emplace(chassis, &port);
      if (fresh) continue;
      faults_.add({Rule::chassis_twice, path_of(port) + (port.chassis ? "/target/@chassis" : ""),
                   fmt::format("controller[{}] has the chassis {} too{}", other->second->position + 1, chassis,
                               port.chassis && other->second->chassis ? "" : ", as the index stands for an absent one"),
                   "give each port its own"});
    }
  }

  // The buses below the root are numbered from 1 on.
  void check_root_range() const {
    const unsigned last = pci_.root_buses(ports_to_come());
    for (const PciController& expander : pci_.controllers()) {
      if (!expander.is_expander() || !expander.bus_nr || *expander.bus_nr > last) continue;
      faults_.add({Rule::bus_nr_in_root_range, path_of(expander) + "/target/@busNr",
                   fmt::format("the bridges below the PCI root take the bus numbers up to {}, and busNr is {}", last,
                               *expander.bus_nr),
                   "give it a higher one, with room to spare"});
    }
  }

  // Root ports that libvirt is sure to add: it fills empty ports first, and has slots of pcie-root for the first video
  // card and for sound.
  unsigned ports_to_come() const {
    const schema::Devices& devices = *domain_.devices;
    std::size_t others = 0;
    for (const PciController& port : pci_.controllers()) others += port.is_port() && pci_.occupants(port.index) == 0;
    others += !devices.video.empty() && !devices.video.front().address;
    for (const schema::SoundCard& card : devices.sound_cards) others += !card.address;
    return pci_.ports_to_come() - static_cast<unsigned>(std::min<std::size_t>(others, pci_.ports_to_come()));
  }

  void check(const GuestPci::Occupant& occupant) const {
    check_plug(occupant);
    const PciAddress& address = occupant.address;
    if (address.function != 0 && !pci_.has_function_0(address)) {
      faults_.add({Rule::no_function_0, occupant.element.path() + "/address",
                   fmt::format("there is no function 0 beside {}, so the guest does not see it", address.format()),
                   "give it function 0, or a slot that has one"});
    }
    if (occupant.is_single && pci_.occupants_of_slot(address) > 1) {
      faults_.add({Rule::multifunction_off, occupant.element.path() + "/address/@multifunction",
                   fmt::format("the slot of {} has other functions, and multifunction is off", address.format()),
                   "turn it on"});
    }
  }

  void check_plug(const GuestPci::Occupant& occupant) const {
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
      faults_.add({Rule::wrong_bus, path, "the PCI root is plugged into nothing", "take its address away"});
    } else if (model != PciModel::other && !takes(into, model)) {
      faults_.add(
          {Rule::wrong_bus, path,
           fmt::format("a {} cannot be plugged into {}", own ? name(*model) : "device", named(bus, address.bus)),
           place_for(model)});
    } else if ((into == PciModel::root_port || into == PciModel::downstream_port) && address.slot != 0) {
      faults_.add({Rule::wrong_bus, path + "/@slot",
                   fmt::format("{} has no slot {}", named(bus, address.bus), address.slot), "give it slot 0"});
    }
    if (is_of_q35(occupant)) {
      faults_.add({Rule::address_twice, path, fmt::format("{} is taken by q35's own devices", address.format()),
                   "give it another"});
    }
  }

  // LPC bridge, SATA and SMBus; libvirt lists the second as a controller.
  bool is_of_q35(const GuestPci::Occupant& occupant) const {
    const PciAddress& address = occupant.address;
    if (address.bus != 0 || address.slot != 0x1f || !domain_.os || !domain_.os->type) return false;
    if (domain_.os->type->machine.value_or("").find("q35") == std::string::npos) return false;
    if (address.function != 2) return address.function == 0 || address.function == 3;
    return occupant.element.name != "controller" ||
           domain_.devices->controllers[occupant.element.position].type != "sata";
  }

  static std::string place_for(std::optional<PciModel> model) {
    if (!model) return "plug it into a port";
    switch (*model) {
      case PciModel::expander: return "plug it into pcie-root";
      case PciModel::root_port: return "plug it into pcie-root or an expander bus";
      case PciModel::upstream_port: return "plug it into a pcie-root-port or pcie-switch-downstream-port";
      case PciModel::downstream_port: return "plug it into a pcie-switch-upstream-port";
      default: return "plug it into a controller that takes it";
    }
  }

  const schema::Domain& domain_;
  const GuestPci& pci_;
  const Faults& faults_;
  std::map<std::size_t, const PciController*> by_position_;
};

// What hangs on a bus, by slot and function, with the lowest host address in or below it.
using Branches = std::map<PciAddress, const PlannedDevice*>;

void keep_lowest(const PlannedDevice*& lowest, const PlannedDevice& device) {
  if (!lowest || *device.source < *lowest->source) lowest = &device;
}

void check_order(const std::string& path, const std::string& what, const auto& branches, const Faults& faults) {
  const PlannedDevice* last = nullptr;
  for (const auto& [place, lowest] : branches) {
    if (last && *lowest->source < *last->source) {
      faults.add({Rule::guest_order, path,
                  fmt::format("the guest lists {} before {}, the host after it", last->name(), lowest->name()),
                  fmt::format("give {} the order of the host's addresses", what)});
      return;
    }
    last = lowest;
  }
}

}  // namespace

bool is_virt(const schema::OSType& type) {
  return type.machine && (*type.machine == "virt" || type.machine->starts_with("virt-"));
}

bool has_pcie_root(const schema::Domain& domain) {
  if (domain.devices) {
    for (const schema::Controller& controller : domain.devices->controllers) {
      if (controller.type == "pci" && controller.model == "pcie-root") return true;
      if (controller.type == "pci" && controller.model == "pci-root") return false;
    }
  }
  if (!domain.os || !domain.os->type || !domain.os->type->machine) return false;
  const schema::OSType& type = *domain.os->type;
  if (type.machine->find("q35") != std::string::npos) return true;
  return is_virt(type) && (!type.arch || *type.arch == "aarch64");
}

bool is_cell(const schema::Domain& domain, std::uint32_t node) {
  if (!domain.cpu || !domain.cpu->numa) return false;
  std::uint32_t position = 0;
  for (const schema::NUMACell& cell : domain.cpu->numa->cells) {
    if ((cell.id.valid() ? *cell.id : position) == node) return true;
    ++position;
  }
  return false;
}

std::optional<Fault> acpi_off(const schema::Domain& domain) {
  if (domain.features && domain.features->acpi) return std::nullopt;
  return Fault{Rule::acpi_off, "/domain", "ACPI is off, so the guest sees node -1 for every device",
               "add <features><acpi/></features>"};
}

std::optional<Fault> cells_missing(const schema::Domain& domain) {
  if (!topology::has_guest_cells(domain)) {
    return Fault{Rule::no_cells, "/domain", "the guest has no NUMA cells for its passthrough devices to be on",
                 fmt::format("{}add a cell for each host node, as <cpu><numa><cell id='0' cpus='0-3' memory='8' "
                             "unit='GiB'/></numa></cpu>, and pin its vCPUs to that node, as <cputune><vcpupin vcpu='0' "
                             "cpuset='0'/></cputune>; vnuma generate makes both of a KubeVirt manifest",
                             has_pcie_root(domain) ? "" : "use q35 (or virt on aarch64), and ")};
  }
  const bool has_pins = domain.cpu_tune && !domain.cpu_tune->vcpu_pin.empty();
  const bool has_memnodes = domain.numa_tune && !domain.numa_tune->mem_nodes.empty();
  // With placement='auto' libvirt asks numad and ignores cpuset, as for the guest map.
  const bool has_cpus = domain.vcpu && domain.vcpu->cpu_set && domain.vcpu->placement != "auto";
  if (has_pins || has_memnodes || has_cpus) return std::nullopt;
  return Fault{
      Rule::loose_cells, "/domain/cpu/numa",
      "nothing says which host nodes the guest cells stand for: no vCPU is pinned, and no memnode names a node",
      "pin the vCPUs of each cell to its node, as <cputune><vcpupin vcpu='0' cpuset='0'/></cputune>, or name "
      "the node, as <numatune><memnode cellid='0' mode='strict' nodeset='0'/></numatune>"};
}

Fault absent_bus_number(const PciController& expander) {
  return {Rule::bus_nr_missing, path_of(expander),
          "the expander bus has no busNr, and libvirt's choice leaves room for one port", "give it one"};
}

std::vector<Fault> empty_ports(const GuestPci& pci) {
  std::vector<Fault> faults;
  for (const PciController& port : pci.controllers()) {
    if (!port.is_port() || pci.occupants(port.index) > 0 || !pci.expander_of(port.index)) continue;
    faults.push_back({Rule::empty_port, path_of(port),
                      "the port is empty and under an expander bus, so libvirt plugs the next device without an "
                      "address into it",
                      "remove it"});
  }
  return faults;
}

void check_controllers(const schema::Domain& domain, const GuestPci& pci, const Faults& faults) {
  if (domain.devices) ControllerRules(domain, pci, faults).check();
}

void check_order(const GuestPci& pci, const std::vector<PlannedDevice>& devices, const Faults& faults) {
  std::map<std::uint32_t, Branches> buses;                                       // by index
  std::map<std::pair<unsigned, std::uint32_t>, const PlannedDevice*> expanders;  // by busNr, index
  for (const PlannedDevice& device : devices) {
    if (!device.address || !device.source) continue;
    const PciController* expander = pci.expander_of(device.address->bus);
    if (!expander || !expander->bus_nr) continue;
    keep_lowest(expanders[{*expander->bus_nr, expander->index}], device);
    for (PciAddress place = *device.address;;) {
      keep_lowest(buses[place.bus][place], device);
      const PciController& above = *pci.find(place.bus);
      if (above.is_expander()) break;
      place = *above.address;
    }
  }
  for (const auto& [index, branches] : buses) {
    check_order(path_of(*pci.find(index)), "what is on this bus", branches, faults);
  }
  check_order("/domain/devices", "the busNr of the expander buses", expanders, faults);
}

}  // namespace vnuma::placement
