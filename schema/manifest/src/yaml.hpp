// Manifests as yaml-cpp reads them, without the ways in which it harms who trusts it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/yaml.h>

namespace vnuma::manifest {

// Throws a ParseError with the place of the mark.
[[noreturn]] void refuse(const YAML::Mark& mark, std::string path, const std::string& message);

// The documents of a text in YAML or JSON, without the empty ones; one at least. Throws ParseError for a text that is
// neither, is longer than max_manifest_size or too deeply nested. `remedy` ends the messages.
std::vector<YAML::Node> load(std::string_view text, std::string_view remedy);

// The value of a key; an undefined node if there is none, or null.
YAML::Node child(const YAML::Node& map, const char* key);

// What `kind` says; empty if that is no word, or there is none.
std::string kind_of(const YAML::Node& node);

}  // namespace vnuma::manifest
