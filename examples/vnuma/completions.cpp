#include "completions.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "command.hpp"
#include "help.hpp"

namespace {

// The text in single quotes, for any of the shells. `quote` ends the quotes, adds a quote and starts them again.
std::string shell_word(std::string_view text, std::string_view quote = "'\\''") {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += quote;
    else
      out += c;
  }
  return out + "'";
}

// The functions list the devices of /sys, or of the sysfs in the line, when they are called. Bridges are left out.
constexpr std::string_view bash_functions = R"(# Completions of vnuma for bash; made by vnuma --completion bash.

# Prints the devices of the host that can be passed through.
_vnuma_devices() {
  local i device class sysfs=/sys
  for ((i = 1; i < ${#words[@]}; ++i)); do
    case ${words[i]} in
      --sysfs) sysfs=${words[i + 1]} ;;
      --sysfs=*) sysfs=${words[i]#*=} ;;
    esac
  done
  for device in "$sysfs"/bus/pci/devices/*; do
    [[ -r $device/class ]] && read -r class <"$device/class" && [[ $class != 0x06* ]] && echo "${device##*/}$1"
  done
  [[ $1 ]] || for device in "$sysfs"/bus/mdev/devices/*; do
    [[ -e $device ]] && echo "${device##*/}"
  done
}

# Offers words. For bash, : and = end a word, so the part up to the last one of them is removed.
_vnuma_words() {
  local before=${word%"${word##*[:=]}"}
  compopt +o default +o bashdefault 2>/dev/null
  COMPREPLY=($(compgen -W "$*" -- "$word"))
  COMPREPLY=("${COMPREPLY[@]#"$before"}")
}

_vnuma() {
  local words word last command
  read -ra words <<<"${COMP_LINE:0:COMP_POINT}"
  [[ ${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]] && words+=("")
  word=${words[-1]}
  last=${words[-2]-}
  command=${words[1]-}
  COMPREPLY=()
  if [[ $word == --*=* ]]; then
    last=${word%%=*}
    word=${word#*=}
  fi
)";

// The command that completes the value of an option.
std::string bash_value(const Option& option) {
  switch (option.kind) {
    case Value::choice: return fmt::format("_vnuma_words {}", fmt::join(option.choices, " "));
    case Value::folder: return "compopt -o dirnames +o default 2>/dev/null";
    case Value::device: return "_vnuma_words $(_vnuma_devices)";
    case Value::device_node: return "_vnuma_words $(_vnuma_devices =)\n        compopt -o nospace 2>/dev/null";
    case Value::file:
    case Value::new_file: return ":";  // bash completes files
    case Value::none:
    case Value::text: break;
  }
  return "compopt +o default +o bashdefault 2>/dev/null";
}

std::string bash_command(const Command& command) {
  std::string out;
  std::string names;
  for (const Option& option : command.options) {
    names += fmt::format("{}--{}", names.empty() ? "" : " ", option.name);
    if (option.kind == Value::none) continue;
    const std::string letter = option.letter ? fmt::format(" | -{}", option.letter) : "";
    out += fmt::format("      --{}{})\n        {}\n        return ;;\n", option.name, letter, bash_value(option));
  }
  if (command.name.empty()) {
    for (const Command& one : commands()) names += " " + one.name;
    return fmt::format("    case $last in\n{}    esac\n    _vnuma_words {}\n", out, names);
  }
  if (!out.empty()) out = fmt::format("    case $last in\n{}    esac\n", out);
  const std::string_view otherwise =
      command.takes_domain ? ":" : "compopt +o default +o bashdefault 2>/dev/null";  // a domain is a file
  return out + fmt::format("    if [[ $word == -* ]]; then _vnuma_words {}; else {}; fi\n", names, otherwise);
}

std::string bash() {
  std::string out(bash_functions);
  // The options depend on the command.
  out += "  if [[ $word == \"$command\" || $command == -* ]] && ((${#words[@]} < 4)); then\n" + bash_command(tool());
  out += "    return\n  fi\n  case $command in\n";
  for (const Command& command : commands()) {
    std::string body = bash_command(command);
    out += fmt::format("  {})\n{}    ;;\n", command.name, body);
  }
  out += "  esac\n}\n\ncomplete -o bashdefault -o default -F _vnuma vnuma\n";
  return out;
}

constexpr std::string_view zsh_functions = R"(#compdef vnuma
# Completions of vnuma for zsh; made by vnuma --completion zsh.

# The devices that can be passed through: those of /sys, or of the sysfs in the line.
_vnuma_devices() {
  local device class sysfs=${opt_args[--sysfs]:-/sys}
  local -a devices
  for device in $sysfs/bus/pci/devices/*(N); do
    [[ -r $device/class ]] && read -r class <$device/class && [[ $class != 0x06* ]] && devices+=(${device:t})
  done
  if [[ $1 == node ]]; then
    compadd -S = -a devices
  else
    for device in $sysfs/bus/mdev/devices/*(N); do devices+=(${device:t}); done
    compadd -a devices
  fi
}

)";

std::string zsh_value(const Option& option) {
  switch (option.kind) {
    case Value::none: return "";
    case Value::choice: return fmt::format(":{}:({})", option.value, fmt::join(option.choices, " "));
    case Value::folder: return fmt::format(":{}:_files -/", option.value);
    case Value::device: return fmt::format(":{}:_vnuma_devices", option.value);
    case Value::device_node: return fmt::format(":{}:{{_vnuma_devices node}}", option.value);
    case Value::file:
    case Value::new_file: return fmt::format(":{}:_files", option.value);
    case Value::text: break;
  }
  return fmt::format(":{}: ", option.value);
}

// Escapes brackets, which end a description for _arguments, and colons, which start a value.
std::string zsh_description(const Option& option) {
  std::string out;
  for (const char c : meaning(option)) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_options(const Command& command) {
  std::string out;
  for (const Option& option : command.options) {
    const std::string value = zsh_value(option);
    const std::string rest = fmt::format("[{}]{}", zsh_description(option), value);
    const std::string star = option.repeats ? "*" : "";
    const std::string equals = value.empty() ? "" : "=";
    if (option.letter) {
      out += fmt::format(" \\\n        {}", shell_word(fmt::format("{}-{}{}", star, option.letter, rest)));
    }
    out += fmt::format(" \\\n        {}", shell_word(fmt::format("{}--{}{}{}", star, option.name, equals, rest)));
  }
  return out;
}

std::string zsh() {
  std::string out(zsh_functions);
  out += "_vnuma() {\n  local context state state_descr line\n  typeset -A opt_args\n  _arguments -C" +
         zsh_options(tool());
  out += " \\\n        '1:command:->command' \\\n        '*::argument:->argument'\n  case $state in\n  command)\n";
  out += "    local -a commands=(\n";
  for (const Command& command : commands()) {
    out += fmt::format("      {}\n", shell_word(fmt::format("{}:{}", command.name, command.summary)));
  }
  out += "    )\n    _describe command commands\n    ;;\n  argument)\n    case $line[1] in\n";
  for (const Command& command : commands()) {
    out += fmt::format("    {})\n      _arguments -s{}", command.name, zsh_options(command));
    if (command.takes_domain) out += fmt::format(" \\\n        '{}:domain:_files'", command.takes_several ? "*" : "1");
    out += "\n      ;;\n";
  }
  out += "    esac\n    ;;\n  esac\n}\n\n";
  // zsh runs an autoloaded file as the body of the function, and a sourced file outside of it.
  return out + "if [[ $funcstack[1] == _vnuma ]]; then _vnuma \"$@\"; else compdef _vnuma vnuma; fi\n";
}

constexpr std::string_view fish_functions = R"(# Completions of vnuma for fish; made by vnuma --completion fish.

# The devices that can be passed through: those of /sys, or of the sysfs in the line.
function __vnuma_devices
    set -l sysfs /sys
    set -l words (commandline -opc)
    for i in (seq (count $words))
        switch $words[$i]
            case --sysfs
                test $i -lt (count $words); and set sysfs $words[(math $i + 1)]
            case '--sysfs=*'
                set sysfs (string replace -- --sysfs= '' $words[$i])
        end
    end
    for device in $sysfs/bus/pci/devices/*
        string match -q '0x06*' (cat $device/class 2>/dev/null); or echo (basename $device)$argv[1]
    end
    test -n "$argv[1]"; or for device in $sysfs/bus/mdev/devices/*
        basename $device
    end
end

complete -c vnuma -f
)";

std::string fish_value(const Option& option) {
  switch (option.kind) {
    case Value::none: return "";
    case Value::choice:
      return fmt::format(" -x -a {}", shell_word(fmt::format("{}", fmt::join(option.choices, " ")), "\\'"));
    case Value::folder: return " -x -a '(__fish_complete_directories)'";
    case Value::device: return " -x -a '(__vnuma_devices)'";
    case Value::device_node: return " -x -a '(__vnuma_devices =)'";
    case Value::file:
    case Value::new_file: return " -r -F";
    case Value::text: break;
  }
  return " -x";
}

std::string fish_options(const Command& command) {
  const std::string condition =
      command.name.empty() ? "__fish_use_subcommand" : "'__fish_seen_subcommand_from " + command.name + "'";
  std::string out;
  if (command.takes_domain) out += fmt::format("complete -c vnuma -n {} -F\n", condition);
  for (const Option& option : command.options) {
    const std::string letter = option.letter ? fmt::format(" -s {}", option.letter) : "";
    out += fmt::format("complete -c vnuma -n {}{} -l {}{} -d {}\n", condition, letter, option.name, fish_value(option),
                       shell_word(meaning(option), "\\'"));
  }
  return out;
}

std::string fish() {
  std::string out(fish_functions);
  for (const Command& command : commands()) {
    out += fmt::format("complete -c vnuma -n __fish_use_subcommand -a {} -d {}\n", command.name,
                       shell_word(command.summary, "\\'"));
  }
  out += fish_options(tool());
  for (const Command& command : commands()) out += fish_options(command);
  return out;
}

}  // namespace

std::string completions(std::string_view shell) {
  if (shell == "bash") return bash();
  return shell == "zsh" ? zsh() : fish();
}
