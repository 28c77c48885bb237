// What standard output can show.
#pragma once

#include <vnuma/topology/tree.hpp>

// Lines in Unicode, colour, and as many columns as there are, on a terminal that has them; else plain and as wide as it
// takes. NO_COLOR (no-color.org), if not empty, and TERM=dumb keep colour away; Unicode takes a locale in UTF-8.
vnuma::topology::TextStyle standard_output_style();
