// Messages as they are shown to a person.
#pragma once

#include <string>
#include <string_view>

// The message on one line that does no harm to a terminal: control characters, and bytes that are not UTF-8, are
// written as \n, \t or \x1b. File names and documents can hold them. The middle of a very long message is left out.
std::string one_line(std::string_view message);
