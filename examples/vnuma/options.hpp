// What the options of the commands have in common.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/program_options.hpp>

using OptionValues = boost::program_options::variables_map;

// Reads the words of a command: its options, and domains.
OptionValues parse_options(const std::vector<std::string>& words,
                           const boost::program_options::options_description& shown);

// The value of an option that knows `now`, and will know `later`.
std::string choice(const OptionValues& values, const char* name, std::initializer_list<std::string_view> now,
                   std::initializer_list<std::string_view> later = {});

std::optional<std::string> text(const OptionValues& values, const char* name);

// The same; an empty word is wrong usage.
std::optional<std::string> file_name(const OptionValues& values, const char* name);

// The one domain that is named; "-" is standard input.
std::optional<std::string> domain_name(const OptionValues& values);
