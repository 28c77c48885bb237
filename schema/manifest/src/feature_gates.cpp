#include <vnuma/manifest/feature_gates.hpp>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <vnuma/schema/error.hpp>

namespace vnuma::manifest {

namespace {

using schema::ParseError;

constexpr std::string_view remedy = "give a KubeVirt CR, as `kubectl get kubevirt -A -o yaml` prints it";

bool is_gate(std::string_view name) { return name == "GPUDeviceNUMA" || name == "PCINUMAAwareTopology"; }

[[noreturn]] void refuse(const YAML::Mark& mark, std::string path, const std::string& message) {
  const auto from_one = [](int number) { return number < 0 ? std::size_t{1} : static_cast<std::size_t>(number) + 1; };
  throw ParseError(from_one(mark.line), from_one(mark.column), std::move(path), message);
}

// yaml-cpp takes some control characters for the end of the text, and would read no further without a word.
void refuse_control_characters(std::string_view text) {
  std::size_t line = 1;
  std::size_t line_begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\n') {
      ++line;
      line_begin = i + 1;
    } else if (c < ' ' && c != '\t' && c != '\r') {
      throw ParseError(line, i - line_begin + 1, "",
                       fmt::format("the byte 0x{:02x} is in no YAML or JSON text; {}", c, remedy));
    }
  }
}

// Hears what yaml-cpp reads, and throws where it stands still.
class Progress : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (mark.pos == position_) throw YAML::ParserException(mark, "nothing can begin with this");
    position_ = mark.pos;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

 private:
  int position_ = -1;
};

// At a stray comma or bracket, yaml-cpp's LoadAll finds one empty document after the other until memory ends.
void refuse_endless_documents(const std::string& text) {
  std::istringstream in(text);
  YAML::Parser parser(in);
  Progress progress;
  while (parser.HandleNextDocument(progress)) {
  }
}

YAML::Node load(std::string_view text) {
  if (text.size() > max_manifest_size) {
    throw ParseError(0, 0, "", fmt::format("more than {} MiB; {}", max_manifest_size >> 20, remedy));
  }
  refuse_control_characters(text);
  std::vector<YAML::Node> documents;
  try {
    const std::string copy(text);
    refuse_endless_documents(copy);
    documents = YAML::LoadAll(copy);
  } catch (const YAML::DeepRecursion& error) {  // yaml-cpp's own bound keeps the stack whole
    refuse(error.mark, "", fmt::format("nested too deeply; {}", remedy));
  } catch (const YAML::Exception& error) {
    refuse(error.mark, "", fmt::format("neither YAML nor JSON: {}; {}", error.msg, remedy));
  }
  std::erase_if(documents, [](const YAML::Node& document) { return document.IsNull(); });
  if (documents.empty()) throw ParseError(1, 1, "", fmt::format("empty; {}", remedy));
  if (documents.size() > 1) {
    refuse(documents[1].Mark(), "", fmt::format("there are {} documents; give one", documents.size()));
  }
  return documents[0];
}

// The value of a key; an undefined node if there is none, or null.
YAML::Node child(const YAML::Node& map, const char* key) {
  const YAML::Node found = map[key];
  return found && !found.IsNull() ? found : YAML::Node(YAML::NodeType::Undefined);
}

std::string kind_of(const YAML::Node& node) {
  const YAML::Node kind = node.IsMap() ? child(node, "kind") : YAML::Node(YAML::NodeType::Undefined);
  return kind.IsDefined() && kind.IsScalar() ? kind.Scalar() : std::string();
}

YAML::Node custom_resource(const YAML::Node& root) {
  std::string kind = kind_of(root);
  if (kind == "List" || kind == "KubeVirtList") {
    const YAML::Node items = child(root, "items");
    const std::size_t count = items.IsDefined() && items.IsSequence() ? items.size() : 0;
    if (count != 1) refuse(root.Mark(), "", fmt::format("a list of {} objects; {}", count, remedy));
    const YAML::Node item = items[0];
    if (kind_of(item) == "KubeVirt") return item;
    kind = kind_of(item);
  }
  if (kind == "KubeVirt") return root;
  refuse(root.Mark(), "",
         kind.empty() ? fmt::format("there is no kind: KubeVirt; {}", remedy)
                      : fmt::format("the kind is {}, not KubeVirt; {}", kind, remedy));
}

bool holds_gate(const YAML::Node& developer, const char* key) {
  const YAML::Node list = child(developer, key);
  if (!list.IsDefined()) return false;
  const std::string path = fmt::format("/spec/configuration/developerConfiguration/{}", key);
  if (!list.IsSequence()) refuse(list.Mark(), path, "expected a list of feature gates, as [GPUDeviceNUMA]");
  bool found = false;
  for (const YAML::Node& gate : list) {
    if (!gate.IsScalar()) refuse(gate.Mark(), path, "expected a name, as GPUDeviceNUMA");
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
  YAML::Node node = custom_resource(load(text));
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
