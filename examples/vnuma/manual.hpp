// The man page.
#pragma once

#include <string>
#include <string_view>

// vnuma.1, in man(7)'s macros.
std::string manual(std::string_view version);
