#include <vnuma/placement/diagnostic.hpp>

#include <array>
#include <utility>

#include <fmt/format.h>

namespace vnuma::placement {

namespace {

using enum Severity;

// The one place of severity and title; FINDINGS.md explains the codes.
constexpr std::array<DiagnosticKind, 72> kinds{{
    {Code::invalid_value, error, "an invalid or out-of-range value"},
    {Code::unknown_model, error, "a PCI controller of unknown model"},
    {Code::index_twice, error, "two PCI controllers with one index"},
    {Code::index_of_root, error, "a wrong index for the PCI root, or index 0 for another controller"},
    {Code::address_twice, error, "two devices at one address"},
    {Code::wrong_bus, error, "plugged into a controller that does not accept it"},
    {Code::controller_loop, error, "controllers that are plugged into each other"},
    {Code::index_below_bus, error, "a controller with an index below that of its bus"},
    {Code::no_pcie_root, error, "an expander bus, or room for it, on a machine without PCIe"},
    {Code::no_node, warning, "an expander bus without a node"},
    {Code::unknown_cell, error, "an expander bus on a cell that does not exist"},
    {Code::cell_without_memory, error, "a guest cell without memory"},
    {Code::acpi_off, warning, "ACPI is off"},
    {Code::bus_nr_twice, error, "two expander buses with one busNr"},
    {Code::bus_ranges_overlap, error, "bus ranges that overlap"},
    {Code::bus_range_beyond_255, error, "a bus range that ends beyond 255"},
    {Code::bus_nr_missing, error, "an expander bus without busNr and with several bridges"},
    {Code::bus_nr_in_root_range, error, "an expander bus with a busNr that the root's bridges take"},
    {Code::chassis_twice, error, "two ports with one chassis"},
    {Code::no_function_0, error, "a function without function 0 beside it"},
    {Code::multifunction_off, error, "several functions in a slot with multifunction='off'"},
    {Code::empty_port, warning, "an empty port under an expander bus"},
    {Code::guest_order, warning, "devices in another order than the host's"},
    {Code::no_source, error, "a passthrough device without a source"},
    {Code::device_twice, error, "a passthrough device that is given twice"},
    {Code::not_on_host, error, "a device that the host lacks"},
    {Code::host_mismatch, error, "cells or pinning that the host cannot have"},
    {Code::ignored_memnode, warning, "a memnode that is ignored"},
    {Code::wrong_cell, warning, "a device that is not on its guest cell"},
    {Code::wrong_switch, warning, "a device under the wrong switch"},
    {Code::io_ports, error, "more ports with I/O BARs than the firmware has room for", true},
    {Code::io_reserve, warning, "more ports than OVMF reserves I/O for", true},
    {Code::window, error, "a 64-bit window that is too small for the BARs", true},
    {Code::address_bits, error, "too few address bits for the BARs", true},
    {Code::window_below_4g, error, "too little room below 4 GiB for the BARs", true},
    {Code::no_cells, warning, "passthrough devices and no guest cells"},
    {Code::unmapped_cells, warning, "guest cells to which no host node maps"},
    {Code::unused_node, warning, "a host node that is given for a device that the domain lacks"},
    {Code::merged_nodes, warning, "host nodes that share a guest cell"},
    {Code::nearest_cell, warning, "devices on the nearest cell, as their host node has none"},
    {Code::hidden_device, warning, "a device that the guest may not see"},
    {Code::ambiguous_cell, warning, "a host node with equally many vCPUs of several cells"},
    {Code::reduced_plan, warning, "a plan with less than was asked for"},
    {Code::far_from_neighbours, warning, "no room near the devices that are near on the host"},
    {Code::numbers_exhausted, error, "too few indexes, chassis, slots or bus numbers"},
    {Code::unknown_host_node, error, "a host node that the host lacks"},
    {Code::stale_plan, error, "a plan for another domain"},
    {Code::wrong_firmware, error, "stated firmware that the domain cannot have"},
    {Code::not_restorable, error, "an expander bus that cannot be restored"},
    {Code::cpus_insufficient, error, "CPUs that do not suffice for the virtual machine"},
    {Code::memory_indivisible, error, "memory that cannot be divided among the cells"},
    {Code::wrong_devices, error, "devices that do not fit the manifest or the host"},
    {Code::incomplete_host, error, "a host that does not describe its CPUs"},
    {Code::left_out, warning, "a part of the manifest that the domain lacks"},
    {Code::cells_not_derived, error, "guest cells that cannot be added to the domain"},
    {Code::node_memory, error, "a guest cell with more memory than its host node has"},
    {Code::wrong_root, error, "a PCI root that the machine does not have"},
    {Code::live_domain, warning, "the XML of a running guest"},
    {Code::unbound_memory, warning, "pinned cells whose memory can be on any host node"},
    {Code::unpinned_vcpus, warning, "bound memory of vCPUs that are not pinned"},
    {Code::foreign_pins, warning, "vCPUs away from the host node of their cell"},
    {Code::divided_cell, warning, "a cell with vCPUs on several host nodes"},
    {Code::crossing_pins, warning, "vCPUs that can run on several host nodes"},
    {Code::far_emulator, warning, "emulator threads away from the vCPUs"},
    {Code::excess_memory, warning, "cells with more memory than their host nodes have"},
    {Code::shared_pins, warning, "vCPUs on host CPUs that another domain uses"},
    {Code::huge_pages_missing, warning, "fewer huge pages on a host node than guest cells need"},
    {Code::contradictory_cells, error, "guest cells, pins or memnodes that contradict each other"},
    {Code::bridge_passed, error, "a passthrough device that is a PCI bridge"},
    {Code::nothing_to_add, warning, "CPUs or nodes that are named for cells or pins, but not needed"},
    {Code::not_placed, error, "a part of the domain that is not placed yet"},
    {Code::unknown_tree, warning, "devices whose root complex and bridges the host does not say"},
}};
static_assert(kinds.size() == static_cast<std::size_t>(Code::unknown_tree) + 1);

}  // namespace

const DiagnosticKind& kind_of(Code code) { return kinds.at(static_cast<std::size_t>(code)); }

std::string_view name(Severity severity) {
  switch (severity) {
    case error: return "error";
    case warning: return "warning";
    case doubt: return "doubt";
  }
  return {};
}

std::string name(Code code) { return fmt::format("VN{:03}", static_cast<unsigned>(code) + 1); }

std::span<const DiagnosticKind> diagnostic_kinds() { return kinds; }

std::string library_spelling(const OptionHint& hint) {
  switch (hint.option) {
    case Option::plan: return "plan()";
    case Option::readdress: return "Options::readdress";
    case Option::numa_nodes: return fmt::format("Options::numa_nodes for {}", hint.device);
    case Option::unaligned: return "Options::unaligned";
    case Option::mmio_automatic: return "Mmio::automatic";
    case Option::mirror_switch: return "Mirror::pcie_switch";
    case Option::firmware: return "Options::firmware if the version is known";
    case Option::cells_add: return "Cells::add";
    case Option::cpus: return "Options::cpus";
    case Option::nodes: return "Options::nodes";
    case Option::all_warnings: return "ReportOptions::all_warnings";
  }
  return {};
}

Diagnostic make_diagnostic(Code code, std::string path, std::string message, std::string remedy,
                           std::vector<OptionHint> options) {
  return {code, kind_of(code).severity, std::move(path), std::move(message), std::move(remedy), std::move(options)};
}

std::string remedy_text(const Diagnostic& diagnostic, const Spelling& spelling) {
  std::string text;
  for (const OptionHint& hint : diagnostic.options) {
    const std::string spelled = spelling(hint);
    if (!spelled.empty()) text += (text.empty() ? "use " : ", or ") + spelled;
  }
  if (!diagnostic.remedy.empty()) text += (text.empty() ? "" : ", or ") + diagnostic.remedy;
  return text;
}

std::string to_string(const Diagnostic& diagnostic, const Spelling& spelling) {
  std::string text = diagnostic.severity == doubt ? "in doubt: " : "";
  if (!diagnostic.path.empty()) text += diagnostic.path + ": ";
  text += diagnostic.message;
  const std::string remedy = remedy_text(diagnostic, spelling);
  return remedy.empty() ? text : text + "; " + remedy;
}

DiagnosticError::DiagnosticError(Diagnostic diagnostic)
    : Error(diagnostic.path, diagnostic.message, remedy_text(diagnostic)), diagnostic_(std::move(diagnostic)) {}

}  // namespace vnuma::placement
