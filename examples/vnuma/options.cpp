#include "options.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "errors.hpp"

namespace options = boost::program_options;

OptionValues parse_options(const std::vector<std::string>& words, const options::options_description& shown) {
  namespace style = options::command_line_style;
  options::options_description hidden;
  auto add = hidden.add_options();
  add("domain", options::value<std::vector<std::string>>());
  options::options_description all;
  all.add(shown).add(hidden);
  options::positional_options_description positional;
  positional.add("domain", -1);
  OptionValues values;
  // Without guessing, so that a mistyped option is never taken for another one.
  options::store(options::command_line_parser(words)
                     .options(all)
                     .positional(positional)
                     .style(style::unix_style & ~style::allow_guessing)
                     .run(),
                 values);
  return values;
}

std::string choice(const OptionValues& values, const char* name, std::initializer_list<std::string_view> now,
                   std::initializer_list<std::string_view> later) {
  const auto& value = values[name].as<std::string>();
  if (std::find(now.begin(), now.end(), value) != now.end()) return value;
  if (std::find(later.begin(), later.end(), value) != later.end()) {
    throw UsageError(fmt::format("--{} {} is not available yet; give {}", name, value, fmt::join(now, ", ")));
  }
  throw UsageError(fmt::format("--{} {}: expected {}", name, value, fmt::join(now, ", ")));
}

std::optional<std::string> text(const OptionValues& values, const char* name) {
  return values.count(name) ? std::optional(values[name].as<std::string>()) : std::nullopt;
}

std::optional<std::string> file_name(const OptionValues& values, const char* name) {
  auto value = text(values, name);
  if (value && value->empty()) throw UsageError(fmt::format("--{}: expected a name, not an empty word", name));
  return value;
}

std::optional<std::string> domain_name(const OptionValues& values) {
  if (!values.count("domain")) return std::nullopt;
  const auto& domains = values["domain"].as<std::vector<std::string>>();
  if (domains.size() > 1) throw UsageError(fmt::format("{} and {}: name one domain", domains[0], domains[1]));
  if (domains[0].empty()) throw UsageError("the domain's name is an empty word; name a file, or - for stdin");
  return domains[0];
}
