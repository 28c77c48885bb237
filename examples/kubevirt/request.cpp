#include "request.hpp"

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace {

namespace placement = vnuma::placement;
using nlohmann::json;

constexpr std::string_view prefix = "vnuma.io/";

[[noreturn]] void refuse(const std::string& name, const std::string& value, const char* expected) {
  throw RequestError(fmt::format("{} is \"{}\"; expected {}", name, value, expected));
}

// The position of the value among those that are allowed.
std::size_t choice(const std::string& name, const std::string& value, std::initializer_list<const char*> allowed,
                   const char* expected) {
  std::size_t position = 0;
  for (const char* word : allowed) {
    if (value == word) return position;
    ++position;
  }
  refuse(name, value, expected);
}

void set_numa_nodes(const std::string& name, const std::string& value, placement::Options& options) {
  for (std::size_t begin = 0; begin <= value.size();) {
    const std::size_t end = std::min(value.find(',', begin), value.size());
    const std::string entry = value.substr(begin, end - begin);
    const std::size_t equals = std::min(entry.find('='), entry.size());
    const auto address = placement::PciAddress::parse(entry.substr(0, equals));
    const auto node = vnuma::schema::UInt32::from_text(equals < entry.size() ? entry.substr(equals + 1) : "");
    if (!address || !node.valid() || !options.numa_nodes.emplace(*address, *node).second) {
      refuse(name, value, "BDF=N for each device once, with commas between them, as 0000:27:00.0=1");
    }
    begin = end + 1;
  }
}

// Sets the option "mirror", "reserve-buses", ...; `name` is what it is called where the value was found. Whether there
// is such an option.
bool set_option(std::string_view option, const std::string& name, const std::string& value,
                placement::Options& options) {
  if (option == "strict") {
    options.strict = choice(name, value, {"false", "true"}, "true or false") == 1;
  } else if (option == "mirror") {
    constexpr placement::Mirror mirrors[] = {placement::Mirror::numa, placement::Mirror::root_complex,
                                             placement::Mirror::pcie_switch};
    options.mirror = mirrors[choice(name, value, {"numa", "root-complex", "switch"}, "numa, root-complex or switch")];
  } else if (option == "mmio") {
    constexpr placement::Mmio modes[] = {placement::Mmio::off, placement::Mmio::warn, placement::Mmio::automatic};
    options.mmio = modes[choice(name, value, {"off", "warn", "auto"}, "off, warn or auto")];
  } else if (option == "unaligned") {
    constexpr placement::Unaligned ways[] = {placement::Unaligned::leave, placement::Unaligned::nearest,
                                             placement::Unaligned::cell};
    options.unaligned = ways[choice(name, value, {"leave", "nearest", "cell"}, "leave, nearest or cell")];
  } else if (option == "reserve-buses") {
    const auto number = vnuma::schema::UInt32::from_text(value);
    if (!number.valid() || *number > 254) refuse(name, value, "a number from 0 to 254");
    options.reserve_buses = *number;
  } else if (option == "numa-node") {
    options.numa_nodes.clear();  // those of the environment
    set_numa_nodes(name, value, options);
  } else {
    return false;
  }
  return true;
}

// The value of a variable; an empty one counts as none, as manifests cannot unset variables.
std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

void read_environment(Request& request) {
  constexpr std::pair<const char*, const char*> variables[] = {
      {"VNUMA_STRICT", "strict"},       {"VNUMA_MIRROR", "mirror"},       {"VNUMA_MMIO", "mmio"},
      {"VNUMA_UNALIGNED", "unaligned"}, {"VNUMA_NUMA_NODE", "numa-node"}, {"VNUMA_RESERVE_BUSES", "reserve-buses"}};
  for (const auto& [name, option] : variables) {
    if (const auto value = variable(name)) set_option(option, name, *value, request.options);
  }
  if (const auto sysfs = variable("VNUMA_SYSFS")) request.sysfs = *sysfs;
}

json parse(std::string_view vmi) {
  try {
    return json::parse(vmi);
  } catch (const json::exception& error) {
    throw RequestError(fmt::format("--vmi: not a VMI in JSON: {}", error.what()));
  }
}

// The member at the path, nullptr if it or something above it is absent or null.
const json* find(const json& vmi, std::initializer_list<const char*> path) {
  const json* here = &vmi;
  std::string shown = "the VMI";
  for (const char* name : path) {
    if (!here->is_object()) throw RequestError(fmt::format("--vmi: {} is no object", shown));
    const auto member = here->find(name);
    if (member == here->end() || member->is_null()) return nullptr;
    here = &*member;
    shown = shown == "the VMI" ? std::string(name) : fmt::format("{}.{}", shown, name);
  }
  return here;
}

// What is no truth value counts as strict, so that whoever wrote it learns of it.
bool says_strict(std::string_view value) { return value != "false"; }

void read_annotations(const json& annotations, Request& request) {
  for (const auto& [name, value] : annotations.items()) {
    if (!name.starts_with(prefix)) continue;
    if (!value.is_string()) throw RequestError(fmt::format("--vmi: the annotation {} is no string", name));
    const std::string_view option = std::string_view(name).substr(prefix.size());
    if (set_option(option, name, value.get<std::string>(), request.options)) continue;
    throw RequestError(
        fmt::format("there is no annotation {}; there are mirror, strict, mmio, unaligned, reserve-buses and "
                    "numa-node, each after {}",
                    name, prefix));
  }
}

}  // namespace

bool environment_is_strict() noexcept {
  const char* value = std::getenv("VNUMA_STRICT");
  return value != nullptr && *value != '\0' && says_strict(value);
}

Request read_request(std::string_view vmi, bool& strict) {
  Request request;
  const json parsed = parse(vmi);
  const json* annotations = find(parsed, {"metadata", "annotations"});
  if (annotations != nullptr && !annotations->is_object()) {
    throw RequestError("--vmi: metadata.annotations is no object");
  }
  if (const json* annotated = find(parsed, {"metadata", "annotations", "vnuma.io/strict"})) {
    strict = !annotated->is_string() || says_strict(annotated->get<std::string>());
  }
  read_environment(request);
  if (annotations != nullptr) read_annotations(*annotations, request);
  const json* mapping = find(parsed, {"spec", "domain", "cpu", "numa", "guestMappingPassthrough"});
  if (mapping != nullptr && !mapping->is_object()) {
    throw RequestError("--vmi: spec.domain.cpu.numa.guestMappingPassthrough is no object");
  }
  request.guest_mapping = mapping != nullptr;
  return request;
}
