#include "files.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "errors.hpp"

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& name, const char* what, const char* remedy) {
  throw FileError(fmt::format("{}: cannot be {}: {}; {}", name, what, std::strerror(errno), remedy));
}

[[noreturn]] void fail_read(const std::string& name) {
  switch (errno) {
    case EISDIR: {
      std::error_code error;
      const bool is_sysfs = fs::is_directory(fs::path(name) / "devices/system/node", error);
      errno = EISDIR;
      fail(name, "read", is_sysfs ? "this is a sysfs: pass it with --sysfs, or name a file" : "name a file");
    }
    case EACCES: fail(name, "read", "make it readable for this user");
    default: fail(name, "read", "name an existing file");
  }
}

[[noreturn]] void fail_write(const std::string& name) {
  switch (errno) {
    case EISDIR: fail(name, "written", "name a file");
    case EACCES:
    case EROFS: fail(name, "written", "name a file in a folder that this user may write to");
    case ENOSPC:
    case EDQUOT: fail(name, "written", "free some space, or name another file");
    default: fail(name, "written", "name a file in an existing folder");
  }
}

// Returns whether everything was written; if not, errno has the reason.
bool write_all(int fd, const std::string& content) {
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t count = ::write(fd, content.data() + done, content.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

// The target of a chain of symbolic links, which need not exist. The kernel resolves links in the folders above it.
std::string target_of(const std::string& name) {
  fs::path path = name;
  std::error_code error;
  for (int links = 0; links < 40 && fs::is_symlink(path, error); ++links) {
    const fs::path next = fs::read_symlink(path, error);
    if (error) break;
    path = path.parent_path() / next;
  }
  return path.string();
}

// Fills and closes a new file, with the owner and mode of `old`, if there is one. Returns whether it was filled; if
// not, errno has the reason.
bool fill(int fd, const std::string& content, const struct stat* old) {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  bool good = write_all(fd, content);
  // Only root may change the owner; otherwise the file belongs to the user.
  if (good && old && ::fchown(fd, old->st_uid, old->st_gid) < 0 && errno != EPERM) good = false;
  good = good && ::fchmod(fd, old ? old->st_mode & 0777 : 0666 & ~mask) == 0 && ::fsync(fd) == 0;
  const int error = errno;
  if (::close(fd) < 0) return false;
  errno = error;
  return good;
}

// Replaces a file, or makes a new one, once the report is written.
void replace(const std::string& name, const std::string& content, const std::string& report, const struct stat* old) {
  const std::string target = target_of(name);
  std::string temporary = target + ".XXXXXX";
  const int fd = ::mkstemp(temporary.data());
  if (fd < 0) fail_write(name);
  try {
    if (!fill(fd, content, old)) fail_write(name);
    write_standard_error(report);
    if (std::rename(temporary.c_str(), target.c_str()) < 0) fail_write(name);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

}  // namespace

std::string read_file(const std::string& name) {
  const bool standard = name == "-";
  const std::string shown = standard ? "<stdin>" : name;
  const int fd = standard ? STDIN_FILENO : ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail_read(shown);
  std::string content;
  char buffer[65536];
  ssize_t count = 0;
  while (content.size() <= vnuma::schema::max_document_size &&
         ((count = ::read(fd, buffer, sizeof buffer)) > 0 || (count < 0 && errno == EINTR))) {
    if (count > 0) content.append(buffer, static_cast<std::size_t>(count));
  }
  const int error = errno;
  if (!standard) ::close(fd);
  errno = error;
  if (count < 0) fail_read(shown);
  if (content.size() > vnuma::schema::max_document_size) {
    throw FileError(fmt::format("{}: is larger than {} MiB; name a document of libvirt or KubeVirt", shown,
                                vnuma::schema::max_document_size >> 20));
  }
  return content;
}

void write_standard_output(const std::string& content) {
  if (!write_all(STDOUT_FILENO, content))
    fail("standard output", "written", "redirect it to a file, or to a program that reads all of it");
}

void write_standard_error(const std::string& content) {
  if (!write_all(STDERR_FILENO, content) && errno != EBADF)
    fail("standard error", "written", "redirect it to a file with room, or use --report none");
}

void write_failure(const std::string& content) noexcept { write_all(STDERR_FILENO, content); }

void write_file(const std::string& name, const std::string& content, const std::string& report) {
  struct stat status{};
  const bool exists = ::stat(name.c_str(), &status) == 0;
  if (!exists && errno != ENOENT) fail_write(name);
  // Refuses to replace a file that may not be written, even if the folder allows it.
  if (exists && ::access(name.c_str(), W_OK) != 0) fail_write(name);
  if (!exists || S_ISREG(status.st_mode)) return replace(name, content, report, exists ? &status : nullptr);
  const int fd = ::open(name.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) fail_write(name);
  const bool good = write_all(fd, content);
  const int error = errno;
  const bool closed = ::close(fd) == 0;
  if (!good) errno = error;
  if (!good || !closed) fail_write(name);
  write_standard_error(report);
}

void write_output(const std::optional<std::string>& name, const std::string& content, const std::string& report) {
  if (name && *name != "-") return write_file(*name, content, report);
  write_standard_output(content);
  write_standard_error(report);
}
