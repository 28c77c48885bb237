#include <algorithm>
#include <map>
#include <utility>

#include <vnuma/topology/device_kind.hpp>
#include <vnuma/topology/tree.hpp>

namespace vnuma::topology {

namespace {

using Kind = TreeEntry::Kind;

// The entry at the address below `parent`; added if there is none.
TreeEntry& at(TreeEntry& parent, const PciAddress& address) {
  auto& below = parent.below;
  const auto found = std::lower_bound(below.begin(), below.end(), address,
                                      [](const TreeEntry& e, const PciAddress& a) { return e.address < a; });
  if (found != below.end() && found->address == address) return *found;
  return *below.insert(found, TreeEntry{.kind = Kind::bridge, .address = address});
}

TreeEntry& device_at(TreeEntry& root_complex, const PciDevice& device) {
  TreeEntry* parent = &root_complex;
  for (const PciAddress& bridge : device.bridges) parent = &at(*parent, bridge);
  return at(*parent, device.address);
}

void describe(const PciDevice& device, TreeEntry& entry) {
  entry.kind = is_pci_bridge(device) ? Kind::bridge : Kind::device;
  entry.word = entry.kind == Kind::device ? device_word(device) : "";
  entry.node = device.numa_node;
  entry.ids = {device.class_code, device.vendor, device.device};
  entry.is_shown = device_kind(device.class_code).is_near;
}

// Upstream ports have only ports on their bus.
bool has_ports_only(const TreeEntry& entry) {
  const auto is_bridge = [](const TreeEntry& below) { return below.is_bridge(); };
  return !entry.below.empty() && std::all_of(entry.below.begin(), entry.below.end(), is_bridge);
}

// Sets the kinds of the bridges below the entry.
void set_bridge_kinds(TreeEntry& entry) {
  for (TreeEntry& below : entry.below) {
    if (below.is_bridge()) {
      switch (entry.kind) {
        case Kind::root_complex: below.kind = Kind::root_port; break;
        case Kind::root_port:
        case Kind::downstream_port: below.kind = has_ports_only(below) ? Kind::upstream_port : Kind::bridge; break;
        case Kind::upstream_port: below.kind = Kind::downstream_port; break;
        default: below.kind = Kind::bridge; break;
      }
    }
    set_bridge_kinds(below);
  }
}

}  // namespace

PciTree host_tree(const Host& host) {
  // Devices whose root complex is unknown can be below several, which are on different nodes.
  using Key = std::pair<std::string, std::optional<NodeId>>;
  const auto key_of = [](const PciDevice& device) {
    return Key(device.root_complex, device.root_complex.empty() ? device.numa_node : std::nullopt);
  };
  std::map<Key, TreeEntry> root_complexes;
  std::map<Key, std::vector<NodeId>> nodes_of;  // the nodes of the devices of each root complex
  for (const PciDevice& device : host.devices) {
    describe(device, device_at(root_complexes[key_of(device)], device));
    if (device.numa_node) nodes_of[key_of(device)].push_back(*device.numa_node);
  }
  for (const MediatedDevice& mediated : host.mediated_devices) {
    const PciDevice* parent = host.find(mediated.parent);
    if (!parent) continue;
    device_at(root_complexes[key_of(*parent)], *parent)
        .below.push_back({.name = mediated.uuid, .word = "mdev", .node = parent->numa_node});
  }
  PciTree tree;
  for (const Node& node : host.nodes) {
    tree.nodes.push_back(
        {.kind = Kind::numa_node, .node = node.id, .cpus = node.cpus, .memory_bytes = node.memory_bytes});
  }
  TreeEntry without_node{.kind = Kind::numa_node};
  // By their first devices, because names of PCI domains have different lengths.
  std::vector<TreeEntry*> ordered;
  for (auto& [key, root] : root_complexes) {
    root.kind = Kind::root_complex;
    root.name = key.first;
    const std::vector<NodeId>& nodes = nodes_of[key];
    const bool is_one = !nodes.empty() && std::count(nodes.begin(), nodes.end(), nodes[0]) == std::ssize(nodes);
    if (is_one) root.node = nodes[0];
    set_bridge_kinds(root);
    ordered.push_back(&root);
  }
  std::sort(ordered.begin(), ordered.end(),
            [](const TreeEntry* a, const TreeEntry* b) { return a->below.front().address < b->below.front().address; });
  for (TreeEntry* root : ordered) {
    const auto node = std::find_if(tree.nodes.begin(), tree.nodes.end(),
                                   [&](const TreeEntry& n) { return root->node && n.node == root->node; });
    (node == tree.nodes.end() ? without_node : *node).below.push_back(std::move(*root));
  }
  if (!without_node.below.empty()) tree.nodes.push_back(std::move(without_node));
  return tree;
}

}  // namespace vnuma::topology
