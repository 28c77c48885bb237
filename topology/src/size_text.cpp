#include <vnuma/topology/size_text.hpp>

#include <fmt/format.h>

namespace vnuma::topology {

std::string size_text(std::uint64_t bytes) {
  constexpr std::uint64_t MiB = std::uint64_t{1} << 20;
  constexpr std::uint64_t GiB = std::uint64_t{1} << 30;
  const std::uint64_t unit = bytes < 10 * GiB && bytes % GiB != 0 ? MiB : GiB;
  return fmt::format("{} {}", bytes / unit + (bytes % unit != 0), unit == MiB ? "MiB" : "GiB");
}

}  // namespace vnuma::topology
