#include "output.hpp"

#include <cerrno>
#include <exception>
#include <string>

#include <poll.h>
#include <unistd.h>

#include "../vnuma/one_line.hpp"

bool write_all(int fd, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      pollfd ready{fd, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

void log_line(std::string_view message, std::string_view detail) noexcept {
  try {
    write_all(STDERR_FILENO, "vnuma: " + one_line(std::string(message).append(detail)) + "\n");
  } catch (const std::exception&) {
    write_all(STDERR_FILENO, "vnuma: out of memory\n");
  }
}
