// What an option is.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

// What the value of an option is. Choices and names of files are checked where words are read, the rest by the command.
enum class Value { none, text, choice, file, new_file, folder, device, device_node };

struct Option {
  std::string name;  // without the dashes
  std::string help;  // one line, with the name and the choices
  Value kind = Value::none;
  std::string value{};                 // what help calls its value: "FILE"
  std::vector<std::string> choices{};  // of Value::choice
  std::string preset{};                // its value where it is not given
  char letter = '\0';                  // 'o' for -o
  bool repeats = false;
  std::string more{};  // what the man page says besides
};

using Options = std::vector<Option>;

// The lists one after the other.
inline Options join(std::initializer_list<Options> lists) {
  Options all;
  for (const Options& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}
