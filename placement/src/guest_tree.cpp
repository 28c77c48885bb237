#include <vnuma/placement/guest_tree.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <vnuma/schema/size.hpp>
#include <vnuma/topology/device_kind.hpp>
#include <vnuma/topology/guest_map.hpp>

#include "cells.hpp"
#include "guest_pci.hpp"
#include "passthrough.hpp"
#include "pci_elements.hpp"

namespace vnuma::placement {

namespace {

using topology::Passthrough;
using topology::PciTree;
using topology::TreeEntry;
using Kind = TreeEntry::Kind;

Kind kind_of(PciModel model) {
  switch (model) {
    case PciModel::pcie_root:
    case PciModel::pci_root: return Kind::root_complex;
    case PciModel::expander: return Kind::expander_bus;
    case PciModel::root_port: return Kind::root_port;
    case PciModel::upstream_port: return Kind::upstream_port;
    case PciModel::downstream_port: return Kind::downstream_port;
    case PciModel::dmi_bridge:
    case PciModel::pcie_bridge:
    case PciModel::pci_bridge:
    case PciModel::pci_expander:
    case PciModel::other: break;
  }
  return Kind::bridge;
}

// A hostdev's model says nothing of the device; a controller's type is a part of what it is.
std::string model_of(const schema::HostDevice&) { return ""; }
std::string word_for(const auto&, const Element& element) { return std::string(element.name); }
std::string word_for(const schema::Controller& controller, const Element&) {
  return controller.type.value_or("") + " controller";
}

// The model of a device, by whichever name the domain has it.
template <class T>
std::string model_of(const T& device) {
  if constexpr (requires { device.target->bus; }) {
    if (device.target && device.target->bus) return *device.target->bus;
  } else if constexpr (requires { device.model->type; }) {
    if (device.model && device.model->type) return *device.model->type;
  } else if constexpr (requires { std::string(*device.model); }) {
    if (device.model) return *device.model;
  }
  return "";
}

// What the host says of the devices that the domain is given.
class Given {
 public:
  Given(const schema::Domain& domain, const GuestPci& pci, const topology::Host* host) : host_(host) {
    plan_.devices = list_passthrough(domain);
    for (PlannedDevice& device : plan_.devices) {
      device.address = guest_address(guest_address_of(*domain.devices, device), element_of(device));
      const topology::PciDevice* found = host ? find_on_host(device, *host) : nullptr;
      if (found) device.host_node = found->numa_node;
      on_host_.push_back(found);
    }
    if (!host || !topology::has_guest_cells(domain)) return;
    map_ = topology::guest_map(domain, *host);
    const Options options;
    Alignment(domain, *host, options, pci, plan_, map_).extend();
  }

  // Describes the device if it is one of those.
  void describe(const Element& element, TreeEntry& entry) const {
    const auto listed = std::find_if(plan_.devices.begin(), plan_.devices.end(), [&](const PlannedDevice& device) {
      const Element other = element_of(device);
      return other.name == element.name && other.position == element.position;
    });
    if (listed == plan_.devices.end()) return;
    const PlannedDevice& device = *listed;
    Passthrough& given = entry.passthrough.emplace(Passthrough{.source = device.name()});
    if (!device.uuid.empty()) entry.word = "mdev";
    if (!host_) return;
    const topology::PciDevice* found = on_host_[static_cast<std::size_t>(listed - plan_.devices.begin())];
    given.is_on_host = found != nullptr;
    if (!found) return;
    given.host_node = device.host_node;
    if (const auto cell = device.host_node ? map_.cells.find(*device.host_node) : map_.cells.end();
        cell != map_.cells.end()) {
      given.cell = cell->second;
    }
    if (!device.uuid.empty()) return;
    entry.word = topology::device_word(*found);
    entry.ids = {found->class_code, found->vendor, found->device};
  }

 private:
  const topology::Host* host_;
  Plan plan_;
  std::vector<const topology::PciDevice*> on_host_;  // for each of the plan's devices
  topology::GuestMap map_;
};

class Builder {
 public:
  Builder(const schema::Domain& domain, const topology::Host* host)
      : domain_(domain), pci_(domain), buses_(pci_.guest_buses()), given_(domain, pci_, host) {}

  PciTree build() {
    tree_.is_guest = true;
    if (domain_.name) tree_.name = *domain_.name;
    list_cells();
    if (domain_.devices) list_devices(*domain_.devices);
    for (const PciController& controller : pci_.controllers()) {
      if (controller.is_bridge()) bridges_[controller.address ? controller.address->bus : 0].push_back(&controller);
    }
    // A guest without ACPI does not know its cells.
    const bool has_acpi = domain_.features && domain_.features->acpi;
    TreeEntry on_none{.kind = Kind::numa_node};
    for (const PciController& controller : pci_.controllers()) {
      if (controller.is_bridge()) continue;
      const auto node = has_acpi && controller.index > 0 ? controller.node : std::nullopt;
      TreeEntry entry = entry_of(controller, node);
      (node ? cell(*node) : on_none).below.push_back(std::move(entry));
    }
    add_strays(on_none.below.front());
    std::sort(tree_.nodes.begin(), tree_.nodes.end(),
              [](const TreeEntry& a, const TreeEntry& b) { return a.node < b.node; });
    tree_.nodes.push_back(std::move(on_none));
    return std::move(tree_);
  }

 private:
  void list_cells() {
    if (!topology::has_guest_cells(domain_)) return;
    const auto& cells = domain_.cpu->numa->cells;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      TreeEntry& entry = tree_.nodes.emplace_back();
      entry.kind = Kind::numa_node;
      entry.node = cells[i].id.value_or(static_cast<std::uint32_t>(i));
      if (cells[i].cpus) entry.cpus = *cells[i].cpus;
      if (cells[i].memory) entry.memory_bytes = schema::bytes(cells[i]);
    }
  }

  TreeEntry& cell(std::uint32_t id) {
    const auto found =
        std::find_if(tree_.nodes.begin(), tree_.nodes.end(), [&](const TreeEntry& n) { return n.node == id; });
    if (found != tree_.nodes.end()) return *found;
    return tree_.nodes.emplace_back(
        TreeEntry{.kind = Kind::numa_node, .node = id, .remark = "the domain has no such cell"});
  }

  void list_devices(const schema::Devices& devices) {
    const auto add = [&](const auto& device, const Element& element, const std::optional<PciAddress>& address) {
      TreeEntry entry{.word = word_for(device, element), .domain_address = address, .model = model_of(device)};
      if (device.alias && device.alias->name) entry.alias = *device.alias->name;
      given_.describe(element, entry);
      if (address) locate(*address, entry);
      (address ? devices_[address->bus] : to_come_).push_back(std::move(entry));
    };
    for_each_pci_device(devices, {}, add);
    for (std::size_t i = 0; i < devices.controllers.size(); ++i) {
      const schema::Controller& controller = devices.controllers[i];
      const Element element{"controller", i};
      const auto address = guest_address(controller.address, element);
      if (controller.type != "pci" && (address || on_pci(controller))) add(controller, element, address);
    }
  }

  // What the guest will call the device.
  void locate(const PciAddress& address, TreeEntry& entry) const {
    const std::string fault = pci_.fault(address);
    if (fault.empty())
      entry.address = GuestPci::guest_bdf(address, buses_);
    else
      entry.remark = "the guest may not see it: " + fault;
  }

  // A controller, and all that is plugged into it. `node`: the guest cell that it is on.
  TreeEntry entry_of(const PciController& controller, std::optional<std::uint32_t> node) {
    TreeEntry entry{.kind = kind_of(controller.model), .domain_address = controller.address, .node = node};
    entry.name = controller.model == PciModel::pcie_root ? "pcie.0" : fmt::format("pci.{}", controller.index);
    if (entry.kind == Kind::bridge) entry.model = *domain_.devices->controllers[controller.position].model;
    // Whether the guest sees what is behind it; an expander bus is a device on bus 0.
    const bool is_seen = pci_.fault({.bus = static_cast<std::uint8_t>(controller.index)}).empty();
    if (controller.address && (is_seen || controller.is_expander())) {
      entry.address = GuestPci::guest_bdf(*controller.address, buses_);
    }
    if (controller.is_expander() && controller.bus_nr) {
      const BusRange range = GuestPci::range_of(controller);
      entry.bus_nr = range.first;
      entry.last_bus = range.last;
      if (const auto fault = pci_.range_fault(controller)) entry.remark = fault->message;
    }
    built_.insert(controller.index);
    plug_in(controller.index, entry);
    return entry;
  }

  // What is plugged into the controller of the index.
  void plug_in(std::uint32_t index, TreeEntry& entry) {
    for (TreeEntry& device : devices_[index]) {
      device.node = entry.node;
      judge(device);
      entry.below.push_back(std::move(device));
    }
    for (const PciController* bridge : bridges_[index]) {
      if (!built_.contains(bridge->index)) entry.below.push_back(entry_of(*bridge, entry.node));
    }
    // Those without an address come last.
    std::stable_sort(entry.below.begin(), entry.below.end(), [](const TreeEntry& a, const TreeEntry& b) {
      return a.domain_address && (!b.domain_address || *a.domain_address < *b.domain_address);
    });
  }

  static void judge(TreeEntry& device) {
    if (!device.passthrough || !device.passthrough->cell) return;
    device.passthrough->is_on_its_cell = device.node == device.passthrough->cell && device.remark.empty();
  }

  // Adds to the root what libvirt will plug in there, and what hangs nowhere.
  void add_strays(TreeEntry& root) {
    std::set<std::uint32_t> undeclared;
    const auto note = [&](const auto& plugged) {
      for (const auto& [index, entries] : plugged) {
        if (!entries.empty() && !pci_.find(index)) undeclared.insert(index);
      }
    };
    note(devices_);
    note(bridges_);
    for (const std::uint32_t index : undeclared) {
      TreeEntry port{.kind = Kind::root_port, .name = fmt::format("pci.{}", index)};
      port.remark = "not declared: libvirt adds it";
      plug_in(index, port);
      root.below.push_back(std::move(port));
    }
    for (const PciController& controller : pci_.controllers()) {
      if (built_.contains(controller.index)) continue;
      TreeEntry entry = entry_of(controller, std::nullopt);
      entry.remark = "controllers plug into each other";
      root.below.push_back(std::move(entry));
    }
    for (TreeEntry& device : to_come_) {
      judge(device);
      root.below.push_back(std::move(device));
    }
  }

  const schema::Domain& domain_;
  GuestPci pci_;
  std::map<std::uint32_t, std::uint8_t> buses_;
  Given given_;
  PciTree tree_;
  std::map<std::uint32_t, std::vector<TreeEntry>> devices_;             // by the index that they plug into
  std::map<std::uint32_t, std::vector<const PciController*>> bridges_;  // the same
  std::vector<TreeEntry> to_come_;
  std::set<std::uint32_t> built_;
};

}  // namespace

PciTree guest_tree(const schema::Domain& domain, const topology::Host* host) { return Builder(domain, host).build(); }

}  // namespace vnuma::placement
