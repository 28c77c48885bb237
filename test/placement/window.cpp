// The 64-bit window that BARs need, worked out by hand.
#include <boost/test/unit_test.hpp>

#include "bars.hpp"

using namespace vnuma;
using namespace vnuma::test;
using boost::test_tools::per_element;
using placement::Mmio;

namespace {

using Pair = BarPair;

}  // namespace

BOOST_AUTO_TEST_SUITE(window)

BOOST_AUTO_TEST_CASE(one_bar_needs_its_size) { BOOST_TEST(Pair().pass("20:00.0", {64 * GiB}).window() == 64 * GiB); }

// The window of a bridge counts in MiB.
BOOST_AUTO_TEST_CASE(a_small_bar_needs_a_mebibyte) {
  BOOST_TEST(Pair().pass("20:00.0", {0x1000}).window() == MiB);
  BOOST_TEST(Pair().pass("20:00.0", {}).window() == 0);
}

// 128 GiB, then 32 MiB and 16 MiB behind it.
BOOST_AUTO_TEST_CASE(bars_of_a_device_are_laid_out_by_descending_size) {
  BOOST_TEST(Pair().pass("20:00.0", {16 * MiB, 128 * GiB, 32 * MiB}).window() == 128 * GiB + 48 * MiB);
}

// The second begins at 256 GiB, the next multiple of 128 GiB.
BOOST_AUTO_TEST_CASE(a_bar_begins_at_a_multiple_of_its_size) {
  Pair pair;
  pair.pass("20:00.0", {128 * GiB, 32 * MiB}).pass("21:00.0", {128 * GiB, 32 * MiB});
  BOOST_TEST(pair.window() == 384 * GiB + 32 * MiB);
}

// One port has 64 + 8 GiB, up to 72; the other begins at 128. OVMF gave the first 0x4000000000 to 0x51ffffffff.
BOOST_AUTO_TEST_CASE(two_functions_share_a_port) {
  Pair pair;
  pair.pass("20:00.0", {64 * GiB}).pass("20:00.1", {8 * GiB}).pass("21:00.0", {64 * GiB});
  BOOST_TEST(pair.window() == 192 * GiB);
}

// OVMF gave the root port 136 GiB: 64 and 64, then 8. Another port follows with 8.
BOOST_AUTO_TEST_CASE(a_switch_holds_what_is_below_it) {
  Pair pair;
  pair.domain.devices->controllers = {expander(1, "00:02.0", 240, 0),
                                      port(2, "01:00.0"),
                                      controller(3, "pcie-switch-upstream-port", "02:00.0"),
                                      controller(4, "pcie-switch-downstream-port", "03:00.0"),
                                      controller(5, "pcie-switch-downstream-port", "03:01.0"),
                                      controller(6, "pcie-switch-downstream-port", "03:02.0"),
                                      port(7, "01:01.0")};
  pair.pass_at("20:00.0", "04:00.0", 64 * GiB).pass_at("21:00.0", "05:00.0", 8 * GiB);
  pair.pass_at("22:00.0", "06:00.0", 64 * GiB).pass_at("23:00.0", "07:00.0", 8 * GiB);
  BOOST_TEST(pair.window() == 144 * GiB);
}

// Cell 0's bus comes first, with 8 GiB; cell 1's begins at 64.
BOOST_AUTO_TEST_CASE(root_complexes_follow_each_other_by_bus_number) {
  Pair pair(2);
  pair.pass("20:00.0", {8 * GiB}, prefetchable, 0).pass("a0:00.0", {64 * GiB}, prefetchable, 1);
  BOOST_TEST(pair.window() == 128 * GiB);
}

// One is kept on a port of pcie-root, one is placed, and one is left, so that libvirt gives it a port: its node has no
// cell.
BOOST_AUTO_TEST_CASE(devices_that_are_kept_placed_or_left_all_count) {
  Pair pair;
  pair.host.nodes.push_back({.id = 7, .cpus = topology::CpuSet(70)});
  pair.domain.devices->controllers = {port(1, "00:02.0")};
  pair.pass_at("20:00.0", "01:00.0", 64 * GiB).pass("21:00.0", {64 * GiB});
  pair.pass("22:00.0", {64 * GiB}, prefetchable, 7);
  BOOST_TEST(pair.window() == 192 * GiB);
}

BOOST_AUTO_TEST_CASE(bars_that_a_bridge_passes_only_below_4_gib_are_not_counted) {
  Pair pair;
  pair.pass("20:00.0", {256 * MiB}, small).pass("21:00.0", {256 * MiB}, wide).pass("22:00.0", {256}, io);
  BOOST_TEST(pair.window() == 0);
  BOOST_TEST(pair.planned().mmio.io_ports.value() == 1);
  // On bus 0 there is no bridge.
  Pair on_root;
  on_root.pass_at("20:00.0", "00:02.0", 256 * MiB);
  on_root.host.devices[0].bars[0].flags = wide;
  BOOST_TEST(on_root.window() == 256 * MiB);
}

// 6 is the ROM, 7 to 12 are those of virtual functions, which have them in files of their own.
BOOST_AUTO_TEST_CASE(only_the_first_six_regions_are_bars) {
  Pair pair;
  pair.pass("20:00.0", {GiB, GiB, GiB, 64 * GiB});
  pair.host.devices[0].bars[3].index = 7;
  BOOST_TEST(pair.window() == 3 * GiB);
}

// The window is set for the others, and the plan lists the device. 128 GiB would do for the one BAR and the root bus'
// own, but the port of the other device takes a share, too.
BOOST_AUTO_TEST_CASE(a_device_that_the_host_lacks_is_not_counted) {
  Pair pair;
  pair.ovmf().pass("20:00.0", {64 * GiB});
  pair.domain.devices->host_devices.push_back(hostdev("21:00.0"));
  const auto planned = pair.planned(Mmio::automatic);
  BOOST_TEST(planned.mmio.window.value() == 64 * GiB);
  BOOST_TEST(planned.mmio.ovmf_mmio64_mb.value() == 256U << 10);
  BOOST_TEST(planned.mmio.not_counted == Lines{"0000:21:00.0"}, per_element());
  // The device's reason says it, so there is no warning.
  BOOST_TEST(codes_of(planned.warnings) == Lines{}, per_element());
  BOOST_TEST(reasons(device(planned, "21:00.0")) == Lines{"not-on-host"}, per_element());
}

BOOST_AUTO_TEST_SUITE_END()
