// The command check.
#pragma once

#include "command.hpp"

Command check_command();
