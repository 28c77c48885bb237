// Domains generated from the manifests of examples/vmi: their guests have the planned CPUs, memory, distances and
// devices.
#include <fmt/format.h>
#include <boost/test/unit_test.hpp>

#include <vnuma/manifest/virtual_machine.hpp>
#include <vnuma/placement/generate.hpp>
#include <vnuma/schema/size.hpp>

#include "small_hosts.hpp"
#include "tool/manifests.hpp"

using namespace vnuma;
using namespace vnuma::test;
using boost::test_tools::per_element;

namespace {

// The most that the kernel and its tables use of the memory of a node.
constexpr std::uint64_t taken = 96 * MiB;

Guest generate_and_boot(const std::string& file, const Boot& boot) {
  for (const Manifest& manifest : manifests) {
    if (manifest.file != file) continue;
    const topology::Host host = sample_host(manifest.host);
    const auto vm = manifest::read_virtual_machine(read(manifest_file(manifest)));
    return place_and_boot(
        placement::generate(vm, host, topology::CpuSet::parse(manifest.cpuset).value(), manifest.devices).domain, host,
        boot);
  }
  throw std::logic_error("there is no manifest " + file);
}

// Nodes that have more memory than `expected` (MiB, by node), or less by more than the kernel uses.
Lines other_memory(const Guest& guest, const std::vector<std::uint64_t>& expected) {
  Lines lines;
  for (const topology::Node& node : guest.seen.nodes) {
    const std::uint64_t most = expected.at(node.id) * MiB;
    if (node.memory_bytes <= most && node.memory_bytes + taken >= most) continue;
    lines.push_back(fmt::format("node {} has {} MiB", node.id, node.memory_bytes / MiB));
  }
  return lines;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(generated, ShowsConsole)

// The host CPUs 28-31 and their siblings are on node 0, and 32-35 and their siblings on node 1.
BOOST_AUTO_TEST_CASE(two_nodes_give_two_cells_with_a_socket_and_eight_devices_each) {
  const Guest guest = generate_and_boot("eight-gpu.yaml", {.memory = 768 * MiB});
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(other_memory(guest, {384, 384}) == Lines{}, per_element());
  BOOST_TEST(nodes(guest) == (Lines{"node 0: CPUs 0-7, distances 10 21", "node 1: CPUs 8-15, distances 21 10"}),
             per_element());
  BOOST_TEST(devices(guest) == (Lines{"0000:18:00.0 is 0000:e1:00.0 on node 0 behind 0000:e0:00.0",
                                      "0000:19:00.0 is 0000:e2:00.0 on node 0 behind 0000:e0:01.0",
                                      "0000:1a:00.0 is 0000:e3:00.0 on node 0 behind 0000:e0:02.0",
                                      "0000:1b:00.0 is 0000:e4:00.0 on node 0 behind 0000:e0:03.0",
                                      "0000:3a:00.0 is 0000:e5:00.0 on node 0 behind 0000:e0:04.0",
                                      "0000:3b:00.0 is 0000:e6:00.0 on node 0 behind 0000:e0:05.0",
                                      "0000:3c:00.0 is 0000:e7:00.0 on node 0 behind 0000:e0:06.0",
                                      "0000:3d:00.0 is 0000:e8:00.0 on node 0 behind 0000:e0:07.0",
                                      "0000:9a:00.0 is 0000:f1:00.0 on node 1 behind 0000:f0:00.0",
                                      "0000:9b:00.0 is 0000:f2:00.0 on node 1 behind 0000:f0:01.0",
                                      "0000:9c:00.0 is 0000:f3:00.0 on node 1 behind 0000:f0:02.0",
                                      "0000:9d:00.0 is 0000:f4:00.0 on node 1 behind 0000:f0:03.0",
                                      "0000:ba:00.0 is 0000:f5:00.0 on node 1 behind 0000:f0:04.0",
                                      "0000:bb:00.0 is 0000:f6:00.0 on node 1 behind 0000:f0:05.0",
                                      "0000:bc:00.0 is 0000:f7:00.0 on node 1 behind 0000:f0:06.0",
                                      "0000:bd:00.0 is 0000:f8:00.0 on node 1 behind 0000:f0:07.0"}),
             per_element());
}

BOOST_AUTO_TEST_CASE(eight_nodes_give_eight_cells_with_a_core_and_a_gpu_each) {
  const Guest guest = generate_and_boot("eight-node.yaml", {.memory = 2048 * MiB});
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(other_memory(guest, std::vector<std::uint64_t>(8, 256)) == Lines{}, per_element());
  BOOST_TEST(nodes(guest) == (Lines{"node 0: CPUs 0-1, distances 10 12 12 12 32 32 32 32",
                                    "node 1: CPUs 2-3, distances 12 10 12 12 32 32 32 32",
                                    "node 2: CPUs 4-5, distances 12 12 10 12 32 32 32 32",
                                    "node 3: CPUs 6-7, distances 12 12 12 10 32 32 32 32",
                                    "node 4: CPUs 8-9, distances 32 32 32 32 10 12 12 12",
                                    "node 5: CPUs 10-11, distances 32 32 32 32 12 10 12 12",
                                    "node 6: CPUs 12-13, distances 32 32 32 32 12 12 10 12",
                                    "node 7: CPUs 14-15, distances 32 32 32 32 12 12 12 10"}),
             per_element());
  BOOST_TEST(devices(guest) == (Lines{"0000:10:00.0 is 0000:81:00.0 on node 1 behind 0000:80:00.0",
                                      "0000:27:00.0 is 0000:91:00.0 on node 0 behind 0000:90:00.0",
                                      "0000:42:00.0 is 0000:a1:00.0 on node 2 behind 0000:a0:00.0",
                                      "0000:82:00.0 is 0000:b1:00.0 on node 3 behind 0000:b0:00.0",
                                      "0000:92:00.0 is 0000:c1:00.0 on node 4 behind 0000:c0:00.0",
                                      "0000:a2:00.0 is 0000:d1:00.0 on node 5 behind 0000:d0:00.0",
                                      "0000:c2:00.0 is 0000:e1:00.0 on node 6 behind 0000:e0:00.0",
                                      "0000:e2:00.0 is 0000:f1:00.0 on node 7 behind 0000:f0:00.0"}),
             per_element());
}

// The domain has seven huge pages and four devices on two nodes. Two of the devices are mediated.
BOOST_AUTO_TEST_CASE(seven_huge_pages_are_split_into_four_and_three) {
  const Guest guest = generate_and_boot("mediated.json", {.memory = 896 * MiB});
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(other_memory(guest, {512, 384}) == Lines{}, per_element());
  BOOST_TEST(nodes(guest) == (Lines{"node 0: CPUs 0-3, distances 10 21", "node 1: CPUs 4-7, distances 21 10"}),
             per_element());
  BOOST_TEST(
      devices(guest) == (Lines{"4b20d080-1b54-4048-85b3-a6a62d165c01 is 0000:e1:00.0 on node 0 behind 0000:e0:00.0",
                               "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001 is 0000:e2:00.0 on node 0 behind 0000:e0:01.0",
                               "0000:19:00.2 is 0000:e3:00.0 on node 0 behind 0000:e0:02.0",
                               "0001:98:00.0 is 0000:f1:00.0 on node 1 behind 0000:f0:00.0"}),
      per_element());
}

BOOST_AUTO_TEST_CASE(a_guest_of_one_node_boots_with_uefi) {
  const Guest guest = generate_and_boot("one-node.yaml", {.uefi = true, .memory = 384 * MiB});
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(nodes(guest) == Lines{"node 0: CPUs 0-7, distances 10"}, per_element());
  BOOST_TEST(devices(guest) == (Lines{"0000:01:00.0 is 0000:f1:00.0 on node 0 behind 0000:f0:00.0",
                                      "0000:02:00.0 is 0000:f2:00.0 on node 0 behind 0000:f0:01.0",
                                      "0000:03:02.0 is 0000:f3:00.0 on node 0 behind 0000:f0:02.0"}),
             per_element());
}

// The accelerator is left alone, because its node is unknown.
BOOST_AUTO_TEST_CASE(two_nodes_give_two_cells_with_two_cpus_each) {
  const Guest guest = generate_and_boot("no-node.yaml", {.memory = 768 * MiB});
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(other_memory(guest, {384, 384}) == Lines{}, per_element());
  BOOST_TEST(nodes(guest) == (Lines{"node 0: CPUs 0-1, distances 10 20", "node 1: CPUs 2-3, distances 20 10"}),
             per_element());
  BOOST_TEST(devices(guest) == Lines{"0000:01:00.0 is 0000:f1:00.0 on node 0 behind 0000:f0:00.0"}, per_element());
}

// The GPUs are on nodes without CPUs, so they go to the nearest cells.
BOOST_AUTO_TEST_CASE(grace_on_arm64, *boost::unit_test::precondition(aarch64_can_boot)) {
  const Guest guest =
      generate_and_boot("grace.yaml", {.options = {.unaligned = placement::Unaligned::nearest}, .memory = 768 * MiB});
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(other_memory(guest, {384, 384}) == Lines{}, per_element());
  BOOST_TEST(nodes(guest) == (Lines{"node 0: CPUs 0-3, distances 10 40", "node 1: CPUs 4-7, distances 40 10"}),
             per_element());
  BOOST_TEST(devices(guest) == (Lines{"0000:03:00.0 is 0000:e1:00.0 on node 0 behind 0000:e0:00.0",
                                      "0008:01:00.0 is 0000:e2:00.0 on node 0 behind 0000:e0:01.0",
                                      "0010:03:00.0 is 0000:f1:00.0 on node 1 behind 0000:f0:00.0",
                                      "0018:01:00.0 is 0000:f2:00.0 on node 1 behind 0000:f0:01.0"}),
             per_element());
}

BOOST_AUTO_TEST_SUITE_END()
