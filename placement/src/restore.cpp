#include <vnuma/placement/restore.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <vnuma/topology/guest_map.hpp>

#include "assign/assignment.hpp"
#include "assign/new_cells.hpp"
#include "changed_cells.hpp"
#include "domain/domain_view.hpp"
#include "domain/machine.hpp"
#include "layout/layout.hpp"
#include "layout/write_layout.hpp"
#include "outcomes.hpp"

namespace vnuma::placement {

namespace {

// An expander bus that has lost its busNr, its node or its cell.
struct Need {
  PciController expander;
  std::vector<std::size_t> devices;  // below it, in DomainView::devices
  PciAddress lowest_source;
  std::uint32_t cell = 0;
};

using Needs = std::vector<Need>;

Needs find_needs(const DomainView& view) {
  std::map<std::uint32_t, Need> found;  // by index
  for (const PciController& controller : view.pci.controllers()) {
    if (!controller.is_expander()) continue;
    const bool in_need = controller.node ? !find_cell(view.cells, *controller.node) : !controller.bus_nr;
    if (in_need) found[controller.index].expander = controller;
  }
  for (std::size_t i = 0; i < view.devices.size(); ++i) {
    const auto& address = view.devices[i].address;
    const PciController* expander = address ? view.pci.expander_of(address->bus) : nullptr;
    const auto need = expander ? found.find(expander->index) : found.end();
    if (need != found.end()) need->second.devices.push_back(i);
  }
  Needs needs;
  for (auto& [index, need] : found) needs.push_back(std::move(need));
  return needs;
}

[[noreturn]] void refuse(const PciController& expander, const std::string& reason,
                         std::vector<OptionHint> options = {}) {
  throw PlanError(
      make_diagnostic(Code::not_restorable, expander.path(),
                      fmt::format("the expander bus {}, and cannot be restored: {}",
                                  expander.node ? fmt::format("is on {}, which is not a guest cell", *expander.node)
                                                : "has neither busNr nor node",
                                  reason),
                      {}, std::move(options)));
}

// The view with the devices below the expander buses in need as plan() first saw them: without an address.
DomainView before_placing(DomainView view, const Needs& needs) {
  for (const Need& need : needs) {
    for (const std::size_t i : need.devices) {
      view.devices[i].address.reset();
      view.devices[i].has_address_element = false;
    }
  }
  return view;
}

// The cells that plan() found or added the first time.
CellMap cells_of(const DomainView& view, const topology::Host& host, const HostLocations& locations,
                 const Options& options) {
  CellMap cells = map_cells(view, host, locations, {.unaligned = options.unaligned});
  if (options.unaligned != Unaligned::cell) return cells;
  const std::set<NodeId> without = nodes_without_cell(view, locations, cells, false);
  return with_new_cells(std::move(cells), without, view, host);
}

std::uint32_t cell_of(const Need& need, std::size_t i, const DomainView& view, const HostLocations& locations,
                      const CellMap& cells) {
  if (const auto cell = cells.cell_of(locations[i].node)) return *cell;
  const PassthroughDevice& device = view.devices[i];
  const DeviceReason reason = cell_reasons(device, locations[i], cells).front();
  refuse(need.expander, fmt::format("{}: {}", device.name(), reason.sentence),
         reason.option ? std::vector{*reason.option} : std::vector<OptionHint>());
}

void find_cell(Need& need, const DomainView& view, const HostLocations& locations, const CellMap& cells) {
  if (need.devices.empty()) refuse(need.expander, "no passthrough device is below it");
  const std::size_t first = need.devices.front();
  need.cell = cell_of(need, first, view, locations, cells);
  need.lowest_source = *locations[first].source;
  for (const std::size_t i : need.devices) {
    const std::uint32_t cell = cell_of(need, i, view, locations, cells);
    if (cell != need.cell) {
      refuse(need.expander, fmt::format("{} belongs on guest cell {}, {} on {}", view.devices[first].name(), need.cell,
                                        view.devices[i].name(), cell));
    }
    need.lowest_source = std::min(need.lowest_source, *locations[i].source);
  }
  if (need.expander.node && *need.expander.node != need.cell) {
    refuse(need.expander, fmt::format("{} belongs on guest cell {}", view.devices[first].name(), need.cell));
  }
}

// As for new expander buses: in the order of the host's addresses, and without the reserve if that does not fit.
void set_targets(Needs& needs, const PciTree& pci, unsigned reserve, schema::Devices& devices) {
  std::sort(needs.begin(), needs.end(), [](const Need& a, const Need& b) { return a.lowest_source < b.lowest_source; });
  std::vector<BusRequest> requests;
  std::vector<schema::ControllerTarget*> without;
  for (const Need& need : needs) {
    auto& target = devices.controllers[need.expander.position].target;
    if (!target) target.emplace();
    target->numa_node = need.cell;
    if (need.expander.bus_nr) continue;
    without.push_back(&*target);
    requests.push_back({.size = 1 + need.expander.buses_below + reserve});
  }
  BusNumbers numbers = free_bus_numbers(pci, pci.ports_to_come());
  auto ranges = numbers.take(requests);
  if (!ranges) {
    for (BusRequest& request : requests) request.size -= reserve;
    ranges = numbers.take(requests);
  }
  if (!ranges) refuse(needs.front().expander, "the bus numbers up to 255 do not suffice");
  for (std::size_t i = 0; i < without.size(); ++i) without[i]->bus_nr = (*ranges)[i].first;
}

std::vector<std::uint32_t> restore_domain(schema::Domain& domain, const topology::Host& host, const Options& options) {
  if (!domain.devices) return {};
  if (!topology::has_guest_cells(domain)) {
    const auto is_expander = [](const schema::Controller& c) { return c.model == "pcie-expander-bus"; };
    const auto& controllers = domain.devices->controllers;
    if (options.cells == Cells::keep || std::none_of(controllers.begin(), controllers.end(), is_expander)) return {};
    schema::Domain with_layout = domain;
    write_layout(plan_layout(domain, host, options), schema::Unit::KiB, with_layout);
    std::vector<std::uint32_t> restored = restore_domain(with_layout, host, options);
    if (!restored.empty()) domain = std::move(with_layout);
    return restored;
  }
  const DomainView view(domain);
  check_given_once(view.devices, {});
  Needs needs = find_needs(view);
  if (needs.empty()) return {};
  if (!has_pcie_root(domain)) refuse(needs.front().expander, "the machine has no PCIe root");
  const DomainView before = before_placing(view, needs);
  const HostLocations locations = locate_on_host(before.devices, &host, options.numa_nodes);
  const CellMap cells = cells_of(before, host, locations, options);
  for (Need& need : needs) find_cell(need, before, locations, cells);

  schema::Domain restored = domain;
  ChangedCells(cells.added, restored).move_into(restored);
  set_targets(needs, view.pci, options.reserve_buses, *restored.devices);
  std::vector<std::uint32_t> indexes;
  for (const Need& need : needs) indexes.push_back(need.expander.index);
  std::sort(indexes.begin(), indexes.end());
  domain = std::move(restored);  // from here on `view` is invalid
  return indexes;
}

}  // namespace

std::vector<std::uint32_t> restore(schema::Domain& domain, const topology::Host& host, const Options& options) {
  return with_codes([&] { return restore_domain(domain, host, options); });
}

}  // namespace vnuma::placement
