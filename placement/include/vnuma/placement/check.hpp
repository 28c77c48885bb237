/// \file
/// check: finds what is wrong with a domain, even one that libvirt defines.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <vnuma/placement/diagnostic.hpp>
#include <vnuma/placement/export.hpp>
#include <vnuma/placement/plan.hpp>
#include <vnuma/schema/domain.hpp>
#include <vnuma/topology/host.hpp>

namespace vnuma::placement {

/// What is known besides domain and host.
struct CheckOptions {
  /// The guest's firmware. Without it, a shortage that affects only some of the possible firmware versions is a
  /// doubt.
  std::optional<Firmware> firmware{};
};

/// Finds what is wrong with the domain's PCI topology, its guest cells and its passthrough devices, as far as the
/// domain says: above all what libvirt defines but QEMU does not start, or what starts and breaks the guest. Also what
/// libvirt refuses in these parts, so that a document can be checked without libvirt.
///
/// \param domain a domain from from_xml; libvirt may still refuse it for what is not checked
/// \return the diagnostics, each path once for each code; empty if nothing is wrong
/// \note Does not throw for a domain that from_xml returned: an invalid value is a diagnostic. Complexity: linear in
/// devices and controllers, times the depth of the tree and a logarithm; quadratic in the expander buses.
VNUMA_PLACEMENT_EXPORT std::vector<Diagnostic> check(const schema::Domain& domain);

/// Finds also what does not fit the host: devices that it lacks, pinning to CPUs that it lacks, devices that are not on
/// the cell that their host node maps to (topology::guest_map; not every node maps to a cell), devices that
/// share a PCIe switch in the guest but not on the host, and BARs that firmware or address bits have no room for
/// (PlannedMmio). Also vCPUs and memory of guest cells that are on several nodes, away from each other, or on any node,
/// and cells with more memory than their nodes have.
///
/// \param domain as above
/// \param host the host that the domain is for
/// \param options what is known besides
/// \return as above
/// \throws PlanError if the domain cannot have the firmware of the options
VNUMA_PLACEMENT_EXPORT std::vector<Diagnostic> check(const schema::Domain& domain, const topology::Host& host,
                                                     const CheckOptions& options = {});

/// Finds host CPUs that vCPUs of two domains are pinned to, for domains that run on one host at the same time. Domains
/// whose vCPUs all use `<vcpu cpuset>` may share these CPUs: at least one of the two must have a vcpupin for a CPU.
/// Also finds emulator threads and IOThreads of one that are pinned to CPUs of a vcpupin of the other.
///
/// \param domain the domain that the diagnostics are about
/// \param other another domain of the same host
/// \param name_of_other what messages call it
/// \return at most two diagnostics for the vcpupins of `domain`, and one each for its `<vcpu cpuset>`, emulatorpin and
/// iothreadpins
/// \note Does not throw for domains that from_xml returned; invalid pins are left out. Complexity: the number of
/// vcpupins, times a logarithm.
VNUMA_PLACEMENT_EXPORT std::vector<Diagnostic> check_shared_pins(const schema::Domain& domain,
                                                                 const schema::Domain& other,
                                                                 std::string_view name_of_other);

/// For a person: a line for each diagnostic, "FILE:LINE: error VN014: sentence. Remedy.", by line; empty if there are
/// none.
///
/// \param findings what check() returned
/// \param text the document that the domain was read from
/// \param file its name as it is to be shown
/// \param spelling what the program calls the options that remedies name
VNUMA_PLACEMENT_EXPORT std::string findings_text(std::span<const Diagnostic> findings, std::string_view text,
                                                 std::string_view file, const Spelling& spelling = library_spelling);

/// For a program: one JSON object, the findings by line:
///
///     {"file": "vm.xml", "errors": 1, "warnings": 0, "doubts": 0,
///      "findings": [{"code": "VN014", "severity": "error", "title": "two expander buses with one busNr",
///                    "path": "/domain/devices/controller[3]/target/@busNr", "line": 42, "column": 15,
///                    "message": "...", "remedy": "..."}]}
///
/// Line and column are those of the element or attribute at the path, or of the nearest element around it; null if the
/// text has none. Bytes that are not UTF-8 are replaced. The parameters are those of findings_text().
VNUMA_PLACEMENT_EXPORT std::string findings_json(std::span<const Diagnostic> findings, std::string_view text,
                                                 std::string_view file, const Spelling& spelling = library_spelling);

}  // namespace vnuma::placement
