// Whether firmware has I/O addresses for the guest's ports.
#pragma once

#include "window_question.hpp"

namespace vnuma::placement {

// Ports whose devices have I/O BARs, but get no I/O.
WindowAnswer check_io_ports(const WindowQuestion& question);

// Ports that reserve I/O for hot-plug until other ports get no windows at all.
WindowAnswer check_io_reserve(const WindowQuestion& question);

}  // namespace vnuma::placement
