// The programs in examples/ that embed the library, run like a user runs them.
#include <algorithm>

#include <boost/test/unit_test.hpp>

#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/xml.hpp>

#include "tool/run.hpp"
#include "tool/samples.hpp"

using namespace vnuma::test;
using vnuma::schema::Domain;

namespace {

std::string program(const std::string& name) { return std::string(VNUMA_EXAMPLES) + "/" + name; }

}  // namespace

BOOST_AUTO_TEST_SUITE(examples)

BOOST_AUTO_TEST_CASE(make_domain_prints_a_domain_that_can_be_placed) {
  const Result made = run({program("make_domain")});
  BOOST_TEST(made.status == 0);
  const TemporaryFolder folder;
  BOOST_TEST(run({"virt-xml-validate", folder.write("made.xml", made.out), "domain"}).status == 0);
  const Result placed = run_vnuma({"place", "--strict", "--sysfs", sysfs("two-socket-eight-gpu")}, made.out);
  BOOST_TEST(placed.status == 0);
  BOOST_TEST(placed.err.ends_with("2 of 2 devices placed, 4 controllers added, 0 removed\n"));
}

// Nothing else in the sample changes.
BOOST_AUTO_TEST_CASE(edit_domain_adds_a_disk_and_pins_a_vcpu) {
  const std::string before = read(domain_file("proposal"));
  const Result edited = run({program("edit_domain")}, before);
  BOOST_TEST(edited.status == 0);
  auto expected = vnuma::schema::from_xml<Domain>(before);
  auto found = vnuma::schema::from_xml<Domain>(edited.out);
  BOOST_TEST_REQUIRE(found.devices->disks.size() == expected.devices->disks.size() + 1);
  BOOST_TEST(*found.devices->disks.back().target->device == "vdz");
  BOOST_TEST(found.cpu_tune->vcpu_pin[0].cpu_set.text() == "7");
  found.devices->disks.pop_back();
  expected.cpu_tune->vcpu_pin[0].cpu_set = vnuma::schema::CpuSet(7);
  BOOST_TEST((found == expected));
  const Result refused = run({program("edit_domain")}, "<domain>\n<a></b>");
  BOOST_TEST(refused.status == 1);
  BOOST_TEST(refused.out == "");
  BOOST_TEST(refused.err.starts_with("line 2, column "));
}

struct Fleet : TemporaryFolder {
  const std::string domain = domain_file("proposal");
  const std::string own = *this / "own.json";
  const std::string other = *this / "other.json";
  const std::string heading = " PLACED   KEPT   LEFT  WARNINGS  DOMAIN  HOST\n";
  const std::string line = "      2      0      0         0  " + domain + "  " + own + "\n";

  Fleet() {
    run_vnuma({"capture", "--sysfs", sysfs("eight-node"), "-o", own});
    run_vnuma({"capture", "--sysfs", sysfs("one-node"), "-o", other});
  }
  static Result fleet(std::vector<std::string> words) {
    words.insert(words.begin(), program("fleet"));
    return run(words);
  }
};

BOOST_FIXTURE_TEST_CASE(fleet_prints_a_line_for_each_host, Fleet) {
  const Result one = fleet({domain, own});
  BOOST_TEST(one.status == 0);
  BOOST_TEST(one.out == heading + line);
  BOOST_TEST(one.err == "");  // the progress bar is only for terminals
  const Result two = fleet({domain, other, own});
  BOOST_TEST(two.status == 1);
  BOOST_TEST(two.out.find("refused: " + domain + " on " + other +
                          ": /domain/cputune/vcpupin[2]/@cpuset: the host has no CPU") != std::string::npos);
  BOOST_TEST(two.out.ends_with(line));
  const Result all = fleet({domain, path().string()});
  BOOST_TEST(all.status == 1);
  BOOST_TEST(all.out == two.out);
}

BOOST_FIXTURE_TEST_CASE(fleet_plans_each_domain_for_each_host, Fleet) {
  const std::string broken = write("domains/broken.xml", "<domain>");
  const std::string fine = write("domains/fine.xml", read(domain));
  const std::string no_host = write("broken.json", "{}");
  const Result four = fleet({(path() / "domains").string(), own, no_host});
  BOOST_TEST(four.status == 1);
  const std::size_t first = four.out.find("refused: " + broken + " on " + own + ": /domain: not well-formed XML: ");
  const std::size_t second = four.out.find("refused: " + no_host + ": ", first);
  const std::size_t third = four.out.find("      2      0      0         0  " + fine + "  " + own + "\n", second);
  const std::size_t fourth = four.out.find("refused: " + no_host + ": ", third);
  BOOST_TEST(fourth != std::string::npos);
  BOOST_TEST(std::count(four.out.begin(), four.out.end(), '\n') == 5);
}

// The order of the lines does not depend on the threads either.
BOOST_FIXTURE_TEST_CASE(fleet_prints_the_same_with_any_number_of_threads, Fleet) {
  std::vector<std::string> words{"--jobs", "1"};
  for (int i = 0; i < 50; ++i) words.insert(words.end(), {domain, domain_file("eight-node"), "/nowhere.xml"});
  words.push_back(own);
  const Result one = fleet(words);
  BOOST_TEST(one.status == 1);
  BOOST_TEST(std::count(one.out.begin(), one.out.end(), '\n') == 151);
  for (const char* jobs : {"2", "7", "500"}) {
    words[1] = jobs;
    BOOST_TEST(fleet(words).out == one.out);
  }
  for (const char* jobs : {"0", "-1", "x", "1x", "1025", ""}) {
    BOOST_TEST(fleet({domain, own, "--jobs", jobs}).status == 2);
  }
  BOOST_TEST(fleet({domain}).status == 2);
  BOOST_TEST(fleet({own}).status == 2);
}

BOOST_AUTO_TEST_CASE(validate_reports_each_fault_in_a_folder) {
  const Result samples = run({program("validate"), example("domains")});
  BOOST_TEST(samples.status == 0);
  BOOST_TEST(samples.out.ends_with(" domains, 0 refused\n"));
  const TemporaryFolder folder;
  const std::string broken = folder.write("broken.xml", "<domain>\n  <name>a</name>\n");
  const std::string twice = folder.write(
      "twice.xml", with(read(domain_file("proposal")), "<controller type=\"usb\"",
                        "<controller type=\"pci\" model=\"pcie-root-port\"/>\n    <controller type=\"usb\""));
  folder.write("fine.xml", read(domain_file("proposal")));
  folder.write("elsewhere.xml", with(read(domain_file("proposal")), "cpuset=\"145\"", "cpuset=\"1145\""));
  folder.write("ignored.txt", "");
  folder.write("ignored.xml/file", "");
  const std::string lost = folder / "lost.xml";
  folder.link("lost.xml", "nowhere");
  const Result mixed = run({program("validate"), folder.path().string()});
  BOOST_TEST(mixed.status == 1);
  BOOST_TEST(mixed.out.starts_with(broken + ":3:1: "));
  BOOST_TEST(mixed.out.find(twice + ":") != std::string::npos);
  BOOST_TEST(mixed.out.find("the PCI controller has no index") != std::string::npos);
  BOOST_TEST(mixed.out.find(lost + ": cannot be read\n") != std::string::npos);
  BOOST_TEST(std::count(mixed.out.begin(), mixed.out.end(), '\n') == 4);
  BOOST_TEST(mixed.out.ends_with("5 domains, 3 refused\n"));
  BOOST_TEST(run({program("validate"), "/nowhere"}).status == 2);
}

BOOST_AUTO_TEST_SUITE_END()
