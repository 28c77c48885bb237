#include "cell_rules.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <vnuma/schema/size.hpp>
#include <vnuma/topology/guest_map.hpp>

#include "../counted.hpp"
#include "../domain/machine.hpp"

namespace vnuma::placement {

namespace {

constexpr const char* how_to_pin =
    "pin the vCPUs of each cell to its node, as <cputune><vcpupin vcpu='0' cpuset='0'/></cputune>, or name the node, "
    "as <numatune><memnode cellid='0' mode='strict' nodeset='0'/></numatune>";

}  // namespace

std::optional<Diagnostic> acpi_off(const schema::Domain& domain) {
  if (has_acpi(domain)) return std::nullopt;
  return make_diagnostic(Code::acpi_off, "/domain", "ACPI is off, so the guest sees node -1 for every device",
                         "add <features><acpi/></features>");
}

std::optional<Diagnostic> cells_missing(const schema::Domain& domain) {
  if (!topology::has_guest_cells(domain)) {
    const bool has_pcie = has_pcie_root(domain);
    return make_diagnostic(
        Code::no_cells, "/domain", "the guest has no NUMA cells for its passthrough devices",
        fmt::format("{}add a cell for each host node, as <cpu><numa><cell id='0' cpus='0-3' memory='8' "
                    "unit='GiB'/></numa></cpu>, and pin its vCPUs to that node, as <cputune><vcpupin vcpu='0' "
                    "cpuset='0'/></cputune>",
                    has_pcie ? "" : "use q35 (or virt on aarch64), and "),
        has_pcie ? std::vector<OptionHint>{{Option::cells_add}} : std::vector<OptionHint>());
  }
  const bool has_pins = domain.cpu_tune && !domain.cpu_tune->vcpu_pin.empty();
  const bool has_memnodes = domain.numa_tune && !domain.numa_tune->mem_nodes.empty();
  // With placement='auto' libvirt asks numad and ignores cpuset, as the guest map does.
  const bool has_cpus = domain.vcpu && domain.vcpu->cpu_set && domain.vcpu->placement != "auto";
  if (has_pins || has_memnodes || has_cpus) return std::nullopt;
  return make_diagnostic(Code::unmapped_cells, "/domain/cpu/numa",
                         "no host node maps to a guest cell: no vCPU is pinned, and no memnode names a node",
                         how_to_pin, {{Option::cells_add}});
}

std::vector<Diagnostic> ambiguous_cells(const DomainView& view, const HostLocations& locations, const CellMap& cells) {
  std::map<std::vector<std::uint32_t>, schema::CpuSet> nodes_of;
  for (const auto& [node, tie] : cells.ties) {
    const auto is_on_node = [id = node](const HostLocation& location) { return location.node == id; };
    if (std::any_of(locations.begin(), locations.end(), is_on_node)) nodes_of[tie.cells].insert({node, node});
  }
  const bool has_pins = view.domain.cpu_tune && !view.domain.cpu_tune->vcpu_pin.empty();
  std::vector<Diagnostic> found;
  for (const auto& [tied, nodes] : nodes_of) {
    const bool one = nodes.size() == 1;
    found.push_back(make_diagnostic(
        Code::ambiguous_cell, find_cell(view.cells, tied.front())->path(),
        fmt::format(
            "host node{} {} {} equally many vCPUs of the guest cells {}, so nothing says which cell the devices "
            "of {} belong on",
            one ? "" : "s", listed(nodes), one ? "has" : "have", listed(tied), one ? "the node" : "these nodes"),
        how_to_pin, has_pins ? std::vector<OptionHint>() : std::vector<OptionHint>{{Option::cells_add}}));
  }
  return found;
}

void check_cells(const DomainView& view, const DiagnosticSink& sink) {
  for (const GuestCell& cell : view.cells) {
    sink.read([&] { return cell.cell->id.value_or(0); });
    const auto memory = sink.read(
        [&] { return cell.cell->memory ? std::optional(schema::bytes(*cell.cell, cell.path())) : std::nullopt; });
    if (memory != 0) continue;
    sink.add(make_diagnostic(Code::cell_without_memory, cell.path() + "/@memory",
                             "the cell has no memory, and QEMU does not start a guest with such a cell",
                             "give it 64 MiB or more"));
  }
}

}  // namespace vnuma::placement
