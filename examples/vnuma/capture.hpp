// The command capture.
#pragma once

#include "command.hpp"

Command capture_command();
