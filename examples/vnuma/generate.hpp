// The command generate.
#pragma once

#include <string>
#include <vector>

// Runs `vnuma generate WORDS...`; the exit status. Throws UsageError and what readers, generate, plan and files throw.
int generate(const std::vector<std::string>& words);
