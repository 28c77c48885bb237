// Sets of CPUs and nodes: libvirt's syntax, and operations up to the limits.
#include <boost/test/unit_test.hpp>

#include <vnuma/topology/cpu_set.hpp>

using vnuma::topology::CpuSet;

namespace {

// Parses a text and formats the set; "" if the text is refused.
std::string normal(std::string_view text) {
  const auto set = CpuSet::parse(text);
  return set ? set->format() : "";
}

CpuSet set(std::string_view text) { return CpuSet::parse(text).value(); }

std::string with(std::string_view text, CpuSet::Range range) {
  CpuSet result = set(text);
  result.insert(range);
  return result.format();
}

std::string without(std::string_view text, CpuSet::Range range) {
  CpuSet result = set(text);
  result.erase(range);
  return result.format();
}

constexpr std::uint32_t last = 4294967295;

}  // namespace

BOOST_AUTO_TEST_SUITE(cpu_set)

BOOST_AUTO_TEST_CASE(numbers_ranges_and_exceptions_are_parsed) {
  BOOST_TEST(normal("7") == "7");
  BOOST_TEST(normal("0-3") == "0-3");
  BOOST_TEST(normal("0-3,^2,8") == "0-1,3,8");
}

BOOST_AUTO_TEST_CASE(a_set_is_written_ascending_with_neighbours_joined) {
  BOOST_TEST(normal("8,2,1") == "1-2,8");
  BOOST_TEST(normal("0-3,4-7") == "0-7");
  BOOST_TEST(normal("4-7,0-3") == "0-7");
  BOOST_TEST(normal("0-1,3-4,2") == "0-4");
  BOOST_TEST(normal("0-5,2-9,9") == "0-9");
  BOOST_TEST(normal("1,3,5,0-9") == "0-9");
  BOOST_TEST(normal("007") == "7");
  BOOST_TEST(CpuSet().format() == "");
}

BOOST_AUTO_TEST_CASE(an_exception_applies_only_to_the_terms_before_it) {
  BOOST_TEST(normal("^2,0-3") == "0-3");
  BOOST_TEST(normal("0-3,^2,2") == "0-3");
  BOOST_TEST(normal("0-3,^7") == "0-3");
  BOOST_TEST(normal("0-3,^0") == "1-3");
  BOOST_TEST(normal("0-3,^3") == "0-2");
}

BOOST_AUTO_TEST_CASE(an_empty_result_is_refused) {
  BOOST_TEST(normal("^0") == "");
  BOOST_TEST(normal("2,^2") == "");
}

BOOST_AUTO_TEST_CASE(spaces_around_numbers_are_ignored) {
  BOOST_TEST(normal(" 0-3 , ^2 ,\t8 \n") == "0-1,3,8");
  BOOST_TEST(normal("0 - 3") == "0-3");
  BOOST_TEST(normal("0-3, ") == "0-3");  // libvirt allows a comma at the end
}

BOOST_AUTO_TEST_CASE(any_other_text_is_refused) {
  for (const char* text : {
           "",
           " ",
           ",",
           ",0",
           "0,,1",  // an empty term
           "3-0",   // a descending range
           "0-",
           "-3",
           "-",
           "0-1-2",
           "--1",  // half a range, or more than one
           "^",
           "^^1",
           "^ 1",   // an empty exception
           "^1-2",  // libvirt has no exceptions of ranges
           "4294967296",
           "0-4294967296",
           "99999999999999999999",  // more than 32 bits
           "0x1",
           "1.5",
           "+1",
           "a",
           "0;1",
           "0 1",
           "all",
           "1\x01",  // not numbers
       }) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST(!CpuSet::parse(text).has_value());
  }
}

BOOST_AUTO_TEST_CASE(the_whole_range_costs_as_much_as_one_number) {
  const CpuSet all = set("0-4294967295");
  BOOST_TEST(all.ranges().size() == 1U);
  BOOST_TEST(all.size() == 4294967296U);
  BOOST_TEST(all.format() == "0-4294967295");
  BOOST_TEST(normal("0-4294967295,^0,^4294967295") == "1-4294967294");
  BOOST_TEST(normal("0-4294967295,^7") == "0-6,8-4294967295");
}

BOOST_AUTO_TEST_CASE(a_range_contains_its_ends_and_not_their_neighbours) {
  const CpuSet cpus = set("1-3,8");
  for (const std::uint32_t cpu : {1U, 2U, 3U, 8U}) BOOST_TEST(cpus.contains(cpu));
  for (const std::uint32_t cpu : {0U, 4U, 7U, 9U, last}) BOOST_TEST(!cpus.contains(cpu));
  BOOST_TEST(set("0").contains(0));
  BOOST_TEST(set("4294967295").contains(last));
  BOOST_TEST(!CpuSet().contains(0));
}

BOOST_AUTO_TEST_CASE(the_size_is_the_number_of_elements) {
  BOOST_TEST(CpuSet().size() == 0U);
  BOOST_TEST(CpuSet(7).size() == 1U);
  BOOST_TEST(set("0-3,8").size() == 5U);
}

BOOST_AUTO_TEST_CASE(insert_joins_overlapping_and_adjacent_ranges) {
  BOOST_TEST(with("2-3", {0, 0}) == "0,2-3");
  BOOST_TEST(with("2-3", {1, 1}) == "1-3");
  BOOST_TEST(with("2-3", {4, 4}) == "2-4");
  BOOST_TEST(with("2-3", {5, 5}) == "2-3,5");
  BOOST_TEST(with("2-3,5-6,9", {4, 4}) == "2-6,9");
  BOOST_TEST(with("2-3,5-6,9", {0, 8}) == "0-9");
  BOOST_TEST(with("2-9", {4, 5}) == "2-9");
}

BOOST_AUTO_TEST_CASE(insert_works_at_the_limits) {
  BOOST_TEST(with("1", {0, 0}) == "0-1");
  BOOST_TEST(with("0", {0, 0}) == "0");
  BOOST_TEST(with("0", {last, last}) == "0,4294967295");
  BOOST_TEST(with("4294967294", {last, last}) == "4294967294-4294967295");
  BOOST_TEST(with("4294967295", {0, 0}) == "0,4294967295");
  BOOST_TEST(with("5", {0, last}) == "0-4294967295");
}

BOOST_AUTO_TEST_CASE(insert_of_a_set_is_the_union) {
  CpuSet cpus = set("0-1,8");
  cpus.insert(set("2,7,10"));
  BOOST_TEST(cpus.format() == "0-2,7-8,10");
  cpus.insert(CpuSet());
  BOOST_TEST(cpus.format() == "0-2,7-8,10");
}

BOOST_AUTO_TEST_CASE(erase_cuts_trims_and_removes_ranges) {
  BOOST_TEST(without("0-9", {4, 5}) == "0-3,6-9");
  BOOST_TEST(without("0-9", {5, 20}) == "0-4");
  BOOST_TEST(without("2-9", {0, 5}) == "6-9");
  BOOST_TEST(without("0-1,3-4,6-7", {1, 6}) == "0,7");
  BOOST_TEST(without("0-9", {0, 9}) == "");
  BOOST_TEST(without("0-9", {10, 20}) == "0-9");
}

BOOST_AUTO_TEST_CASE(erase_works_at_the_limits) {
  BOOST_TEST(without("0-4294967295", {0, 0}) == "1-4294967295");
  BOOST_TEST(without("0-4294967295", {last, last}) == "0-4294967294");
  BOOST_TEST(without("0-4294967295", {0, last}) == "");
}

BOOST_AUTO_TEST_CASE(the_intersection_has_the_common_elements) {
  BOOST_TEST(set("0-3,8-9").intersection(set("2-8")).format() == "2-3,8");
  BOOST_TEST(set("0-3").intersection(set("3-5")).format() == "3");
  BOOST_TEST(set("0-3").intersection(set("4-5")).format() == "");
  BOOST_TEST(set("0-9").intersection(set("1,3,5")).format() == "1,3,5");
  BOOST_TEST(set("0-4294967295").intersection(set("4294967295")).format() == "4294967295");
  BOOST_TEST(set("0-4294967295").intersection(set("0")).format() == "0");
  BOOST_TEST(set("0-9").intersection(CpuSet()).empty());
}

BOOST_AUTO_TEST_CASE(sets_intersect_if_they_share_a_number) {
  BOOST_TEST(set("0-3").intersects(set("3-5")));
  BOOST_TEST(!set("0-3").intersects(set("4-5")));
  BOOST_TEST(set("0,2,4").intersects(set("1,3,4")));
  BOOST_TEST(!set("0,2,4").intersects(set("1,3,5")));
  BOOST_TEST(set("4294967295").intersects(set("0-4294967295")));
  BOOST_TEST(!set("0").intersects(CpuSet()));
}

BOOST_AUTO_TEST_CASE(equality_does_not_depend_on_the_spelling) {
  BOOST_TEST((set("0-3") == set("3,2,1,0")));
  BOOST_TEST((set("0-3") != set("0-2")));
}

BOOST_AUTO_TEST_SUITE_END()
