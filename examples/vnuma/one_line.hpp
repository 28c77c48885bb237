// Messages for a person.
#pragma once

#include <string>
#include <string_view>

// Returns the message on one line that is safe for a terminal. Control characters and bytes that are not UTF-8, which
// file names and documents can contain, are escaped: \n, \t, \x1b. The middle of a very long message is left out.
std::string one_line(std::string_view message);
