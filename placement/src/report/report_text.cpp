#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/compile.h>
#include <fmt/ranges.h>

#include <vnuma/placement/report.hpp>
#include <vnuma/schema/visible.hpp>

#include "../bytes.hpp"
#include "../counted.hpp"

namespace vnuma::placement {

namespace {

// Why the node is that of devices whose node the firmware does not report; empty if it does, or if a user gave the
// node.
std::string_view why_node(topology::NodeSource source) {
  switch (source) {
    case topology::NodeSource::physical_function: return "it is the node of the physical function";
    case topology::NodeSource::only_node: return "no other node has CPUs";
    case topology::NodeSource::local_cpus: return "local_cpulist has only CPUs of this node";
    case topology::NodeSource::firmware:
    case topology::NodeSource::given: break;
  }
  return {};
}

// A line for each node and source of nodes that the firmware does not report.
std::string unreported_nodes(const std::vector<PlannedDevice>& devices) {
  std::map<std::pair<NodeId, topology::NodeSource>, std::vector<std::string>> names;
  for (const PlannedDevice& device : devices) {
    if (device.host_node && !why_node(device.node_source).empty())
      names[{*device.host_node, device.node_source}].push_back(device.name());
  }
  std::string out;
  for (const auto& [node, devices_on_it] : names) {
    out += fmt::format("the host reports no node for {}; node {} is used, because {}\n", fmt::join(devices_on_it, ", "),
                       node.first, why_node(node.second));
  }
  return out;
}

// A line on the window for BARs, and one on what is set for it.
std::string mmio_text(const PlannedMmio& mmio) {
  std::string out;
  if (mmio.window.value_or(0) > 0) out += fmt::format("the BARs need a 64-bit window of {}\n", size_text(*mmio.window));
  if (!mmio.not_counted.empty()) {
    out += fmt::format("the BARs of {} are not counted: the host does not say what they need\n",
                       fmt::join(mmio.not_counted, ", "));
  }
  if (mmio.pci_hole64) out += fmt::format("set for it: pcihole64 of {}\n", size_text(*mmio.pci_hole64));
  if (!mmio.qemu_arguments.empty()) {
    out += fmt::format("set for it: QEMU arguments {}\n", fmt::join(mmio.qemu_arguments, " "));
  }
  return out;
}

// A line for each cell, and one for what is pinned beside the vCPUs.
std::string layout_text(const Layout& layout) {
  std::string out;
  for (const LayoutCell& cell : layout.cells) {
    out += fmt::format("cell {} {}: vCPU{} {} on host CPU{} {} of node {}, {}{}\n", cell.id,
                       cell.is_new ? "is new" : "is completed", cell.vcpus.size() == 1 ? "" : "s", cell.vcpus.format(),
                       cell.host_cpus.size() == 1 ? "" : "s", cell.host_cpus.format(), cell.host_node,
                       size_text(cell.memory), cell.adds_memnode ? " of its memory" : "");
  }
  const std::string io_threads = layout.io_threads.empty() ? "" : counted(layout.io_threads.size(), "IOThread");
  if (layout.pins_emulator || !io_threads.empty()) {
    out += fmt::format("pinned to the other CPUs of these nodes, {}: {}{}{}\n", layout.other_cpus.format(),
                       layout.pins_emulator ? "the emulator" : "",
                       layout.pins_emulator && !io_threads.empty() ? " and " : "", io_threads);
  }
  return out;
}

std::string cell(const std::optional<PciAddress>& address) { return address ? address->format() : "-"; }
std::string cell(const std::optional<std::uint32_t>& number) { return number ? fmt::format("{}", *number) : "-"; }

using Row = std::array<std::string, 8>;

// The columns as wide as they must be, the last as it is.
std::string table(const std::vector<Row>& rows) {
  std::array<std::size_t, std::tuple_size_v<Row>> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i + 1 < row.size(); ++i)
      fmt::format_to(std::back_inserter(line), FMT_COMPILE("{:{}}  "), row[i], widths[i]);
    line += row.back();
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

}  // namespace

std::string report_text(const Plan& plan, const Spelling& spelling) {
  std::vector<Row> rows{{"ON THE HOST", "ALIAS", "NODE", "CELL", "OUTCOME", "IN THE DOMAIN", "IN THE GUEST", ""}};
  for (const PlannedDevice& device : plan.devices) {
    rows.push_back({device.name(), device.alias.empty() ? "-" : schema::visible(device.alias), cell(device.host_node),
                    cell(device.guest_cell), name(device.outcome), cell(device.address), cell(device.guest_bdf),
                    reason_text(device, spelling)});
  }
  std::string out = plan.devices.empty() ? std::string() : table(rows);
  out += unreported_nodes(plan.devices);
  const std::vector<Difference> different = differences(plan);
  for (const Difference& difference : different) {
    out += fmt::format("{} pair{} {} on the host and {} in the guest, as {} and {}\n", difference.pairs,
                       difference.pairs == 1 ? " is" : "s are", topology::name(difference.host),
                       topology::name(difference.guest), plan.devices[difference.first].name(),
                       plan.devices[difference.second].name());
  }
  const bool has_kept = std::any_of(plan.devices.begin(), plan.devices.end(),
                                    [](const PlannedDevice& device) { return device.outcome == Outcome::kept; });
  if (!different.empty() && plan.mirror != Mirror::numa && has_kept) {
    out += "devices that are on their cell keep their ports; to mirror them anew, remove their addresses and ports\n";
  }
  out += layout_text(plan.layout);
  for (const PlannedCell& cell : plan.cells) {
    out += fmt::format("cell {} is new: for host node {}, with {} of the memory of cell {}\n", cell.id, cell.host_node,
                       size_text(cell.memory), cell.taken_from);
  }
  out += mmio_text(plan.mmio);
  for (const Diagnostic& warning : plan.warnings)
    out += fmt::format("warning {}: {}\n", name(warning.code), to_string(warning, spelling));
  const auto placed = std::count_if(plan.devices.begin(), plan.devices.end(),
                                    [](const PlannedDevice& device) { return device.outcome == Outcome::placed; });
  out += plan.devices.empty()
             ? fmt::format("the domain has no passthrough PCI device; {}\n",
                           plan.changed ? "only the cells were changed" : "nothing was changed")
             : fmt::format("{} of {} placed, {} added, {} removed\n", placed, counted(plan.devices.size(), "device"),
                           counted(plan.controllers.size(), "controller"), plan.removed.size());
  return out;
}

}  // namespace vnuma::placement
