#include "bar_layout.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include "../bytes.hpp"

namespace vnuma::placement {

namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint32_t first_to_come = 256;  // above all controller indexes

// The flags of topology::Bar.
constexpr std::uint64_t io_flag = 0x100;
constexpr std::uint64_t memory_flag = 0x200;
constexpr std::uint64_t prefetchable_flag = 0x2000;
constexpr std::uint64_t wide_flag = 0x100000;

std::uint64_t add(std::uint64_t a, std::uint64_t b) { return a > most - b ? most : a + b; }

}  // namespace

BarLayout::BarLayout(const PciTree& pci, unsigned ports_to_come, const schema::Domain& domain,
                     const topology::Host& host, const std::vector<PassthroughDevice>& devices) {
  add_controllers(pci, domain);
  std::uint32_t next = first_to_come;
  for (const PassthroughDevice& device : devices) {
    if (device.is_unassigned) continue;
    const std::uint32_t index = device.address ? device.address->bus : next++;
    const auto [node, is_new] = nodes_.emplace(index, Node());
    if (is_new) nodes_[0].below.push_back(index);
    if (const topology::PciDevice* on_host = !device.is_mediated() ? host.find(*device.source) : nullptr)
      add_bars(*on_host, nodes_[index]);
    else
      unknown_.push_back(device.name());
  }
  for (; next < first_to_come + ports_to_come; ++next) {
    nodes_[next];
    nodes_[0].below.push_back(next);
  }
}

void BarLayout::add_controllers(const PciTree& pci, const schema::Domain& domain) {
  for (const PciController& controller : pci.controllers()) {
    Node& node = nodes_[controller.index];
    node.model = controller.model;
    // Without a busNr libvirt chooses one below all others, which is above all that is chosen here.
    node.order = controller.is_expander() ? controller.bus_nr.value_or(255) : 0;
    if (!controller.is_bridge()) continue;
    nodes_[controller.address ? controller.address->bus : 0].below.push_back(controller.index);
  }
  for (const schema::Controller& own : domain.devices->controllers) {
    if (own.type != "pci" || !own.index.valid() || !own.target || !own.target->hotplug.valid()) continue;
    if (own.target->hotplug != false) continue;
    if (const auto node = nodes_.find(*own.index); node != nodes_.end()) node->second.hotplug = false;
  }
  // libvirt makes root ports of the indexes that are not declared.
  for (std::uint32_t index = 1, highest = pci.highest_bus(); index <= highest; ++index) {
    if (pci.find(index)) continue;
    nodes_[index];
    nodes_[0].below.push_back(index);
  }
}

void BarLayout::add_bars(const topology::PciDevice& on_host, Node& node) {
  for (const topology::Bar& bar : on_host.bars) {
    if (bar.index > 5 || bar.size == 0) continue;
    if (bar.flags & io_flag) node.has_io = true;
    if (!(bar.flags & memory_flag)) continue;
    // The window of a bridge that reaches above 4 GiB is for prefetchable BARs only; on the root bus there is none.
    const bool above = (bar.flags & wide_flag) && ((bar.flags & prefetchable_flag) || is_root_complex(node.model));
    const std::uint64_t alignment = bar.size > most / 2 ? most / 2 + 1 : std::bit_ceil(bar.size);
    node.bars[above ? Space::above_4g : Space::below_4g].push_back({bar.size, alignment});
  }
}

BarLayout::Extent BarLayout::side_by_side(std::vector<Extent> extents) {
  std::stable_sort(extents.begin(), extents.end(),
                   [](const Extent& a, const Extent& b) { return a.alignment > b.alignment; });
  Extent all;
  for (const Extent& extent : extents) {
    all.size = add(align_up(all.size, extent.alignment), extent.size);
    all.alignment = std::max(all.alignment, extent.alignment);
  }
  return all;
}

BarLayout::Extent BarLayout::window(std::uint32_t index, Space space, const LayoutRules& rules) const {
  const Node& node = nodes_.at(index);
  std::vector<Extent> extents;
  if (const auto bars = node.bars.find(space); bars != node.bars.end()) extents = bars->second;
  for (const std::uint32_t bridge : node.below) extents.push_back(window(bridge, space, rules));
  Extent all = side_by_side(std::move(extents));
  if (is_root_complex(node.model)) return all;
  all.size = align_up(all.size, rules.rounds ? std::max(all.alignment, MiB) : MiB);  // bridges count in MiB
  if (all.size > 0) all.alignment = std::max(all.alignment, MiB);
  if (is_port(node.model) && node.hotplug && all.size < rules.least_of_port) {
    all = {rules.least_of_port, std::max(all.alignment, rules.least_of_port)};
  }
  return all;
}

BarLayout::Extent BarLayout::root_complexes(Space space, const LayoutRules& rules) const {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ordered;  // order, index
  for (const auto& [index, node] : nodes_) {
    if (is_root_complex(node.model)) ordered.emplace_back(node.order, index);
  }
  std::sort(ordered.begin(), ordered.end());
  Extent all;
  for (const auto& [order, index] : ordered) {
    const Extent own = window(index, space, rules);
    if (own.size == 0) continue;
    all.size = add(align_up(all.size, own.alignment), own.size);
    all.alignment = std::max(all.alignment, own.alignment);
  }
  return all;
}

std::uint64_t BarLayout::size(Space space, const LayoutRules& rules) const { return root_complexes(space, rules).size; }

std::uint64_t BarLayout::sum(Space space) const {
  std::uint64_t sum = 0;
  for (const auto& [index, node] : nodes_) {
    const auto bars = node.bars.find(space);
    if (bars == node.bars.end()) continue;
    for (const Extent& bar : bars->second) sum = add(sum, bar.size);
  }
  return sum;
}

unsigned BarLayout::io_ports() const {
  return static_cast<unsigned>(std::count_if(nodes_.begin(), nodes_.end(), [](const auto& entry) {
    return is_port(entry.second.model) && entry.second.has_io;
  }));
}

std::vector<unsigned> BarLayout::reserving_ports(const std::vector<PciModel>& excluded) const {
  std::vector<unsigned> ports;
  for (const auto& [index, node] : nodes_) {
    if (is_root_complex(node.model)) ports.push_back(reserving_ports(index, excluded));
  }
  return ports;
}

unsigned BarLayout::reserving_ports(std::uint32_t index, const std::vector<PciModel>& excluded) const {
  const Node& node = nodes_.at(index);
  unsigned ports = 0;
  for (const std::uint32_t bridge : node.below) ports += reserving_ports(bridge, excluded);
  if (!node.below.empty() || !is_port(node.model)) return ports;
  const bool reserves = node.hotplug && std::count(excluded.begin(), excluded.end(), node.model) == 0;
  return ports + (reserves || node.has_io);
}

}  // namespace vnuma::placement
