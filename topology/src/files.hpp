// Reading the small files of the kernel: sysfs and cgroups.
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

// In bytes. A sysfs attribute is at most a page, except lists of CPUs, which are still far from this.
inline constexpr std::size_t largest_file = 65536;

// A folder whose files are found from itself, which spares the kernel their whole path for each. One that is not
// there is as good as one without files.
class Folder {
 public:
  explicit Folder(const std::filesystem::path& path);
  // The folder `name` in another, which may be a link to one.
  Folder(const Folder& in, const std::string& name);
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  // Why it cannot be opened; 0 if it can.
  std::error_code error() const;
  // What a file holds, without the white space at its end; nullopt if there is no such file. Throws HostError for one
  // that cannot be read or has more than `largest` bytes.
  std::optional<std::string> read_if_there(const std::string& name, std::size_t largest = largest_file) const;
  // The first `size` bytes of a file; nullopt if there is no such file. Throws HostError for one that cannot be read.
  std::optional<std::string> read_beginning(const std::string& name, std::size_t size) const;
  // As read_if_there, and HostError for one that is missing.
  std::string read(const std::string& name) const;
  // What a link says; nullopt if there is no such link. Throws HostError for what is none.
  std::optional<std::string> read_link(const std::string& name) const;
  // The whole path, for messages; that of the folder itself where a link led to it.
  std::filesystem::path operator/(const std::string& name) const;

 private:
  std::string path_;
  int fd_ = -1;
  int error_ = 0;
};

// The first 80 bytes, in quotation marks.
std::string shown(std::string_view text);

// Throws HostError for a file that holds something else than what is expected.
[[noreturn]] void nonsense(const Folder& folder, const std::string& name, std::string_view text,
                           std::string_view expected);

}  // namespace vnuma::topology
