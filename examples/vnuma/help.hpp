// The text of --help.
#pragma once

#include <string>

#include "command.hpp"

// Returns at most 24 lines of 80 columns.
std::string help(const Command& command);

// Returns "-o, --output FILE".
std::string spelling(const Option& option);

// Returns the help with the choices: "hierarchy level: numa (default), root-complex or switch".
std::string meaning(const Option& option);
