// Canonical XML of the output equals that of the input.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <vnuma/schema/capabilities.hpp>
#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/ptree.hpp>
#include <vnuma/schema/xml.hpp>

#include "canonical.hpp"

using namespace vnuma::schema;
using vnuma::test::canonical;

namespace {

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

template <class T>
void check_round_trip(const std::string& text) {
  BOOST_TEST_CONTEXT(text) {
    const T value = from_xml<T>(text);
    BOOST_TEST(canonical(to_xml(value)) == canonical(text));
    BOOST_TEST(canonical(to_xml(value, Layout::compact)) == canonical(text));
    const T through_tree = from_ptree<T>(to_ptree(value));
    BOOST_TEST(canonical(to_xml(through_tree)) == canonical(text));
    BOOST_TEST((through_tree == value));
    BOOST_TEST((from_xml<T>(to_xml(value)) == value));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(round_trip)

BOOST_AUTO_TEST_CASE(every_sample_is_unchanged) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(VNUMA_SOURCE_DIR "/examples/domains")) {
    if (entry.path().extension() != ".xml") continue;
    check_round_trip<Domain>(read(entry.path()));
    ++count;
  }
  BOOST_TEST(count == 9U);
  check_round_trip<Capabilities>(read(VNUMA_SOURCE_DIR "/examples/hosts/eight-node-capabilities.xml"));
}

BOOST_AUTO_TEST_CASE(comments_are_kept) {
  check_round_trip<Domain>(
      "<!--a--><domain><!--b--><name>n<!--c-->m</name><vcpu><!--d-->4<!--e--></vcpu><devices><!--f--><controller "
      "type='pci'><!--g--><target><node>0<!--h--></node></target></controller><!--i--></devices></domain><!--j-->");
}

BOOST_AUTO_TEST_CASE(processing_instructions_are_kept) {
  check_round_trip<Domain>("<?a?><domain><?b c d?><name><?e?>x</name><foo><?f g?></foo></domain><?h?>");
}

BOOST_AUTO_TEST_CASE(cdata_entities_and_white_space_are_kept) {
  check_round_trip<Domain>(
      "<domain type='a&#10;b&#9;c&#13;&quot;&apos;&lt;&amp;'><name>  two  spaces <![CDATA[<&]]>tail&#13;</name>"
      "<title> </title><description>a &gt; b</description><devices> </devices></domain>");
}

BOOST_AUTO_TEST_CASE(each_character_is_escaped_at_each_place_of_an_attribute) {
  const std::map<std::string, std::string> escaped{{"&", "&amp;"}, {"<", "&lt;"},   {">", "&gt;"},  {"'", "&apos;"},
                                                   {"\t", "&#9;"}, {"\n", "&#10;"}, {"\r", "&#13;"}};
  std::vector<std::string> characters{"\u00e9", "\u20ac", "\U0001f600"};
  for (int c = 1; c < 0x80; ++c) characters.emplace_back(1, static_cast<char>(c));
  for (const std::string& character : characters) {
    const auto found = escaped.find(character);
    const std::string written = found == escaped.end() ? character : found->second;
    const bool allowed = written.size() > 1 || static_cast<unsigned char>(character[0]) >= ' ';
    for (std::size_t length = 0; length <= 20; ++length) {
      for (std::size_t place = 0; place <= length; ++place) {
        Domain domain;
        domain.type = std::string(length, 'x').insert(place, character);
        if (!allowed) {
          BOOST_CHECK_THROW(to_xml(domain), ValueError);
          continue;
        }
        const std::string expected = "<domain type='" + std::string(length, 'x').insert(place, written) + "'/>\n";
        if (to_xml(domain) != expected) BOOST_ERROR(to_xml(domain) + " is not " + expected);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_order_of_interleaved_devices_is_kept) {
  check_round_trip<Domain>(
      "<domain><devices><disk type='file'/><controller type='pci' index='0' model='pcie-root'/><unknown/><disk "
      "type='block'/><hostdev mode='subsystem' type='pci'/><controller type='usb'/><emulator>/bin/x</emulator>"
      "<interface type='user'/><disk type='dir'/></devices><name>late</name></domain>");
}

BOOST_AUTO_TEST_CASE(spellings_of_numbers_are_kept) {
  check_round_trip<Domain>(
      "<domain><vcpu cpuset='0-3,^2'>0004</vcpu><devices><controller type='pci' index='007' ports='-5'><target "
      "busNr='0xF0' port='8' chassis='x'><node> 0 </node></target><address type='pci' bus='0' slot='0X1' "
      "function='0x0'/></controller></devices></domain>");
}

BOOST_AUTO_TEST_CASE(the_order_of_attributes_and_unknown_attributes_are_kept) {
  const std::string text =
      "<domain><devices><hostdev type='pci' new='1' managed='no' mode='subsystem'/></devices></domain>";
  check_round_trip<Domain>(text);
  BOOST_TEST(to_xml(from_xml<Domain>(text), Layout::compact) == text);
}

BOOST_AUTO_TEST_CASE(foreign_namespaces_are_kept) {
  check_round_trip<Domain>(
      "<domain xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><metadata><k xmlns='http://kubevirt.io'><uid/></k>"
      "<a:b xmlns:a='urn:a' a:c='d'><vcpu xmlns='urn:e'/></a:b></metadata><q:commandline><q:arg value='-S'/><q:env "
      "name='A' value='B'/><other/></q:commandline><f:cpu xmlns:f='urn:f'/></domain>");
}

BOOST_AUTO_TEST_CASE(names_with_stray_colons_are_kept) {
  check_round_trip<Domain>(
      "<domain a:='1' xmlns:='urn:a' :b='2'><a:b:c/><:name>n</:name><name/><d:><e:1/></d:><metadata xmlns:f:g='urn:f' "
      "xmlns:1='x'/></domain>");
  BOOST_TEST(!from_xml<Domain>("<domain><:name>n</:name></domain>").name);
}

// In the fourth edition of XML 1.0, "\u2070" and "\U00010000" cannot begin a name.
BOOST_AUTO_TEST_CASE(names_follow_the_fifth_edition_of_xml) {
  check_round_trip<Domain>("<domain \u2070='1'><\U00010000\u00b7-.9/></domain>");
}

BOOST_AUTO_TEST_CASE(the_qemu_commandline_is_read_under_any_prefix) {
  const auto domain = from_xml<Domain>(
      "<domain><commandline xmlns='http://libvirt.org/schemas/domain/qemu/1.0'><arg "
      "value='-S'/></commandline></domain>");
  BOOST_REQUIRE(domain.qemu_cmd);
  BOOST_TEST(*domain.qemu_cmd->qemu_arg.at(0).value == "-S");
}

BOOST_AUTO_TEST_CASE(a_prefix_that_a_child_redeclares_is_local_in_a_tree) {
  // Longer than the short-string optimisation.
  const std::string text =
      "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:commandline><qemu:arg xmlns:qemu='urn:" +
      std::string(400, 'x') + "' value='a'/><qemu:arg value='b'/></qemu:commandline></domain>";
  const auto domain = from_ptree<Domain>(to_ptree(from_xml<Domain>(text)));
  BOOST_REQUIRE(domain.qemu_cmd->qemu_arg.size() == 1U);
  BOOST_TEST(*domain.qemu_cmd->qemu_arg[0].value == "b");
  BOOST_TEST(canonical(to_xml(domain)) == canonical(text));
}

BOOST_AUTO_TEST_CASE(a_new_commandline_declares_its_prefix) {
  Domain domain;
  domain.qemu_cmd.emplace().qemu_arg.push_back({.value = "-S"});
  BOOST_TEST(to_xml(domain, Layout::compact) ==
             "<domain><qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:arg "
             "value='-S'/></qemu:commandline></domain>");
}

BOOST_AUTO_TEST_CASE(a_new_commandline_declares_its_prefix_if_it_is_bound_to_another_namespace) {
  auto domain = from_xml<Domain>("<domain xmlns:qemu='urn:other'/>");
  domain.qemu_cmd.emplace().qemu_arg.push_back({.value = "-S"});
  BOOST_TEST(from_xml<Domain>(to_xml(domain)).qemu_cmd.has_value());
}

BOOST_AUTO_TEST_CASE(empty_and_absent_values_differ) {
  check_round_trip<Domain>("<domain type=''><name></name><os/><cpu><numa/></cpu><devices/></domain>");
  BOOST_TEST(*from_xml<Domain>("<domain type=''/>").type == "");
  BOOST_TEST(!from_xml<Domain>("<domain/>").type);
}

BOOST_AUTO_TEST_CASE(a_repeated_single_element_keeps_its_place) {
  check_round_trip<Domain>(
      "<domain><name>a</name><uuid>u</uuid><name>b</name><devices><hostdev><alias name='x'/><alias name='y'/></hostdev>"
      "</devices></domain>");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(edits)

namespace {

const char* const mixed =
    "<domain><devices><disk type='a'/><controller type='b'/><disk type='c'/><!--d--><controller type='e'/></devices>"
    "</domain>";

std::string edited(void (*edit)(Devices&)) {
  auto domain = from_xml<Domain>(mixed);
  edit(*domain.devices);
  return to_xml(domain, Layout::compact);
}

}  // namespace

BOOST_AUTO_TEST_CASE(erasing_an_item_does_not_move_others) {
  BOOST_TEST(
      edited([](Devices& d) { d.disks.erase(d.disks.begin()); }) ==
      "<domain><devices><controller type='b'/><disk type='c'/><!--d--><controller type='e'/></devices></domain>");
}

BOOST_AUTO_TEST_CASE(texts_around_an_erased_child_equal_one_joined_text) {
  auto domain = from_xml<Domain>("<domain><devices>a<disk/>b<disk/>c</devices></domain>");
  domain.devices->disks.erase(domain.devices->disks.begin());
  BOOST_TEST(to_xml(domain, Layout::compact) == "<domain><devices>ab<disk/>c</devices></domain>");
  BOOST_TEST((from_xml<Domain>(to_xml(domain)) == domain));
  BOOST_TEST(!(from_xml<Domain>("<domain><devices>ab<disk/>d</devices></domain>") == domain));
}

BOOST_AUTO_TEST_CASE(a_new_item_follows_its_predecessor) {
  BOOST_TEST(
      edited([](Devices& d) { d.disks.push_back({.type = "n"}); }) ==
      "<domain><devices><disk type='a'/><controller type='b'/><disk type='c'/><disk type='n'/><!--d--><controller "
      "type='e'/></devices></domain>");
}

BOOST_AUTO_TEST_CASE(a_new_first_item_comes_before_the_old_first) {
  BOOST_TEST(edited([](Devices& d) { d.controllers.insert(d.controllers.begin(), {.type = "n"}); }) ==
             "<domain><devices><disk type='a'/><controller type='n'/><controller type='b'/><disk type='c'/><!--d-->"
             "<controller type='e'/></devices></domain>");
}

BOOST_AUTO_TEST_CASE(items_of_a_reordered_vector_fill_the_old_places) {
  BOOST_TEST(edited([](Devices& d) { std::swap(d.disks[0], d.disks[1]); }) ==
             "<domain><devices><disk type='c'/><controller type='b'/><disk type='a'/><!--d--><controller type='e'/>"
             "</devices></domain>");
}

BOOST_AUTO_TEST_CASE(a_copy_of_an_item_is_a_new_item) {
  BOOST_TEST(
      edited([](Devices& d) { d.disks.push_back(Disk(d.disks[0])); }) ==
      "<domain><devices><disk type='a'/><controller type='b'/><disk type='c'/><disk type='a'/><!--d--><controller "
      "type='e'/></devices></domain>");
}

BOOST_AUTO_TEST_CASE(a_new_value_discards_the_old_spelling) {
  auto domain = from_xml<Domain>("<domain><devices><controller index='007'/></devices></domain>");
  domain.devices->controllers[0].index = 8;
  BOOST_TEST(to_xml(domain, Layout::compact) == "<domain><devices><controller index='8'/></devices></domain>");
}

BOOST_AUTO_TEST_SUITE_END()
