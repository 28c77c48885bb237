// Addresses of PCI functions: parsing, formatting and order.
#include <boost/test/unit_test.hpp>

#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/pci_address.hpp>

using vnuma::topology::PciAddress;
namespace schema = vnuma::schema;

namespace {

schema::Address address(const std::string& attributes) {
  const auto domain = schema::from_xml<schema::Domain>("<domain><devices><disk><address " + attributes +
                                                       "/></disk></devices></domain>");
  return *domain.devices->disks.at(0).address;
}

std::string refusal(const std::string& attributes) {
  try {
    vnuma::topology::pci_address(address(attributes), "/domain/here");
  } catch (const schema::Error& error) {
    return error.what();
  }
  return "not refused";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pci_address)

BOOST_AUTO_TEST_CASE(an_address_is_domain_bus_slot_and_function_in_hexadecimal) {
  BOOST_TEST((PciAddress::parse("0000:27:00.0") == PciAddress{0, 0x27, 0, 0}));
  BOOST_TEST((PciAddress::parse("0001:fe:1f.7") == PciAddress{1, 254, 31, 7}));
}

BOOST_AUTO_TEST_CASE(an_address_without_a_domain_is_in_domain_0) {
  BOOST_TEST((PciAddress::parse("27:00.0") == PciAddress{0, 0x27, 0, 0}));
}

BOOST_AUTO_TEST_CASE(upper_case_is_parsed_and_lower_case_is_written) {
  BOOST_TEST((PciAddress::parse("0000:AF:1C.0") == PciAddress{0, 0xaf, 0x1c, 0}));
  BOOST_TEST((PciAddress{0, 0xaf, 0x1c, 0}.format()) == "0000:af:1c.0");
}

BOOST_AUTO_TEST_CASE(domains_of_intel_vmd_have_more_than_16_bits) {
  BOOST_TEST((PciAddress::parse("10000:e1:00.0") == PciAddress{0x10000, 0xe1, 0, 0}));
  BOOST_TEST((PciAddress{0x10000, 0xe1, 0, 0}.format()) == "10000:e1:00.0");
  BOOST_TEST((PciAddress::parse("ffffffff:00:00.0") == PciAddress{0xffffffff, 0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(any_other_text_is_refused) {
  for (const char* text : {
           "",                     // nothing
           "0000",                 // no bus
           "0000:27",              // no slot
           "0000:27:00",           // no function
           "0000:27:00.",          // the function is empty
           "0000:27:00.8",         // functions end at 7
           "0000:27:20.0",         // slots end at 1f
           "0000:27:00.00",        // two digits of function
           "0000:27:0.0",          // one digit of slot
           "0000:7:00.0",          // one digit of bus
           "0000:127:00.0",        // three digits of bus
           "000:27:00.0",          // three digits of domain
           "100000000:27:00.0",    // more than 32 bits of domain
           ":27:00.0",             // the domain is empty
           "0000:0000:27:00.0",    // one part too many
           "0000:27.00.0",         // a dot instead of a colon
           "0000:27:00:0",         // a colon instead of the dot
           "0000:2g:00.0",         // not a digit
           "0000:-1:00.0",         // a sign
           "0000:+1:00.0",         // a sign
           "0x00:27:00.0",         // a prefix
           " 0000:27:00.0",        // white space before
           "0000:27:00.0 ",        // white space after
           "0000:27:00.0\n",       // a newline
           "0000:27:00.0-rename",  // text after
           "pci0000:27",           // a host bridge
       }) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST(!PciAddress::parse(text).has_value());
  }
  BOOST_TEST(!PciAddress::parse(std::string_view("0000:27:00.0\0", 13)).has_value());
}

BOOST_AUTO_TEST_CASE(addresses_compare_by_domain_bus_slot_and_function) {
  BOOST_TEST((PciAddress{0, 1, 0, 0} < PciAddress{0, 1, 0, 1}));
  BOOST_TEST((PciAddress{0, 1, 0, 7} < PciAddress{0, 1, 1, 0}));
  BOOST_TEST((PciAddress{0, 1, 31, 7} < PciAddress{0, 2, 0, 0}));
  BOOST_TEST((PciAddress{0, 255, 31, 7} < PciAddress{1, 0, 0, 0}));
  BOOST_TEST((PciAddress{0xffff, 0, 0, 0} < PciAddress{0x10000, 0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(the_first_function_is_function_0_of_the_slot) {
  BOOST_TEST((PciAddress{1, 2, 3, 4}.first_function() == PciAddress{1, 2, 3, 0}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(pci_address_of_an_address_element)

BOOST_AUTO_TEST_CASE(attributes_have_the_number_bases_of_libvirt) {
  BOOST_TEST((vnuma::topology::pci_address(address("domain='0x0000' bus='0x27' slot='010' function='7'")) ==
              PciAddress{0, 0x27, 8, 7}));
}

BOOST_AUTO_TEST_CASE(an_absent_part_is_0) {
  BOOST_TEST((vnuma::topology::pci_address(address("bus='0x27'")) == PciAddress{0, 0x27, 0, 0}));
}

BOOST_AUTO_TEST_CASE(a_part_out_of_range_is_refused_with_its_limit) {
  BOOST_TEST(refusal("bus='0x100'") ==
             "/domain/here/@bus: 0x100 is out of range; the bus of a PCI address is at most 0xff");
  BOOST_TEST(refusal("slot='32'") ==
             "/domain/here/@slot: 0x20 is out of range; the slot of a PCI address is at most 0x1f");
  BOOST_TEST(refusal("function='8'") ==
             "/domain/here/@function: 0x8 is out of range; the function of a PCI address is at most 0x7");
  BOOST_TEST(refusal("bus='255' slot='31' function='7'") == "not refused");
}

BOOST_AUTO_TEST_CASE(an_invalid_number_is_refused_with_its_path) {
  BOOST_TEST(refusal("bus='0x27' slot='x'") ==
             "/domain/here/@slot: \"x\" is not a whole number; the slot of a PCI address is 0 to 0x1f");
  BOOST_TEST(
      refusal("domain='0x100000000'") ==
      "/domain/here/@domain: \"0x100000000\" is not a whole number; the domain of a PCI address is 0 to 0xffffffff");
  BOOST_TEST(refusal("bus=''") ==
             "/domain/here/@bus: \"\" is not a whole number; the bus of a PCI address is 0 to 0xff");
  BOOST_TEST(refusal("function='-1'").starts_with("/domain/here/@function: "));
}

BOOST_AUTO_TEST_SUITE_END()
