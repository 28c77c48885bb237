// The nearness of devices as a table.
#include <boost/test/unit_test.hpp>

#include <vnuma/topology/matrix.hpp>

using namespace vnuma::topology;

namespace {

using Locations = std::vector<std::optional<Location>>;

const std::string legend =
    "\n"
    "PIX   behind one PCIe switch, or one root port without a switch\n"
    "PXB   behind one root port, but several switches\n"
    "PHB   behind one host bridge, but several root ports\n"
    "NODE  behind several host bridges of one NUMA node\n"
    "SYS   on several NUMA nodes, or on an unknown node\n";

// A location on node 0 behind a root port and, if there is a switch, its upstream port.
Location at(const std::string& root_complex, std::uint8_t port, std::uint8_t upstream = 0) {
  Location location{root_complex, {{0, port, 1, 0}}, 0};
  if (upstream) location.switches.push_back({0, upstream, 0, 0});
  return location;
}

MatrixLabels labels(std::size_t count) {
  MatrixLabels all{{"DEVICE", "KIND"}};
  for (std::size_t i = 0; i < count; ++i) all.push_back({"0000:0" + std::to_string(i) + ":00.0", i ? "NIC" : "a GPU"});
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(matrix)

BOOST_AUTO_TEST_CASE(each_device_has_a_row_and_a_column) {
  const Locations locations{at("a", 1, 2), at("a", 1, 3), at("b", 1)};
  BOOST_TEST(matrix_text(labels(3), locations) ==
             "  DEVICE       KIND  0    1    2\n"
             "0 0000:00:00.0 a GPU X    PXB  NODE\n"
             "1 0000:01:00.0 NIC   PXB  X    NODE\n"
             "2 0000:02:00.0 NIC   NODE NODE X\n" +
                 legend);
}

BOOST_AUTO_TEST_CASE(columns_are_as_wide_as_their_words) {
  BOOST_TEST(matrix_text(labels(2), Locations{at("a", 1), at("a", 2)}) ==
             "  DEVICE       KIND  0   1\n"
             "0 0000:00:00.0 a GPU X   PHB\n"
             "1 0000:01:00.0 NIC   PHB X\n" +
                 legend);
}

BOOST_AUTO_TEST_CASE(host_and_guest_share_a_square_and_differences_are_marked) {
  const Locations host{at("a", 1, 2), at("a", 1, 2), at("b", 1)};
  const Locations guest{at("a", 1), at("a", 2), at("b", 1)};
  BOOST_TEST(matrix_text(labels(3), host, guest) ==
             "above the diagonal: the host; below: the guest, * where it differs\n"
             "\n"
             "  DEVICE       KIND  0    1    2\n"
             "0 0000:00:00.0 a GPU X    PIX  NODE\n"
             "1 0000:01:00.0 NIC   PHB* X    NODE\n"
             "2 0000:02:00.0 NIC   NODE NODE X\n"
             "\n"
             "1 of 3 pairs differ\n" +
                 legend);
}

BOOST_AUTO_TEST_CASE(equal_pairs_are_not_marked) {
  const Locations locations{at("a", 1), at("a", 2)};
  const std::string text = matrix_text(labels(2), locations, locations);
  BOOST_TEST(text.find("\n0 of 1 pair differs\n") != std::string::npos);
  BOOST_TEST(text.find("PHB*") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_unknown_location_is_not_a_difference) {
  const Locations host{at("a", 1), std::nullopt, at("a", 1)};
  const Locations guest{at("a", 1), at("a", 2), at("a", 2)};
  BOOST_TEST(matrix_text(labels(3), host, guest) ==
             "above the diagonal: the host; below: the guest, * where it differs\n"
             "\n"
             "  DEVICE       KIND  0    1    2\n"
             "0 0000:00:00.0 a GPU X    ?    PIX\n"
             "1 0000:01:00.0 NIC   PHB  X    ?\n"
             "2 0000:02:00.0 NIC   PHB* PIX  X\n"
             "\n"
             "1 of 1 pair differs\n" +
                 legend + "?     the location of one device is unknown\n");
}

BOOST_AUTO_TEST_CASE(row_numbers_are_aligned_to_the_right) {
  const std::string text = matrix_text(labels(11), Locations(11, at("a", 1)));
  BOOST_TEST(text.find("\n 9 0000:") != std::string::npos);
  BOOST_TEST(text.find("\n10 0000:") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(control_characters_in_labels_are_escaped) {
  const MatrixLabels evil{{"DEVICE"}, {"a\n0 b\x1b[31m"}};
  BOOST_TEST(matrix_text(evil, Locations{at("a", 1)}) ==
             "  DEVICE         0\n"
             "0 a\\n0 b\\x1b[31m X\n" +
                 legend);
}

BOOST_AUTO_TEST_SUITE_END()
