// Domains without cells, or with only a part of what cells need, after place --cells add: the cells, CPUs, distances
// and devices that the guest sees.
#include <fmt/format.h>
#include <boost/test/unit_test.hpp>

#include "small_hosts.hpp"

using namespace vnuma;
using namespace vnuma::test;
using boost::test_tools::per_element;

namespace {

using Pins = std::vector<placement::VcpuPin>;

// A domain as people have it: vCPUs, memory, passthrough devices of the host, and no cells or pins.
schema::Domain plain(unsigned vcpus, unsigned gib, const Lines& gpus) {
  auto domain = schema::from_xml<schema::Domain>(
      fmt::format("<domain type='kvm'><name>vm</name><memory unit='GiB'>{}</memory><vcpu placement='static'>{}</vcpu>"
                  "<os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/><apic/></features>"
                  "<cpu mode='host-passthrough' check='none' migratable='on'/><devices>"
                  "<controller type='usb' model='qemu-xhci' ports='15'/></devices></domain>",
                  gib, vcpus));
  for (const std::string& gpu : gpus) domain.devices->host_devices.push_back(hostdev(gpu));
  return domain;
}

Guest add_cells_and_boot(const schema::Domain& domain, const std::string& host, Boot boot = {}) {
  boot.options.cells = placement::Cells::add;
  return place_and_boot(domain, sample_host(host), boot);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(layouts, ShowsConsole)

// As virt-manager makes a domain: UEFI, a TPM and USB. Of the host's cores, 0 and 32 (CPUs 0 and 64, 32 and 96) stay
// with the host.
BOOST_AUTO_TEST_CASE(gpus_on_two_nodes_get_two_cells) {
  schema::Domain domain = plain(4, 16, {"0000:18:00.0", "0000:9a:00.0"});
  domain.os->firmware = "efi";
  schema::TPM& tpm = domain.devices->tpms.emplace_back();
  tpm.model = "tpm-crb";
  tpm.backend.emplace().type = "emulator";
  const Guest guest = add_cells_and_boot(domain, "two-socket-eight-gpu", {.uefi = true});
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(nodes(guest) == (Lines{"node 0: CPUs 0-1, distances 10 21", "node 1: CPUs 2-3, distances 21 10"}),
             per_element());
  BOOST_TEST(devices(guest) == (Lines{"0000:18:00.0 is 0000:e1:00.0 on node 0 behind 0000:e0:00.0",
                                      "0000:9a:00.0 is 0000:f1:00.0 on node 1 behind 0000:f0:00.0"}),
             per_element());
  BOOST_TEST((guest.plan.layout.pins == Pins{{0, 1}, {1, 65}, {2, 33}, {3, 97}}));
  BOOST_TEST((*guest.placed.cpu_tune->emulator_pin->cpu_set).format() == "0,2-32,34-64,66-96,98-127");
}

// The host reports numa_node -1 for both GPUs. Only node 0 has CPUs.
BOOST_AUTO_TEST_CASE(gpus_without_a_reported_node_are_on_the_only_node_with_cpus) {
  const Guest guest = add_cells_and_boot(plain(4, 8, {"0000:01:00.0", "0000:42:00.0"}), "unreported");
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(nodes(guest) == Lines{"node 0: CPUs 0-3, distances 10"}, per_element());
  BOOST_TEST(devices(guest) == (Lines{"0000:01:00.0 is 0000:f1:00.0 on node 0 behind 0000:f0:00.0",
                                      "0000:42:00.0 is 0000:f2:00.0 on node 0 behind 0000:f0:01.0"}),
             per_element());
}

// Two GPUs are on host node 0, one on node 2 and one on node 4. These nodes are 12 and 32 apart.
BOOST_AUTO_TEST_CASE(four_gpus_on_three_of_eight_nodes_get_three_cells) {
  const Guest guest =
      add_cells_and_boot(plain(6, 12, {"0000:27:00.0", "0000:60:00.0", "0000:42:00.0", "0000:92:00.0"}), "eight-node");
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(nodes(guest) == (Lines{"node 0: CPUs 0-1, distances 10 12 32", "node 1: CPUs 2-3, distances 12 10 32",
                                    "node 2: CPUs 4-5, distances 32 32 10"}),
             per_element());
  BOOST_TEST(devices(guest) == (Lines{"0000:27:00.0 is 0000:d1:00.0 on node 0 behind 0000:d0:00.0",
                                      "0000:42:00.0 is 0000:e1:00.0 on node 1 behind 0000:e0:00.0",
                                      "0000:60:00.0 is 0000:d2:00.0 on node 0 behind 0000:d0:01.0",
                                      "0000:92:00.0 is 0000:f1:00.0 on node 2 behind 0000:f0:00.0"}),
             per_element());
  // The cores of CPU n and n + 128; the first core of a node stays with the host.
  BOOST_TEST((guest.plan.layout.pins == Pins{{0, 1}, {1, 129}, {2, 33}, {3, 161}, {4, 65}, {5, 193}}));
}

// The GPUs are on nodes without CPUs, 2 and 18. The nearest nodes with CPUs are 0 and 1, which get the cells.
BOOST_AUTO_TEST_CASE(gpus_of_grace_get_the_cells_of_the_nearest_nodes,
                     *boost::unit_test::precondition(aarch64_can_boot)) {
  schema::Domain domain = plain(8, 16, {"0008:01:00.0", "0018:01:00.0", "0000:03:00.0"});
  domain.os->type->arch = "aarch64";
  domain.os->type->machine = "virt";
  domain.features->apic.reset();
  const Guest guest = add_cells_and_boot(domain, "grace", {.options = {.unaligned = placement::Unaligned::nearest}});
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(nodes(guest) == (Lines{"node 0: CPUs 0-3, distances 10 40", "node 1: CPUs 4-7, distances 40 10"}),
             per_element());
  BOOST_TEST(devices(guest) == (Lines{"0000:03:00.0 is 0000:e1:00.0 on node 0 behind 0000:e0:00.0",
                                      "0008:01:00.0 is 0000:e2:00.0 on node 0 behind 0000:e0:01.0",
                                      "0018:01:00.0 is 0000:f1:00.0 on node 1 behind 0000:f0:00.0"}),
             per_element());
}

// The pins decide the cells: cell 0 has vCPUs 1 and 3, which are pinned to host node 0, and cell 1 has vCPUs 0 and 2.
// Linux numbers nodes in the order of their CPUs, so cell 0 is node 1 in the guest.
BOOST_AUTO_TEST_CASE(pins_without_cells_make_the_cells) {
  schema::Domain domain = plain(4, 8, {"0000:18:00.0", "0000:9a:00.0"});
  for (const auto& [vcpu, cpu] : std::vector<std::pair<unsigned, unsigned>>{{0, 40}, {1, 8}, {2, 41}, {3, 9}}) {
    schema::CPUTuneVCPUPin& pin =
        (domain.cpu_tune ? *domain.cpu_tune : domain.cpu_tune.emplace()).vcpu_pin.emplace_back();
    pin.vcpu = vcpu;
    pin.cpu_set = schema::CpuSet(cpu);
  }
  const Guest guest = add_cells_and_boot(domain, "two-socket-eight-gpu");
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(nodes(guest) == (Lines{"node 0: CPUs 0,2, distances 10 21", "node 1: CPUs 1,3, distances 21 10"}),
             per_element());
  BOOST_TEST(devices(guest) == (Lines{"0000:18:00.0 is 0000:e1:00.0 on node 1 behind 0000:e0:00.0",
                                      "0000:9a:00.0 is 0000:f1:00.0 on node 0 behind 0000:f0:00.0"}),
             per_element());
}

// The cells keep their vCPUs and memory, and get pins and memnodes. They have no distances, so QEMU uses 20.
BOOST_AUTO_TEST_CASE(cells_without_pins_get_pins) {
  schema::Domain domain = plain(4, 8, {"0000:18:00.0", "0000:9a:00.0"});
  for (const auto& [cpus, gib] : std::vector<std::pair<const char*, unsigned>>{{"0-2", 6}, {"3", 2}}) {
    auto& cells = (domain.cpu->numa ? *domain.cpu->numa : domain.cpu->numa.emplace()).cells;
    schema::NUMACell& cell = cells.emplace_back();
    cell.id = static_cast<unsigned>(cells.size() - 1);
    cell.cpus = schema::CpuSet::parse(cpus).value();
    cell.memory = gib * GiB;
    cell.unit = schema::Unit::bytes;
  }
  const Guest guest = add_cells_and_boot(domain, "two-socket-eight-gpu");
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(nodes(guest) == (Lines{"node 0: CPUs 0-2, distances 10 20", "node 1: CPUs 3, distances 20 10"}),
             per_element());
  BOOST_TEST(devices(guest) == (Lines{"0000:18:00.0 is 0000:e1:00.0 on node 0 behind 0000:e0:00.0",
                                      "0000:9a:00.0 is 0000:f1:00.0 on node 1 behind 0000:f0:00.0"}),
             per_element());
}

BOOST_AUTO_TEST_SUITE_END()
