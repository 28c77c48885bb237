// Mirrored root complexes and switches: the levels between devices in the guest's sysfs, compared with the host's.
#include <algorithm>

#include <boost/test/unit_test.hpp>

#include <fmt/format.h>

#include <vnuma/topology/locality.hpp>

#include "small_hosts.hpp"

using namespace vnuma;
using namespace vnuma::test;
using boost::test_tools::per_element;

namespace {

const Boot switches{.options = {.mirror = placement::Mirror::pcie_switch}};
const Boot root_complexes{.options = {.mirror = placement::Mirror::root_complex}};

// The location of a device on the host; for a mediated device, that of its parent.
topology::Location on_host(const topology::Host& host, const placement::PlannedDevice& device) {
  if (device.uuid.empty()) return topology::location_of(*host.find(*device.source));
  return topology::location_of(*host.find_mediated(device.uuid), host).value();
}

// A line for each pair of devices, with their level on the host and in the guest's sysfs; unless `all`, only for pairs
// whose levels differ.
Lines levels(const Guest& guest, const topology::Host& host, bool all = true) {
  Lines lines;
  const auto& devices = guest.plan.devices;
  for (std::size_t a = 0; a < devices.size(); ++a) {
    for (std::size_t b = a + 1; b < devices.size(); ++b) {
      const auto expected = topology::level(on_host(host, devices[a]), on_host(host, devices[b]));
      const auto seen = topology::level(topology::location_of(*guest.seen.find(devices[a].guest_bdf.value())),
                                        topology::location_of(*guest.seen.find(devices[b].guest_bdf.value())));
      if (!all && seen == expected) continue;
      lines.push_back(fmt::format("{} and {}: {} on the host, {} in the guest", devices[a].name(), devices[b].name(),
                                  topology::name(expected), topology::name(seen)));
    }
  }
  return lines;
}

Lines differences(const Guest& guest, const topology::Host& host) { return levels(guest, host, false); }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(mirrors, ShowsConsole)

// Eight GPUs and eight NICs are behind four switches, as in an HGX server. 24 of the 120 pairs are PIX. Each switch has
// its own root complex on the host, and so its own expander bus in the guest. For the first switch, c0 is the expander
// bus, c1 the bus of the root port, c2 that of the upstream port, and c3 to c6 those of the four downstream ports.
BOOST_AUTO_TEST_CASE(four_switches_are_mirrored_with_eight_gpus_and_eight_nics) {
  const topology::Host host = sample_host("two-socket-eight-gpu");
  const Guest guest = place_and_boot(sample_domain("eight-gpu"), host, switches);
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(differences(guest, host) == Lines{}, per_element());
  const Lines all = levels(guest, host);
  BOOST_TEST(all.size() == 120);
  const auto pix = std::count_if(all.begin(), all.end(), [](auto& line) { return line.ends_with("PIX in the guest"); });
  BOOST_TEST(pix == 24);
  const Lines seen = devices(guest);
  BOOST_TEST_REQUIRE(seen.size() == 16);
  BOOST_TEST(seen[0] == "0000:18:00.0 is 0000:c3:00.0 on node 0 behind 0000:c0:00.0, 0000:c1:00.0, 0000:c2:00.0");
  BOOST_TEST(seen[1] == "0000:19:00.0 is 0000:c4:00.0 on node 0 behind 0000:c0:00.0, 0000:c1:00.0, 0000:c2:01.0");
  BOOST_TEST(seen[15] == "0000:bd:00.0 is 0000:f6:00.0 on node 1 behind 0000:f0:00.0, 0000:f1:00.0, 0000:f2:03.0");
}

// Mirror::root_complex mirrors no switches, so pairs that are PIX on the host are PHB in the guest.
BOOST_AUTO_TEST_CASE(two_root_complexes_of_one_node_are_mirrored) {
  Pair pair(1);
  attach(pair.host, "18:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:00.0");
  attach(pair.host, "19:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:01.0");
  attach(pair.host, "38:00.0", 0, "pci0000:37", "37:01.0");
  for (const char* source : {"18:00.0", "19:00.0", "38:00.0"}) {
    pair.domain.devices->host_devices.push_back(hostdev(source));
  }
  const Guest guest = place_and_boot(pair, root_complexes);
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(devices(guest) == (Lines{"0000:18:00.0 is 0000:e1:00.0 on node 0 behind 0000:e0:00.0",
                                      "0000:19:00.0 is 0000:e2:00.0 on node 0 behind 0000:e0:01.0",
                                      "0000:38:00.0 is 0000:f1:00.0 on node 0 behind 0000:f0:00.0"}),
             per_element());
  BOOST_TEST(levels(guest, pair.host) == (Lines{"0000:18:00.0 and 0000:19:00.0: PIX on the host, PHB in the guest",
                                                "0000:18:00.0 and 0000:38:00.0: NODE on the host, NODE in the guest",
                                                "0000:19:00.0 and 0000:38:00.0: NODE on the host, NODE in the guest"}),
             per_element());
}

// Two switches with two devices each are below a common switch, which has one device itself.
BOOST_AUTO_TEST_CASE(nested_switches_are_mirrored) {
  Pair pair(1);
  attach(pair.host, "20:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:00.0 18:00.0 19:00.0");
  attach(pair.host, "21:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:00.0 18:00.0 19:01.0");
  attach(pair.host, "22:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:01.0 1a:00.0 1b:00.0");
  attach(pair.host, "23:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:01.0 1a:00.0 1b:01.0");
  attach(pair.host, "24:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:02.0");
  for (const char* source : {"20:00.0", "21:00.0", "22:00.0", "23:00.0", "24:00.0"}) {
    pair.domain.devices->host_devices.push_back(hostdev(source));
  }
  const Guest guest = place_and_boot(pair, switches);
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(differences(guest, pair.host) == Lines{}, per_element());
  BOOST_TEST(levels(guest, pair.host)[1] == "0000:20:00.0 and 0000:22:00.0: PXB on the host, PXB in the guest");
  BOOST_TEST(devices(guest).back() ==
             "0000:24:00.0 is 0000:fb:00.0 on node 0 behind 0000:f0:00.0, 0000:f1:00.0, 0000:f2:02.0");
}

// The common switch has no device itself. The guest has no switch for it: the first of the two switches replaces it,
// and the second is below the first. f1 is the bus of the root port, f2 that of the first switch, f3 to f5 those of its
// ports, and f6 that of the second switch.
BOOST_AUTO_TEST_CASE(the_first_nested_switch_replaces_a_common_switch_without_devices) {
  Pair pair(1);
  attach(pair.host, "20:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:00.0 18:00.0 19:00.0");
  attach(pair.host, "21:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:00.0 18:00.0 19:01.0");
  attach(pair.host, "22:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:01.0 1a:00.0 1b:00.0");
  attach(pair.host, "23:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:01.0 1a:00.0 1b:01.0");
  for (const char* source : {"20:00.0", "21:00.0", "22:00.0", "23:00.0"}) {
    pair.domain.devices->host_devices.push_back(hostdev(source));
  }
  const Guest guest = place_and_boot(pair, switches);
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(differences(guest, pair.host) == Lines{}, per_element());
  BOOST_TEST(devices(guest).back() ==
             "0000:23:00.0 is 0000:f8:00.0 on node 0 behind 0000:f0:00.0, 0000:f1:00.0, 0000:f2:02.0, 0000:f5:00.0, "
             "0000:f6:01.0");
}

// Two mediated devices of one GPU, two virtual functions of a NIC in another PCI domain, and a whole GPU in a PCI
// domain with a number of more than 16 bits, as behind Intel's VMD.
BOOST_AUTO_TEST_CASE(mediated_devices_virtual_functions_and_pci_domains_are_mirrored) {
  Pair pair(2);
  attach(pair.host, "18:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:00.0");
  attach(pair.host, "0001:20:00.2", 1, "pci0001:1f", "0001:1f:01.0");
  attach(pair.host, "0001:20:00.3", 1, "pci0001:1f", "0001:1f:01.0");
  for (auto& device : pair.host.devices) {
    if (device.address.bus == 0x20) device.physical_function = bdf("0001:20:00.0");
  }
  attach(pair.host, "10000:e1:00.0", 1, "pci10000:e0", "10000:e0:01.0");
  pair.host.mediated_devices = {{"4b20d080-1b54-4048-85b3-a6a62d165c01", bdf("18:00.0")},
                                {"4b20d080-1b54-4048-85b3-a6a62d165c02", bdf("18:00.0")}};
  auto& given = pair.domain.devices->host_devices;
  for (const auto& mediated : pair.host.mediated_devices) given.push_back(mdev(mediated.uuid));
  for (const char* source : {"0001:20:00.2", "0001:20:00.3", "10000:e1:00.0"}) given.push_back(hostdev(source));
  const Guest guest = place_and_boot(pair, switches);
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(differences(guest, pair.host) == Lines{}, per_element());
  BOOST_TEST(
      devices(guest) == (Lines{"4b20d080-1b54-4048-85b3-a6a62d165c01 is 0000:d3:00.0 on node 0 behind 0000:d0:00.0, "
                               "0000:d1:00.0, 0000:d2:00.0",
                               "4b20d080-1b54-4048-85b3-a6a62d165c02 is 0000:d4:00.0 on node 0 behind 0000:d0:00.0, "
                               "0000:d1:00.0, 0000:d2:01.0",
                               "0001:20:00.2 is 0000:e3:00.0 on node 1 behind 0000:e0:00.0, 0000:e1:00.0, 0000:e2:00.0",
                               "0001:20:00.3 is 0000:e4:00.0 on node 1 behind 0000:e0:00.0, 0000:e1:00.0, 0000:e2:01.0",
                               "10000:e1:00.0 is 0000:f1:00.0 on node 1 behind 0000:f0:00.0"}),
      per_element());
}

// The switch has more devices than a bus has slots, so eight downstream ports share a slot.
BOOST_AUTO_TEST_CASE(a_switch_with_33_devices_is_mirrored) {
  Pair pair(1);
  for (unsigned i = 0; i < 33; ++i) {
    const std::string source =
        topology::PciAddress{0, 0x20, static_cast<std::uint8_t>(i / 8), static_cast<std::uint8_t>(i % 8)}.format();
    attach(pair.host, source, 0, "pci0000:15", "15:01.0");
    pair.host.devices.back().physical_function = bdf("1f:00.0");
    pair.domain.devices->host_devices.push_back(hostdev(source));
  }
  const Guest guest = place_and_boot(pair, switches);
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(differences(guest, pair.host) == Lines{}, per_element());
}

BOOST_AUTO_TEST_SUITE_END()
