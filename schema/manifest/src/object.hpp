// Object: a map of a manifest, which is read name by name.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/yaml.h>

#include <vnuma/schema/virtual_machine.hpp>

#include "quantity.hpp"

namespace vnuma::manifest {

// An amount, with its text for messages.
struct Amount : Quantity {
  std::string text{};
};

// A map, its position, and the names that were read. A null value counts as absent. A value of another type than the
// requested one is a ParseError.
class Object {
 public:
  // Throws ParseError if the node is not a map, or has a key that is not a name or is not unique. An undefined node is
  // an empty map; `above` is the position of its parent.
  Object(const YAML::Node& node, std::string path, const YAML::Mark& above);

  const std::string& path() const { return path_; }
  bool has(const char* name);
  // Empty if absent.
  Object object(const char* name);
  std::vector<Object> objects(const char* name);
  std::optional<std::string> text(const char* name);
  std::optional<bool> boolean(const char* name);
  std::optional<std::uint32_t> number(const char* name);
  std::optional<Amount> amount(const char* name);

  // Adds the entries that were not read, except those of the names in `passed_over`.
  void leave_out(std::vector<schema::LeftOut>& left_out,
                 std::initializer_list<std::string_view> passed_over = {}) const;

  // Throws ParseError at the value of the name, or at the map if the name is absent.
  [[noreturn]] void refuse(const char* name, const std::string& message) const;

 private:
  YAML::Node scalar(const char* name, const char* expected);

  YAML::Node node_;
  std::string path_;
  YAML::Mark mark_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace vnuma::manifest
