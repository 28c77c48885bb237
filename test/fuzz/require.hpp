// What a fuzz target does when an invariant is broken.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace vnuma::test {

// Ends the program, so that libFuzzer keeps the input. `details` is printed only then.
inline void require(bool holds, const char* invariant, const std::string& details = {}) {
  if (holds) return;
  std::fprintf(stderr, "== broken: %s\n%s\n", invariant, details.c_str());
  std::abort();
}

}  // namespace vnuma::test
