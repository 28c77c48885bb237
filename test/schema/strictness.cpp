// What is refused, and where the error says it is.
#include <boost/test/unit_test.hpp>

#include <vnuma/schema/capabilities.hpp>
#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/xml.hpp>

using namespace vnuma::schema;

namespace {

ParseError refusal(const std::string& text) {
  try {
    from_xml<Domain>(text);
  } catch (const ParseError& error) {
    return error;
  }
  throw std::logic_error("not refused: " + text);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(strictness)

BOOST_AUTO_TEST_CASE(what_is_not_well_formed) {
  for (const char* text : {"", "  \n", "x", "<domain>", "<domain></x>", "<domain a='1' a='2'/>", "<domain/><domain/>",
                           "<domain>&x;</domain>", "<domain>\x01</domain>", "<domain",
                           "\x7f"
                           "ELF"}) {
    BOOST_TEST_CONTEXT(text) BOOST_CHECK_THROW(from_xml<Domain>(text), ParseError);
  }
  BOOST_TEST(refusal("<domain>\n  </x>").line() == 2U);
}

BOOST_AUTO_TEST_CASE(another_root) {
  BOOST_TEST(refusal("<!-- c -->\n  <capabilities/>").what() == "the root element is <capabilities>, not <domain>");
  BOOST_TEST(refusal("<!-- c -->\n  <capabilities/>").line() == 2U);
  BOOST_TEST(refusal("<!-- c -->\n  <capabilities/>").column() == 3U);
  BOOST_CHECK_THROW(from_xml<Domain>("<domain xmlns='urn:x'/>"), ParseError);
}

BOOST_AUTO_TEST_CASE(a_doctype) {
  const auto error = refusal("<!DOCTYPE domain [<!ENTITY a 'b'>]><domain>&a;</domain>");
  BOOST_TEST(std::string(error.what()).find("DOCTYPE") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(two_of_what_there_is_one) {
  const auto error = refusal("<domain>\n<cpu/>\n<cpu/></domain>");
  BOOST_TEST(error.what() == "/domain: there are two <cpu>; remove one");
  BOOST_TEST(error.line() == 3U);
}

BOOST_AUTO_TEST_CASE(nesting) {
  const auto nested = [](std::size_t depth) {
    std::string text = "<domain>";
    for (std::size_t i = 1; i < depth; ++i) text += "<a>";
    for (std::size_t i = 1; i < depth; ++i) text += "</a>";
    return text + "</domain>";
  };
  BOOST_CHECK_NO_THROW(from_xml<Domain>(nested(max_depth)));
  BOOST_CHECK_THROW(from_xml<Domain>(nested(max_depth + 1)), ParseError);
}

BOOST_AUTO_TEST_CASE(trees_that_no_document_could_give) {
  boost::property_tree::ptree tree;
  BOOST_CHECK_THROW(from_ptree<Domain>(tree), ParseError);
  tree.put("domain.a b", "");
  BOOST_CHECK_THROW(from_ptree<Domain>(tree), ParseError);
  tree = {};
  tree.put("domain.name", "\x01");
  BOOST_CHECK_THROW(from_ptree<Domain>(tree), ParseError);
}

BOOST_AUTO_TEST_CASE(a_value_that_is_none_is_refused_when_asked_for) {
  const auto domain =
      from_xml<Domain>("<domain><devices><controller/><controller><target busNr='x'/></controller></devices></domain>");
  const auto& bus_nr = domain.devices->controllers[1].target->bus_nr;
  BOOST_TEST(bus_nr.has_value());
  BOOST_CHECK_EXCEPTION(bus_nr.value(), ValueError, [](const ValueError& error) {
    return error.path() == "/domain/devices/controller[2]/target/@busNr";
  });
}

BOOST_AUTO_TEST_CASE(a_path_leads_to_its_line) {
  const std::string text =
      "<domain>\n <devices>\n  <disk/>\n  <controller/>\n  <controller\n     index='7'/>\n </devices></domain>";
  BOOST_TEST((locate(text, "/domain/devices/controller[2]") == Location{5, 3}));
  BOOST_TEST((locate(text, "/domain/devices/controller[2]/@index") == Location{6, 6}));
  BOOST_TEST(!locate(text, "/domain/devices/controller[3]"));
  BOOST_TEST(!locate(text, "nonsense"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(scalars)

BOOST_AUTO_TEST_CASE(bases_are_libvirts) {
  BOOST_TEST(*Hex2::from_text("0x1f") == 31U);
  BOOST_TEST(*Hex2::from_text("010") == 8U);
  BOOST_TEST(*Hex2::from_text("10") == 10U);
  BOOST_TEST(*UInt32::from_text("010") == 10U);
  BOOST_TEST(!UInt32::from_text("0x10").valid());
  BOOST_TEST(*UInt32::from_text("4294967295") == 4294967295U);
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "4294967296", "0x", "1e3"}) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST(!UInt32::from_text(text).valid());
  }
}

BOOST_AUTO_TEST_CASE(values_are_written_as_libvirt_writes_them) {
  BOOST_TEST(Hex4(0).text() == "0x0000");
  BOOST_TEST(Hex2(2).text() == "0x02");
  BOOST_TEST(Hex1(8).text() == "0x8");
  BOOST_TEST(AnyBase32(240).text() == "240");
  BOOST_TEST(YesNo(true).text() == "yes");
  BOOST_TEST(OnOff(false).text() == "off");
}

BOOST_AUTO_TEST_SUITE_END()
