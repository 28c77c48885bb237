// What a command is. Its parser, its help, the man page and the completions of shells are all made of this, so that
// whoever adds an option says it once.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/program_options/variables_map.hpp>

#include "option.hpp"

using OptionValues = boost::program_options::variables_map;

struct Example {
  std::string words;
  std::string what;  // it does, or says
};

struct Command {
  std::string name{};   // of the table in commands.cpp; empty: vnuma itself
  std::string summary;  // on one line
  std::string usage;    // what follows the name
  std::string description;
  std::vector<std::string> more{};    // paragraphs of the man page
  std::vector<Example> examples{};    // the first is in help
  bool takes_domain = false;          // a word that is no option names one
  bool reads_standard_input = false;  // without such a word, the domain comes from there
  Options options{};
  int (*run)(const OptionValues& values) = nullptr;  // the exit status; throws UsageError and what readers throw
};

// vnuma without a command.
const Command& tool();
// In the order of help.
const std::vector<Command>& commands();
// 0, 1 and 2, and what they say.
const std::vector<Example>& exit_statuses();
// That one alone, for a run of the tool needs no other; nullopt if there is none.
std::optional<Command> make_command(std::string_view name);
