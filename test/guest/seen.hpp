// What a guest says of itself on its console.
#pragma once

#include <optional>
#include <string>

#include <vnuma/topology/host.hpp>

namespace vnuma::test {

// The line that ends the report of test/guest/init, when there is nothing more to wait for.
inline constexpr const char* report_end = "=== vnuma report ends";

// What the guest said, in the words that the host is described in: nodes by the guest kernel's numbers, and devices
// with the guest's addresses. nullopt if the report is not there, or not whole.
std::optional<topology::Host> read_report(const std::string& console);

// What the guest's firmware calls its version: "1.16.2-debian-1.16.2-1", "2025.02-8+deb13u1", and "0.0.0" for Debian's
// OVMF 2022.11; empty if the report does not say.
std::string firmware_version(const std::string& console);

// Whether the guest's firmware or kernel found room for the BAR.
bool is_assigned(const topology::Bar& bar);

}  // namespace vnuma::test
