// The tool's spelling of the options that remedies name.
#pragma once

#include <string>

#include <vnuma/placement/diagnostic.hpp>

// The spelling for place and generate, which have these options: "--mmio auto".
std::string tool_spelling(const vnuma::placement::OptionHint& hint);

// The spelling for check and show, whose remedies are options of place: "vnuma place --mmio auto".
std::string check_spelling(const vnuma::placement::OptionHint& hint);
