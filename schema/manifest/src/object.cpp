#include "object.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include <vnuma/schema/visible.hpp>

#include "yaml.hpp"

namespace vnuma::manifest {

namespace {

// A scalar in quotation marks is a text, even if it reads 4 or true.
bool is_quoted(const YAML::Node& scalar) { return scalar.Tag() == "!"; }

// The value for messages, up to 40 bytes.
std::string shown(const YAML::Node& node) {
  if (node.IsNull()) return "null";
  if (node.IsMap()) return "a map";
  if (node.IsSequence()) return "a list";
  const std::string& text = node.Scalar();
  const std::string part = schema::visible(text.size() > 40 ? text.substr(0, 40) + "..." : text);
  return is_quoted(node) ? fmt::format("the text \"{}\"", part) : part;
}

}  // namespace

Object::Object(const YAML::Node& node, std::string path, const YAML::Mark& above)
    : node_(node), path_(std::move(path)), mark_(node.IsDefined() ? node.Mark() : above) {
  if (!node_.IsDefined()) return;
  if (!node_.IsMap()) manifest::refuse(mark_, path_, fmt::format("is {}; expected a map", shown(node_)));
  std::set<std::string> names;
  for (const auto& entry : node_) {
    if (!entry.first.IsScalar()) manifest::refuse(entry.first.Mark(), path_, "has a key that is not a name");
    if (entry.first.Scalar() == "<<") {
      manifest::refuse(entry.first.Mark(), path_, "has a merge key, <<; replace it by the entries that it merges");
    }
    if (names.insert(entry.first.Scalar()).second) continue;
    manifest::refuse(entry.first.Mark(), path_, fmt::format("has {} twice; remove one", shown(entry.first)));
  }
}

bool Object::has(const char* name) {
  asked_.insert(name);
  return node_.IsDefined() && child(node_, name).IsDefined();
}

Object Object::object(const char* name) {
  return {has(name) ? child(node_, name) : YAML::Node(YAML::NodeType::Undefined), fmt::format("{}/{}", path_, name),
          mark_};
}

std::vector<Object> Object::objects(const char* name) {
  std::vector<Object> all;
  if (!has(name)) return all;
  const YAML::Node list = child(node_, name);
  if (!list.IsSequence()) refuse(name, fmt::format("is {}; expected a list", shown(list)));
  for (const YAML::Node& item : list)
    all.emplace_back(item, fmt::format("{}/{}[{}]", path_, name, all.size() + 1), mark_);
  return all;
}

YAML::Node Object::scalar(const char* name, const char* expected) {
  if (!has(name)) return YAML::Node(YAML::NodeType::Undefined);
  const YAML::Node value = child(node_, name);
  if (!value.IsScalar()) refuse(name, fmt::format("is {}; expected {}", shown(value), expected));
  return value;
}

std::optional<std::string> Object::text(const char* name) {
  const YAML::Node value = scalar(name, "a text");
  return value.IsDefined() ? std::optional(value.Scalar()) : std::nullopt;
}

std::optional<bool> Object::boolean(const char* name) {
  const YAML::Node value = scalar(name, "true or false");
  if (!value.IsDefined()) return std::nullopt;
  bool result = false;
  if (is_quoted(value) || !YAML::convert<bool>::decode(value, result)) {
    refuse(name, fmt::format("is {}; expected true or false", shown(value)));
  }
  return result;
}

std::optional<std::uint32_t> Object::number(const char* name) {
  const YAML::Node value = scalar(name, "a number");
  if (!value.IsDefined()) return std::nullopt;
  const std::string& text = value.Scalar();
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  // Some readers of YAML take a number with a leading 0 for octal, others for decimal.
  const bool is_ambiguous = text.size() > 1 && text[0] == '0';
  if (is_quoted(value) || is_ambiguous || error != std::errc() || end != text.data() + text.size()) {
    refuse(name, fmt::format("is {}; expected a whole number from 0 to 4294967295, in decimal", shown(value)));
  }
  return number;
}

std::optional<Amount> Object::amount(const char* name) {
  const YAML::Node value = scalar(name, "an amount, as 8Gi");
  if (!value.IsDefined()) return std::nullopt;
  const auto quantity = parse_quantity(value.Scalar());
  if (!quantity) refuse(name, fmt::format("is {}; expected an amount below 8Ei, as 8Gi or 16", shown(value)));
  return Amount{*quantity, schema::visible(value.Scalar())};
}

void Object::leave_out(std::vector<schema::LeftOut>& left_out,
                       std::initializer_list<std::string_view> passed_over) const {
  if (!node_.IsDefined()) return;
  for (const auto& entry : node_) {
    const std::string& name = entry.first.Scalar();
    if (entry.second.IsNull() || asked_.contains(name)) continue;
    if (std::find(passed_over.begin(), passed_over.end(), name) != passed_over.end()) continue;
    const int line = entry.first.Mark().line;
    left_out.push_back({schema::visible(fmt::format("{}/{}", path_, name)), static_cast<std::size_t>(line) + 1});
  }
}

void Object::refuse(const char* name, const std::string& message) const {
  const YAML::Node value = node_.IsDefined() ? child(node_, name) : node_;
  manifest::refuse(value.IsDefined() ? value.Mark() : mark_, fmt::format("{}/{}", path_, name), message);
}

}  // namespace vnuma::manifest
