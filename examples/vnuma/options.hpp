// Parses the words after a command.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command.hpp"

// Throws UsageError for unknown options and invalid values, if standard input would be read twice, and if the output
// would replace an input that an option names. With --help, values are not checked.
OptionValues parse_options(const std::vector<std::string>& words, const Command& command);

// Returns the value of an option; nullopt if it is absent.
std::optional<std::string> text(const OptionValues& values, const char* name);

// Returns the values of an option that may be repeated.
std::vector<std::string> texts(const OptionValues& values, const char* name);

// Returns the names of the domains; "-" is standard input. Throws UsageError if one is empty.
std::vector<std::string> domain_names(const OptionValues& values);

// Returns the name of the domain, if there is one; "-" is standard input. Throws UsageError if there are several.
std::optional<std::string> domain_name(const OptionValues& values);
