// The completions that shells offer for an unfinished line.
#include <algorithm>
#include <fstream>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "programs.hpp"
#include "samples.hpp"

using namespace vnuma::test;

namespace {

using Words = std::vector<std::string>;

Words lines(const std::string& text) {
  Words all;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) all.push_back(line);
  std::sort(all.begin(), all.end());
  return all;
}

// Acts like readline when TAB is pressed at the end of the line. For readline, : and = end a word too.
Words offered_by_bash(const std::string& line) {
  const TemporaryFolder folder;
  const std::string script = folder.write("complete", run_vnuma({"--completion", "bash"}).out + R"(
COMP_LINE=$1 COMP_POINT=${#1}
_vnuma vnuma
((${#COMPREPLY[@]})) && printf '%s\n' "${COMPREPLY[@]}"
exit 0
)");
  const Result result = run({"bash", "--norc", script, line});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.err == "", result.err);
  return lines(result.out);
}

// The host no-node has four devices behind ports. Its bridges cannot be passed through.
std::string host_option() { return "--sysfs " + sysfs("no-node"); }

}  // namespace

BOOST_AUTO_TEST_SUITE(completion)

BOOST_AUTO_TEST_SUITE(bash)

BOOST_AUTO_TEST_CASE(commands_are_offered) {
  BOOST_TEST(offered_by_bash("vnuma pl") == Words{"place"}, boost::test_tools::per_element());
  const Words all = offered_by_bash("vnuma ");
  for (const char* word : {"place", "show", "generate", "capture", "--version", "--help"}) {
    BOOST_TEST(std::count(all.begin(), all.end(), word) == 1, word);
  }
}

BOOST_AUTO_TEST_CASE(options_of_the_command_are_offered) {
  BOOST_TEST(offered_by_bash("vnuma place --re") == (Words{"--readdress", "--report", "--reserve-buses"}),
             boost::test_tools::per_element());
  BOOST_TEST(offered_by_bash("vnuma capture --re").empty());
  BOOST_TEST(offered_by_bash("vnuma --comp") == Words{"--completion"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(choices_of_an_option_are_offered) {
  const Words mirrors{"numa", "root-complex", "switch"};
  BOOST_TEST(offered_by_bash("vnuma place --mirror ") == mirrors, boost::test_tools::per_element());
  BOOST_TEST(offered_by_bash("vnuma place a.xml --strict --mirror s") == Words{"switch"},
             boost::test_tools::per_element());
  BOOST_TEST(offered_by_bash("vnuma place --mirror=r") == Words{"root-complex"}, boost::test_tools::per_element());
  BOOST_TEST(offered_by_bash("vnuma --completion ") == (Words{"bash", "fish", "zsh"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(files_are_completed_by_bash) {
  for (const char* line : {"vnuma place ", "vnuma place -o ", "vnuma place --host ", "vnuma generate --vmi=a"}) {
    BOOST_TEST(offered_by_bash(line).empty(), line);
  }
}

// For bash, the part before the last : is already typed.
BOOST_AUTO_TEST_CASE(devices_of_the_host_are_offered) {
  BOOST_TEST(offered_by_bash("vnuma generate " + host_option() + " --device 0000:4") == Words{"41:00.0"},
             boost::test_tools::per_element());
  BOOST_TEST(offered_by_bash("vnuma place " + host_option() + " --numa-node 0000:41:") == Words{"00.0="},
             boost::test_tools::per_element());
  BOOST_TEST(offered_by_bash("vnuma generate --sysfs " + sysfs("mediated") + " --device 4b20d080").size() == 1U);
}

BOOST_AUTO_TEST_CASE(bridges_are_not_offered) {
  const Words all = offered_by_bash("vnuma generate " + host_option() + " --device ");
  BOOST_TEST(std::count(all.begin(), all.end(), "0000:00:03.0") == 0);  // a root port
  BOOST_TEST(std::count(all.begin(), all.end(), "0000:01:00.0") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(zsh_can_parse_its_completions, *skip_unless("zsh")) {
  const TemporaryFolder folder;
  const Result result = run({"zsh", "-n", folder.write("_vnuma", run_vnuma({"--completion", "zsh"}).out)});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.err == "");
}

BOOST_AUTO_TEST_CASE(fish_offers_the_same_as_bash, *skip_unless("fish")) {
  const TemporaryFolder folder;
  const std::string script = folder.write("vnuma.fish", run_vnuma({"--completion", "fish"}).out);
  const auto offered = [&](const std::string& line) {
    const Result result = run({"fish", "--no-config", "-c", "source " + script + "; complete -C '" + line + "'"});
    BOOST_TEST(result.err == "");
    Words words = lines(result.out);
    for (std::string& word : words) word.erase(std::min(word.find('\t'), word.size()));  // the description
    return words;
  };
  BOOST_TEST(offered("vnuma pl") == Words{"place"}, boost::test_tools::per_element());
  BOOST_TEST(offered("vnuma place --re") == (Words{"--readdress", "--report", "--reserve-buses"}),
             boost::test_tools::per_element());
  BOOST_TEST(offered("vnuma place --mirror ") == (Words{"numa", "root-complex", "switch"}),
             boost::test_tools::per_element());
  BOOST_TEST(offered("vnuma place " + host_option() + " --numa-node 0000:41") == Words{"0000:41:00.0="},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
