// Shell completions.
#pragma once

#include <string>
#include <string_view>

// The script for bash, zsh or fish.
std::string completions(std::string_view shell);
