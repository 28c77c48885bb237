// The man page.
#pragma once

#include <string>
#include <string_view>

// Returns vnuma.1 in the macros of man(7).
std::string manual(std::string_view version);
