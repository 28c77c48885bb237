#include <vnuma/manifest/feature_gates.hpp>

#include <string>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <vnuma/schema/error.hpp>

namespace vnuma::manifest {

namespace {

bool is_gate(std::string_view name) { return name == "GPUDeviceNUMA" || name == "PCINUMAAwareTopology"; }

bool holds_gate(const YAML::Node& developer, const char* key) {
  const YAML::Node list = developer.IsMap() ? developer[key] : YAML::Node();
  if (!list || list.IsNull()) return false;
  const std::string path = fmt::format("/spec/configuration/developerConfiguration/{}", key);
  if (!list.IsSequence()) throw schema::Error(path, "expected a list of feature gates");
  for (const YAML::Node& gate : list) {
    if (!gate.IsScalar()) throw schema::Error(path, "expected a list of names");
    if (is_gate(gate.Scalar())) return true;
  }
  return false;
}

}  // namespace

bool gate_enabled(std::string_view list) {
  while (!list.empty()) {
    std::string_view name = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), name.size() + 1));
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (is_gate(name)) return true;
  }
  return false;
}

bool gate_enabled_in_kubevirt(std::string_view text) {
  YAML::Node root;
  try {
    root = YAML::Load(std::string(text));
  } catch (const YAML::Exception& error) {
    throw schema::ParseError(error.mark.line < 0 ? 0 : static_cast<std::size_t>(error.mark.line) + 1,
                             error.mark.column < 0 ? 0 : static_cast<std::size_t>(error.mark.column) + 1, "",
                             fmt::format("neither YAML nor JSON: {}", error.msg));
  }
  const YAML::Node kind = root.IsMap() ? root["kind"] : YAML::Node();
  if (!kind || !kind.IsScalar() || kind.Scalar() != "KubeVirt") {
    throw schema::Error("", "not a KubeVirt CR; expected kind: KubeVirt, as `kubectl get kubevirt -o yaml` prints");
  }
  YAML::Node node = root;
  for (const char* key : {"spec", "configuration", "developerConfiguration"}) {
    const YAML::Node next = node[key];
    if (!next || !next.IsMap()) return false;
    node.reset(next);
  }
  return holds_gate(node, "featureGates") && !holds_gate(node, "disabledFeatureGates");
}

}  // namespace vnuma::manifest
