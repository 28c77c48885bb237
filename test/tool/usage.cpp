// Wrong usage exits 2 with one line; what comes later says so.
#include <algorithm>

#include <boost/test/unit_test.hpp>

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

}  // namespace

BOOST_AUTO_TEST_SUITE(usage)

BOOST_AUTO_TEST_CASE(a_command_is_needed) {
  require_usage_error({}, "name a command: place, show");
  require_usage_error({"grow"}, "\"grow\" is no command; expected place, show, generate or capture");
}

BOOST_AUTO_TEST_CASE(options_are_known_and_written_out) {
  require_usage_error({"place", "--dry-run"}, "unrecognised option '--dry-run'");
  require_usage_error({"place", "-x"}, "unrecognised option '-x'");
  // No guessing: it could mean --strict, and a mistyped --strip must not.
  require_usage_error({"place", "--str"}, "unrecognised option '--str'");
  require_usage_error({"place", "--strip"}, "unrecognised option '--strip'");
  require_usage_error({"place", "--Strict"}, "unrecognised option '--Strict'");
}

BOOST_AUTO_TEST_CASE(an_option_has_the_value_that_it_needs_and_no_other) {
  require_usage_error({"place", "--report"}, "the required argument for option '--report' is missing");
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
                        "--numa-node " + std::string(word) + ": expected BDF=N, as 0000:27:00.0=1");
  }
  require_usage_error({"place", "--numa-node", "0000:27:00.0=1", "--numa-node", "27:00.0=0"},
                      "--numa-node 27:00.0=0: expected BDF=N for each device once; it was given node 1 already");
}

BOOST_AUTO_TEST_CASE(one_domain_is_placed) {
  require_usage_error({"place", "a.xml", "b.xml"}, "a.xml and b.xml: name one domain");
  require_usage_error({"place", ""}, "the domain's name is an empty word; name a file, or - for stdin");
}

BOOST_AUTO_TEST_CASE(an_empty_word_is_no_file) {
  // As in --kubevirt "$FILE" where FILE is not set: the gate must not be on for that.
  for (const char* option : {"sysfs", "host", "capabilities", "kubevirt", "output"}) {
    require_usage_error({"place", std::string("--") + option, ""},
                        std::string("--") + option + ": expected a name, not an empty word");
  }
}

BOOST_AUTO_TEST_CASE(the_gate_comes_from_one_place) {
  require_usage_error({"place", "--feature-gates", "GPUDeviceNUMA", "--kubevirt", "cr.yaml"},
                      "--feature-gates and --kubevirt exclude each other");
}

BOOST_AUTO_TEST_CASE(stdin_is_one_file) {
  require_usage_error({"place", "--kubevirt", "-"}, "standard input can be one file only; name the others");
  require_usage_error({"place", "-", "--capabilities", "-"}, "standard input can be one file only; name the others");
  require_usage_error({"place", "--host", "-"}, "standard input can be one file only; name the others");
  require_usage_error({"show", "-", "--host", "-", "--format", "matrix"},
                      "standard input can be one file only; name the others");
  require_usage_error({"place", "--host", "a", "--sysfs", "b"}, "--sysfs and --host exclude each other");
}

BOOST_AUTO_TEST_CASE(wrong_usage_touches_no_output) {
  const TemporaryFolder folder;
  const std::string file = folder.write("placed.xml", "old");
  BOOST_TEST(place(samples[0], {"-o", file, "--mirror", "x"}).status == 2);
  BOOST_TEST(read(file) == "old");
}

BOOST_AUTO_TEST_CASE(a_word_with_a_newline_makes_one_line) {
  require_usage_error({"a\nb\x1b[31m"}, "\"a\\nb\\x1b[31m\" is no command; expected place, show");
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
                                                                                     {"show", "a.xml", "-h"}}) {
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

BOOST_AUTO_TEST_CASE(help_names_every_option_that_works) {
  const std::string help = run_vnuma({"place", "--help"}).out;
  for (const char* option : {"--sysfs", "--host", "--capabilities", "--feature-gates", "--kubevirt", "--numa-node",
                             "--readdress", "--strict", "--report", "--output", "--mirror", "--unaligned"}) {
    BOOST_TEST(help.find(option) != std::string::npos, option);
  }
  for (const char* option : {"--vmi", "--cpuset", "--cgroup", "--device", "--host", "--mirror", "--unaligned"}) {
    BOOST_TEST(run_vnuma({"generate", "--help"}).out.find(option) != std::string::npos, option);
  }
  for (const char* option : {"--sysfs", "--format", "matrix"}) {
    BOOST_TEST(run_vnuma({"show", "--help"}).out.find(option) != std::string::npos, option);
  }
}

BOOST_AUTO_TEST_SUITE_END()
