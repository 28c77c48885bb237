#include <algorithm>
#include <array>

#include "capture.hpp"
#include "check.hpp"
#include "command.hpp"
#include "generate.hpp"
#include "place.hpp"
#include "show.hpp"

namespace {

// Adds the option that all commands have, after their own.
Command with_help(Command command) {
  command.options.push_back({.name = "help", .help = "print this text", .letter = 'h'});
  return command;
}

struct Entry {
  std::string_view name;
  Command (*make)();
};

constexpr std::array<Entry, 5> entries{{{"place", place_command},
                                        {"show", show_command},
                                        {"check", check_command},
                                        {"generate", generate_command},
                                        {"capture", capture_command}}};

Command make(const Entry& entry) {
  Command command = with_help(entry.make());
  command.name = entry.name;
  return command;
}

}  // namespace

const Command& tool() {
  static const Command itself = with_help(
      {.summary = "give GPU virtual machines their host's NUMA and PCIe locality",
       .usage = "COMMAND ...",
       .description = "In a virtual machine, a GPU normally sits on the root bus and reports NUMA node\n"
                      "-1. vnuma rewrites a libvirt domain so that the guest sees each passthrough\n"
                      "device on the correct node.",
       .more =
           {"vnuma reads the location of each device on the host from sysfs or from a snapshot, and finds the guest "
            "cell of each host node in the domain. It adds a pcie-expander-bus for each cell that has devices, and a "
            "pcie-root-port for each device.",
            "The result goes to standard output, or with -o to a file, which always has either the old or the complete "
            "new content. The report and all messages go to standard error. The file name - is standard input, or "
            "after -o standard output.",
            "FORMATS.md, in examples/vnuma/ of the sources and in share/doc/vnuma, describes the JSON of place, "
            "generate, check and show."},
       .examples = {{"vnuma place --help", "explains the command place"}},
       .options = {{.name = "completion",
                    .help = "print shell completions for",
                    .kind = Value::choice,
                    .value = "SHELL",
                    .choices = {"bash", "zsh", "fish"},
                    .more = "For a shell that does not find the installed completions: source <(vnuma --completion "
                            "bash)."},
                   {.name = "manual", .help = "print the man page: vnuma --manual | man -l -"},
                   {.name = "version", .help = "print the version"}}});
  return itself;
}

const std::vector<Command>& commands() {
  static const std::vector<Command> all = [] {
    std::vector<Command> made;
    made.reserve(entries.size());
    for (const Entry& entry : entries) made.push_back(make(entry));
    return made;
  }();
  return all;
}

const std::vector<Example>& exit_statuses() {
  static const std::vector<Example> all{
      {"0", "Done, even if there was nothing to do."},
      {"1",
       "An input was refused or the result could not be written. Nothing was written, and a message has the file, "
       "the position, the fault and the remedy. Or check found an error or a warning."},
      {"2", "Wrong usage. Nothing was read."}};
  return all;
}

std::optional<Command> make_command(std::string_view name) {
  const auto entry = std::find_if(entries.begin(), entries.end(), [&](const Entry& one) { return one.name == name; });
  if (entry == entries.end()) return std::nullopt;
  return make(*entry);
}
