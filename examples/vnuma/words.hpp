// Suggestions for mistyped words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

// Returns "numa, root-complex or switch".
std::string alternatives(const std::vector<std::string>& words);

// Returns the known word that is nearest to a typed word: it begins with the typed word, or differs in one or two
// letters (swapped, wrong, missing or added). Empty if no word is near.
std::string nearest_word(std::string_view typed, const std::vector<std::string>& known);
