// Guests that are started without libvirt, from the arguments of vnuma show --format qemu: they see what guests see
// that libvirt starts from the same domain.
#include <boost/test/unit_test.hpp>

#include <vnuma/topology/locality.hpp>
#include <vnuma/topology/matrix.hpp>

#include "small_hosts.hpp"

using namespace vnuma;
using namespace vnuma::test;
using boost::test_tools::per_element;

namespace {

// How near the passthrough devices are, as the guest's sysfs has it.
std::string matrix(const Guest& guest) {
  topology::MatrixLabels labels{{"ON THE HOST"}};
  std::vector<std::optional<topology::Location>> locations;
  for (const placement::PlannedDevice& device : guest.plan.devices) {
    labels.push_back({device.name()});
    const topology::PciDevice* seen = device.guest_bdf ? guest.seen.find(*device.guest_bdf) : nullptr;
    locations.push_back(seen ? std::optional(topology::location_of(*seen)) : std::nullopt);
  }
  return matrix_text(labels, locations);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(without_libvirt, ShowsConsole)

// Eight GPUs and eight NICs behind four switches on two cells.
BOOST_AUTO_TEST_CASE(mirrored_switches_are_the_same) {
  const Guest with = place_and_boot(sample_domain("eight-gpu"), sample_host("two-socket-eight-gpu"),
                                    {.options = {.mirror = placement::Mirror::pcie_switch}});
  const Guest without = boot_without_libvirt(with);
  BOOST_TEST(broken_promises(without) == "");
  BOOST_TEST(devices(without).size() == 16);
  BOOST_TEST(devices(without) == devices(with), per_element());
  BOOST_TEST(nodes(without) == nodes(with), per_element());
  BOOST_TEST(matrix(without) == matrix(with));
  // By hand: GPU 18, GPU 1a and their NICs are behind one switch; 3a is on the same cell, 9a on the other.
  const std::string first = "0 0000:18:00.0 X    PIX  NODE NODE SYS  SYS  SYS  SYS  PIX  PIX  NODE NODE SYS";
  BOOST_TEST(matrix(without).find(first) != std::string::npos, matrix(without));
}

// A GPU with its audio function, a cell without vCPUs, uneven distances, memory in memfd, and a device that stays on
// the root bus.
BOOST_AUTO_TEST_CASE(functions_distances_and_the_root_bus_are_the_same) {
  Pair pair(2);
  pair.pass("0000:20:00.0", 0, GiB)
      .pass("0000:20:00.1", 0)
      .pass("0000:a0:00.0", 1)
      .pass_at("0000:a1:00.0", 1, "00:0a.0");
  std::vector<schema::NUMACell>& cells = pair.domain.cpu->numa->cells;
  for (schema::NUMACell& cell : cells) cell.memory = GiB / 1024;
  cells[0].distances.emplace().siblings.push_back({.id = 1, .value = 28});
  pair.host.nodes.push_back({.id = 2});
  pair.pass("0000:c0:00.0", 2);
  const Guest with = place_and_boot(pair, {.options = {.unaligned = placement::Unaligned::cell}});
  Guest again = with;
  again.defined.memory_backing.emplace().source.emplace().type = "memfd";
  const Guest without = boot_without_libvirt(again);
  BOOST_TEST(broken_promises(without) == "");
  BOOST_TEST(devices(without) == (Lines{"0000:20:00.0 is 0000:d1:00.0 on node 0 behind 0000:d0:00.0",
                                        "0000:20:00.1 is 0000:d1:00.1 on node 0 behind 0000:d0:00.0",
                                        "0000:a0:00.0 is 0000:e1:00.0 on node 1 behind 0000:e0:00.0",
                                        "0000:a1:00.0 is 0000:00:0a.0 on no node",
                                        "0000:c0:00.0 is 0000:f1:00.0 on node 2 behind 0000:f0:00.0"}),
             per_element());
  BOOST_TEST(devices(without) == devices(with), per_element());
  BOOST_TEST(nodes(without) == nodes(with), per_element());
  BOOST_TEST(matrix(without) == matrix(with));
}

BOOST_AUTO_TEST_SUITE_END()
