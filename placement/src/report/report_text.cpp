#include <algorithm>
#include <iterator>
#include <map>
#include <set>
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

using Row = std::vector<std::string>;

// The columns as wide as they must be, the last as it is. All rows have as many.
std::string table(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
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

// A column between the address and the node: the aliases, or else the names of the devices. Empty if there are neither.
Row names_of_devices(const std::vector<PlannedDevice>& devices, const ReportOptions& options) {
  const auto column = [&](const char* title, const auto& text_of) {
    Row column{title};
    bool is_empty = true;
    for (const PlannedDevice& device : devices) {
      const std::string text = text_of(device);
      is_empty = is_empty && text.empty();
      column.push_back(text.empty() ? "-" : schema::visible(text));
    }
    return is_empty ? Row() : column;
  };
  Row aliases = column("ALIAS", [](const PlannedDevice& device) { return device.alias; });
  if (!aliases.empty() || !options.device_name) return aliases;
  return column("DEVICE", [&](const PlannedDevice& device) {
    return device.source ? options.device_name(*device.source) : std::string();
  });
}

std::vector<Row> device_rows(const Plan& plan, const Spelling& spelling, const ReportOptions& options) {
  std::vector<Row> rows{{"ON THE HOST", "NODE", "CELL", "OUTCOME", "IN THE DOMAIN", "IN THE GUEST", ""}};
  for (const PlannedDevice& device : plan.devices) {
    rows.push_back({device.name(), cell(device.host_node), cell(device.guest_cell), name(device.outcome),
                    cell(device.address), cell(device.guest_bdf), reason_text(device, spelling)});
  }
  const Row names = names_of_devices(plan.devices, options);
  for (std::size_t i = 0; i < names.size(); ++i) rows[i].insert(rows[i].begin() + 1, names[i]);
  return rows;
}

// The option that most of the diagnostics name, the first of several; without options, the remedy of the first error,
// or else of the first diagnostic.
std::string best_remedy(const std::vector<Diagnostic>& some, const Spelling& spelling) {
  std::map<std::string, std::size_t> counts;
  std::string best;
  for (const Diagnostic& diagnostic : some) {
    for (const OptionHint& hint : diagnostic.options) {
      if (const std::string spelled = spelling(hint); !spelled.empty()) ++counts[spelled];
    }
  }
  for (const Diagnostic& diagnostic : some) {
    for (const OptionHint& hint : diagnostic.options) {
      const auto found = counts.find(spelling(hint));
      if (found != counts.end() && (best.empty() || found->second > counts[best])) best = found->first;
    }
  }
  if (!best.empty()) return "use " + best;
  return std::min_element(some.begin(), some.end(),
                          [](const Diagnostic& a, const Diagnostic& b) { return a.severity < b.severity; })
      ->remedy;
}

// "warning: 2 warnings are about the guest's firmware (VN033, VN034); use --mmio auto; --verbose lists them"
std::string folded(const std::vector<Diagnostic>& some, const Spelling& spelling) {
  std::set<std::string> codes;
  for (const Diagnostic& diagnostic : some) codes.insert(name(diagnostic.code));
  std::string line = fmt::format("warning: {} are about the guest's firmware ({})", counted(some.size(), "warning"),
                                 fmt::join(codes, ", "));
  if (const std::string remedy = best_remedy(some, spelling); !remedy.empty()) line += "; " + remedy;
  if (const std::string all = spelling({Option::all_warnings}); !all.empty())
    line += fmt::format("; {} lists them", all);
  return line + '\n';
}

std::string warnings_text(const std::vector<Diagnostic>& warnings, const Spelling& spelling, bool all) {
  std::vector<Diagnostic> of_firmware;
  std::vector<Diagnostic> listed;
  for (const Diagnostic& warning : warnings) {
    const bool folds = !all && kind_of(warning.code).is_of_firmware;
    (folds ? of_firmware : listed).push_back(warning);
  }
  if (of_firmware.size() == 1) {
    of_firmware.clear();
    listed = warnings;
  }
  std::string out;
  for (const Diagnostic& warning : listed)
    out += fmt::format("warning {}: {}\n", name(warning.code), to_string(warning, spelling));
  if (!of_firmware.empty()) out += folded(of_firmware, spelling);
  return out;
}

}  // namespace

std::string report_text(const Plan& plan, const Spelling& spelling, const ReportOptions& options) {
  std::string out = plan.devices.empty() ? std::string() : table(device_rows(plan, spelling, options));
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
  out += warnings_text(plan.warnings, spelling, options.all_warnings);
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
