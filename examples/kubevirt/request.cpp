#include "request.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "../vnuma/plan_options.hpp"
#include "../vnuma/words.hpp"

namespace {

namespace placement = vnuma::placement;
using nlohmann::json;

constexpr std::string_view prefix = "vnuma.io/";

// For each option, the name that set it ("vnuma.io/mirror") and its value.
using Found = std::map<std::string, std::pair<std::string, std::string>, std::less<>>;

// KubeVirt chooses the CPUs of a VM, so the hook has only `cells` of the options for missing cells.
std::vector<PlanOption> hook_options() {
  std::vector<PlanOption> all = plan_options();
  all.push_back(cell_options().front());
  return all;
}

void set_options(const Found& found, placement::Options& options) {
  for (const PlanOption& known : hook_options()) {
    const auto entry = found.find(known.option.name);
    if (entry == found.end()) continue;
    const auto& [source, value] = entry->second;
    try {
      known.set(value, options);
    } catch (const BadValue& error) {
      throw RequestError(fmt::format("{} is \"{}\"; {}", source, value, error.what()));
    }
  }
  if (options.cells == placement::Cells::add) options.cells = placement::Cells::add_to_pins;
}

// The value of a variable. An empty one counts as absent, because manifests cannot unset variables.
std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

// Returns VNUMA_RESERVE_BUSES for reserve-buses.
std::string variable_name(const std::string& option) {
  std::string name = "VNUMA_";
  for (const char c : option) name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

void read_environment(Found& found) {
  for (const PlanOption& known : hook_options()) {
    const std::string name = variable_name(known.option.name);
    if (const auto value = variable(name.c_str())) found[known.option.name] = {name, *value};
  }
}

json parse(std::string_view vmi) {
  try {
    return json::parse(vmi);
  } catch (const json::exception& error) {
    throw RequestError(fmt::format("--vmi: not a VMI in JSON: {}", error.what()));
  }
}

// Returns the member at the path; nullptr if it or a member above it is absent or null.
const json* find(const json& vmi, std::initializer_list<const char*> path) {
  const json* here = &vmi;
  std::string shown = "the VMI";
  for (const char* name : path) {
    if (!here->is_object()) throw RequestError(fmt::format("--vmi: {} is not an object", shown));
    const auto member = here->find(name);
    if (member == here->end() || member->is_null()) return nullptr;
    here = &*member;
    shown = shown == "the VMI" ? std::string(name) : fmt::format("{}.{}", shown, name);
  }
  return here;
}

// An invalid value counts as strict, so that the user notices it.
bool is_strict(std::string_view value) { return value != "false"; }

void read_annotations(const json& annotations, Found& found) {
  std::vector<std::string> known;
  for (const PlanOption& one : hook_options()) known.push_back(one.option.name);
  for (const auto& [name, value] : annotations.items()) {
    if (!name.starts_with(prefix)) continue;
    if (!value.is_string()) throw RequestError(fmt::format("--vmi: the annotation {} is not a string", name));
    const std::string option = name.substr(prefix.size());
    if (std::find(known.begin(), known.end(), option) == known.end()) {
      throw RequestError(fmt::format("unknown annotation {}; expected {} after {}", name, alternatives(known), prefix));
    }
    found[option] = {name, value.get<std::string>()};
  }
}

}  // namespace

bool environment_is_strict() noexcept {
  const char* value = std::getenv("VNUMA_STRICT");
  return value != nullptr && *value != '\0' && is_strict(value);
}

Request read_request(std::string_view vmi, bool& strict) {
  Request request;
  const json parsed = parse(vmi);
  const json* annotations = find(parsed, {"metadata", "annotations"});
  if (annotations != nullptr && !annotations->is_object()) {
    throw RequestError("--vmi: metadata.annotations is not an object");
  }
  if (const json* annotated = find(parsed, {"metadata", "annotations", "vnuma.io/strict"})) {
    strict = !annotated->is_string() || is_strict(annotated->get<std::string>());
  }
  Found found;
  read_environment(found);
  if (annotations != nullptr) read_annotations(*annotations, found);
  set_options(found, request.options);
  if (const auto sysfs = variable("VNUMA_SYSFS")) request.sysfs = *sysfs;
  const json* mapping = find(parsed, {"spec", "domain", "cpu", "numa", "guestMappingPassthrough"});
  if (mapping != nullptr && !mapping->is_object()) {
    throw RequestError("--vmi: spec.domain.cpu.numa.guestMappingPassthrough is not an object");
  }
  request.guest_mapping = mapping != nullptr;
  return request;
}
