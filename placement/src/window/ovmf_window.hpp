// The 64-bit window of OVMF: what it gives by itself, and what to set.
#pragma once

#include "window_question.hpp"

namespace vnuma::placement {

// Sets X-PciMmio64Mb if WindowQuestion::is_automatic, and reports what is too little.
WindowAnswer check_ovmf_window(const WindowQuestion& question);

}  // namespace vnuma::placement
