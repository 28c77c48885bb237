#include "guest_pci.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <vnuma/schema/xml.hpp>

namespace vnuma::placement {

namespace {

// A number of a PCI controller that is 8 bits wide.
std::optional<std::uint32_t> byte(const auto& scalar, const std::string& path, std::uint32_t least = 0,
                                  std::uint32_t most = 255) {
  if (!scalar) return std::nullopt;
  const std::uint32_t value = *scalar;
  if (value < least || value > most) {
    throw PlanError(path, fmt::format("{} is out of range; expected {} to {}", value, least, most));
  }
  return value;
}

// Whether the device is a PCI device, to which libvirt gives an address if it has none.
template <class T>
bool on_pci(const T&) {
  return true;
}
bool on_pci(const schema::Disk& disk) {
  return !disk.target || !disk.target->bus || *disk.target->bus == "virtio" || *disk.target->bus == "nvme";
}
bool on_pci(const schema::MemBalloon& balloon) { return balloon.model != "none"; }
bool on_pci(const schema::HostDevice& device) {
  return (device.type == "pci" || device.type == "mdev") && !(device.address && device.address->type == "unassigned");
}
bool on_pci(const schema::Controller& controller) {
  const auto is = [&](const char* type) { return controller.type == type; };
  return (is("usb") && controller.model != "none") || is("scsi") || is("virtio-serial") || is("nvme");
}

// The name of the root or an expander bus, as libvirt has it.
std::string root_name(const PciController& root) {
  if (root.is_expander()) return fmt::format("pci.{}", root.index);
  return root.model == "pci-root" ? "pci.0" : "pcie.0";
}

}  // namespace

std::optional<PciAddress> guest_address(const schema::Box<schema::Address>& address, const std::string& path) {
  if (!address || (address->type && *address->type != "pci")) return std::nullopt;
  const PciAddress whole = topology::pci_address(*address, path + "/address");
  if (whole.domain != 0) {
    throw PlanError(path + "/address/@domain",
                    fmt::format("{:#x} is no PCI domain of the guest; the only one is 0", whole.domain));
  }
  if (whole.bus == 0 && whole.slot == 0) return std::nullopt;
  return whole;
}

GuestPci::GuestPci(const schema::Domain& domain) : has_acpi_(domain.features && domain.features->acpi) {
  controllers_[0].model = "pcie-root";
  if (!domain.devices) return;
  const schema::Devices& devices = *domain.devices;
  read_controllers(devices.controllers);
  // `gets_one`: libvirt gives those without an address a PCI address.
  const auto read = [&](const auto& list, std::string_view name, bool gets_one = false) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string path = fmt::format("/domain/devices/{}[{}]", name, i + 1);
      if (const auto address = guest_address(list[i].address, path)) {
        occupy(*address, path);
      } else if (gets_one && on_pci(list[i])) {
        ++ports_to_come_;
      }
    }
  };
  read(devices.disks, "disk", true);
  read(devices.filesystems, "filesystem", true);
  read(devices.interfaces, "interface", true);
  read(devices.smartcards, "smartcard");
  read(devices.serials, "serial");
  read(devices.parallels, "parallel");
  read(devices.consoles, "console");
  read(devices.channels, "channel");
  read(devices.inputs, "input");
  read(devices.tpms, "tpm");
  read(devices.sound_cards, "sound", true);
  read(devices.video, "video", true);
  read(devices.host_devices, "hostdev", true);
  read(devices.redirs, "redirdev");
  read(devices.hubs, "hub");
  read(devices.watchdogs, "watchdog", true);
  read(devices.ballooning, "memballoon", true);
  read(devices.rng, "rng", true);
  read(devices.nvrams, "nvram");
  read(devices.panic_devices, "panic");
  read(devices.shmems, "shmem", true);
  read(devices.memory, "memory");
  read(devices.iommu, "iommu");
  read(devices.vsock, "vsock", true);
  read(devices.cryptos, "crypto", true);
  for (const schema::UnmodelledChild& child : devices.unmodelled.children()) {
    const auto address = child.tree.get_child_optional("address");
    if (!address || address->get("<xmlattr>.type", "") != "pci") continue;
    const std::string path = "/domain/devices/" + child.name;
    if (const auto whole = guest_address(schema::from_ptree<schema::Address>(*address), path)) occupy(*whole, path);
  }
}

void GuestPci::read_controllers(const std::vector<schema::Controller>& controllers) {
  std::map<std::uint32_t, std::size_t> positions;
  for (std::size_t i = 0; i < controllers.size(); ++i) {
    const schema::Controller& from = controllers[i];
    const std::string path = fmt::format("/domain/devices/controller[{}]", i + 1);
    const auto address = guest_address(from.address, path);
    if (address) occupy(*address, path);
    if (from.type != "pci") {
      ports_to_come_ += !address && on_pci(from);
      continue;
    }
    if (!from.model || from.model->empty()) {
      throw PlanError(path, "a PCI controller without a model; add model='pcie-root', 'pcie-root-port' or another");
    }
    PciController controller;
    controller.position = i;
    controller.model = *from.model;
    const bool is_root = *from.model == "pcie-root" || *from.model == "pci-root";
    if (!from.index && !is_root) {
      throw PlanError(path, "a PCI controller without an index; give it one from 1 to 255 that no other has");
    }
    controller.index = byte(from.index, path + "/@index").value_or(0);
    controller.address = address;
    if (from.target) {
      controller.bus_nr = byte(from.target->bus_nr, path + "/target/@busNr", 1, 254);
      controller.chassis = byte(from.target->chassis, path + "/target/@chassis");
      if (from.target->numa_node) controller.node = *from.target->numa_node;
    }
    const auto [other, fresh] = positions.emplace(controller.index, i);
    if (!fresh) {
      throw PlanError(path + "/@index",
                      fmt::format("controller[{}] has the index {} too; give each PCI controller its own",
                                  other->second + 1, controller.index));
    }
    // As libvirt has it: without this, what is plugged into bus 0 would hang on the controller.
    if (is_root ? *from.model == "pcie-root" && controller.index != 0 : controller.index == 0) {
      throw PlanError(path + "/@index", fmt::format("a {} with index {}; index 0 is the PCI root's alone, change it",
                                                    *from.model, controller.index));
    }
    controllers_[controller.index] = controller;
  }
}

void GuestPci::add(const PciController& controller) {
  controllers_.emplace(controller.index, controller);
  occupy(*controller.address, fmt::format("the new controller {}", controller.index));
}

void GuestPci::remove(std::uint32_t index) {
  const auto found = controllers_.find(index);
  if (found->second.address) vacate(*found->second.address);
  controllers_.erase(found);
}

void GuestPci::occupy(const PciAddress& address, const std::string& path) {
  const auto [other, fresh] = occupied_[address.bus].emplace(address.slot * 8U + address.function, path);
  if (fresh) return;
  throw PlanError(path + "/address",
                  fmt::format("{} is the address of {} too; give each its own", address.format(), other->second));
}

void GuestPci::vacate(const PciAddress& address) {
  const auto bus = occupied_.find(address.bus);
  bus->second.erase(address.slot * 8U + address.function);
  if (bus->second.empty()) occupied_.erase(bus);
}

std::size_t GuestPci::occupants(std::uint32_t index) const {
  const auto bus = occupied_.find(index);
  return bus == occupied_.end() ? 0 : bus->second.size();
}

std::size_t GuestPci::occupants_of_slot(const PciAddress& address) const {
  const auto bus = occupied_.find(address.bus);
  if (bus == occupied_.end()) return 0;
  const auto begin = bus->second.lower_bound(address.slot * 8U);
  const auto end = bus->second.lower_bound(address.slot * 8U + 8);
  return static_cast<std::size_t>(std::distance(begin, end));
}

FreeList GuestPci::slots(std::uint32_t index) const {
  FreeList slots(0, 31);
  const auto bus = occupied_.find(index);
  if (bus == occupied_.end()) return slots;
  for (const auto& [place, path] : bus->second) slots.take(place / 8);
  return slots;
}

std::vector<const PciController*> GuestPci::chain(std::uint32_t index) const {
  std::vector<const PciController*> chain;
  // At most all of them: controllers may plug into each other in a circle.
  while (chain.size() < controllers_.size()) {
    const auto found = controllers_.find(index);
    if (found == controllers_.end()) break;
    chain.push_back(&found->second);
    if (found->second.is_expander() || index == 0 || !found->second.address) break;
    index = found->second.address->bus;
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

topology::Place GuestPci::place(const PciAddress& address) const {
  const std::vector<const PciController*> above = chain(address.bus);
  const bool hangs = !above.empty() && (above.front()->is_expander() || above.front()->index == 0);
  const PciController& root = hangs ? *above.front() : controllers_.at(0);
  std::vector<PciAddress> bridges;
  // A name for the root port that libvirt will add: the domain has no address on this PCI domain.
  const std::uint32_t top = above.empty() ? address.bus : above.front()->index;
  if (!hangs) bridges.push_back({.domain = 1, .bus = static_cast<std::uint8_t>(top)});
  for (std::size_t i = 1; i < above.size(); ++i) bridges.push_back(*above[i]->address);
  return topology::place_of(root_name(root), bridges, address, has_acpi_ ? root.node : std::nullopt);
}

topology::Place GuestPci::place_to_come(std::uint32_t number) const {
  return {root_name(controllers_.at(0)), {{.domain = 2 + number}}, std::nullopt};
}

const PciController* GuestPci::expander_of(std::uint32_t index) const {
  for (std::size_t steps = 0; steps < 256; ++steps) {
    const auto found = controllers_.find(index);
    if (found == controllers_.end()) return nullptr;
    if (found->second.is_expander()) return &found->second;
    if (index == 0 || !found->second.address) return nullptr;
    index = found->second.address->bus;
  }
  return nullptr;  // controllers that plug into each other
}

BusRange GuestPci::range_of(const PciController& expander) const {
  unsigned last = *expander.bus_nr;
  for (const auto& [index, controller] : controllers_)
    last += controller.is_bridge() && expander_of(index) == &expander;
  return {*expander.bus_nr, last};
}

std::string GuestPci::fault(const PciAddress& address) const {
  const auto plugged = controllers_.find(address.bus);
  if (plugged != controllers_.end() && plugged->second.is_expander()) return "an expander bus takes no devices";
  // Firmware looks for functions only where there is a function 0.
  PciAddress place = address;
  for (std::size_t steps = 0; steps < 256; ++steps) {
    const auto bus = occupied_.find(place.bus);
    if (place.function != 0 && (bus == occupied_.end() || !bus->second.contains(place.slot * 8U))) {
      return fmt::format("there is no function 0 beside {}", place.format());
    }
    const auto above = controllers_.find(place.bus);
    if (place.bus == 0 || above == controllers_.end() || !above->second.address) break;
    place = *above->second.address;
  }
  const PciController* expander = expander_of(address.bus);
  return expander && expander->bus_nr ? range_fault(*expander) : "";
}

std::string GuestPci::range_fault(const PciController& expander) const {
  const BusRange own = range_of(expander);
  if (own.last > 255) return fmt::format("its buses, from busNr {} on, end beyond 255", own.first);
  for (const auto& [index, other] : controllers_) {
    if (&other == &expander || !other.is_expander() || !other.bus_nr) continue;
    const BusRange range = range_of(other);
    if (range.first > own.last || own.first > range.last) continue;
    return fmt::format("the buses from busNr {} on and from {} on overlap", own.first, range.first);
  }
  return "";
}

unsigned GuestPci::root_buses() const {
  unsigned buses = 0;
  for (const auto& [index, controller] : controllers_) buses += controller.is_bridge() && !expander_of(index);
  for (std::uint32_t index = 1; index <= highest_bus(); ++index) buses += !controllers_.contains(index);
  return buses;
}

std::map<std::uint32_t, std::uint8_t> GuestPci::guest_buses() const {
  std::map<std::uint32_t, std::vector<const PciController*>> children;
  for (const auto& [own, controller] : controllers_) {
    if (controller.address && controller.is_bridge()) children[controller.address->bus].push_back(&controller);
  }
  std::map<std::uint32_t, std::uint8_t> buses;
  for (const auto& [own, controller] : controllers_) {
    if (!controller.is_expander() || !controller.bus_nr) continue;
    std::uint32_t next = *controller.bus_nr;
    std::vector<std::uint32_t> stack{own};
    while (!stack.empty()) {
      const std::uint32_t index = stack.back();
      stack.pop_back();
      if (next > 255 || buses.contains(index)) break;
      buses[index] = static_cast<std::uint8_t>(next++);
      auto& below = children[index];
      std::sort(below.begin(), below.end(),
                [](const PciController* a, const PciController* b) { return *a->address > *b->address; });
      for (const PciController* child : below) stack.push_back(child->index);
    }
  }
  return buses;
}

std::optional<PciAddress> GuestPci::guest_bdf(const PciAddress& address,
                                              const std::map<std::uint32_t, std::uint8_t>& buses) {
  if (address.bus == 0) return address;
  const auto bus = buses.find(address.bus);
  if (bus == buses.end()) return std::nullopt;
  return PciAddress{0, bus->second, address.slot, address.function};
}

}  // namespace vnuma::placement
