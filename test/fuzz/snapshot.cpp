// Snapshots: refused as documented, or a host that is written and read back as it is.
#include <cstddef>
#include <cstdint>
#include <optional>

#include <vnuma/topology/snapshot.hpp>

#include "fuzz/require.hpp"
#include "fuzz/trees.hpp"

using namespace vnuma;

namespace {

std::optional<topology::Host> read(std::string_view text) {
  try {
    return topology::from_snapshot(text);
  } catch (const topology::SnapshotError&) {
    return std::nullopt;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto host = read({reinterpret_cast<const char*>(data), size});
  if (!host) return 0;
  const std::string text = topology::to_snapshot(*host);
  test::require(read(text) == host, "a snapshot is read as it was written", text);
  const topology::PciTree tree = host_tree(*host);
  const auto is_listed = [](const topology::TreeEntry& entry) { return entry.ids.has_value(); };
  test::require(test::count(tree.nodes, is_listed) == host->devices.size(), "a device is in the tree once", text);
  test::check_tree(tree);
  return 0;
}
