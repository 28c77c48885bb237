// The description of an option.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

// The kind of value of an option. parse_options() checks choices and file names; commands check the other kinds.
enum class Value { none, text, choice, file, new_file, folder, device, device_node };

struct Option {
  std::string name;  // without the dashes
  std::string help;  // one line, which is printed after the name and before the choices
  Value kind = Value::none;
  std::string value{};                 // the name of its value in help: "FILE"
  std::vector<std::string> choices{};  // for Value::choice
  std::string preset{};                // the default value
  char letter = '\0';                  // 'o' for -o
  bool repeats = false;
  std::string more{};  // more text for the man page
};

using Options = std::vector<Option>;

// Concatenates the lists.
inline Options join(std::initializer_list<Options> lists) {
  Options all;
  for (const Options& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}
