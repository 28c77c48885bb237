// The command place.
#pragma once

#include "command.hpp"

Command place_command();
