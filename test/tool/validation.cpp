// libvirt's own schema: virt-xml-validate finds no new faults in a placed domain.
#include <algorithm>
#include <sstream>

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <boost/test/unit_test.hpp>

#include "samples.hpp"

using namespace vnuma::test;

namespace {

// The findings, sorted, without file name and line; empty if the domain is valid.
std::vector<std::string> findings(const std::string& domain) {
  const TemporaryFolder folder;
  const std::string file = folder.write("domain.xml", domain);
  const Result result = run({"virt-xml-validate", file, "domain"});
  std::vector<std::string> lines;
  if (result.status == 0) return lines;
  std::istringstream stream(result.err + result.out);
  for (std::string line; std::getline(stream, line);) {
    if (line == file + " fails to validate") continue;
    if (line.starts_with(file + ":")) line.erase(0, line.find(": ") + 2);
    lines.push_back(line);
  }
  if (lines.empty()) throw std::runtime_error("virt-xml-validate fails without a finding: " + result.err);
  std::sort(lines.begin(), lines.end());
  return lines;
}

// Removes the parts that Relax NG refuses in the original samples: the proposal's <model> in a hostdev, and the type
// that KubeVirt writes into the address of a source. libvirt's parser ignores both.
std::string cleaned(const std::string& domain) {
  xmlDoc* document = xmlReadMemory(domain.data(), static_cast<int>(domain.size()), "", nullptr, XML_PARSE_NONET);
  xmlXPathContext* context = xmlXPathNewContext(document);
  const auto remove = [&](const char* expression) {
    xmlXPathObject* found = xmlXPathEvalExpression(reinterpret_cast<const xmlChar*>(expression), context);
    for (int i = 0; found->nodesetval != nullptr && i < found->nodesetval->nodeNr; ++i) {
      xmlNode* node = found->nodesetval->nodeTab[i];
      if (node->type == XML_ATTRIBUTE_NODE) {
        xmlRemoveProp(reinterpret_cast<xmlAttr*>(node));
      } else {
        xmlUnlinkNode(node);
        xmlFreeNode(node);
      }
      found->nodesetval->nodeTab[i] = nullptr;
    }
    xmlXPathFreeObject(found);
  };
  remove("/domain/devices/hostdev/model");
  remove("/domain/devices/hostdev/source/address/@type");
  xmlXPathFreeContext(context);
  xmlChar* text = nullptr;
  int size = 0;
  xmlDocDumpMemory(document, &text, &size);
  std::string result(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
  xmlFree(text);
  xmlFreeDoc(document);
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(validation)

BOOST_AUTO_TEST_CASE(virt_xml_validate_is_installed) {
  // A requirement, not a reason to skip: it is in libvirt-clients, which test/run installs.
  BOOST_REQUIRE(std::system("command -v virt-xml-validate >/dev/null") == 0);
}

// This only shows that parts which were valid before are still valid. Relax NG stops at the first fault of a region,
// and <devices> is one region, so a fault in the input hides other faults there. Hence the next test.
BOOST_AUTO_TEST_CASE(a_placed_sample_has_no_new_findings) {
  for (const Sample& sample : samples) {
    BOOST_TEST_CONTEXT(sample) {
      const auto before = findings(read(domain_file(sample.domain)));
      const auto after = findings(place(sample).out);
      std::vector<std::string> fresh;
      std::set_difference(after.begin(), after.end(), before.begin(), before.end(), std::back_inserter(fresh));
      BOOST_TEST(fresh == std::vector<std::string>(), boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_cleaned_sample_validates_before_and_after) {
  for (const Sample& sample : samples) {
    BOOST_TEST_CONTEXT(sample) {
      const std::string input = cleaned(read(domain_file(sample.domain)));
      BOOST_TEST(findings(input) == std::vector<std::string>(), boost::test_tools::per_element());
      const Result result = run_vnuma({"place", "--sysfs", sysfs(sample.host)}, input);
      BOOST_TEST(result.out.find("pcie-expander-bus") != std::string::npos);
      BOOST_TEST(findings(result.out) == std::vector<std::string>(), boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(faults_in_the_added_parts_are_found) {
  // The other tests only mean something if faults in the new parts are found.
  const std::string placed = cleaned(place(samples[0]).out);
  BOOST_TEST(findings(placed).empty());
  BOOST_TEST(!findings(with(placed, "busNr=\"240\"", "busNr=\"none\"")).empty());
  BOOST_TEST(!findings(with(placed, "model=\"pcie-root-port\"", "model=\"pcie-port\"")).empty());
  BOOST_TEST(!findings(with(placed, "<node>0</node>", "<node/>")).empty());
}

BOOST_AUTO_TEST_SUITE_END()
