// The allocators: FreeList gives numbers one by one, BusNumbers gives ranges of bus numbers.
#include <boost/test/unit_test.hpp>

#include <vnuma/placement/bus_numbers.hpp>
#include <vnuma/placement/free_list.hpp>

using namespace vnuma::placement;
using boost::test_tools::per_element;

namespace vnuma::placement {

std::ostream& operator<<(std::ostream& out, const BusRange& range) { return out << range.first << '-' << range.last; }

}  // namespace vnuma::placement

BOOST_AUTO_TEST_SUITE(free_list)

BOOST_AUTO_TEST_CASE(the_lowest_free_number_is_next) {
  FreeList list(1, 255);
  BOOST_TEST(list.take(1));
  BOOST_TEST(list.take(3));
  BOOST_TEST(*list.take_lowest() == 2U);
  BOOST_TEST(*list.take_lowest() == 4U);
}

BOOST_AUTO_TEST_CASE(the_lowest_free_number_above_another_is_next) {
  FreeList list(1, 9);
  BOOST_TEST(list.take(6));
  BOOST_TEST(list.free_count(6) == 3U);
  BOOST_TEST(*list.take_lowest(6) == 7U);
  BOOST_TEST(*list.take_lowest() == 1U);
  BOOST_TEST(list.free_count(6) == 2U);
  BOOST_TEST(!list.take_lowest(10));
}

BOOST_AUTO_TEST_CASE(a_number_is_taken_once) {
  FreeList list(0, 31);
  BOOST_TEST(list.take(31));
  BOOST_TEST(!list.take(31));
  BOOST_TEST(!list.is_free(31));
  BOOST_TEST(list.free_count() == 31U);
}

BOOST_AUTO_TEST_CASE(numbers_out_of_range_are_never_free) {
  FreeList list(1, 31);
  for (const unsigned number : {0U, 32U, 255U, 256U, 4294967295U}) {
    BOOST_TEST(!list.is_free(number));
    BOOST_TEST(!list.take(number));
  }
  BOOST_TEST(list.free_count() == 31U);
}

BOOST_AUTO_TEST_CASE(a_list_without_free_numbers_gives_none) {
  FreeList list(254, 255);
  BOOST_TEST(*list.take_lowest() == 254U);
  BOOST_TEST(*list.take_lowest() == 255U);
  BOOST_TEST(!list.take_lowest());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bus_numbers)

namespace {

std::vector<BusRange> taken(BusNumbers& buses, std::vector<BusRequest> requests) {
  return buses.take(requests).value();
}

}  // namespace

BOOST_AUTO_TEST_CASE(ranges_ascend_and_begin_at_multiples_of_16) {
  BusNumbers buses(16);
  BOOST_TEST(taken(buses, {{.size = 9}, {.size = 9}}) == (std::vector<BusRange>{{224, 232}, {240, 248}}),
             per_element());
}

BOOST_AUTO_TEST_CASE(a_range_longer_than_16_begins_further_down) {
  BusNumbers buses(16);
  BOOST_TEST(taken(buses, {{.size = 2}, {.size = 17}}) == (std::vector<BusRange>{{208, 209}, {224, 240}}),
             per_element());
}

BOOST_AUTO_TEST_CASE(ranges_begin_at_lower_multiples_if_16_is_too_coarse) {
  BusNumbers buses(250);  // 250-255: six buses
  BOOST_TEST(taken(buses, {{.size = 2}, {.size = 2}}) == (std::vector<BusRange>{{252, 253}, {254, 255}}),
             per_element());
}

BOOST_AUTO_TEST_CASE(ranges_that_are_taken_are_not_given) {
  BusNumbers buses(16);
  buses.take({240, 241});
  BOOST_TEST(taken(buses, {{.size = 2}}) == (std::vector<BusRange>{{224, 225}}), per_element());
}

BOOST_AUTO_TEST_CASE(a_request_can_be_above_or_below_another_range) {
  BusNumbers buses(16);
  buses.take({240, 242});
  BOOST_TEST(taken(buses, {{.size = 3, .lowest = 243}}) == (std::vector<BusRange>{{248, 250}}), per_element());
  BOOST_TEST(taken(buses, {{.size = 3, .below = 230}}) == (std::vector<BusRange>{{224, 226}}), per_element());
}

BOOST_AUTO_TEST_CASE(either_all_requests_are_met_or_none) {
  BusNumbers buses(250);
  BOOST_TEST(!buses.take(std::vector<BusRequest>{{.size = 3}, {.size = 4}}));
  BOOST_TEST(buses.is_free({250, 255}));
  BOOST_TEST(taken(buses, {{.size = 3}, {.size = 3}}) == (std::vector<BusRange>{{250, 252}, {253, 255}}),
             per_element());
  BOOST_TEST(!buses.take(std::vector<BusRequest>{{.size = 1}}));
}

BOOST_AUTO_TEST_CASE(no_range_ends_beyond_255) {
  BusNumbers buses(0);
  BOOST_TEST(buses.is_free({0, 255}));
  BOOST_TEST(!buses.is_free({255, 256}));
  BOOST_TEST(!buses.take(std::vector<BusRequest>{{.size = 257}}));
  BOOST_TEST(taken(buses, {{.size = 256}}) == (std::vector<BusRange>{{0, 255}}), per_element());
}

BOOST_AUTO_TEST_CASE(room_is_counted_up_to_the_next_range) {
  BusNumbers buses(16);
  buses.take({240, 242});
  BOOST_TEST(buses.room_from(230) == 10U);
  BOOST_TEST(buses.room_from(241) == 0U);
  BOOST_TEST(buses.room_from(243) == 13U);
  BOOST_TEST(buses.room_from(256) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
