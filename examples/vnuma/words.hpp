// Words that people type, and what they may have meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

// "numa, root-complex or switch".
std::string alternatives(const std::vector<std::string>& words);

// The known word that is nearest to one that was typed: it begins with it, or it takes a letter or two, twisted, wrong,
// missing or too many. Empty if none is near.
std::string nearest_word(std::string_view typed, const std::vector<std::string>& known);
