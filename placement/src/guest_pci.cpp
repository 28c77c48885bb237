#include "guest_pci.hpp"

#include <algorithm>

#include <fmt/format.h>

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

}  // namespace

std::optional<PciAddress> guest_address(const schema::Box<schema::Address>& address, const std::string& path) {
  if (!address || !address->bus || !address->slot) return std::nullopt;
  if (address->type && *address->type != "pci") return std::nullopt;
  const PciAddress whole = topology::pci_address(*address, path + "/address");
  if (whole == PciAddress{}) return std::nullopt;
  return whole;
}

GuestPci::GuestPci(const schema::Domain& domain) {
  controllers_[0].model = "pcie-root";
  if (!domain.devices) return;
  const schema::Devices& devices = *domain.devices;
  read_controllers(devices.controllers);
  const auto read = [&](const auto& list, std::string_view name, bool on_pci = false) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto address = guest_address(list[i].address, fmt::format("/domain/devices/{}[{}]", name, i + 1));
      if (address)
        occupy(*address);
      else if (on_pci)
        ++root_buses_;
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
}

void GuestPci::read_controllers(const std::vector<schema::Controller>& controllers) {
  std::map<std::uint32_t, std::size_t> positions;
  for (std::size_t i = 0; i < controllers.size(); ++i) {
    const schema::Controller& from = controllers[i];
    const std::string path = fmt::format("/domain/devices/controller[{}]", i + 1);
    const auto address = guest_address(from.address, path);
    if (address) occupy(*address);
    if (from.type != "pci") {
      if (!address) ++root_buses_;
      continue;
    }
    if (!from.model || from.model->empty()) {
      throw PlanError(path, "a PCI controller without a model; add model='pcie-root', 'pcie-root-port' or another");
    }
    const bool root = *from.model == "pcie-root" || *from.model == "pci-root";
    if (!root && *from.model != "pcie-expander-bus") ++root_buses_;
    if (!from.index && !root) continue;  // libvirt gives it one that nothing else has
    Controller controller;
    controller.position = i;
    controller.model = *from.model;
    controller.index = byte(from.index, path + "/@index").value_or(0);
    // As libvirt has it: without this, what is plugged into bus 0 would hang on the controller.
    if (root ? *from.model == "pcie-root" && controller.index != 0 : controller.index == 0) {
      throw PlanError(path + "/@index", fmt::format("a {} with index {}; index 0 is the PCI root's alone, change it",
                                                    *from.model, controller.index));
    }
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
    controllers_[controller.index] = controller;
  }
}

void GuestPci::add(const Controller& controller) {
  controllers_.emplace(controller.index, controller);
  occupy(*controller.address);
}

void GuestPci::remove(std::uint32_t index) {
  const auto found = controllers_.find(index);
  if (found->second.address) vacate(*found->second.address);
  controllers_.erase(found);
}

void GuestPci::occupy(const PciAddress& address) {
  if (address.domain == 0) ++occupied_[address.bus][address.slot * 8U + address.function];
}

void GuestPci::vacate(const PciAddress& address) {
  const auto bus = occupied_.find(address.bus);
  if (bus == occupied_.end()) return;
  const auto place = bus->second.find(address.slot * 8U + address.function);
  if (place != bus->second.end() && --place->second == 0) bus->second.erase(place);
}

std::size_t GuestPci::occupants(std::uint32_t index) const {
  const auto bus = occupied_.find(index);
  return bus == occupied_.end() ? 0 : bus->second.size();
}

FreeList GuestPci::slots(std::uint32_t index) const {
  FreeList slots(0, 31);
  const auto bus = occupied_.find(index);
  if (bus == occupied_.end()) return slots;
  for (const auto& [place, count] : bus->second) slots.take(place / 8);
  return slots;
}

bool GuestPci::slot_shared(const PciAddress& address) const {
  const auto bus = occupied_.find(address.bus);
  if (bus == occupied_.end()) return false;
  return std::any_of(bus->second.begin(), bus->second.end(), [&](const auto& entry) {
    return entry.first / 8 == address.slot && entry.first % 8 != address.function;
  });
}

const Controller* GuestPci::expander_of(std::uint32_t index) const {
  for (std::size_t steps = 0; steps < 256; ++steps) {
    const auto found = controllers_.find(index);
    if (found == controllers_.end()) return nullptr;
    if (found->second.is_expander()) return &found->second;
    if (index == 0 || !found->second.address) return nullptr;
    index = found->second.address->bus;
  }
  return nullptr;  // controllers that plug into each other
}

unsigned GuestPci::buses_below(std::uint32_t index) const {
  unsigned buses = 0;
  for (const auto& [own, controller] : controllers_) {
    if (own == index) {
      ++buses;
    } else if (controller.is_bridge()) {
      const Controller* expander = expander_of(own);
      buses += expander && expander->index == index;
    }
  }
  return buses;
}

std::map<std::uint32_t, std::uint8_t> GuestPci::guest_buses() const {
  std::map<std::uint32_t, std::vector<const Controller*>> children;
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
                [](const Controller* a, const Controller* b) { return *a->address > *b->address; });
      for (const Controller* child : below) stack.push_back(child->index);
    }
  }
  return buses;
}

}  // namespace vnuma::placement
