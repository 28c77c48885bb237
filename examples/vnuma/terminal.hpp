// The abilities of standard output and standard error.
#pragma once

#include <vnuma/topology/tree.hpp>

// Returns the style for standard output. On a terminal: its width, Unicode lines if the locale is UTF-8, and colour
// unless NO_COLOR (no-color.org) is set and not empty, or TERM is unset or "dumb". Otherwise plain, with unlimited
// width.
vnuma::topology::TextStyle standard_output_style();

// Whether standard error is a terminal, which a person reads.
bool is_standard_error_terminal();
