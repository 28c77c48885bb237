// The command show.
#pragma once

#include "command.hpp"

Command show_command();
