// KubeVirt's manifests: refused as documented, or they say whether the gate is on, each time the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <vnuma/manifest/feature_gates.hpp>
#include <vnuma/schema/error.hpp>

#include "fuzz/require.hpp"

using namespace vnuma;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(manifest::gate_enabled(text));
  try {
    const bool enabled = manifest::gate_enabled_in_kubevirt(text);
    test::require(manifest::gate_enabled_in_kubevirt(text) == enabled, "the same text gives the same answer");
    test::require(!enabled || text.find("featureGates") != text.npos || text.find('\\') != text.npos,
                  "no gate without its list");
  } catch (const schema::ParseError& error) {
    test::require(error.line() > 0 && error.column() > 0, "a refusal has a line and a column", error.what());
  }
  return 0;
}
