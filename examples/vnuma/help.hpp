// What --help prints.
#pragma once

#include <string>

#include "command.hpp"

// At most 24 lines of 80 columns.
std::string help(const Command& command);

// "-o, --output FILE".
std::string spelling(const Option& option);

// What the option does: "rebuild numa (default), root-complex or switch".
std::string meaning(const Option& option);
