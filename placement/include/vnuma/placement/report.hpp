/// \file
/// Reports of a plan.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include <vnuma/placement/export.hpp>
#include <vnuma/placement/plan.hpp>

namespace vnuma::placement {

/// Pairs of devices that are not as near to each other in the guest as on the host.
struct Difference {
  topology::Level host{};
  topology::Level guest{};
  std::size_t pairs = 0;  ///< how many pairs have these levels
  std::size_t first = 0;  ///< one such pair, as positions in Plan::devices
  std::size_t second = 0;
  bool operator==(const Difference&) const = default;
};

/// Counts the pairs of devices whose level differs between host and guest, if both locations are known. Quadratic.
VNUMA_PLACEMENT_EXPORT std::vector<Difference> differences(const Plan& plan);

/// What report_text() adds.
struct ReportOptions {
  /// A line for each warning. Otherwise several warnings that only concern the firmware
  /// (DiagnosticKind::is_of_firmware) are one line.
  bool all_warnings = false;
  /// Returns the name of the device at an address of the host; empty if unknown. Names are in the report if no device
  /// has an alias.
  std::function<std::string(const PciAddress&)> device_name{};
};

/// For a person: a line per device, then the nodes that the firmware does not report, the differences, the new cells,
/// the window for BARs and the warnings, each on one line. Ends in a newline.
///
/// \param plan what plan() returned
/// \param spelling what the program calls the options that remedies name
/// \param options see ReportOptions
/// \note Complexity: quadratic in the devices, as differences().
VNUMA_PLACEMENT_EXPORT std::string report_text(const Plan& plan, const Spelling& spelling = library_spelling,
                                               const ReportOptions& options = {});

/// For a person who asks why: the cell of each host node, each controller and device, and the window for BARs, with the
/// plan's reasons for it, a line for each. Reasons of choices need Options::explain; what is removed, kept or left is
/// listed in any case. Empty for a plan without devices. Linear.
VNUMA_PLACEMENT_EXPORT std::string explanation(const Plan& plan, const Spelling& spelling = library_spelling);

/// "placed", "kept" or "left".
VNUMA_PLACEMENT_EXPORT const char* name(Outcome outcome);

/// The reasons of a device in one sentence, with the options that help: "it has an address in the guest; use
/// --readdress". Empty without reasons.
VNUMA_PLACEMENT_EXPORT std::string reason_text(const PlannedDevice& device,
                                               const Spelling& spelling = library_spelling);

/// For a program: one JSON object. Unknown values are null; sizes are in bytes. Text that is not UTF-8 is replaced.
/// FORMATS.md of the tool lists the members.
///
/// \param plan what plan() returned
/// \param explain adds nodes and the lists `why`, which are empty unless the plan was made with Options::explain
/// \param spelling what the program calls the options that remedies name
/// \note Complexity: quadratic in the devices, as differences().
VNUMA_PLACEMENT_EXPORT std::string report_json(const Plan& plan, bool explain = false,
                                               const Spelling& spelling = library_spelling);

}  // namespace vnuma::placement
