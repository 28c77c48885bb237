// Hardened loading with yaml-cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/yaml.h>

namespace vnuma::manifest {

// Throws a ParseError with the line and column of the mark.
[[noreturn]] void refuse(const YAML::Mark& mark, std::string path, const std::string& message);

// The documents of a text in YAML or JSON, without empty ones. Throws ParseError if the text is neither, has no
// document, is longer than max_manifest_size, or is nested too deeply. Messages end with `remedy`.
std::vector<YAML::Node> load(std::string_view text, std::string_view remedy);

// The value of a key; an undefined node if it is absent or null.
YAML::Node child(const YAML::Node& map, const char* key);

// The value of `kind`; empty if it is absent or not a scalar.
std::string kind_of(const YAML::Node& node);

}  // namespace vnuma::manifest
