// Nodes that a user gives for devices: patterns of addresses, and which of them counts.
#include <algorithm>

#include <boost/test/unit_test.hpp>

#include <vnuma/topology/node_overrides.hpp>

#include "trees.hpp"

using namespace vnuma::test;

namespace {

// Requires that the text is a pattern.
AddressPattern pattern(const char* text) {
  const auto parsed = AddressPattern::parse(text);
  BOOST_TEST_REQUIRE(parsed.has_value(), text);
  return *parsed;
}

// The addresses that the pattern matches, of four: of one card, and of a PCI domain with five digits.
std::vector<std::string> matched(const char* text) {
  std::vector<std::string> all{"0000:41:00.0", "0000:41:00.1", "0000:4a:00.0", "10000:e1:00.0"};
  std::erase_if(all, [&](const std::string& address) { return !pattern(text).matches(at(address)); });
  return all;
}

using Lines = std::vector<std::string>;
using boost::test_tools::per_element;

}  // namespace

BOOST_AUTO_TEST_SUITE(address_patterns)

BOOST_AUTO_TEST_CASE(an_address_matches_itself) {
  BOOST_TEST(matched("0000:41:00.1") == Lines{"0000:41:00.1"}, per_element());
  BOOST_TEST(matched("41:00.1") == Lines{"0000:41:00.1"}, per_element());
  BOOST_TEST((pattern("41:00.1").address() == at("0000:41:00.1")));
}

BOOST_AUTO_TEST_CASE(a_star_matches_each_address) {
  BOOST_TEST(matched("*").size() == 4U);
  BOOST_TEST(!pattern("*").address().has_value());
}

BOOST_AUTO_TEST_CASE(a_beginning_and_a_star_match_the_addresses_that_begin_so) {
  BOOST_TEST(matched("0000:4*") == (Lines{"0000:41:00.0", "0000:41:00.1", "0000:4a:00.0"}), per_element());
  BOOST_TEST(matched("0000:41:00.*") == (Lines{"0000:41:00.0", "0000:41:00.1"}), per_element());
  BOOST_TEST(matched("0000:41:00.0*") == Lines{"0000:41:00.0"}, per_element());
  BOOST_TEST(matched("100*") == Lines{"10000:e1:00.0"}, per_element());
  BOOST_TEST(matched("000*") == (Lines{"0000:41:00.0", "0000:41:00.1", "0000:4a:00.0"}), per_element());
}

BOOST_AUTO_TEST_CASE(without_a_domain_a_bus_is_meant_of_domain_0) {
  BOOST_TEST(matched("41:*") == (Lines{"0000:41:00.0", "0000:41:00.1"}), per_element());
  BOOST_TEST(pattern("41:0*").format() == "0000:41:0*");
  BOOST_TEST(matched("41*") == (Lines{"0000:41:00.0", "0000:41:00.1"}), per_element());
  BOOST_TEST(pattern("4A*").format() == "0000:4a*");
  BOOST_TEST(matched("4*") == (Lines{"0000:41:00.0", "0000:41:00.1", "0000:4a:00.0"}), per_element());
  BOOST_TEST(matched("e1*") == Lines{}, per_element());  // that bus is in another domain
}

BOOST_AUTO_TEST_CASE(a_pattern_is_written_as_addresses_are) {
  BOOST_TEST(pattern("0000:4A*").format() == "0000:4a*");
  BOOST_TEST(pattern("00010000:E1:*").format() == "10000:e1:*");
  BOOST_TEST(pattern("*").format() == "*");
  BOOST_TEST(pattern("4A:00.1").format() == "0000:4a:00.1");
}

BOOST_AUTO_TEST_CASE(any_other_text_is_refused) {
  for (const char* text : {
           "",               // nothing
           "41",             // an address that is not complete has no star
           "**",             // one star
           "*:00.0",         // only at the end
           "0000:4?:00.0",   // no other pattern
           "0000:4?*",       //
           "0000:4g*",       // no hexadecimal digit
           "000:4*",         // a domain has four digits at least
           "4:*",            // a bus has two
           "4g*",            // no hexadecimal digit
           "123456789*",     // a domain has eight digits at most
           "0000:411*",      // a bus has two
           "0000:41:2*",     // slots end at 1f
           "0000:41:00.8*",  // functions end at 7
           "0000:41:00.00*",
           "0000:41:00:*",
           "0000:41.*",
           " *",
           ":*",
       }) {
    BOOST_TEST(!AddressPattern::parse(text).has_value(), text);
  }
}

// So that the first that matches is the one that counts.
BOOST_AUTO_TEST_CASE(addresses_come_before_longer_patterns_and_these_before_shorter_ones) {
  std::vector<AddressPattern> all;
  for (const char* text : {"*", "0000:42:*", "10000:e1:00.0", "0000:4*", "0000:41:*", "0000:41:00.0"})
    all.push_back(pattern(text));
  std::sort(all.begin(), all.end());
  Lines texts;
  for (const AddressPattern& one : all) texts.push_back(one.format());
  BOOST_TEST(texts == (Lines{"0000:41:00.0", "10000:e1:00.0", "0000:41:*", "0000:42:*", "0000:4*", "*"}),
             per_element());
  BOOST_TEST((pattern("41:*") == pattern("0000:41:*")));
  BOOST_TEST((pattern("0000:41:00.0*") != pattern("0000:41:00.0")));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_nodes)

BOOST_AUTO_TEST_CASE(an_address_wins_over_patterns_and_a_longer_pattern_over_a_shorter_one) {
  const NodeOverrides overrides{
      {pattern("*"), 0}, {pattern("0000:41:*"), 1}, {pattern("0000:4*"), 2}, {at("0000:41:00.1"), 3}};
  BOOST_TEST(given_node(overrides, at("0000:41:00.1")).value() == 3U);
  BOOST_TEST(given_node(overrides, at("0000:41:00.0")).value() == 1U);
  BOOST_TEST(given_node(overrides, at("0000:4a:00.0")).value() == 2U);
  BOOST_TEST(given_node(overrides, at("10000:e1:00.0")).value() == 0U);
}

BOOST_AUTO_TEST_CASE(a_device_that_nothing_matches_has_no_given_node) {
  BOOST_TEST(!given_node({}, at("0000:41:00.0")).has_value());
  BOOST_TEST(!given_node({{pattern("0000:42:*"), 1}, {at("0000:43:00.0"), 1}}, at("0000:41:00.0")).has_value());
}

// The accelerator at 0000:41:00.0, below the port 0000:40:02.0, has no node.
BOOST_AUTO_TEST_CASE(given_nodes_override_those_of_the_host) {
  Host host = Sample("no-node").host();
  override_nodes({{pattern("0000:4*"), 1}, {at("0000:01:00.1"), 1}}, host);
  BOOST_TEST(device(host, "0000:41:00.0").numa_node.value() == 1U);
  BOOST_TEST(device(host, "0000:40:02.0").numa_node.value() == 1U);
  BOOST_TEST(device(host, "0000:01:00.1").numa_node.value() == 1U);
  BOOST_TEST(name(device(host, "0000:01:00.1").node_source) == "given");
  BOOST_TEST(device(host, "0000:01:00.0").numa_node.value() == 0U);
  BOOST_TEST(name(device(host, "0000:01:00.0").node_source) == "firmware");
}

BOOST_AUTO_TEST_SUITE_END()
