#include "firmware.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "../bytes.hpp"
#include "../domain/machine.hpp"

namespace vnuma::placement {

namespace {

// OVMF: PcdPciMmio64Size in OvmfPkg.
constexpr std::uint64_t ovmf_window = 32 * GiB;
// OVMF on q35, 2022.11: 0xc0000000 to 0xfbffffff; 2025.02: 0x80000000 to 0xdfffffff.
constexpr std::uint64_t ovmf_2022_below_4g = 960 * MiB;
constexpr std::uint64_t ovmf_2025_below_4g = 1536 * MiB;
// OVMF on q35: 0x6000 to 0xffff, ten times the 4 KiB that a bridge counts in, one of which the root bus takes.
constexpr unsigned ovmf_io_ports = 9;
// QEMU: Q35_PCI_HOST_HOLE64_SIZE_DEFAULT in include/hw/pci-host/q35.h, which SeaBIOS does not keep to.
constexpr std::uint64_t q35_window = 32 * GiB;
// QEMU: VIRT_HIGH_PCIE_MMIO in hw/arm/virt.c.
constexpr std::uint64_t virt_window = 512 * GiB;
// SeaBIOS on q35: 0xc0000000 to 0xfebfffff.
constexpr std::uint64_t seabios_below_4g = 1004 * MiB;
// SeaBIOS on q35: 0x1000 to 0xffff in steps of 4 KiB; it stops where that does not suffice.
constexpr unsigned seabios_io_ports = 14;

using enum FirmwareKind;
constexpr std::array<FirmwareFacts, 6> measured{{
    {.firmware = Firmware::ovmf_2022,
     .kind = ovmf,
     .name = "OVMF 2022.11",
     .least_window = ovmf_window,
     .share_of_space = 8,
     .takes_less = false,
     .below_4g = ovmf_2022_below_4g,
     .io_ports = ovmf_io_ports,
     .starves_others = true},
    {.firmware = Firmware::ovmf_2025,
     .kind = ovmf,
     .name = "OVMF 2025.02",
     .least_window = ovmf_window,
     .share_of_space = 8,
     .takes_less = true,
     .below_4g = ovmf_2025_below_4g,
     .io_ports = ovmf_io_ports,
     .starves_others = false},
    {.firmware = Firmware::seabios,
     .kind = seabios,
     .name = "SeaBIOS 1.16.2",
     .least_window = q35_window,
     .below_4g = seabios_below_4g,
     .io_ports = seabios_io_ports},
    {.firmware = Firmware::seabios,
     .kind = seabios,
     .name = "SeaBIOS 1.16.3",
     .least_window = q35_window,
     .below_4g = seabios_below_4g,
     .io_ports = seabios_io_ports},
    {.firmware = Firmware::ovmf_2022, .kind = aavmf, .name = "AAVMF 2022.11", .least_window = virt_window},
    {.firmware = Firmware::ovmf_2025, .kind = aavmf, .name = "AAVMF 2025.02", .least_window = virt_window},
}};

// Distributions name OVMF's files after it or after EDK II: OVMF.fd, OVMF_CODE_4M.fd, edk2-x86_64-code.fd.
bool is_ovmf_file(std::string path) {
  std::transform(path.begin(), path.end(), path.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return path.find("ovmf") != path.npos || path.find("edk2") != path.npos;
}

bool is_uefi(const schema::OS& os) {
  if (os.firmware == "efi") return true;
  return os.boot_loader && (os.boot_loader->type == "pflash" || is_ovmf_file(os.boot_loader->path.value_or("")));
}

[[noreturn]] void refuse(FirmwareKind kind) {
  const bool seabios = kind == FirmwareKind::seabios;
  throw PlanError(make_diagnostic(
      Code::wrong_firmware, "/domain/os",
      fmt::format("the domain boots {}, but the firmware is stated to be {}",
                  seabios ? "SeaBIOS (no firmware='efi', no loader of type pflash or with OVMF in its name)" : "UEFI",
                  seabios ? "OVMF" : "SeaBIOS"),
      "state the firmware that the domain boots, or none"));
}

}  // namespace

std::span<const FirmwareFacts> firmware_table() { return measured; }

FirmwareKind firmware_kind(const schema::Domain& domain) {
  const schema::OS* os = domain.os ? &*domain.os : nullptr;
  if (os && os->type && (os->type->arch == "aarch64" || is_virt(*os->type))) return FirmwareKind::aavmf;
  return os && is_uefi(*os) ? FirmwareKind::ovmf : FirmwareKind::seabios;
}

Candidates firmware_of(const schema::Domain& domain, std::optional<Firmware> stated) {
  const FirmwareKind kind = firmware_kind(domain);
  Candidates found;
  for (const FirmwareFacts& row : measured) {
    if (row.kind == kind && row.firmware == stated.value_or(row.firmware)) found.push_back(&row);
  }
  if (found.empty()) refuse(kind);
  return found;
}

std::string names(const Candidates& some) {
  std::string text;
  for (const FirmwareFacts* row : some) text += fmt::format("{}{}", text.empty() ? "" : " and ", row->name);
  return text;
}

std::string_view name(FirmwareKind kind) {
  switch (kind) {
    case FirmwareKind::ovmf: return "OVMF";
    case FirmwareKind::seabios: return "SeaBIOS";
    case FirmwareKind::aavmf: return "AAVMF";
  }
  return {};
}

}  // namespace vnuma::placement
