// The command show.
#pragma once

#include <string>
#include <vector>

// Runs `vnuma show WORDS...`; the exit status. Throws UsageError and what readers and files throw.
int show(const std::vector<std::string>& words);
