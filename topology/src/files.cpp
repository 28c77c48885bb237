#include "files.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

namespace vnuma::topology {

namespace {

constexpr int folder_flags = O_PATH | O_DIRECTORY | O_CLOEXEC;

}  // namespace

Folder::Folder(const std::filesystem::path& path) : path_(path.string()), fd_(::open(path_.c_str(), folder_flags)) {
  if (fd_ < 0) error_ = errno;
}

Folder::Folder(const Folder& in, const std::string& name)
    : path_(in.path_ + "/" + name), fd_(::openat(in.fd_, name.c_str(), folder_flags)) {
  if (fd_ < 0) error_ = errno;
}

Folder::~Folder() {
  if (fd_ >= 0) ::close(fd_);
}

std::error_code Folder::error() const { return {error_, std::generic_category()}; }

std::optional<std::string> Folder::read_beginning(const std::string& name, std::size_t size) const {
  // O_NONBLOCK, so that a FIFO without a writer reads as an empty file.
  const int fd = fd_ < 0 ? -1 : ::openat(fd_, name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  int error = fd_ < 0 ? error_ : errno;
  if (fd < 0 && (error == ENOENT || error == ENOTDIR)) return std::nullopt;
  std::string text;
  char page[4096];  // larger than nearly every file
  ssize_t count = fd < 0 ? -1 : 0;
  while (fd >= 0 && text.size() < size && (count = ::read(fd, page, sizeof page)) > 0) {
    text.append(page, static_cast<std::size_t>(count));
  }
  if (fd >= 0) {
    error = errno;
    ::close(fd);
  }
  if (count < 0) {
    throw HostError((*this / name).string(), fmt::format("cannot be read: {}; expected a readable file, as in sysfs",
                                                         std::generic_category().message(error)));
  }
  text.resize(std::min(text.size(), size));
  return text;
}

std::optional<std::string> Folder::read_if_there(const std::string& name, std::size_t largest) const {
  auto text = read_beginning(name, largest + 1);
  if (!text) return std::nullopt;
  if (text->size() > largest) {
    throw HostError((*this / name).string(),
                    fmt::format("is larger than {} bytes; expected a file of the kernel", largest));
  }
  // Linux 5.15-rc1 ends lists of CPUs with a NUL.
  constexpr std::string_view ending{" \t\r\n\0", 5};
  text->erase(text->find_last_not_of(ending) + 1);
  return text;
}

std::string Folder::read(const std::string& name) const {
  auto text = read_if_there(name);
  if (!text) throw HostError((*this / name).string(), "is missing; copy sysfs with all its files");
  return *std::move(text);
}

std::optional<std::string> Folder::read_link(const std::string& name) const {
  char text[4096];  // PATH_MAX
  const ssize_t count = fd_ < 0 ? -1 : ::readlinkat(fd_, name.c_str(), text, sizeof text);
  const int error = fd_ < 0 ? error_ : errno;
  if (count >= 0) return std::string(text, static_cast<std::size_t>(count));
  if (error == ENOENT || error == ENOTDIR || error == EINVAL) return std::nullopt;
  throw HostError((*this / name).string(), fmt::format("cannot be read: {}; expected a link, as in sysfs",
                                                       std::generic_category().message(error)));
}

std::filesystem::path Folder::operator/(const std::string& name) const {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::path folder = path_;
  if (fs::is_symlink(folder, error)) folder = fs::canonical(folder, error);
  return (error ? fs::path(path_) : folder) / name;
}

std::string shown(std::string_view text) {
  return fmt::format("\"{}{}\"", text.substr(0, 80), text.size() > 80 ? "..." : "");
}

void refuse_content(const Folder& folder, const std::string& name, std::string_view text, std::string_view expected) {
  throw HostError((folder / name).string(), fmt::format("contains {}; expected {}", shown(text), expected));
}

}  // namespace vnuma::topology
