/// \file
/// check: what is wrong with a domain that libvirt may well define.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <vnuma/placement/plan.hpp>
#include <vnuma/schema/domain.hpp>
#include <vnuma/topology/host.hpp>

#pragma GCC visibility push(default)
namespace vnuma::placement {

enum class Severity {
  error,    ///< libvirt or QEMU refuses the domain, or the guest does not boot, lacks a device or cannot use it
  warning,  ///< the guest runs, but not as it is meant to
  /// It would be an error or a warning if the guest's firmware or processor is such that the domain does not say: the
  /// message names the versions of firmware that are at fault.
  doubt,
};

/// "error", "warning" or "doubt".
std::string_view name(Severity severity);

/// A kind of finding. What it is about, how it was seen and what helps is in placement/FINDINGS.md, by the code.
struct FindingKind {
  std::string_view code{};   ///< "VN001"; a code never changes its meaning, and new ones come last
  Severity severity{};       ///< of findings that are no doubt
  std::string_view title{};  ///< what is wrong, in some words
};

/// All kinds, by code.
std::span<const FindingKind> finding_kinds();

/// Something that is wrong with a domain.
struct Finding {
  std::string code{};  ///< of one of finding_kinds()
  Severity severity{};
  std::string path{};     ///< as in schema::Error; where something is missing, of what lacks it
  std::string message{};  ///< a sentence; it has no full stop and may begin in lower case
  std::string remedy{};   ///< likewise
  bool operator==(const Finding&) const = default;
};

/// What is known besides domain and host.
struct CheckOptions {
  /// The guest's firmware; without it, a shortage that only some of the versions have that the domain may boot is a
  /// doubt.
  std::optional<Firmware> firmware{};
};

/// What is wrong with the domain's PCI topology, its guest cells and its passthrough devices as far as the domain
/// tells: above all what libvirt defines and QEMU does not start, or what starts and breaks the guest. Also what
/// libvirt refuses in these parts, so that a document can be checked without it. Each place is named once for each
/// kind. A domain without a finding may still be refused for what is not checked.
///
/// Never throws for a domain that from_xml gives: a value that is none is a finding. Complexity: linear in devices and
/// controllers, times the depth of the tree and a logarithm; quadratic in the expander buses.
std::vector<Finding> check(const schema::Domain& domain);

/// And what does not fit the host: devices that it lacks, pinning to CPUs that it lacks, devices that are not on the
/// cell that stands for their host node (topology::guest_map; none does for nodes without one), devices that share a
/// PCIe switch in the guest and not on the host, and BARs that firmware or address bits have no room for (PlannedMmio).
/// \throws PlanError where the domain cannot have the firmware of the options; nothing else.
std::vector<Finding> check(const schema::Domain& domain, const topology::Host& host, const CheckOptions& options = {});

/// For a person: a line for each, "FILE:LINE: error VN014: sentence. Remedy.", by line; nothing if there are none.
/// \param text the document that the domain was read from
/// \param file its name as it is to be shown
std::string findings_text(std::span<const Finding> findings, std::string_view text, std::string_view file);

/// For a program, one JSON object, by line:
///
///     {"file": "vm.xml", "errors": 1, "warnings": 0, "doubts": 0,
///      "findings": [{"code": "VN014", "severity": "error", "title": "two expander buses with one busNr",
///                    "path": "/domain/devices/controller[3]/target/@busNr", "line": 42, "column": 15,
///                    "message": "...", "remedy": "..."}]}
///
/// Line and column are those of what has the path, or of the nearest element around it; null where the text has none.
/// What is not UTF-8 is replaced.
std::string findings_json(std::span<const Finding> findings, std::string_view text, std::string_view file);

}  // namespace vnuma::placement
#pragma GCC visibility pop
