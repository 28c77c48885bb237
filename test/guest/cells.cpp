// Cells whose nodes may have other numbers in the guest: cells out of order, without CPUs, or added by a plan.
#include <boost/test/unit_test.hpp>

#include "small_hosts.hpp"

using namespace vnuma;
using namespace vnuma::test;
using boost::test_tools::per_element;

BOOST_FIXTURE_TEST_SUITE(cells, ShowsConsole)

// Linux numbers nodes in the order of their CPUs, so node 0 is cell 1.
BOOST_AUTO_TEST_CASE(devices_are_with_their_cpus_if_cells_are_out_of_order) {
  Pair pair(2);
  pair.pass("0000:20:00.0", 0).pass("0000:21:00.0", 1);
  pair.domain.cpu->numa->cells[0].cpus = schema::CpuSet(1);
  pair.domain.cpu->numa->cells[1].cpus = schema::CpuSet(0);
  pair.domain.cpu_tune->vcpu_pin[0].cpu_set = schema::CpuSet(1);
  pair.domain.cpu_tune->vcpu_pin[1].cpu_set = schema::CpuSet(0);
  const Guest guest = place_and_boot(pair);
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(guest.plan.devices[0].guest_cell.value() == 0);
  BOOST_TEST(guest.plan.devices[1].guest_cell.value() == 1);
  BOOST_TEST(devices(guest) == (Lines{"0000:20:00.0 is 0000:e1:00.0 on node 1 behind 0000:e0:00.0",
                                      "0000:21:00.0 is 0000:f1:00.0 on node 0 behind 0000:f0:00.0"}),
             per_element());
  BOOST_TEST(nodes(guest) == (Lines{"node 0: CPUs 0, distances 10 20", "node 1: CPUs 1, distances 20 10"}),
             per_element());
}

// A memnode maps a host node to the cell, as for a host node that has only memory.
BOOST_AUTO_TEST_CASE(a_cell_without_cpus_gets_the_device_of_its_host_node) {
  Pair pair(2);
  pair.pass("0000:20:00.0", 1, GiB);
  pair.domain.cpu->numa->cells[1].cpus.reset();
  pair.domain.cpu_tune->vcpu_pin.pop_back();
  schema::MemNode& memory = pair.domain.numa_tune.emplace().mem_nodes.emplace_back();
  memory.cell_id = 1;
  memory.node_set = schema::CpuSet(1);
  const Guest guest = place_and_boot(pair);
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(devices(guest) == Lines{"0000:20:00.0 is 0000:f1:00.0 on node 1 behind 0000:f0:00.0"}, per_element());
  BOOST_TEST(nodes(guest) == (Lines{"node 0: CPUs 0, distances 10 20", "node 1: no CPUs, distances 20 10"}),
             per_element());
}

// The sample's GPUs are on the host nodes 2 and 18, which map to no cell. Each of these nodes gets a new cell with the
// distances of the host. A second plan changes nothing.
BOOST_AUTO_TEST_CASE(devices_on_host_nodes_without_a_cell_get_new_cells) {
  const placement::Options options{.strict = true, .unaligned = placement::Unaligned::cell};
  const topology::Host host = sample_host("grace");
  const Guest guest = place_and_boot(sample_domain("grace"), host, {.options = options});
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(devices(guest) == (Lines{"0000:03:00.0 is 0000:c1:00.0 on node 0 behind 0000:c0:00.0",
                                      "0008:01:00.0 is 0000:d1:00.0 on node 2 behind 0000:d0:00.0",
                                      "0010:03:00.0 is 0000:e1:00.0 on node 1 behind 0000:e0:00.0",
                                      "0018:01:00.0 is 0000:f1:00.0 on node 3 behind 0000:f0:00.0"}),
             per_element());
  BOOST_TEST(
      nodes(guest) == (Lines{"node 0: CPUs 0-3, distances 10 40 80 120", "node 1: CPUs 4-7, distances 40 10 120 80",
                             "node 2: no CPUs, distances 80 120 10 160", "node 3: no CPUs, distances 120 80 160 10"}),
      per_element());
  BOOST_TEST(!placement::plan(guest.placed, host, options).changed);
}

// Only the new cell has distances. libvirt uses them for the other cell too.
BOOST_AUTO_TEST_CASE(libvirt_uses_the_distances_of_a_new_cell_in_both_directions) {
  Pair pair(1);
  pair.host = test::host(2);
  pair.host.nodes[1].distances = {{0, 80}, {1, 10}};
  pair.domain.cpu->numa->cells[0].memory = GiB;
  pair.domain.cpu->numa->cells[0].unit = schema::Unit::bytes;
  pair.pass("0000:20:00.0", 0).pass("0000:21:00.0", 1, GiB);
  const Guest guest = place_and_boot(pair, {.options = {.unaligned = placement::Unaligned::cell}});
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(devices(guest) == (Lines{"0000:20:00.0 is 0000:e1:00.0 on node 0 behind 0000:e0:00.0",
                                      "0000:21:00.0 is 0000:f1:00.0 on node 1 behind 0000:f0:00.0"}),
             per_element());
  BOOST_TEST(nodes(guest) == (Lines{"node 0: CPUs 0, distances 10 80", "node 1: no CPUs, distances 80 10"}),
             per_element());
}

BOOST_AUTO_TEST_CASE(devices_on_host_nodes_without_a_cell_go_to_the_nearest_cells) {
  const placement::Options options{.strict = true, .unaligned = placement::Unaligned::nearest};
  const Guest guest = place_and_boot(sample_domain("grace"), sample_host("grace"), {.options = options});
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(devices(guest) == (Lines{"0000:03:00.0 is 0000:e1:00.0 on node 0 behind 0000:e0:00.0",
                                      "0008:01:00.0 is 0000:e2:00.0 on node 0 behind 0000:e0:01.0",
                                      "0010:03:00.0 is 0000:f1:00.0 on node 1 behind 0000:f0:00.0",
                                      "0018:01:00.0 is 0000:f2:00.0 on node 1 behind 0000:f0:01.0"}),
             per_element());
  BOOST_TEST(nodes(guest) == (Lines{"node 0: CPUs 0-3, distances 10 40", "node 1: CPUs 4-7, distances 40 10"}),
             per_element());
}

// Linux numbers nodes without CPUs after those with CPUs, in the order of the cells.
BOOST_AUTO_TEST_CASE(cells_without_cpus_become_the_last_nodes_in_their_order) {
  Pair pair(4);
  pair.pass("0000:20:00.0", 0).pass("0000:21:00.0", 1).pass("0000:22:00.0", 2).pass("0000:23:00.0", 3);
  for (const unsigned c : {0U, 2U}) {
    pair.domain.cpu->numa->cells[c].cpus.reset();
    schema::MemNode& memory = pair.domain.numa_tune ? pair.domain.numa_tune->mem_nodes.emplace_back()
                                                    : pair.domain.numa_tune.emplace().mem_nodes.emplace_back();
    memory.cell_id = c;
    memory.node_set = schema::CpuSet(c);
  }
  pair.domain.cpu->numa->cells[1].cpus = schema::CpuSet::parse("0-1").value();
  pair.domain.cpu->numa->cells[3].cpus = schema::CpuSet::parse("2-3").value();
  const Guest guest = place_and_boot(pair);
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(devices(guest) == (Lines{"0000:20:00.0 is 0000:c1:00.0 on node 2 behind 0000:c0:00.0",
                                      "0000:21:00.0 is 0000:d1:00.0 on node 0 behind 0000:d0:00.0",
                                      "0000:22:00.0 is 0000:e1:00.0 on node 3 behind 0000:e0:00.0",
                                      "0000:23:00.0 is 0000:f1:00.0 on node 1 behind 0000:f0:00.0"}),
             per_element());
}

BOOST_AUTO_TEST_SUITE_END()
