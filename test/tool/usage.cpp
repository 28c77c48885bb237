// Wrong usage exits 2 with one line that has a hint. The text of help and of the man page.
#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>

#include <boost/test/unit_test.hpp>

#include "programs.hpp"
#include "samples.hpp"

using namespace vnuma::test;

namespace {

void require_usage_error(const std::vector<std::string>& words, const std::string& message) {
  BOOST_TEST_CONTEXT(message) {
    const Result result = run_vnuma(words);
    BOOST_TEST(result.status == 2);
    BOOST_TEST(result.out == "");
    BOOST_TEST(result.err.starts_with("vnuma: " + message));
    BOOST_TEST(std::count(result.err.begin(), result.err.end(), '\n') == 1);
  }
}

// The options of each command, which documents and scripts use.
const std::map<std::string, std::vector<std::string>> all_options{
    {"place", {"sysfs",         "host",     "capabilities", "cells",     "cpus",   "nodes",    "mirror",
               "feature-gates", "kubevirt", "numa-node",    "unaligned", "mmio",   "firmware", "reserve-buses",
               "readdress",     "strict",   "report",       "verbose",   "output", "help"}},
    {"show", {"sysfs", "host", "capabilities", "numa-node", "format", "all", "help"}},
    {"check", {"sysfs", "host", "capabilities", "numa-node", "firmware", "format", "help"}},
    {"generate",
     {"vmi", "sysfs", "host", "capabilities", "cpuset", "cgroup", "device", "mirror", "numa-node", "unaligned", "mmio",
      "firmware", "reserve-buses", "strict", "report", "verbose", "output", "help"}},
    {"capture", {"sysfs", "output", "help"}}};

bool mentions(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// The text after `begin`, up to `end` or the end of the text.
std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t at = text.find(begin);
  if (at == std::string::npos) throw std::logic_error("there is no " + begin);
  const std::size_t from = at + begin.size();
  return text.substr(from, text.find(end, from) - from);
}

std::size_t lines_that_begin(const std::string& with, const std::string& text) {
  std::size_t count = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) count += line.starts_with(with);
  return count;
}

std::string with_dashes_escaped(const std::string& name) {
  std::string escaped;
  for (const char c : name) escaped += c == '-' ? std::string("\\-") : std::string(1, c);
  return escaped;
}

// In help, an option with a value has the name of the value in capitals after it.
bool is_flag(const std::string& help, const std::string& option) {
  return help.at(help.find("--" + option, help.find("\n  -")) + option.size() + 3) == ' ';
}

// The short form of an option for fish.
std::string letter(const std::string& option) {
  const bool has = option == "output" || option == "verbose" || option == "all" || option == "help";
  return has ? std::string(" -s ") + option[0] : "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(usage)

BOOST_AUTO_TEST_CASE(a_command_is_needed) {
  require_usage_error({}, "name a command: place, show");
  require_usage_error({"palce"}, "\"palce\" is not a command; did you mean place? expected place, show");
  require_usage_error({"grow"}, "\"grow\" is not a command; expected place, show, check, generate or capture");
}

BOOST_AUTO_TEST_CASE(unknown_and_abbreviated_options_are_refused) {
  require_usage_error({"place", "--dry-run"}, "unrecognised option '--dry-run'");
  require_usage_error({"place", "-x"}, "unrecognised option '-x'");
  // No guessing: scripts must not break when a new option has the same beginning.
  require_usage_error({"place", "--str"}, "unrecognised option '--str'");
}

BOOST_AUTO_TEST_CASE(a_mistyped_word_gets_a_suggestion) {
  require_usage_error({"place", "--strip"}, "unrecognised option '--strip'; did you mean --strict? vnuma place --help");
  require_usage_error({"place", "--Strict"}, "unrecognised option '--Strict'; did you mean --strict?");
  require_usage_error({"place", "--miror", "switch"}, "unrecognised option '--miror'; did you mean --mirror?");
  require_usage_error({"place", "--read"}, "unrecognised option '--read'; did you mean --readdress?");
  require_usage_error({"place", "--numa-ndoe=1"}, "unrecognised option '--numa-ndoe=1'; did you mean --numa-node?");
  require_usage_error({"place", "--dry-run"}, "unrecognised option '--dry-run'; vnuma place --help lists the options");
  require_usage_error({"place", "--mirror", "swtich"},
                      "--mirror swtich: expected numa, root-complex or switch; did you mean switch?");
}

BOOST_AUTO_TEST_CASE(an_option_of_another_command_gets_a_hint) {
  require_usage_error({"show", "--vmi", "a"},
                      "unrecognised option '--vmi'; it is an option of generate; vnuma show --help lists");
  require_usage_error(
      {"--strict", "place"},
      "unrecognised option '--strict'; it is an option of place and generate, after the command; vnuma --help");
}

BOOST_AUTO_TEST_CASE(verbose_needs_a_report) {
  require_usage_error({"place", "--report", "none", "-v"}, "--verbose extends the report, but --report none disables");
}

BOOST_AUTO_TEST_CASE(values_of_options_are_checked) {
  require_usage_error({"place", "--report"}, "--report: expected text, json or none; vnuma place --help lists");
  require_usage_error({"place", "--report="}, "--report: expected text, json or none; vnuma place --help lists");
  require_usage_error({"place", "-o"}, "--output: expected FILE; vnuma place --help lists the options");
  require_usage_error({"place", "--strict=yes"}, "option '--strict' does not take any arguments");
  require_usage_error({"place", "--report", "xml"}, "--report xml: expected text, json or none");
  require_usage_error({"place", "--mirror", "x"}, "--mirror x: expected numa");
  require_usage_error({"place", "--mirror", ""}, "--mirror : expected numa");
  require_usage_error({"place", "--reserve-buses", "-1"}, "--reserve-buses -1: expected a number from 0 to 254");
  require_usage_error({"place", "--reserve-buses", "255"}, "--reserve-buses 255: expected a number from 0 to 254");
  require_usage_error({"place", "--mmio", "on"}, "--mmio on: expected off, warn or auto");
  require_usage_error({"place", "--unaligned", "far"}, "--unaligned far: expected leave, nearest or cell");
  require_usage_error({"place", "--report", "json", "--report", "text"},
                      "option '--report' cannot be specified more than once");
}

BOOST_AUTO_TEST_CASE(a_numa_node_is_an_address_and_a_number) {
  for (const char* word : {"nonsense", "0000:27:00.0", "0000:27:00.0=", "0000:27:00.0=-1", "0000:27:00.0=1x",
                           "0000:27:00.0=4294967296", "0000:27:00.8=1", "0000:27:20.0=1", "=1", "-1", ""}) {
    require_usage_error({"place", "--numa-node", word},
                        "--numa-node " + std::string(word) + ": expected BDF=N, such as 0000:27:00.0=1");
  }
  require_usage_error({"place", "--numa-node", "0000:27:00.0=1", "--numa-node", "27:00.0=0"},
                      "--numa-node 27:00.0=0: expected BDF=N once for each device; this device already has node 1");
  for (const char* word : {"0000:2?=1", "*:00.0=1", "27*:00.0=1", "0000:2*", "0000:2*=-1", "**=1"}) {
    require_usage_error({"place", "--numa-node", word},
                        "--numa-node " + std::string(word) +
                            ": expected BDF=N, such as 0000:27:00.0=1, or a pattern, such as 0000:4*=1");
  }
  require_usage_error({"place", "--numa-node", "0000:27:*=1,27:*=0"},
                      "--numa-node 0000:27:*=1,27:*=0: expected BDF=N once for each pattern; this pattern already has "
                      "node 1");
}

BOOST_AUTO_TEST_CASE(place_takes_one_domain) {
  require_usage_error({"place", "a.xml", "b.xml"}, "a.xml and b.xml: expected one domain");
  require_usage_error({"place", ""}, "the name of the domain is empty; name a file, or - for standard input");
}

BOOST_AUTO_TEST_CASE(an_empty_file_name_is_refused) {
  // For example --kubevirt "$FILE" if FILE is not set, which must not turn the gate on.
  for (const char* option : {"sysfs", "host", "capabilities", "kubevirt", "output"}) {
    require_usage_error({"place", std::string("--") + option, ""},
                        std::string("--") + option + ": the value is empty; name a file or folder");
  }
}

BOOST_AUTO_TEST_CASE(the_gate_has_one_source) {
  require_usage_error({"place", "--feature-gates", "GPUDeviceNUMA", "--kubevirt", "cr.yaml"},
                      "--feature-gates and --kubevirt cannot be combined");
}

BOOST_AUTO_TEST_CASE(only_one_input_is_stdin) {
  require_usage_error({"place", "--kubevirt", "-"}, "only one input can be standard input; name a file for the others");
  require_usage_error({"place", "-", "--capabilities", "-"},
                      "only one input can be standard input; name a file for the others");
  require_usage_error({"place", "--host", "-"}, "only one input can be standard input; name a file for the others");
  require_usage_error({"show", "-", "--host", "-", "--format", "matrix"},
                      "only one input can be standard input; name a file for the others");
  require_usage_error({"place", "--host", "a", "--sysfs", "b"}, "--sysfs and --host cannot be combined");
}

BOOST_AUTO_TEST_CASE(wrong_usage_touches_no_output) {
  const TemporaryFolder folder;
  const std::string file = folder.write("placed.xml", "old");
  BOOST_TEST(place(samples[0], {"-o", file, "--mirror", "x"}).status == 2);
  BOOST_TEST(read(file) == "old");
}

BOOST_AUTO_TEST_CASE(a_word_with_a_newline_makes_one_line) {
  require_usage_error({"a\nb\x1b[31m"}, "\"a\\nb\\x1b[31m\" is not a command; expected place, show, check");
  require_usage_error({"place", "--mirror", "a\nvnuma: b"}, "--mirror a\\nvnuma: b: expected numa");
  require_usage_error({"place", "--a\nb"}, "unrecognised option '--a\\nb'");
}

BOOST_AUTO_TEST_CASE(help_and_version_go_to_stdout) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{{"--help"},
                                                                                     {"-h"},
                                                                                     {"place", "--help"},
                                                                                     {"place", "-h"},
                                                                                     {"place", "a.xml", "--help"},
                                                                                     {"generate", "--help"},
                                                                                     {"show", "--help"},
                                                                                     {"show", "a.xml", "-h"},
                                                                                     {"check", "--help"}}) {
    const Result result = run_vnuma(words);
    BOOST_TEST(result.status == 0);
    BOOST_TEST(result.out.starts_with("Usage: vnuma "));
    BOOST_TEST(result.err == "");
  }
  const Result version = run_vnuma({"--version"});
  BOOST_TEST(version.status == 0);
  BOOST_TEST(version.out.starts_with("vnuma "));
  BOOST_TEST(version.err == "");
}

BOOST_AUTO_TEST_CASE(help_fits_a_screen_with_an_example) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{{"--help"},
                                                                                     {"place", "--help"},
                                                                                     {"show", "--help"},
                                                                                     {"check", "--help"},
                                                                                     {"generate", "--help"},
                                                                                     {"capture", "--help"}}) {
    BOOST_TEST_CONTEXT(words[0]) {
      const std::string help = run_vnuma(words).out;
      // place has most options; its help fits with a line for the prompt.
      BOOST_TEST(std::count(help.begin(), help.end(), '\n') <= (words[0] == "place" ? 27 : 24));
      BOOST_TEST(mentions(help, "\nExample: "));
      std::istringstream lines(help);
      for (std::string line; std::getline(lines, line);) BOOST_TEST(line.size() <= 80U, line);
    }
  }
}

BOOST_AUTO_TEST_CASE(help_works_as_a_command) {
  BOOST_TEST(run_vnuma({"help"}).out == run_vnuma({"--help"}).out);
  BOOST_TEST(run_vnuma({"help", "place"}).out == run_vnuma({"place", "--help"}).out);
  for (const char* word : {"--help", "-h"}) {
    const Result result = run_vnuma({"help", word});
    BOOST_TEST(result.status == 0);
    BOOST_TEST(result.out == run_vnuma({"--help"}).out);
  }
  BOOST_TEST(run_vnuma({"--help", "place"}).out == run_vnuma({"place", "--help"}).out);
  require_usage_error({"help", "plaice"}, "\"plaice\" is not a command; did you mean place? expected place, show");
}

BOOST_AUTO_TEST_CASE(help_man_page_and_completions_have_every_option) {
  const std::string manual = run_vnuma({"--manual"}).out;
  const std::string bash = run_vnuma({"--completion", "bash"}).out;
  const std::string zsh = run_vnuma({"--completion", "zsh"}).out;
  const std::string fish = run_vnuma({"--completion", "fish"}).out;
  for (auto [command, options] : all_options) {
    const std::string help = run_vnuma({command, "--help"}).out;
    // Only if the tool was built with libpci.
    if (mentions(help, "--pci-ids")) options.push_back("pci-ids");
    const std::size_t shown = lines_that_begin("  -", help);
    BOOST_TEST(shown == options.size(), command << " has " << shown);
    const std::string in_manual = between(manual, ".SS vnuma " + command + "\n", ".S");
    const std::string in_bash = between(bash, "\n  " + command + ")", "\n    ;;\n");
    const std::string in_zsh = between(zsh, "\n    " + command + ")", ";;");
    for (const std::string& option : options) {
      BOOST_TEST_CONTEXT(command << " --" << option) {
        BOOST_TEST(mentions(help, "--" + option));
        BOOST_TEST(mentions(in_manual, "\\fB\\-\\-" + with_dashes_escaped(option) + "\\fR"));
        BOOST_TEST(mentions(in_bash, " --" + option));
        BOOST_TEST(mentions(in_zsh, "--" + option + (is_flag(help, option) ? "[" : "=[")));
        BOOST_TEST(mentions(
            fish, " -n '__fish_seen_subcommand_from " + command + "'" + letter(option) + " -l " + option + " "));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_man_page_has_its_sections_and_exit_statuses) {
  const std::string manual = run_vnuma({"--manual"}).out;
  BOOST_TEST(mentions(manual, ".TH VNUMA 1 "));
  for (const char* section :
       {"NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"}) {
    BOOST_TEST(mentions(manual, std::string("\n.SH ") + section + "\n"), section);
  }
  const std::string statuses = between(manual, ".SH EXIT STATUS", ".SH");
  for (const char* status : {"\\fB0\\fR\nDone", "\\fB1\\fR\nAn input was refused", "\\fB2\\fR\nWrong usage"}) {
    BOOST_TEST(mentions(statuses, status), status);
  }
}

BOOST_AUTO_TEST_CASE(mandoc_lint_finds_no_fault, *skip_unless("mandoc")) {
  const TemporaryFolder folder;
  const Result lint = run({"mandoc", "-T", "lint", folder.write("vnuma.1", run_vnuma({"--manual"}).out)});
  // The page has no date, so that the same sources give the same page.
  std::istringstream lines(lint.out);
  for (std::string line; std::getline(lines, line);) BOOST_TEST(mentions(line, "missing date"), line);
}

BOOST_AUTO_TEST_SUITE_END()
