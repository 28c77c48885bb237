// <pcihole64>: the 64-bit window that QEMU declares to SeaBIOS and AAVMF guests.
#pragma once

#include "window_question.hpp"

namespace vnuma::placement {

// For AAVMF: sets <pcihole64> if WindowQuestion::is_automatic, and reports one that is too small. SeaBIOS lays out BARs
// above the memory up to the last address, whatever pcihole64 says; only the address bits matter.
WindowAnswer check_pci_hole(const WindowQuestion& question);

}  // namespace vnuma::placement
