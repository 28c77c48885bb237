#include "bytes.hpp"

#include <fmt/format.h>

namespace vnuma::placement {

std::string size_text(std::uint64_t bytes) {
  const std::uint64_t unit = bytes < 10 * GiB && bytes % GiB != 0 ? MiB : GiB;
  return fmt::format("{} {}", bytes / unit + (bytes % unit != 0), unit == MiB ? "MiB" : "GiB");
}

}  // namespace vnuma::placement
