// Reads the small files of the kernel: sysfs and cgroups.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

inline constexpr std::string_view white_space = " \t\r\n";

// In bytes. A sysfs attribute has at most a page, except lists of CPUs, which are still much smaller than this.
inline constexpr std::size_t largest_file = 65536;

// A folder. Files are opened relative to it, so that the kernel does not resolve their whole path each time. A folder
// that does not exist behaves like an empty one.
class Folder {
 public:
  explicit Folder(const std::filesystem::path& path);
  // The folder `name` in another folder. `name` may be a link to a folder.
  Folder(const Folder& in, const std::string& name);
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  // The reason why the folder cannot be opened; 0 if it is open.
  std::error_code error() const;
  // The content of a file, without the white space and NUL characters at its end; nullopt if there is no such file.
  // Throws HostError if the file cannot be read or has more than `largest` bytes.
  std::optional<std::string> read_if_there(const std::string& name, std::size_t largest = largest_file) const;
  // The first `size` bytes of a file; nullopt if there is no such file. Throws HostError if the file
  // cannot be read.
  std::optional<std::string> read_beginning(const std::string& name, std::size_t size) const;
  // Like read_if_there, but throws HostError if there is no such file.
  std::string read(const std::string& name) const;
  // The target of a link, as it is written; nullopt if there is no such link. Throws HostError if it cannot be read.
  std::optional<std::string> read_link(const std::string& name) const;
  // The whole path of a file, for messages. If the folder was opened through a link, the path of the folder itself.
  std::filesystem::path operator/(const std::string& name) const;

 private:
  std::string path_;
  int fd_ = -1;
  int error_ = 0;
};

// The first 80 bytes of a text, in quotation marks.
std::string shown(std::string_view text);

// Throws HostError: the content of a file is not what is expected.
[[noreturn]] void refuse_content(const Folder& folder, const std::string& name, std::string_view text,
                                 std::string_view expected);

}  // namespace vnuma::topology
