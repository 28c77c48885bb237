#include "files.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

namespace vnuma::topology {

namespace {

// A sysfs attribute is at most a page, except lists of CPUs, which are still far from this.
constexpr std::size_t largest_file = 65536;

}  // namespace

std::optional<std::string> read_if_there(const std::filesystem::path& file) {
  // Not blocking: a FIFO is as good as an empty file.
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  int error = errno;
  if (fd < 0 && (error == ENOENT || error == ENOTDIR)) return std::nullopt;
  std::string text(largest_file + 1, '\0');
  std::size_t size = 0;
  ssize_t count = fd < 0 ? -1 : 0;
  while (fd >= 0 && size < text.size() && (count = ::read(fd, text.data() + size, text.size() - size)) > 0) {
    size += static_cast<std::size_t>(count);
  }
  if (fd >= 0) {
    error = errno;
    ::close(fd);
  }
  if (count < 0) {
    throw HostError(file.string(), fmt::format("cannot be read: {}; expected a file that you may read, as sysfs has it",
                                               std::generic_category().message(error)));
  }
  if (size > largest_file) {
    throw HostError(file.string(),
                    fmt::format("holds more than {} bytes; expected a file as sysfs has it", largest_file));
  }
  text.resize(size);
  text.erase(text.find_last_not_of(white_space) + 1);
  return text;
}

std::string shown(std::string_view text) {
  return fmt::format("\"{}{}\"", text.substr(0, 80), text.size() > 80 ? "..." : "");
}

void nonsense(const std::filesystem::path& file, std::string_view text, std::string_view expected) {
  throw HostError(file.string(), fmt::format("holds {}; expected {}", shown(text), expected));
}

}  // namespace vnuma::topology
