// The command place.
#pragma once

#include <string>
#include <vector>

// Runs `vnuma place WORDS...`; the exit status. Throws UsageError and what readers, plan and files throw.
int place(const std::vector<std::string>& words);
