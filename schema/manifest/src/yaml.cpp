#include "yaml.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>

#include <vnuma/manifest/limits.hpp>
#include <vnuma/schema/error.hpp>

namespace vnuma::manifest {

using schema::ParseError;

namespace {

// yaml-cpp takes some control characters for the end of the text, and silently stops there.
void refuse_control_characters(std::string_view text, std::string_view remedy) {
  std::size_t line = 1;
  std::size_t line_begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\n') {
      ++line;
      line_begin = i + 1;
    } else if (c < ' ' && c != '\t' && c != '\r') {
      throw ParseError(line, i - line_begin + 1, "",
                       fmt::format("the byte 0x{:02x} is not allowed in YAML or JSON; {}", c, remedy));
    }
  }
}

// Receives yaml-cpp's events, and throws if a document begins where the one before began.
class Progress : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (mark.pos == position_) throw YAML::ParserException(mark, "no value can begin here");
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

// At a stray comma or bracket, yaml-cpp's LoadAll finds empty documents until the memory is exhausted.
void refuse_endless_documents(const std::string& text) {
  std::istringstream in(text);
  YAML::Parser parser(in);
  Progress progress;
  while (parser.HandleNextDocument(progress)) {
  }
}

}  // namespace

void refuse(const YAML::Mark& mark, std::string path, const std::string& message) {
  const auto from_one = [](int number) { return number < 0 ? std::size_t{1} : static_cast<std::size_t>(number) + 1; };
  throw ParseError(from_one(mark.line), from_one(mark.column), std::move(path), message);
}

std::vector<YAML::Node> load(std::string_view text, std::string_view remedy) {
  if (text.size() > max_manifest_size) {
    throw ParseError(0, 0, "", fmt::format("the manifest has more than {} MiB; {}", max_manifest_size >> 20, remedy));
  }
  refuse_control_characters(text, remedy);
  std::vector<YAML::Node> documents;
  try {
    const std::string copy(text);
    refuse_endless_documents(copy);
    documents = YAML::LoadAll(copy);
  } catch (const YAML::DeepRecursion& error) {  // yaml-cpp's own limit, which protects the stack
    refuse(error.mark, "", fmt::format("the manifest is nested too deeply; {}", remedy));
  } catch (const YAML::Exception& error) {
    refuse(error.mark, "", fmt::format("the manifest is neither YAML nor JSON: {}; {}", error.msg, remedy));
  }
  std::erase_if(documents, [](const YAML::Node& document) { return document.IsNull(); });
  if (documents.empty()) throw ParseError(1, 1, "", fmt::format("the manifest is empty; {}", remedy));
  return documents;
}

YAML::Node child(const YAML::Node& map, const char* key) {
  const YAML::Node found = map[key];
  return found && !found.IsNull() ? found : YAML::Node(YAML::NodeType::Undefined);
}

std::string kind_of(const YAML::Node& node) {
  const YAML::Node kind = node.IsMap() ? child(node, "kind") : YAML::Node(YAML::NodeType::Undefined);
  return kind.IsDefined() && kind.IsScalar() ? kind.Scalar() : std::string();
}

}  // namespace vnuma::manifest
