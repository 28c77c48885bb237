// The description of a command. Its parser, its help, the man page and the completions of shells are made from this, so
// each option is declared once.
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
  std::string what;  // what these words do or mean
};

struct Command {
  std::string name{};   // from the table in commands.cpp; empty for vnuma itself
  std::string summary;  // one line
  std::string usage;    // the words after the name
  std::string description;
  std::vector<std::string> more{};    // paragraphs of the man page
  std::vector<Example> examples{};    // help shows the first one
  bool takes_domain = false;          // whether a word that is not an option names a domain
  bool takes_several = false;         // whether several such words name several domains
  bool reads_standard_input = false;  // whether the domain comes from there without such a word
  Options options{};
  int (*run)(const OptionValues& values) =
      nullptr;  // returns the exit status; throws UsageError and the errors of readers
};

// vnuma itself, without a command.
const Command& tool();
// All commands, in the order of help.
const std::vector<Command>& commands();
// The exit statuses 0, 1 and 2, with their meaning.
const std::vector<Example>& exit_statuses();
// Makes only one command, because a run of the tool needs no other; nullopt if there is no such command.
std::optional<Command> make_command(std::string_view name);
