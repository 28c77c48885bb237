// examples/vnuma/FORMATS.md lists every member of the JSON that the tool prints, and no others.
#include <algorithm>
#include <set>
#include <sstream>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "samples.hpp"

using namespace vnuma::test;

namespace {

using Names = std::set<std::string>;

void collect(const nlohmann::json& value, Names& names) {
  for (const auto& [name, member] : value.items()) {
    if (value.is_object()) names.insert(name);
    if (member.is_structured()) collect(member, names);
  }
}

Names members(const std::vector<std::string>& outputs) {
  Names names;
  for (const std::string& output : outputs) collect(nlohmann::json::parse(output), names);
  return names;
}

// The names in backticks in the first column of the section's tables. If the entries of a list are described in one
// row, also those in its second column.
Names documented(const std::string& section) {
  std::istringstream page(read(example("vnuma/FORMATS.md")));
  Names names;
  bool within = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) within = line == "## " + section;
    if (!within || !line.starts_with("| `")) continue;
    const std::string first = line.substr(
        0, line.starts_with("| `distances`") || line.starts_with("| `diagnostics`") ? line.npos : line.find(" | "));
    for (std::size_t at = first.find('`'); at != first.npos; at = first.find('`', first.find('`', at + 1) + 1)) {
      names.insert(first.substr(at + 1, first.find('`', at + 1) - at - 1));
    }
  }
  return names;
}

void require_same(const Names& printed, const std::string& section) {
  BOOST_TEST(!printed.empty());
  BOOST_TEST(documented(section) == printed, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(formats)

BOOST_AUTO_TEST_CASE(every_member_of_reports_is_documented) {
  const std::vector<std::string> options{"--report", "json", "--verbose", "--unaligned", "cell"};
  const std::string with_layout =
      run_vnuma({"place", "-", "--sysfs", sysfs("two-socket-eight-gpu"), "--cells", "add", "--report", "json"},
                plain_domain)
          .err;
  require_same(members({place(samples[1], options).err, place({"grace", "grace"}, options).err, with_layout}),
               "vnuma place --report json");
}

BOOST_AUTO_TEST_CASE(every_member_of_findings_is_documented) {
  require_same(
      members({run_vnuma({"check", "--format", "json", domain_file("proposal"), "--sysfs", sysfs("eight-node")}).out}),
      "vnuma check --format json");
}

BOOST_AUTO_TEST_CASE(every_member_of_trees_is_documented) {
  const auto show = [](const std::vector<std::string>& words, const std::string& domain = "") {
    std::vector<std::string> all{"show", "--format", "json", "--sysfs", sysfs("eight-node")};
    all.insert(all.end(), words.begin(), words.end());
    return run_vnuma(all, domain).out;
  };
  require_same(members({show({}), show({"-"}, place(samples[0]).out)}), "vnuma show --format json");
}

BOOST_AUTO_TEST_CASE(the_manual_refers_to_the_formats) {
  BOOST_TEST(run_vnuma({"--manual"}).out.find("FORMATS.md") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
