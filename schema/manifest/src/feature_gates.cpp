#include <vnuma/manifest/feature_gates.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "yaml.hpp"

namespace vnuma::manifest {

namespace {

constexpr std::string_view kubevirt_remedy = "give a KubeVirt CR, as `kubectl get kubevirt -A -o yaml` prints it";

bool is_gate(std::string_view name) { return name == "GPUDeviceNUMA" || name == "PCINUMAAwareTopology"; }

YAML::Node load_one(std::string_view text) {
  const std::vector<YAML::Node> documents = load(text, kubevirt_remedy);
  if (documents.size() > 1) {
    refuse(documents[1].Mark(), "", fmt::format("there are {} documents; give only one", documents.size()));
  }
  return documents[0];
}

YAML::Node custom_resource(const YAML::Node& root) {
  std::string kind = kind_of(root);
  if (kind == "List" || kind == "KubeVirtList") {
    const YAML::Node items = child(root, "items");
    const std::size_t count = items.IsDefined() && items.IsSequence() ? items.size() : 0;
    if (count != 1) refuse(root.Mark(), "", fmt::format("the list has {} objects; {}", count, kubevirt_remedy));
    const YAML::Node item = items[0];
    if (kind_of(item) == "KubeVirt") return item;
    kind = kind_of(item);
  }
  if (kind == "KubeVirt") return root;
  refuse(root.Mark(), "",
         kind.empty() ? fmt::format("there is no kind; {}", kubevirt_remedy)
                      : fmt::format("the kind is {}, not KubeVirt; {}", kind, kubevirt_remedy));
}

bool holds_gate(const YAML::Node& developer, const char* key) {
  const YAML::Node list = child(developer, key);
  if (!list.IsDefined()) return false;
  const std::string path = fmt::format("/spec/configuration/developerConfiguration/{}", key);
  if (!list.IsSequence()) refuse(list.Mark(), path, "expected a list of feature gates such as [GPUDeviceNUMA]");
  bool found = false;
  for (const YAML::Node& gate : list) {
    if (!gate.IsScalar()) refuse(gate.Mark(), path, "expected a name such as GPUDeviceNUMA");
    found = found || is_gate(gate.Scalar());
  }
  return found;
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
  YAML::Node node = custom_resource(load_one(text));
  std::string path;
  for (const char* key : {"spec", "configuration", "developerConfiguration"}) {
    const YAML::Node next = child(node, key);
    if (!next.IsDefined()) return false;
    path += fmt::format("/{}", key);
    if (!next.IsMap()) refuse(next.Mark(), path, "expected a map, as in KubeVirt's schema");
    node.reset(next);
  }
  const bool disabled = holds_gate(node, "disabledFeatureGates");
  return holds_gate(node, "featureGates") && !disabled;
}

}  // namespace vnuma::manifest
