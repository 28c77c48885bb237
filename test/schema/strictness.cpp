// Documents that are refused, and the positions of the errors.
#include <libxml/xmlerror.h>
#include <boost/test/unit_test.hpp>

#include <vnuma/schema/capabilities.hpp>
#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/positions.hpp>
#include <vnuma/schema/ptree.hpp>
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

BOOST_AUTO_TEST_CASE(text_that_is_not_well_formed_is_refused) {
  for (const char* text : {"", "  \n", "x", "<domain>", "<domain></x>", "<domain a='1' a='2'/>", "<domain/><domain/>",
                           "<domain>&x;</domain>", "<domain>\x01</domain>", "<domain",
                           "\x7f"
                           "ELF"}) {
    BOOST_TEST_CONTEXT(text) {
      const auto error = refusal(text);
      BOOST_TEST(error.path().starts_with("/"));
      BOOST_TEST(std::string(error.what()).find("; ") != std::string::npos);
    }
  }
  const auto error = refusal("<domain><devices>\n  </x></domain>");
  BOOST_TEST(error.what() ==
             "/domain/devices: not well-formed XML: Opening and ending tag mismatch: devices line 1 and x; fix it, "
             "libvirt rejects it too");
  BOOST_TEST(error.line() == 2U);
  BOOST_TEST(error.column() == 7U);
}

// Programs print reports to stderr; libxml2 must not print there.
BOOST_AUTO_TEST_CASE(an_error_prints_nothing) {
  int printed = 0;
  // The second parameter is const since libxml2 2.12.
  const xmlStructuredErrorFunc count = [](void* user, auto*) { ++*static_cast<int*>(user); };
  xmlSetStructuredErrorFunc(&printed, count);
  refusal("<?xml version='1.0' encoding='EUC-JP'?><domain><name>\xff\xff\xff</name></domain>");
  BOOST_TEST(printed == 0);
  BOOST_TEST((xmlStructuredError == count));
  BOOST_TEST(xmlStructuredErrorContext == &printed);
  xmlSetStructuredErrorFunc(nullptr, nullptr);
}

BOOST_AUTO_TEST_CASE(an_empty_document_is_refused) {
  BOOST_TEST(refusal("\n").what() == "/: the document is empty; expected <domain>");
  BOOST_TEST(refusal("\n").line() == 1U);
}

BOOST_AUTO_TEST_CASE(another_root_element_is_refused) {
  const auto error = refusal("<!-- c -->\n  <capabilities/>");
  BOOST_TEST(error.what() == "/capabilities: the root element is <capabilities>; expected <domain>");
  BOOST_TEST(error.path() == "/capabilities");
  BOOST_TEST(error.line() == 2U);
  BOOST_TEST(error.column() == 3U);
  BOOST_TEST(refusal("<domain xmlns='urn:x'/>").what() ==
             "/domain: the root element is <domain> in the namespace urn:x; expected <domain> without namespace");
}

BOOST_AUTO_TEST_CASE(a_doctype_is_refused) {
  const auto error = refusal("<!DOCTYPE domain [<!ENTITY a 'b'>]><domain>&a;</domain>");
  BOOST_TEST(error.what() == "/: the document has a DOCTYPE; remove it, libvirt uses none");
  BOOST_TEST(error.line() == 1U);
}

BOOST_AUTO_TEST_CASE(a_second_element_that_must_be_single_is_refused) {
  for (const std::string name : {"cputune", "numatune", "cpu", "vcpu", "os", "features", "devices"}) {
    const auto error = refusal("<domain>\n<" + name + "/>\n<" + name + "/></domain>");
    BOOST_TEST(error.what() == "/domain: there are two <" + name + ">; remove one");
    BOOST_TEST(error.path() == "/domain");
    BOOST_TEST(error.line() == 3U);
    BOOST_TEST(error.column() == 1U);
  }
  BOOST_CHECK_NO_THROW(from_xml<Domain>("<domain><cpu/><q:cpu xmlns:q='urn:q'/></domain>"));
}

BOOST_AUTO_TEST_CASE(elements_nested_too_deeply_are_refused) {
  const auto nested = [](std::size_t depth) {
    std::string text = "<domain>";
    for (std::size_t i = 1; i < depth; ++i) text += "<a>";
    for (std::size_t i = 1; i < depth; ++i) text += "</a>";
    return text + "</domain>";
  };
  BOOST_CHECK_NO_THROW(from_xml<Domain>(nested(max_depth)));
  const auto error = refusal(nested(max_depth + 1));
  BOOST_TEST(std::string(error.what()).ends_with("elements are nested more than 200 deep; remove the inner ones"));
  BOOST_TEST(error.path().starts_with("/domain/a/a"));
  BOOST_TEST(error.column() == 606U);
}

BOOST_AUTO_TEST_CASE(models_nested_in_themselves_too_deeply_are_refused) {
  std::string text;
  for (std::size_t i = 0; i < 100; ++i) text += "<dataStore><source>";
  for (std::size_t i = 0; i < 100; ++i) text += "</source></dataStore>";
  BOOST_CHECK_THROW(from_xml<Domain>("<domain><devices><disk><source>" + text + "</source></disk></devices></domain>"),
                    ParseError);
}

BOOST_AUTO_TEST_CASE(a_document_that_is_too_large_is_refused) {
  const auto sized = [](std::size_t size) {
    const std::string begin = "<domain><name>";
    const std::string end = "</name></domain>";
    return begin + std::string(size - begin.size() - end.size(), 'n') + end;
  };
  BOOST_CHECK_NO_THROW(from_xml<Domain>(sized(max_document_size)));
  BOOST_TEST(refusal(sized(max_document_size + 1)).what() ==
             "/: the document has 67108865 bytes; at most 67108864 are allowed; remove what libvirt does not need");
}

BOOST_AUTO_TEST_CASE(a_model_of_several_elements_is_not_a_document) {
  BOOST_CHECK_EXCEPTION(from_xml<FeatureState>("<state/>"), ParseError, [](const ParseError& error) {
    return error.what() == std::string("/state: FeatureState is only part of a document; read the whole document");
  });
  BOOST_CHECK_THROW(to_xml(FeatureState{}), ValueError);
}

BOOST_AUTO_TEST_CASE(trees_that_are_not_a_document_are_refused) {
  const auto refused = [](const boost::property_tree::ptree& tree) -> std::string {
    try {
      from_ptree<Domain>(tree);
    } catch (const ParseError& error) {
      return error.what();
    }
    return "not refused";
  };
  boost::property_tree::ptree tree;
  BOOST_TEST(refused(tree) == "/: the tree has no root element; pass a tree whose child is <domain>");
  tree.put("domain.a b", "");
  BOOST_TEST(refused(tree) == "/domain: \"a b\" is not a name in XML; rename or remove it");
  tree = {};
  tree.put("domain.name", "\x01");
  BOOST_TEST(refused(tree) ==
             "/domain/name: the text is not UTF-8 or contains characters that XML does not allow; remove them");
  tree = {};
  tree.add("domain.name", "a");
  tree.add("cpu", "");
  BOOST_TEST(refused(tree) == "/: the tree has two roots, <domain> and <cpu>; remove one");
  tree = {};
  tree.put("network", "");
  BOOST_TEST(refused(tree) == "/network: the root element is <network>; expected <domain>");
  tree = {};
  tree.add("domain.<xmlattr>.a", "1");
  tree.get_child("domain.<xmlattr>").push_back({"a", {}});
  BOOST_TEST(refused(tree) == "/: <domain> has the attribute a twice; remove one");
  tree = {};
  tree.add("domain.cpu", "");
  tree.add("domain.cpu", "");
  BOOST_TEST(refused(tree) == "/domain: there are two <cpu>; remove one");
}

BOOST_AUTO_TEST_CASE(trees_with_text_beside_the_root_or_an_xml_declaration_are_refused) {
  boost::property_tree::ptree tree;
  tree.put("domain.name", "a");
  tree.data() = "beside";
  BOOST_CHECK_THROW(from_ptree<Domain>(tree), ParseError);
  tree.data() = "\n";
  BOOST_CHECK_NO_THROW(from_ptree<Domain>(tree));
  tree.push_back({"<xmlpi>", boost::property_tree::ptree("xml version='1.0'")});
  BOOST_CHECK_THROW(from_ptree<Domain>(tree), ParseError);
}

BOOST_AUTO_TEST_CASE(content_that_xml_does_not_allow_is_not_written) {
  for (const char* key : {"a b", "<xmlpi>", "<xmlcomment>"}) {
    Domain domain;
    domain.unmodelled.children().push_back({key, boost::property_tree::ptree("xml --")});
    BOOST_TEST_CONTEXT(key) BOOST_CHECK_THROW(to_xml(domain), ValueError);
  }
  BOOST_CHECK_THROW(to_xml(Domain{.name = "\x01"}), ValueError);
  BOOST_CHECK_THROW(to_xml(Domain{.name = "\xff"}), ValueError);
  Domain domain{.type = "kvm"};
  domain.unmodelled.attributes().emplace_back("type", "qemu");
  BOOST_CHECK_THROW(to_xml(domain), ValueError);
}

BOOST_AUTO_TEST_CASE(an_invalid_value_throws_when_it_is_used) {
  const auto domain =
      from_xml<Domain>("<domain><devices><controller/><controller><target busNr='x'/></controller></devices></domain>");
  const auto& bus_nr = domain.devices->controllers[1].target->bus_nr;
  BOOST_TEST(bus_nr.has_value());
  BOOST_CHECK_EXCEPTION(bus_nr.value(), ValueError, [](const ValueError& error) {
    return error.path() == "/domain/devices/controller[2]/target/@busNr";
  });
}

BOOST_AUTO_TEST_CASE(columns_count_bytes) {
  const auto root = refusal("<\u00e9\u00e9\u00e9\u00e9\u00e9 \u00e9='1'/>");
  BOOST_TEST(root.line() == 1U);
  BOOST_TEST(root.column() == 1U);
  const auto second = refusal("<domain>\n<name>\u00e9</name><cpu/><cpu/></domain>");
  BOOST_TEST(second.line() == 2U);
  BOOST_TEST(second.column() == 22U);
  const std::string path = "/domain/name/@\u00e9";
  BOOST_TEST((locate("<domain><title>\u00e9</title><name \u00e9='1'/></domain>", path) == Position{1, 32}));
}

// The parser converts the text to UTF-8, so its bytes are not those of the document.
BOOST_AUTO_TEST_CASE(columns_of_other_encodings_count_characters) {
  const auto error =
      refusal("<?xml version='1.0' encoding='ISO-8859-1'?>\n<domain><name>\xe9</name><cpu/><cpu/></domain>");
  BOOST_TEST(error.line() == 2U);
  BOOST_TEST(error.column() == 29U);
}

BOOST_AUTO_TEST_CASE(locate_finds_elements_and_attributes) {
  const std::string text =
      "<domain>\n <devices>\n  <disk/>\n  <controller/>\n  <controller\n     index='7'/>\n </devices></domain>";
  BOOST_TEST((locate(text, "/domain/devices/controller[2]") == Position{5, 3}));
  BOOST_TEST((locate(text, "/domain/devices/controller[2]/@index") == Position{6, 6}));
  BOOST_TEST(!locate(text, "/domain/devices/controller[3]"));
  BOOST_TEST(!locate(text, "nonsense"));
}

// An absent path has the position of the innermost element around it.
BOOST_AUTO_TEST_CASE(locations_finds_many_paths) {
  const std::string text =
      "<domain>\n <cpu/>\n <devices>\n  <disk>\n   <a/>\n  </disk>\n  <disk>\n   <a/>\n   <a i='1' j='2'/>\n  "
      "</disk>\n </devices></domain>";
  const std::vector<std::string_view> paths{"/domain/devices/disk[2]/a[2]/@j",
                                            "/domain/devices/disk[1]",
                                            "/domain/devices/disk[2]/a[2]",
                                            "/domain/devices/disk[1]/a[2]/b",
                                            "/domain/cpu/@mode",
                                            "/domain/devices/disk[3]",
                                            "/other",
                                            "nonsense",
                                            "/domain/devices/disk[2]/a[2]/@j"};
  using Found = std::optional<Position>;
  const std::vector<Found> expected{Position{9, 13}, Position{4, 3}, Position{9, 4}, Position{4, 3}, Position{2, 2},
                                    Position{3, 2},  std::nullopt,   std::nullopt,   Position{9, 13}};
  BOOST_TEST((positions(text, paths) == expected));
  BOOST_TEST((positions("", paths) == std::vector<Found>(paths.size())));
}

// Attributes of an element are found in the order of their names.
BOOST_AUTO_TEST_CASE(locations_of_attributes_need_not_ascend) {
  const std::string text = "<domain>\n <cpu z='1'\n\n  b='2' a='3'\n c='4'/> <os y='5'\n x='6'/></domain>";
  const std::vector<std::string_view> paths{"/domain/cpu/@a", "/domain/cpu/@z", "/domain/cpu/@c",
                                            "/domain/cpu/@b", "/domain/os/@x",  "/domain/os/@y"};
  const std::vector<std::optional<Position>> expected{Position{4, 9}, Position{2, 7}, Position{5, 2},
                                                      Position{4, 3}, Position{6, 2}, Position{5, 14}};
  BOOST_TEST((positions(text, paths) == expected));
}

// libxml2 would expand its entities, and leak broken ones, which sanitizers report.
BOOST_AUTO_TEST_CASE(locate_stops_at_a_doctype) {
  BOOST_TEST(!locate("<!DOCTYPE domain [<!ENTITY a '<b/>'>]><domain>&a;</domain>", "/domain/b"));
  BOOST_TEST(!locate("<!DOCTYPE domain [<!ENTITY a 'b", "/"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(scalars)

BOOST_AUTO_TEST_CASE(numbers_are_read_in_the_bases_of_libvirt) {
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

BOOST_AUTO_TEST_CASE(new_values_are_written_as_libvirt_writes_them) {
  BOOST_TEST(Hex4(0).text() == "0x0000");
  BOOST_TEST(Hex2(2).text() == "0x02");
  BOOST_TEST(Hex1(8).text() == "0x8");
  BOOST_TEST(AnyBase32(240).text() == "240");
  BOOST_TEST(YesNo(true).text() == "yes");
  BOOST_TEST(OnOff(false).text() == "off");
}

BOOST_AUTO_TEST_SUITE_END()
