// How findings are reported: FINDINGS.md, text and JSON.
#include <array>
#include <fstream>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <vnuma/schema/xml.hpp>

#include "placement/findings.hpp"

using namespace vnuma;
using namespace vnuma::test;
using boost::test_tools::per_element;
using placement::check;
using placement::Code;
using placement::Diagnostic;

namespace {

// FINDINGS.md: for each code the line of its heading, and the first word below.
std::vector<std::array<std::string, 2>> page() {
  std::ifstream file(VNUMA_SOURCE_DIR "/placement/FINDINGS.md");
  std::vector<std::array<std::string, 2>> kinds;
  for (std::string line, text; std::getline(file, line);) {
    if (!line.starts_with("## ")) continue;
    std::getline(file, text);
    kinds.push_back({line.substr(3), text.substr(0, text.find_first_of(".,"))});
  }
  return kinds;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(findings)

BOOST_AUTO_TEST_CASE(the_page_describes_every_code) {
  const auto listed = page();
  const auto kinds = placement::diagnostic_kinds();
  BOOST_TEST_REQUIRE(listed.size() == kinds.size());
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    BOOST_TEST(name(kinds[i].code) == fmt::format("VN{:03}", i + 1));
    BOOST_TEST(listed[i][0] == fmt::format("{}: {}", name(kinds[i].code), kinds[i].title));
    BOOST_TEST(listed[i][1] == (kinds[i].severity == placement::Severity::error ? "Error" : "Warning"),
               name(kinds[i].code));
  }
}

const std::string document = R"(<domain>
  <features/>
  <devices>
    <controller type='pci' index='1' model='pcie-expander-bus'>
      <target busNr='0'><node>0</node></target>
    </controller>
  </devices>
</domain>
)";

BOOST_AUTO_TEST_CASE(the_text_has_a_line_for_each_finding_in_the_order_of_the_document) {
  const auto found = check(schema::from_xml<schema::Domain>(document));
  BOOST_TEST(placement::findings_text(found, document, "vm.xml") ==
             "vm.xml:1: warning VN013: ACPI is off, so the guest sees node -1 for every device. Add "
             "<features><acpi/></features>.\n"
             "vm.xml:4: error VN009: the machine has no PCIe root for an expander bus. Use q35 (or virt on aarch64).\n"
             "vm.xml:5: error VN001: 0 is out of range. Expected 1 to 254.\n"
             "vm.xml:5: error VN011: the expander bus is on 0, which is not a guest cell. Name one of the cells of "
             "<cpu><numa>.\n");
  BOOST_TEST(placement::findings_text({}, document, "vm.xml") == "");
}

// The domain has no <qemu:commandline>, so the line is that of <domain>. Without a path there is no line.
BOOST_AUTO_TEST_CASE(a_finding_without_an_element_has_the_line_of_the_nearest_one_or_none) {
  const std::vector<placement::Diagnostic> found{
      placement::make_diagnostic(Code::window, "/domain/qemu:commandline", "a", "b"),
      placement::make_diagnostic(Code::invalid_value, "", "c\nd", "e")};
  BOOST_TEST(placement::findings_text(found, document, "a\nb") ==
             "a\\nb: error VN001: c\\nd. E.\n"
             "a\\nb:1: error VN033: a. B.\n");
}

// As that for pinning to CPUs that the host lacks.
BOOST_AUTO_TEST_CASE(a_remedy_that_is_a_question_has_no_full_stop) {
  const std::vector<placement::Diagnostic> found{
      placement::make_diagnostic(Code::host_mismatch, "/domain", "a", "is this the host?")};
  BOOST_TEST(placement::findings_text(found, document, "vm.xml") == "vm.xml:1: error VN027: a. Is this the host?\n");
}

BOOST_AUTO_TEST_CASE(the_json_has_counts_and_a_position_for_each_finding) {
  const auto found = check(schema::from_xml<schema::Domain>(document));
  const auto json = nlohmann::json::parse(placement::findings_json(found, document, "vm.xml"));
  BOOST_TEST(json["file"] == "vm.xml");
  BOOST_TEST(json["errors"] == 3);
  BOOST_TEST(json["warnings"] == 1);
  BOOST_TEST(json["findings"][2] == nlohmann::json::parse(R"({"code": "VN001", "severity": "error",
                                       "title": "an invalid or out-of-range value",
                                       "path": "/domain/devices/controller[1]/target/@busNr", "line": 5, "column": 15,
                                       "message": "0 is out of range", "remedy": "expected 1 to 254"})"));
  BOOST_TEST(nlohmann::json::parse(placement::findings_json({}, document, "vm.xml")) ==
             nlohmann::json::parse(R"({"file": "vm.xml", "errors": 0, "warnings": 0, "doubts": 0, "findings": []})"));
}

BOOST_AUTO_TEST_SUITE_END()
