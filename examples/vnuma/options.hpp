// Reads the words that follow a command.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command.hpp"

// Throws UsageError for options that the command does not have, for values that are none, and where standard input
// would be read twice or a file that an option names would be read and replaced. With --help, values are not looked at.
OptionValues parse_options(const std::vector<std::string>& words, const Command& command);

std::optional<std::string> text(const OptionValues& values, const char* name);

// The values of an option that repeats.
std::vector<std::string> texts(const OptionValues& values, const char* name);

// The one domain that is named; "-" is standard input.
std::optional<std::string> domain_name(const OptionValues& values);
