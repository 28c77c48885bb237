#include <vnuma/placement/plan.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vnuma/placement/report.hpp>
#include <vnuma/topology/guest_map.hpp>

#include "assign/new_cells.hpp"
#include "bytes.hpp"
#include "check/cell_rules.hpp"
#include "check/controller_rules.hpp"
#include "check/guest_order.hpp"
#include "counted.hpp"
#include "domain/bus_ranges.hpp"
#include "domain/guest_numbering.hpp"
#include "domain/machine.hpp"
#include "fallback.hpp"
#include "layout/layout.hpp"
#include "layout/write_layout.hpp"
#include "outcomes.hpp"
#include "window/firmware.hpp"
#include "window/qemu_settings.hpp"
#include "window/window.hpp"

namespace vnuma::placement {

namespace {

using Warnings = std::vector<Diagnostic>;

void append(Warnings& warnings, Warnings more) {
  for (Diagnostic& warning : more) warnings.push_back(std::move(warning));
}

void append(Warnings& warnings, std::optional<Diagnostic> one) {
  if (one) warnings.push_back(*std::move(one));
}

// With `strict` the first is an error.
Warnings errors_if_strict(Warnings warnings, bool strict) {
  if (strict && !warnings.empty()) throw PlanError(std::move(warnings.front()));
  return warnings;
}

// The window for BARs, where nothing else is planned.
void plan_window_alone(const schema::Domain& domain, const topology::Host& host, const Options& options, Plan& plan) {
  if (options.mmio != Mmio::automatic || plan.devices.empty()) return;
  if (auto wrong = wrong_root(domain)) throw PlanError(*std::move(wrong));
  if (!has_pcie_root(domain)) {
    plan.warnings.push_back(make_diagnostic(Code::no_pcie_root, "",
                                            "the window for BARs is set only on machines with PCIe",
                                            "use q35 (or virt on aarch64)"));
    return;
  }
  const DomainView view(domain);
  WindowPlan window = plan_window({domain, host, view.pci, view.devices, view.pci.ports_to_come()}, options);
  append(plan.warnings, std::move(window.warnings));
  plan.mmio = std::move(window.mmio);
  plan.changed = sets_anything(plan.mmio);
}

// Says which cells Cells::add would give the domain, which is then the whole remedy; or why it cannot.
void offer_cells(const schema::Domain& domain, const topology::Host& host, const Options& options,
                 Diagnostic& missing) {
  if (host.cpus.empty() || missing.options.empty()) return;
  try {
    std::vector<std::string> cells;
    for (const LayoutCell& cell : plan_layout(domain, host, options).cells) {
      cells.push_back(fmt::format("{} and {} on host node {}", counted(cell.vcpus.size(), "vCPU"),
                                  size_text(cell.memory), cell.host_node));
    }
    missing.message += fmt::format("; possible are {}", fmt::join(cells, ", "));
    missing.remedy.clear();
  } catch (const schema::Error& error) {
    missing.message +=
        fmt::format("; none can be added: {}{}{}", error.path(), error.path().empty() ? "" : ": ", error.message());
    missing.options.clear();
  }
}

Plan plan_without_cells(const schema::Domain& domain, const topology::Host& host, const Options& options) {
  Plan plan{.mirror = options.mirror};
  const std::vector<PassthroughDevice> devices = read_passthrough_devices(domain);
  const HostLocations locations = locate_on_host(devices, &host, options.numa_nodes);
  for (std::size_t i = 0; i < devices.size(); ++i) {
    PlannedDevice& planned = plan.devices.emplace_back(describe(devices[i]));
    planned.outcome = Outcome::left;
    planned.host_node = locations[i].node;
    planned.reasons = {{Reason::no_guest_cells, "the guest has no NUMA cells"}};
  }
  if (auto missing = cells_missing(domain); missing && !devices.empty()) {
    offer_cells(domain, host, options, *missing);
    plan.warnings.push_back(*std::move(missing));
  }
  errors_if_strict(plan.warnings, options.strict);
  plan_window_alone(domain, host, options, plan);
  return plan;
}

// With `strict`: the device is not on its cell, with the reasons and the options that help.
PlanError off_its_cell(const PlannedDevice& planned, const PassthroughDevice& device) {
  std::vector<OptionHint> options;
  for (const DeviceReason& reason : planned.reasons) {
    if (reason.option) options.push_back(*reason.option);
  }
  const std::string sentences = reason_text(planned, [](const OptionHint&) { return std::string(); });
  return PlanError(make_diagnostic(Code::wrong_cell, device.path(),
                                   fmt::format("{} is not on its guest cell: {}", planned.name(), sentences), {},
                                   std::move(options)));
}

std::string no_pcie_root(const schema::Domain& domain) {
  constexpr const char* remedy = "use q35 (or virt on aarch64)";
  if (!is_i440fx(domain)) return fmt::format("the machine has no PCIe root; {}", remedy);
  return fmt::format("the machine is i440fx ({}), which has no PCIe; {}", *domain.os->type->machine, remedy);
}

Plan plan_without_pcie(const DomainView& view, const Options& options) {
  Plan plan{.mirror = options.mirror};
  for (const PassthroughDevice& device : view.devices) {
    PlannedDevice& planned = plan.devices.emplace_back(describe(device));
    planned.address = device.address;
    planned.reasons.push_back({Reason::no_pcie_root, no_pcie_root(view.domain)});
  }
  if (options.strict && !plan.devices.empty()) throw off_its_cell(plan.devices[0], view.devices[0]);
  return plan;
}

// Devices that the host lacks, but whose node is given, have no neighbours to mirror.
Warnings devices_without_location(const DomainView& view, const HostLocations& locations, Mirror mirror) {
  Warnings warnings;
  if (mirror == Mirror::numa) return warnings;
  for (std::size_t i = 0; i < view.devices.size(); ++i) {
    if (locations[i].on_host || !locations[i].node) continue;
    warnings.push_back(make_diagnostic(
        Code::not_on_host, view.devices[i].path(),
        missing_on_host(view.devices[i], locations[i]) + ", so no other device is assumed to be near it"));
  }
  return warnings;
}

// Where a copy of sysfs has folders in place of links, only the nodes of devices are known.
std::optional<Diagnostic> unknown_tree(const DomainView& view, const HostLocations& locations, Mirror mirror) {
  if (mirror == Mirror::numa) return std::nullopt;
  std::size_t count = 0;
  std::string first;
  for (std::size_t i = 0; i < view.devices.size(); ++i) {
    if (!locations[i].on_host || !locations[i].on_host->root_complex.empty()) continue;
    if (count++ == 0) first = view.devices[i].name();
  }
  if (count == 0) return std::nullopt;
  return make_diagnostic(Code::unknown_tree, "",
                         fmt::format("the host does not say which root complex and bridges {} behind, as {}, so that "
                                     "cannot be mirrored",
                                     count == 1 ? "a device is" : fmt::format("{} devices are", count), first),
                         "copy sysfs with its links in bus/pci/devices");
}

// The guest cannot tell apart nodes that share a cell.
Warnings merged_nodes(const HostLocations& locations, const CellMap& cells, Mirror mirror) {
  Warnings warnings;
  if (mirror == Mirror::numa) return warnings;
  std::map<std::uint32_t, std::set<NodeId>> nodes;  // by cell
  for (const HostLocation& location : locations) {
    if (const auto cell = cells.cell_of(location.node)) nodes[*cell].insert(*location.node);
  }
  for (const auto& [cell, merged] : nodes) {
    if (merged.size() < 2) continue;
    warnings.push_back(
        make_diagnostic(Code::merged_nodes, "",
                        fmt::format("host nodes {} share guest cell {}, so for the guest their devices are on one node",
                                    fmt::join(merged, " and "), cell)));
  }
  return warnings;
}

Warnings absent_bus_numbers(const PciTree& pci) {
  Warnings warnings;
  for (const PciController& controller : pci.controllers()) {
    if (controller.is_expander() && !controller.bus_nr) warnings.push_back(absent_bus_number(controller));
  }
  return warnings;
}

Warnings hidden_devices(const std::vector<PlannedDevice>& planned, const DomainView& view, const PciTree& pci) {
  Warnings warnings;
  for (std::size_t i = 0; i < planned.size(); ++i) {
    if (!planned[i].has(Reason::hidden)) continue;
    warnings.push_back(make_diagnostic(
        Code::hidden_device, view.devices[i].path(),
        fmt::format("the guest may not see {}: {}", planned[i].name(), hidden_because(pci, *planned[i].address))));
  }
  return warnings;
}

std::vector<PlannedNode> nodes_with_devices(const HostLocations& locations, const CellMap& cells, bool explain) {
  std::map<NodeId, std::uint32_t> used;
  for (const HostLocation& location : locations) {
    if (const auto cell = cells.cell_of(location.node)) used.emplace(*location.node, *cell);
  }
  std::vector<PlannedNode> nodes;
  for (const auto& [node, cell] : used) nodes.push_back({node, cell, explain ? cells.reasons.at(node) : ""});
  return nodes;
}

void check_strict(const Plan& plan, const DomainView& view, const PciTree& pci) {
  for (std::size_t i = 0; i < plan.devices.size(); ++i) {
    const PlannedDevice& device = plan.devices[i];
    if (device.outcome == Outcome::placed) continue;
    if (device.outcome == Outcome::kept && is_on_cell(pci, device.address, device.guest_cell)) continue;
    throw off_its_cell(device, view.devices[i]);
  }
}

// The domain's devices where they will be.
std::vector<PassthroughDevice> relocated(const DomainView& view, const AssignedPorts& assigned) {
  std::vector<PassthroughDevice> devices = view.devices;
  for (std::size_t i = 0; i < devices.size(); ++i) devices[i].address = assigned.devices[i].address;
  return devices;
}

// The cells of the nodes whose devices are placed: without new cells that would stay empty.
CellMap drop_unused_cells(CellMap proposed, CellMap existing, const DomainView& view, const topology::Host& host,
                          const HostLocations& locations, const Moves& moves) {
  std::set<NodeId> with_new_cell;
  for (const PlannedCell& cell : proposed.added) with_new_cell.insert(cell.host_node);
  std::set<NodeId> used;
  for (const std::size_t i : moves.to_place) {
    if (with_new_cell.contains(*locations[i].node)) used.insert(*locations[i].node);
  }
  if (used.size() == with_new_cell.size()) return proposed;
  existing.missing = std::move(proposed.missing);
  return with_new_cells(std::move(existing), used, view, host);
}

bool changes_anything(const Plan& plan) {
  return !plan.cells.empty() || !plan.controllers.empty() || !plan.removed.empty() || sets_anything(plan.mmio) ||
         std::any_of(plan.devices.begin(), plan.devices.end(),
                     [](const PlannedDevice& device) { return device.outcome == Outcome::placed; });
}

Plan plan_devices(const DomainView& view, const topology::Host& host, const Options& options) {
  // What each device is, and which cell it belongs on.
  const HostLocations locations = locate_on_host(view.devices, &host, options.numa_nodes);
  const CellMap existing = map_cells(view, host, locations, options);
  Warnings ambiguous = errors_if_strict(ambiguous_cells(view, locations, existing), options.strict);
  const std::set<NodeId> without = options.unaligned == Unaligned::cell
                                       ? nodes_without_cell(view, locations, existing, options.readdress)
                                       : std::set<NodeId>();
  CellMap proposed = with_new_cells(existing, without, view, host);
  check_expanders(view, proposed.added);
  const Moves moves = choose_moves(view, locations, proposed, options.readdress);
  const CellMap cells = drop_unused_cells(std::move(proposed), existing, view, host, locations, moves);

  // Where it goes.
  Warnings warnings = errors_if_strict(absent_bus_numbers(moves.pci), options.strict);
  auto [assigned, mirror, reduced] = assign_with_fallback(view, host, locations, cells, moves, options);
  const std::vector<PassthroughDevice> devices = relocated(view, assigned);

  // What that means.
  Plan plan{.mirror = mirror,
            .nodes = nodes_with_devices(locations, cells, options.explain),
            .cells = cells.added,
            .controllers = std::move(assigned.controllers),
            .removed = moves.removed,
            .devices = planned_devices(view, locations, cells, moves, assigned, options)};
  if (options.strict) check_strict(plan, view, assigned.pci);
  WindowPlan window = plan_window({view.domain, host, assigned.pci, devices, moves.ports_to_come(view)}, options);
  plan.mmio = std::move(window.mmio);
  plan.changed = changes_anything(plan);

  append(plan.warnings, std::move(reduced));
  append(plan.warnings, cells.warnings);
  append(plan.warnings, cells_missing(view.domain));
  append(plan.warnings, acpi_off(view.domain));
  append(plan.warnings, devices_without_location(view, locations, mirror));
  append(plan.warnings, unknown_tree(view, locations, mirror));
  append(plan.warnings, unused_nodes(options.numa_nodes, locations));
  append(plan.warnings, merged_nodes(locations, cells, mirror));
  append(plan.warnings, std::move(warnings));
  append(plan.warnings, std::move(assigned.warnings));
  append(plan.warnings, hidden_devices(plan.devices, view, assigned.pci));
  append(plan.warnings, std::move(ambiguous));
  append(plan.warnings, empty_ports(assigned.pci));
  append(plan.warnings, first_out_of_order(assigned.pci, devices, locations));
  append(plan.warnings, std::move(window.warnings));
  return plan;
}

// Only libvirt's description of a running guest has an id.
std::optional<Diagnostic> live_domain(const schema::Domain& domain) {
  if (!domain.id.valid() || *domain.id < 0) return std::nullopt;
  return make_diagnostic(Code::live_domain, "/domain/@id",
                         fmt::format("the id {} says that this is a running guest, so it has devices and names that "
                                     "the guest's definition may not have",
                                     *domain.id),
                         "take the definition, from virsh dumpxml --inactive");
}

Plan plan_domain(const schema::Domain& domain, const topology::Host& host, const Options& options);

// CPUs and nodes that are named for cells, but that nothing of the layout needs.
Warnings unused_names(const Layout& layout, const Options& options) {
  Warnings warnings;
  if (!options.cpus.empty() && layout.pins.empty()) {
    warnings.push_back(
        make_diagnostic(Code::nothing_to_add, "",
                        fmt::format("{} named for vCPUs without a pin, and each vCPU has one",
                                    options.cpus.size() == 1 ? fmt::format("CPU {} is", options.cpus.format())
                                                             : fmt::format("CPUs {} are", options.cpus.format())),
                        "omit them"));
  }
  topology::CpuSet idle = options.nodes;
  for (const LayoutCell& cell : layout.cells) idle.erase({cell.host_node, cell.host_node});
  if (!idle.empty()) {
    warnings.push_back(
        make_diagnostic(Code::nothing_to_add, "",
                        fmt::format("host node{} {} {} named for guest cells without a node, and no such cell is left",
                                    idle.size() == 1 ? "" : "s", listed(idle), idle.size() == 1 ? "is" : "are"),
                        "omit them"));
  }
  return warnings;
}

// The plan for the domain with what it lacks of cells, pins and memnodes.
Plan plan_with_layout(const schema::Domain& domain, const topology::Host& host, Options options) {
  Layout layout = plan_layout(domain, host, options);
  Warnings unused = unused_names(layout, options);
  options.cells = Cells::keep;
  if (layout.empty()) {
    Plan plan = plan_domain(domain, host, options);
    append(plan.warnings, std::move(unused));
    return plan;
  }
  schema::Domain with_layout = domain;
  write_layout(layout, schema::Unit::KiB, with_layout);
  Plan plan = plan_domain(with_layout, host, options);
  plan.layout = std::move(layout);
  plan.changed = true;
  append(plan.warnings, std::move(unused));
  return plan;
}

Plan plan_domain(const schema::Domain& domain, const topology::Host& host, const Options& options) {
  if (options.cells != Cells::keep) return plan_with_layout(domain, host, options);
  if (options.firmware) firmware_of(domain, options.firmware);  // throws if the domain cannot have it
  if (!topology::has_guest_cells(domain)) return plan_without_cells(domain, host, options);
  const DomainView view(domain);
  check_given_once(view.devices, {});
  if (auto wrong = wrong_root(domain)) throw PlanError(*std::move(wrong));
  if (!has_pcie_root(domain)) return plan_without_pcie(view, options);
  if (view.devices.empty()) {
    Plan plan{.mirror = options.mirror};
    append(plan.warnings, unused_nodes(options.numa_nodes, {}));
    return plan;
  }
  if (options.strict) {
    if (auto off = acpi_off(domain)) throw PlanError(*std::move(off));
  }
  return plan_devices(view, host, options);
}

}  // namespace

Plan plan(const schema::Domain& domain, const topology::Host& host, const Options& options) {
  return with_codes([&] {
    Plan planned = plan_domain(domain, host, options);
    if (auto live = live_domain(domain); live && !planned.devices.empty())
      planned.warnings.insert(planned.warnings.begin(), *std::move(live));
    return planned;
  });
}

}  // namespace vnuma::placement
