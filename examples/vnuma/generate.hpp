// The command generate.
#pragma once

#include "command.hpp"

Command generate_command();
