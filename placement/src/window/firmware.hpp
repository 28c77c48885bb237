// What firmware does with the BARs of a guest, by version. The one place of what differs between versions; FIRMWARE.md
// has the measurements.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <vnuma/placement/plan.hpp>

namespace vnuma::placement {

enum class FirmwareKind { ovmf, seabios, aavmf };

// A version of firmware that was measured.
struct FirmwareFacts {
  Firmware firmware{};  // what Options::firmware calls it
  FirmwareKind kind{};
  std::string_view name{};       // "OVMF 2022.11"
  std::uint64_t least_window{};  // bytes of the 64-bit window whatever the guest's processor: OVMF's, or QEMU's
  unsigned share_of_space{};     // 8: the window is an eighth of the guest's address space where that is more; 0: never
  // opt/ovmf/X-PciMmio64Mb counts also where it is less than what OVMF gives by itself.
  bool takes_less{};
  std::uint64_t below_4g{};  // bytes for BARs below 4 GiB; 0: not measured
  unsigned io_ports{};       // ports whose devices can have I/O BARs; 0: not measured
  // Where a root complex has more ports for hot-plug than io_ports, BARs that need no I/O stay unassigned as well.
  bool starves_others{};
};

// What all measured versions of OVMF share.
namespace ovmf_limits {
// X-PciMmio64Mb beyond this is ignored (OvmfPkg/Library/PlatformInitLib/MemDetect.c).
inline constexpr std::uint64_t largest_window = std::uint64_t{1} << 44;
// The hot-plug driver reserves a 256th of the window for each port, beside its BARs (measured).
inline constexpr std::uint64_t share_of_port = 256;
// OVMF uses at most 46 address bits, and at most 40 where the processor has no 1 GiB pages
// (PlatformAddressWidthFromCpuid in MemDetect.c).
inline constexpr unsigned most_bits = 46;
inline constexpr unsigned bits_without_1g_pages = 40;
}  // namespace ovmf_limits

using Candidates = std::vector<const FirmwareFacts*>;

// All that were measured.
std::span<const FirmwareFacts> firmware_table();

FirmwareKind firmware_kind(const schema::Domain& domain);

// The versions that the domain may have: of its kind, and, where `stated`, that one. Throws PlanError where the domain
// has firmware of another kind than what is stated.
Candidates firmware_of(const schema::Domain& domain, std::optional<Firmware> stated);

// "OVMF 2022.11 and OVMF 2025.02"
std::string names(const Candidates& some);
// "OVMF"
std::string_view name(FirmwareKind kind);

}  // namespace vnuma::placement
