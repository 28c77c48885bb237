// Reads the report that a guest prints on its console.
#pragma once

#include <optional>
#include <string>

#include <vnuma/topology/host.hpp>

namespace vnuma::test {

// The last line of the report of test/guest/init.
inline constexpr const char* report_end = "=== vnuma report ends";

// The guest's report as a topology::Host: nodes have the numbers of the guest's kernel, and devices have the guest's
// addresses. nullopt if the console has no complete report.
std::optional<topology::Host> read_report(const std::string& console);

// The version that the guest's firmware reports: "1.16.2-debian-1.16.2-1", "2025.02-8+deb13u1", and "0.0.0" for
// Debian's OVMF 2022.11; empty if the report has none.
std::string firmware_version(const std::string& console);

// Whether the guest's firmware or kernel assigned an address to the BAR.
bool is_assigned(const topology::Bar& bar);

}  // namespace vnuma::test
