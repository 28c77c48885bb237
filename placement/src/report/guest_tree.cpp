#include <vnuma/placement/guest_tree.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <vnuma/schema/size.hpp>
#include <vnuma/topology/device_kind.hpp>
#include <vnuma/topology/guest_map.hpp>

#include "../assign/cell_map.hpp"
#include "../domain/bus_ranges.hpp"
#include "../domain/domain_view.hpp"
#include "../domain/guest_numbering.hpp"
#include "../domain/pci_elements.hpp"

namespace vnuma::placement {

namespace {

using topology::Passthrough;
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

// What the host says of the domain's passthrough devices.
class HostFacts {
 public:
  HostFacts(const DomainView& view, const topology::Host* host)
      : view_(view), has_host_(host != nullptr), locations_(locate_on_host(view.devices, host)) {
    if (host && topology::has_guest_cells(view.domain)) cells_ = map_cells(view, *host, locations_, {});
  }

  // Describes the device if it is a passthrough device.
  void describe(const Element& element, TreeEntry& entry) const {
    for (std::size_t i = 0; i < view_.devices.size(); ++i) {
      const Element other = view_.devices[i].element();
      if (other.name == element.name && other.position == element.position) return describe(i, entry);
    }
  }

 private:
  void describe(std::size_t i, TreeEntry& entry) const {
    const PassthroughDevice& device = view_.devices[i];
    const HostLocation& location = locations_[i];
    Passthrough& given = entry.passthrough.emplace(Passthrough{.source = device.name()});
    if (device.is_mediated()) entry.word = "mdev";
    if (!has_host_) return;
    given.is_on_host = location.on_host != nullptr;
    if (!location.on_host) return;
    given.host_node = location.node;
    given.cell = cells_.cell_of(location.node);
    if (device.is_mediated()) return;
    entry.word = topology::device_word(*location.on_host);
    entry.ids = {location.on_host->class_code, location.on_host->vendor, location.on_host->device};
  }

  const DomainView& view_;
  bool has_host_;
  HostLocations locations_;
  CellMap cells_;
};

class Builder {
 public:
  Builder(const schema::Domain& domain, const topology::Host* host)
      : domain_(domain), view_(domain), buses_(guest_buses(pci())), facts_(view_, host) {}

  topology::PciTree build() {
    tree_.is_guest = true;
    if (domain_.name) tree_.name = *domain_.name;
    list_cells();
    if (domain_.devices) list_devices(*domain_.devices);
    for (const PciController& controller : pci().controllers()) {
      if (controller.is_bridge()) bridges_[controller.address ? controller.address->bus : 0].push_back(&controller);
    }
    TreeEntry on_none{.kind = Kind::numa_node};
    for (const PciController& controller : pci().controllers()) {
      if (controller.is_bridge()) continue;
      const auto node = controller.index > 0 && pci().has_acpi() ? controller.node : std::nullopt;
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
    for (const GuestCell& cell : view_.cells) {
      TreeEntry& entry = tree_.nodes.emplace_back();
      entry.kind = Kind::numa_node;
      entry.node = cell.id;
      if (cell.cell->cpus) entry.cpus = *cell.cell->cpus;
      if (cell.cell->memory) entry.memory_bytes = schema::bytes(*cell.cell);
    }
  }

  const PciTree& pci() const { return view_.pci; }

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
      facts_.describe(element, entry);
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
    const std::string fault = hidden_because(pci(), address);
    if (fault.empty())
      entry.address = guest_bdf(address, buses_);
    else
      entry.remark = "the guest may not see it: " + fault;
  }

  // A controller, and all that is plugged into it. `node`: the guest cell that it is on.
  TreeEntry entry_of(const PciController& controller, std::optional<std::uint32_t> node) {
    TreeEntry entry{.kind = kind_of(controller.model), .domain_address = controller.address, .node = node};
    entry.name = controller.model == PciModel::pcie_root ? "pcie.0" : fmt::format("pci.{}", controller.index);
    if (entry.kind == Kind::bridge) entry.model = *domain_.devices->controllers[controller.position].model;
    // Whether the guest finds what is behind it; an expander bus is a device on bus 0.
    const bool is_seen = hidden_because(pci(), {.bus = static_cast<std::uint8_t>(controller.index)}).empty();
    if (controller.address && (is_seen || controller.is_expander())) {
      entry.address = guest_bdf(*controller.address, buses_);
    }
    if (controller.is_expander() && controller.bus_nr) {
      const BusRange range = bus_range(controller);
      entry.bus_nr = range.first;
      entry.last_bus = range.last;
      if (const auto fault = range_fault(pci(), controller)) entry.remark = fault->message;
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

  // Adds to the root what libvirt will plug in there, and what is plugged into nothing.
  void add_strays(TreeEntry& root) {
    std::set<std::uint32_t> undeclared;
    const auto note = [&](const auto& plugged) {
      for (const auto& [index, entries] : plugged) {
        if (!entries.empty() && !pci().find(index)) undeclared.insert(index);
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
    for (const PciController& controller : pci().controllers()) {
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
  DomainView view_;
  GuestBuses buses_;
  HostFacts facts_;
  topology::PciTree tree_;
  std::map<std::uint32_t, std::vector<TreeEntry>> devices_;             // by the index that they plug into
  std::map<std::uint32_t, std::vector<const PciController*>> bridges_;  // the same
  std::vector<TreeEntry> to_come_;
  std::set<std::uint32_t> built_;
};

}  // namespace

topology::PciTree guest_tree(const schema::Domain& domain, const topology::Host* host) {
  return Builder(domain, host).build();
}

}  // namespace vnuma::placement
