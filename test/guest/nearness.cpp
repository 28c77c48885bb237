// Levels between devices (PIX, PHB and so on): the guest's sysfs must show those that placement reads from the domain.
#include <fmt/format.h>
#include <boost/test/unit_test.hpp>

#include <vnuma/placement/guest_devices.hpp>
#include <vnuma/topology/locality.hpp>

#include "small_hosts.hpp"

using namespace vnuma;
using namespace vnuma::test;
using boost::test_tools::per_element;

namespace {

// A line for each pair of passthrough devices, by source, with the level in the guest's sysfs: "0000:18:00.0
// 0000:19:00.0 PIX". If placement expects another level from the domain, the line has this too.
Lines nearness(const Guest& guest) {
  const auto devices = placement::guest_devices(guest.defined);
  Lines lines;
  for (auto a = devices.begin(); a != devices.end(); ++a) {
    for (auto b = std::next(a); b != devices.end(); ++b) {
      std::string line = fmt::format("{} {} ", a->name(), b->name());
      const auto* seen_a = a->guest_bdf ? guest.seen.find(*a->guest_bdf) : nullptr;
      const auto* seen_b = b->guest_bdf ? guest.seen.find(*b->guest_bdf) : nullptr;
      if (seen_a && seen_b) {
        const auto seen = level(topology::location_of(*seen_a), topology::location_of(*seen_b));
        const auto expected = level(a->location, b->location);
        line += topology::name(seen);
        if (seen != expected) line += fmt::format(", not {}", topology::name(expected));
      }
      lines.push_back(line);
    }
  }
  return lines;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(nearness_in_the_guest, ShowsConsole)

// A switch has two devices, and a second switch with one device on its third port. Other devices are on the next root
// port, on the other expander bus of the cell, and on the other cell.
BOOST_AUTO_TEST_CASE(placement_predicts_every_level_below_expander_buses) {
  const auto upstream = [](unsigned index, const char* address) {
    return controller(index, "pcie-switch-upstream-port", address);
  };
  const auto downstream = [](unsigned index, const char* address) {
    return controller(index, "pcie-switch-downstream-port", address);
  };
  Pair pair(2);
  pair.domain.devices->controllers = {expander(1, "00:02.0", 200, 0),
                                      port(2, "01:00.0"),
                                      upstream(3, "02:00.0"),
                                      downstream(4, "03:00.0"),
                                      downstream(5, "03:01.0"),
                                      downstream(6, "03:02.0"),
                                      upstream(7, "06:00.0"),
                                      downstream(8, "07:00.0"),
                                      port(9, "01:01.0"),
                                      expander(10, "00:03.0", 220, 0),
                                      port(11, "0a:00.0"),
                                      expander(12, "00:04.0", 240, 1),
                                      port(13, "0c:00.0")};
  pair.pass_at("0000:20:00.0", 0, "04:00.0").pass_at("0000:21:00.0", 0, "05:00.0");
  pair.pass_at("0000:22:00.0", 0, "08:00.0").pass_at("0000:23:00.0", 0, "09:00.0");
  pair.pass_at("0000:30:00.0", 0, "0b:00.0").pass_at("0000:a0:00.0", 1, "0d:00.0");
  BOOST_TEST(
      nearness(place_and_boot(pair)) ==
          (Lines{"0000:20:00.0 0000:21:00.0 PIX", "0000:20:00.0 0000:22:00.0 PXB", "0000:20:00.0 0000:23:00.0 PHB",
                 "0000:20:00.0 0000:30:00.0 NODE", "0000:20:00.0 0000:a0:00.0 SYS", "0000:21:00.0 0000:22:00.0 PXB",
                 "0000:21:00.0 0000:23:00.0 PHB", "0000:21:00.0 0000:30:00.0 NODE", "0000:21:00.0 0000:a0:00.0 SYS",
                 "0000:22:00.0 0000:23:00.0 PHB", "0000:22:00.0 0000:30:00.0 NODE", "0000:22:00.0 0000:a0:00.0 SYS",
                 "0000:23:00.0 0000:30:00.0 NODE", "0000:23:00.0 0000:a0:00.0 SYS", "0000:30:00.0 0000:a0:00.0 SYS"}),
      per_element());
}

// Functions of one card stay behind one port.
BOOST_AUTO_TEST_CASE(a_gpu_and_its_audio_function_are_pix) {
  Pair pair(1);
  pair.pass("0000:20:00.0", 0).pass("0000:20:00.1", 0).pass("0000:21:00.0", 0);
  BOOST_TEST(nearness(place_and_boot(pair)) == (Lines{"0000:20:00.0 0000:20:00.1 PIX", "0000:20:00.0 0000:21:00.0 PHB",
                                                      "0000:20:00.1 0000:21:00.0 PHB"}),
             per_element());
}

// Without ACPI, no device is on a node. So expander buses of one cell are as far apart as those of different cells.
BOOST_AUTO_TEST_CASE(without_acpi_expander_buses_of_one_cell_are_sys) {
  Pair pair(2);
  pair.domain.features->acpi.reset();
  pair.domain.devices->controllers = {expander(1, "00:02.0", 200, 0), port(2, "01:00.0"),
                                      expander(3, "00:03.0", 220, 0), port(4, "03:00.0")};
  pair.pass_at("0000:20:00.0", 0, "02:00.0").pass_at("0000:21:00.0", 0, "04:00.0");
  BOOST_TEST(nearness(place_and_boot(pair)) == Lines{"0000:20:00.0 0000:21:00.0 SYS"}, per_element());
}

BOOST_AUTO_TEST_SUITE_END()
