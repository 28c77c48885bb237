/// \file
/// Diagnostics: what plan, check, restore and generate report, as values.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <vnuma/placement/export.hpp>
#include <vnuma/schema/error.hpp>

namespace vnuma::placement {

/// How bad a diagnostic is.
enum class Severity {
  error,    ///< libvirt or QEMU refuses the domain, or the guest does not boot, lacks a device or cannot use it
  warning,  ///< the guest runs, but not as intended
  /// Depends on the version of the firmware or on the processor, which the domain does not specify. The message names
  /// the versions that are affected.
  doubt,
};

/// "error", "warning" or "doubt".
VNUMA_PLACEMENT_EXPORT std::string_view name(Severity severity);

/// The kinds of diagnostics, VN001 first. placement/FINDINGS.md describes each by its code. A code never changes its
/// meaning; new ones are added at the end.
enum class Code {
  invalid_value,         ///< VN001
  unknown_model,         ///< VN002
  index_twice,           ///< VN003
  index_of_root,         ///< VN004
  address_twice,         ///< VN005
  wrong_bus,             ///< VN006
  controller_loop,       ///< VN007
  index_below_bus,       ///< VN008
  no_pcie_root,          ///< VN009
  no_node,               ///< VN010
  unknown_cell,          ///< VN011
  cell_without_memory,   ///< VN012
  acpi_off,              ///< VN013
  bus_nr_twice,          ///< VN014
  bus_ranges_overlap,    ///< VN015
  bus_range_beyond_255,  ///< VN016
  bus_nr_missing,        ///< VN017
  bus_nr_in_root_range,  ///< VN018
  chassis_twice,         ///< VN019
  no_function_0,         ///< VN020
  multifunction_off,     ///< VN021
  empty_port,            ///< VN022
  guest_order,           ///< VN023
  no_source,             ///< VN024
  device_twice,          ///< VN025
  not_on_host,           ///< VN026
  host_mismatch,         ///< VN027
  ignored_memnode,       ///< VN028
  wrong_cell,            ///< VN029
  wrong_switch,          ///< VN030
  io_ports,              ///< VN031
  io_reserve,            ///< VN032
  window,                ///< VN033
  address_bits,          ///< VN034
  window_below_4g,       ///< VN035
  no_cells,              ///< VN036
  unmapped_cells,        ///< VN037
  unused_node,           ///< VN038
  merged_nodes,          ///< VN039
  nearest_cell,          ///< VN040
  hidden_device,         ///< VN041
  ambiguous_cell,        ///< VN042
  reduced_plan,          ///< VN043
  far_from_neighbours,   ///< VN044
  numbers_exhausted,     ///< VN045
  unknown_host_node,     ///< VN046
  stale_plan,            ///< VN047
  wrong_firmware,        ///< VN048
  not_restorable,        ///< VN049
  cpus_insufficient,     ///< VN050
  memory_indivisible,    ///< VN051
  wrong_devices,         ///< VN052
  incomplete_host,       ///< VN053
  left_out,              ///< VN054
  cells_not_derived,     ///< VN055
  node_memory,           ///< VN056
  wrong_root,            ///< VN057
  live_domain,           ///< VN058
  unbound_memory,        ///< VN059
  unpinned_vcpus,        ///< VN060
  foreign_pins,          ///< VN061
  divided_cell,          ///< VN062
  crossing_pins,         ///< VN063
  far_emulator,          ///< VN064
  excess_memory,         ///< VN065
  shared_pins,           ///< VN066
  huge_pages_missing,    ///< VN067
  contradictory_cells,   ///< VN068
  bridge_passed,         ///< VN069
  nothing_to_add,        ///< VN070
  not_placed,            ///< VN071
  unknown_tree,          ///< VN072
};

/// "VN001".
VNUMA_PLACEMENT_EXPORT std::string name(Code code);

/// A row of the table of all codes.
struct DiagnosticKind {
  Code code{};
  Severity severity{};          ///< of diagnostics that are not doubts
  std::string_view title{};     ///< what is wrong, in a few words
  bool is_of_firmware = false;  ///< whether it concerns only what the guest's firmware does with BARs and I/O
};

/// The row of a code.
VNUMA_PLACEMENT_EXPORT const DiagnosticKind& kind_of(Code code);

/// The table of all codes, in their order.
VNUMA_PLACEMENT_EXPORT std::span<const DiagnosticKind> diagnostic_kinds();

/// An option of the library that a remedy names. The library does not know what a program calls it: Spelling.
enum class Option {
  plan,            ///< plan() and apply(): the tool's `place`
  readdress,       ///< Options::readdress
  numa_nodes,      ///< Options::numa_nodes, for OptionHint::device
  unaligned,       ///< Options::unaligned
  mmio_automatic,  ///< Options::mmio, with Mmio::automatic
  mirror_switch,   ///< Options::mirror, with Mirror::pcie_switch
  firmware,        ///< Options::firmware and CheckOptions::firmware
  cells_add,       ///< Options::cells, with Cells::add
  cpus,            ///< Options::cpus
  nodes,           ///< Options::nodes
  all_warnings,    ///< ReportOptions::all_warnings
};

/// An option that helps.
struct OptionHint {
  Option option{};
  std::string device{};  ///< for numa_nodes: the address of the device on the host
  bool operator==(const OptionHint&) const = default;
};

/// What a program calls an option, with its value: "--mmio auto". Empty if it does not have the option, which then is
/// not named.
using Spelling = std::function<std::string(const OptionHint&)>;

/// The spelling for programs that call the library: "Options::readdress", "Mmio::automatic".
VNUMA_PLACEMENT_EXPORT std::string library_spelling(const OptionHint& hint);

/// Something that is wrong, where, and what to do about it.
struct Diagnostic {
  Code code{};
  Severity severity{};
  std::string path{};     ///< as in schema::Error; if an element is missing, the path of its parent
  std::string message{};  ///< what is wrong: a sentence without its full stop, which may begin in lower case
  std::string remedy{};   ///< what to do besides `options`: likewise; may be empty
  std::vector<OptionHint> options{};  ///< options that help
  bool operator==(const Diagnostic&) const = default;
};

/// A diagnostic with the severity of its code.
VNUMA_PLACEMENT_EXPORT Diagnostic make_diagnostic(Code code, std::string path, std::string message,
                                                  std::string remedy = {}, std::vector<OptionHint> options = {});

/// What to do: "use --mmio auto, or pass fewer devices through". Empty if nothing is known.
VNUMA_PLACEMENT_EXPORT std::string remedy_text(const Diagnostic& diagnostic,
                                               const Spelling& spelling = library_spelling);

/// "PATH: MESSAGE; REMEDY" on one line, "in doubt: " before it for a doubt.
VNUMA_PLACEMENT_EXPORT std::string to_string(const Diagnostic& diagnostic, const Spelling& spelling = library_spelling);

/// An error with its diagnostic: the base class of PlanError and GenerateError. `what()` is to_string with
/// library_spelling.
class VNUMA_PLACEMENT_EXPORT DiagnosticError : public schema::Error {
 public:
  explicit DiagnosticError(Diagnostic diagnostic);

  const Diagnostic& diagnostic() const noexcept { return diagnostic_; }

 private:
  Diagnostic diagnostic_;
};

}  // namespace vnuma::placement
