// Capabilities XML: refused as documented, or it comes back unchanged and gives the host's nodes.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <vnuma/schema/capabilities.hpp>
#include <vnuma/topology/capabilities.hpp>

#include "fuzz/round_trip.hpp"

using namespace vnuma;

namespace {

void check_nodes(const schema::Capabilities& capabilities) {
  std::vector<topology::Node> nodes;
  try {
    nodes = topology::nodes_of(capabilities);
  } catch (const schema::Error&) {
    return;
  }
  test::require(!nodes.empty(), "there are nodes");
  const auto same = [](const topology::Node& a, const topology::Node& b) { return a.id >= b.id; };
  test::require(std::adjacent_find(nodes.begin(), nodes.end(), same) == nodes.end(), "nodes ascend");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto capabilities = test::read<schema::Capabilities>(text)) {
    test::check_round_trip(text, *capabilities);
    check_nodes(*capabilities);
  }
  return 0;
}
