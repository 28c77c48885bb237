#include "processors.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

#include "files.hpp"

namespace vnuma::topology {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_cpuinfo_size = std::size_t{1} << 20;

// Parses "address sizes\t: 46 bits physical, 57 bits virtual" (show_cpuinfo in arch/x86/kernel/cpu/proc.c); nullopt for
// any other line.
std::optional<unsigned> physical_bits(std::string_view line) {
  constexpr std::string_view begin = "address sizes\t: ";
  if (!line.starts_with(begin)) return std::nullopt;
  line.remove_prefix(begin.size());
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), bits);
  if (error != std::errc() || !std::string_view(end, line.data() + line.size()).starts_with(" bits physical,")) {
    return std::nullopt;
  }
  return is_address_bits(bits) ? std::optional(bits) : std::nullopt;
}

// The "/proc" beside a "/sys"; empty for any other folder.
fs::path proc_beside(const fs::path& sysfs) {
  std::error_code ignored;  // the caller refuses a root that is not a folder
  const fs::path whole = fs::weakly_canonical(sysfs, ignored);
  const fs::path root = whole.has_filename() ? whole : whole.parent_path();  // "/sys/"
  return root.filename() == "sys" ? root.parent_path() / "proc" : fs::path();
}

}  // namespace

std::optional<unsigned> read_address_bits(const fs::path& sysfs) {
  const fs::path proc = proc_beside(sysfs);
  if (proc.empty()) return std::nullopt;
  const Folder folder(proc);
  const auto text = folder.read_beginning("cpuinfo", max_cpuinfo_size);
  std::optional<unsigned> fewest;
  for (std::size_t begin = 0; text && begin < text->size();) {
    const std::size_t end = std::min(text->find('\n', begin), text->size());
    const std::string_view line = std::string_view(*text).substr(begin, end - begin);
    begin = end + 1;
    if (const auto bits = physical_bits(line)) fewest = std::min(fewest.value_or(most_address_bits), *bits);
  }
  return fewest;
}

}  // namespace vnuma::topology
