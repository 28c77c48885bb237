// vnuma capture: a host's topology, written down.
#pragma once

#include <string>
#include <vector>

// Runs the command with its words; gives the exit status.
int capture(const std::vector<std::string>& words);
