// Writes to file descriptors, even when memory runs out.
#pragma once

#include <string_view>

// Writes the whole text, even if the descriptor takes it in parts or is not ready yet. Returns whether everything was
// written; if not, errno has the reason.
bool write_all(int fd, std::string_view text) noexcept;

// Writes a line to standard error: "vnuma: " and the message, which sidecar-shim logs. The shim stops reading after a
// line of 512 KiB, and further writes would block forever, so the message is shortened to one line. Errors are ignored.
void log_line(std::string_view message, std::string_view detail = "") noexcept;
