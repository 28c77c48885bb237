// A map of a manifest, read name by name.
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

// A map, its place, and the names in it that were asked for. What is null is absent. Values of another type than the
// one that is asked for are refused with a ParseError.
class Object {
 public:
  // Throws ParseError if the node is no map, has a key that is no word, or one twice. An undefined node is an empty
  // map; `above` is where the map would stand.
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

  // Adds what is there and was not asked for, but for the names that are to be passed over.
  void leave_out(std::vector<schema::LeftOut>& left_out,
                 std::initializer_list<std::string_view> passed_over = {}) const;

  // Throws ParseError at the value of the name, or, if there is none, where it would stand.
  [[noreturn]] void refuse(const char* name, const std::string& message) const;

 private:
  YAML::Node scalar(const char* name, const char* expected);

  YAML::Node node_;
  std::string path_;
  YAML::Mark mark_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace vnuma::manifest
