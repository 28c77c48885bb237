#include "help.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "words.hpp"

namespace {

struct Row {
  std::string left;
  std::string right;
};

std::string table(const std::vector<Row>& rows) {
  std::size_t width = 0;
  for (const Row& row : rows) width = std::max(width, row.left.size());
  std::string out;
  for (const Row& row : rows) out += fmt::format("  {:{}}  {}\n", row.left, width, row.right);
  return out;
}

}  // namespace

std::string spelling(const Option& option) {
  const std::string letter = option.letter ? fmt::format("-{}, ", option.letter) : "";
  return fmt::format("{}--{}{}{}", letter, option.name, option.value.empty() ? "" : " ", option.value);
}

std::string meaning(const Option& option) {
  if (option.choices.empty()) return option.help;
  std::vector<std::string> choices = option.choices;
  for (std::string& choice : choices) {
    if (choice == option.preset) choice += " (default)";
  }
  return fmt::format("{} {}", option.help, alternatives(choices));
}

std::string help(const Command& command) {
  std::string out = fmt::format("Usage: vnuma {}{}{}\n\n{}\n\n", command.name, command.name.empty() ? "" : " ",
                                command.usage, command.description);
  std::vector<Row> rows;
  if (command.name.empty()) {
    for (const Command& one : commands()) rows.push_back({one.name, one.summary});
    out += table(rows) + "\n";
    rows.clear();
  }
  for (const Option& option : command.options) rows.push_back({spelling(option), meaning(option)});
  out += table(rows);
  return out + fmt::format("\nExample: {}\n", command.examples.front().words);
}
