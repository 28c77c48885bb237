#include <algorithm>
#include <array>

#include "capture.hpp"
#include "check.hpp"
#include "command.hpp"
#include "generate.hpp"
#include "place.hpp"
#include "show.hpp"

namespace {

// All have it, behind their own.
Command with_help(Command command) {
  command.options.push_back({.name = "help", .help = "this text", .letter = 'h'});
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
       .description = "In a virtual machine a GPU normally hangs on the root bus and reports NUMA node\n"
                      "-1. vnuma rewrites a libvirt domain so that the guest sees each passthrough\n"
                      "device on the right node.",
       .more =
           {"It reads where each device sits on the host, in sysfs or in a snapshot of it, and which guest cell stands "
            "for which node of the host, in the domain. It then gives the domain a pcie-expander-bus for each cell "
            "that has devices, and a pcie-root-port for each device.",
            "The result goes to standard output, or with -o to a file, which is either the old or the whole new "
            "one. The report and every message go to standard error. A file may be - for standard input, or after "
            "-o for standard output.",
            "FORMATS.md, in the sources' examples/vnuma and in share/doc/vnuma, describes the JSON of place, generate, "
            "check and show, for programs."},
       .examples = {{"vnuma place --help", "explains a command"}},
       .options = {{.name = "completion",
                    .help = "print completions, for",
                    .kind = Value::choice,
                    .value = "SHELL",
                    .choices = {"bash", "zsh", "fish"},
                    .more = "For a shell that does not find those that are installed: source <(vnuma --completion "
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
      {"0", "Done, also when there was nothing to do."},
      {"1",
       "An input was refused, or the result cannot be written: nothing was written, and a message names the file, "
       "the place in it and the remedy. Or check found something."},
      {"2", "Wrong usage. Nothing was read."}};
  return all;
}

std::optional<Command> make_command(std::string_view name) {
  const auto entry = std::find_if(entries.begin(), entries.end(), [&](const Entry& one) { return one.name == name; });
  if (entry == entries.end()) return std::nullopt;
  return make(*entry);
}
