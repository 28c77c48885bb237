// Whether the guest can address the window for BARs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "window_question.hpp"

namespace vnuma::placement {

// Whether the guest certainly has too few address bits for a window that ends there.
bool lacks_bits(const WindowQuestion& question, std::uint64_t end);

// Firmware that cannot address its window does not finish (OVMF), QEMU does not start (pcihole64), or the last BARs
// stay unassigned (SeaBIOS).
WindowAnswer check_bits(const WindowQuestion& question, std::uint64_t end);

// The same for <pcihole64> where it is larger than the BARs need: QEMU does not start, whatever the firmware.
WindowAnswer check_bits_of_hole(const WindowQuestion& question);

// <maxphysaddr bits>: libvirt refuses more bits than the host has (qemuValidateDomainDefCpu), and QEMU accepts 32
// to 52.
WindowAnswer check_stated_bits(const WindowQuestion& question);

}  // namespace vnuma::placement
