#include "files.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace {

[[noreturn]] void fail(const std::string& name, const char* what, int error) {
  throw FileError(fmt::format("{}: cannot be {}: {}", name, what, std::strerror(error)));
}

// Writes all; the error number, or 0.
int write_all(int fd, const std::string& content) {
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t count = ::write(fd, content.data() + done, content.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    done += static_cast<std::size_t>(count);
  }
  return 0;
}

}  // namespace

std::string read_file(const std::string& name) {
  const bool standard = name == "-";
  const int fd = standard ? STDIN_FILENO : ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail(name, "read", errno);
  std::string content;
  char buffer[65536];
  ssize_t count = 0;
  while ((count = ::read(fd, buffer, sizeof buffer)) > 0 || (count < 0 && errno == EINTR)) {
    if (count > 0) content.append(buffer, static_cast<std::size_t>(count));
  }
  const int error = errno;
  if (!standard) ::close(fd);
  if (count < 0) fail(name, "read", error);
  return content;
}

void write_file(const std::string& name, const std::string& content) {
  if (name.empty() || name == "-") {
    if (const int error = write_all(STDOUT_FILENO, content)) fail("standard output", "written", error);
    return;
  }
  struct stat status {};
  const bool exists = ::stat(name.c_str(), &status) == 0;
  if (exists && !S_ISREG(status.st_mode)) {
    if (S_ISDIR(status.st_mode)) fail(name, "written", EISDIR);
    // A device or a pipe cannot be replaced.
    const int fd = ::open(name.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) fail(name, "written", errno);
    const int error = write_all(fd, content);
    ::close(fd);
    if (error != 0) fail(name, "written", error);
    return;
  }
  std::string temporary = name + ".XXXXXX";
  const int fd = ::mkstemp(temporary.data());
  if (fd < 0) fail(name, "written", errno);
  int error = write_all(fd, content);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  if (error == 0 && ::fchmod(fd, exists ? status.st_mode & 07777 : 0666 & ~mask) < 0) error = errno;
  if (error == 0 && ::fsync(fd) < 0) error = errno;
  if (::close(fd) < 0 && error == 0) error = errno;
  if (error == 0 && std::rename(temporary.c_str(), name.c_str()) < 0) error = errno;
  if (error == 0) return;
  ::unlink(temporary.c_str());
  fail(name, "written", error);
}
