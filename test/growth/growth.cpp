// Work grows no faster than the input. The tests count instructions rather than time, because counts are the same on
// every run and machine.
#include <filesystem>
#include <iostream>
#include <map>

#include <boost/test/unit_test.hpp>

#include "tool/run.hpp"

using namespace vnuma::test;

namespace {

bool has_valgrind() {
  try {
    return run({"valgrind", "--version"}).status == 0;
  } catch (const std::system_error&) {
    return false;
  }
}

boost::test_tools::assertion_result valgrind_is_there(boost::unit_test::test_unit_id) {
  static const bool there = has_valgrind();
  if (!there) std::cerr << "growth: skipped, valgrind is not installed; install it with: apt-get install valgrind\n";
  return there;
}

// Returns the counts by name, from callgrind's files. Each has a line "desc: Trigger: Client Request: NAME" and a line
// "totals: COUNT".
std::map<std::string, double> count_instructions() {
  const TemporaryFolder folder;
  const Result result = run({"valgrind", "--tool=callgrind", "--callgrind-out-file=" + folder / "counts", VNUMA_COUNTED,
                             VNUMA_SOURCE_DIR "/benchmarks/documents/kubevirt.xml"});
  BOOST_TEST_REQUIRE(result.status == 0, result.err);
  std::map<std::string, double> counts;
  for (const auto& file : fs::directory_iterator(folder.path())) {
    std::ifstream in(file.path());
    const std::string named = "desc: Trigger: Client Request: ";
    const std::string total = "totals: ";
    std::string name;
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with(named)) name = line.substr(named.size());
      if (line.starts_with(total) && !name.empty()) counts[name] = std::stod(line.substr(total.size()));
    }
  }
  return counts;
}

double instructions(const std::string& name) {
  static const std::map<std::string, double> counts = count_instructions();
  BOOST_TEST_REQUIRE(counts.contains(name), "nothing was counted for " << name);
  return counts.at(name);
}

// Each doubling of the input must add at most 2.25 times the instructions that the doubling before added. Comparing the
// increments excludes constant work. The factor is 2 for linear work, slightly more with trees and sorting, and 4 for
// quadratic work; malloc changes it by up to 0.15.
void require_linear(const std::string& first, const std::string& second, const std::string& third,
                    const std::string& fourth) {
  const double counts[] = {instructions(first), instructions(second), instructions(third), instructions(fourth)};
  for (int i = 0; i < 2; ++i) {
    const double growth = (counts[i + 2] - counts[i + 1]) / (counts[i + 1] - counts[i]);
    BOOST_TEST(growth < 2.25, "from " << first << " on: " << counts[0] << ", " << counts[1] << ", " << counts[2] << ", "
                                      << counts[3] << " instructions; a doubling adds " << growth
                                      << " times what the doubling before added");
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(growth, *boost::unit_test::precondition(valgrind_is_there))

BOOST_AUTO_TEST_CASE(a_plan_is_linear_in_its_devices) {
  require_linear("plan 25 beside 0", "plan 50 beside 0", "plan 100 beside 0", "plan 200 beside 0");
}

BOOST_AUTO_TEST_CASE(a_plan_of_a_large_domain_is_linear_in_its_devices) {
  require_linear("plan 25 beside 1000", "plan 50 beside 1000", "plan 100 beside 1000", "plan 200 beside 1000");
}

// A plan at most reads other devices, which costs much less than placing a device.
BOOST_AUTO_TEST_CASE(other_devices_cost_a_plan_little) {
  const double of_device = (instructions("plan 50 beside 0") - instructions("plan 25 beside 0")) / 25;
  const double of_other = (instructions("plan 25 beside 1000") - instructions("plan 25 beside 0")) / 1000;
  BOOST_TEST(of_other < of_device / 20);
}

BOOST_AUTO_TEST_CASE(reading_is_linear_in_the_document) {
  require_linear("from_xml 1", "from_xml 2", "from_xml 4", "from_xml 8");
}

BOOST_AUTO_TEST_CASE(findings_are_linear_in_their_number) {
  require_linear("findings 50", "findings 100", "findings 200", "findings 400");
}

BOOST_AUTO_TEST_SUITE_END()
