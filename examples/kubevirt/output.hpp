// Writing to file descriptors, which works also where no memory is left.
#pragma once

#include <string_view>

// Writes all of it, also where the descriptor takes it in parts or is not ready yet. Whether all was written; if not,
// errno says why.
bool write_all(int fd, std::string_view text) noexcept;

// A line on standard error: "vnuma: " and the message. sidecar-shim logs it; it stops reading at a line of 512 KiB, and
// who goes on writing then waits for ever. So it is made one line, and shortened. What cannot be written is lost.
void log_line(std::string_view message, std::string_view detail = "") noexcept;
