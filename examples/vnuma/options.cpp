#include "options.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/program_options.hpp>

#include "errors.hpp"
#include "words.hpp"

namespace options = boost::program_options;
namespace fs = std::filesystem;

namespace {

constexpr const char* operands = "<words>";  // a name that cannot be typed as an option

using Texts = std::vector<std::string>;

void add(const Option& option, options::options_description& all) {
  const std::string name = option.letter ? fmt::format("{},{}", option.name, option.letter) : option.name;
  if (option.kind == Value::none) {
    all.add_options()(name.c_str(), "");
  } else if (option.repeats) {
    all.add_options()(name.c_str(), options::value<Texts>(), "");
  } else {
    auto* value = options::value<std::string>();
    if (!option.preset.empty()) value->default_value(option.preset);
    all.add_options()(name.c_str(), value, "");
  }
}

std::string help_of(const Command& command) {
  return fmt::format("vnuma {}--help lists the options", command.name.empty() ? "" : command.name + " ");
}

// A hint for an unknown option: the commands that have it, or the nearest option of this command.
std::string hint(std::string_view word, const Command& command) {
  word.remove_prefix(std::min(word.find_first_not_of('-'), word.size()));
  word = word.substr(0, word.find('='));
  Texts own;
  for (const Option& option : command.options) own.push_back(option.name);
  Texts others;  // commands that have the option
  for (const Command& other : commands()) {
    if (std::any_of(other.options.begin(), other.options.end(), [&](const Option& one) { return one.name == word; })) {
      others.push_back(other.name);
    }
  }
  if (!others.empty()) {
    return fmt::format("it is an option of {}{}", fmt::join(others, " and "),
                       command.name.empty() ? ", after the command" : "");
  }
  const std::string nearest = nearest_word(word, own);
  return nearest.empty() ? "" : fmt::format("did you mean --{}?", nearest);
}

[[noreturn]] void refuse(const std::string& problem, const std::string& hint, const Command& command) {
  if (hint.empty()) throw UsageError(fmt::format("{}; {}", problem, help_of(command)));
  throw UsageError(fmt::format("{}; {}{} {}", problem, hint, hint.back() == '?' ? "" : ";", help_of(command)));
}

std::string expectation(const Option& option) {
  return fmt::format("--{}: expected {}", option.name,
                     option.choices.empty() ? option.value : alternatives(option.choices));
}

// Refuses an option that lacks its value, or has a value but takes none.
[[noreturn]] void refuse_syntax(const options::invalid_command_line_syntax& error, const Command& command) {
  std::string name = error.get_option_name();
  name.erase(0, std::min(name.find_first_not_of('-'), name.size()));
  for (const Option& option : command.options) {
    if (option.name == name && option.kind != Value::none) refuse(expectation(option), "", command);
  }
  refuse(error.what(), "", command);
}

OptionValues parse(const Texts& words, const Command& command) {
  namespace style = options::command_line_style;
  options::options_description all;
  for (const Option& option : command.options) add(option, all);
  all.add_options()(operands, options::value<Texts>());
  options::positional_options_description positional;
  positional.add(operands, -1);
  OptionValues values;
  try {
    // No guessing: a mistyped option must not select another one, and scripts with abbreviated options would break when
    // a new option has the same beginning.
    options::store(options::command_line_parser(words)
                       .options(all)
                       .positional(positional)
                       .style(style::unix_style & ~style::allow_guessing)
                       .run(),
                   values);
  } catch (const options::unknown_option& error) {
    refuse(error.what(), hint(error.get_option_name(), command), command);
  } catch (const options::invalid_command_line_syntax& error) {
    refuse_syntax(error, command);
  } catch (const options::error& error) {
    refuse(error.what(), "", command);
  }
  return values;
}

Texts values_of(const Option& option, const OptionValues& values) {
  if (!values.count(option.name) || option.kind == Value::none) return {};
  if (option.repeats) return values[option.name].as<Texts>();
  return {values[option.name].as<std::string>()};
}

void check(const Option& option, const std::string& value) {
  const bool is_name = option.kind == Value::file || option.kind == Value::new_file || option.kind == Value::folder;
  // This happens with --kubevirt "$FILE" if FILE is not set.
  if (is_name && value.empty()) {
    throw UsageError(fmt::format("--{}: the value is empty; name a file or folder", option.name));
  }
  if (option.kind != Value::choice || std::count(option.choices.begin(), option.choices.end(), value) > 0) return;
  const std::string nearest = nearest_word(value, option.choices);
  throw UsageError(fmt::format("--{} {}: expected {}{}", option.name, value, alternatives(option.choices),
                               nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest)));
}

bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code error;  // ignored: a file that does not exist yet is not the same file
  return a != "-" && fs::is_regular_file(a, error) && fs::equivalent(a, b, error);
}

// An output may replace the domain, but no other input.
void check_outputs(const Command& command, const OptionValues& values) {
  for (const Option& output : command.options) {
    if (output.kind != Value::new_file || !values.count(output.name)) continue;
    const std::string written = values[output.name].as<std::string>();
    for (const Option& input : command.options) {
      if (input.kind != Value::file) continue;
      for (const std::string& read : values_of(input, values)) {
        if (!is_same_file(written, read)) continue;
        throw UsageError(fmt::format("--{} {} would overwrite the input --{} {}; name another file", output.name,
                                     written, input.name, read));
      }
    }
  }
}

}  // namespace

OptionValues parse_options(const Texts& words, const Command& command) {
  OptionValues values = parse(words, command);
  if (values.count("help")) return values;
  int readers = 0;  // inputs that read standard input
  for (const Option& option : command.options) {
    for (const std::string& value : values_of(option, values)) {
      check(option, value);
      readers += option.kind == Value::file && value == "-";
    }
  }
  if (command.takes_domain) {
    if (!command.takes_several) domain_name(values);  // throws for several
    const Texts domains = domain_names(values);
    readers += static_cast<int>(std::count(domains.begin(), domains.end(), "-"));
    readers += domains.empty() && command.reads_standard_input;
  }
  if (readers > 1) throw UsageError("only one input can be standard input; name a file for the others");
  check_outputs(command, values);
  return values;
}

std::optional<std::string> text(const OptionValues& values, const char* name) {
  return values.count(name) ? std::optional(values[name].as<std::string>()) : std::nullopt;
}

Texts texts(const OptionValues& values, const char* name) {
  return values.count(name) ? values[name].as<Texts>() : Texts();
}

Texts domain_names(const OptionValues& values) {
  Texts domains = texts(values, operands);
  if (std::count(domains.begin(), domains.end(), "") > 0)
    throw UsageError("the name of the domain is empty; name a file, or - for standard input");
  return domains;
}

std::optional<std::string> domain_name(const OptionValues& values) {
  const Texts domains = texts(values, operands);
  if (domains.size() > 1) throw UsageError(fmt::format("{} and {}: expected one domain", domains[0], domains[1]));
  return domains.empty() ? std::nullopt : std::optional(domain_names(values).front());
}
