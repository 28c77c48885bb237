#include "cell_rules.hpp"

#include <fmt/format.h>

#include <vnuma/schema/size.hpp>
#include <vnuma/topology/guest_map.hpp>

#include "../domain/machine.hpp"

namespace vnuma::placement {

std::optional<Diagnostic> acpi_off(const schema::Domain& domain) {
  if (has_acpi(domain)) return std::nullopt;
  return make_diagnostic(Code::acpi_off, "/domain", "ACPI is off, so the guest sees node -1 for every device",
                         "add <features><acpi/></features>");
}

std::optional<Diagnostic> cells_missing(const schema::Domain& domain) {
  if (!topology::has_guest_cells(domain)) {
    return make_diagnostic(
        Code::no_cells, "/domain", "the guest has no NUMA cells for its passthrough devices",
        fmt::format("{}add a cell for each host node, as <cpu><numa><cell id='0' cpus='0-3' memory='8' "
                    "unit='GiB'/></numa></cpu>, and pin its vCPUs to that node, as <cputune><vcpupin vcpu='0' "
                    "cpuset='0'/></cputune>",
                    has_pcie_root(domain) ? "" : "use q35 (or virt on aarch64), and "));
  }
  const bool has_pins = domain.cpu_tune && !domain.cpu_tune->vcpu_pin.empty();
  const bool has_memnodes = domain.numa_tune && !domain.numa_tune->mem_nodes.empty();
  // With placement='auto' libvirt asks numad and ignores cpuset, as the guest map does.
  const bool has_cpus = domain.vcpu && domain.vcpu->cpu_set && domain.vcpu->placement != "auto";
  if (has_pins || has_memnodes || has_cpus) return std::nullopt;
  return make_diagnostic(
      Code::unmapped_cells, "/domain/cpu/numa",
      "no host node maps to a guest cell: no vCPU is pinned, and no memnode names a node",
      "pin the vCPUs of each cell to its node, as <cputune><vcpupin vcpu='0' cpuset='0'/></cputune>, or name the node, "
      "as <numatune><memnode cellid='0' mode='strict' nodeset='0'/></numatune>");
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
