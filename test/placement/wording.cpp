// The wording of what plan reports, in one place: the text of each warning, of each reason of a device, and the lines
// of the report; also of the findings of check on pinning. Other tests compare codes and values. Errors are in
// refusals.cpp, the reasons of choices in reasons.cpp.
#include <boost/test/unit_test.hpp>

#include <vnuma/placement/check.hpp>
#include <vnuma/placement/qemu_arguments.hpp>
#include <vnuma/placement/report.hpp>

#include "placement/bars.hpp"
#include "placement/mirrored.hpp"

using namespace vnuma::test;
using namespace vnuma::placement;
using vnuma::schema::Domain;
using vnuma::topology::Host;

namespace {

// The text of the plan's one warning of the code.
std::string warning(const Plan& plan, Code code) {
  Lines found;
  for (const Diagnostic& warning : plan.warnings) {
    if (warning.code == code) found.push_back(to_string(warning));
  }
  BOOST_TEST_REQUIRE(found.size() == 1U);
  return found[0];
}

std::string reason(const Plan& plan, const std::string& source) { return reason_text(device(plan, source)); }

// A host with two nodes that say how far they are from each other.
Host far(const char* device, unsigned distance) {
  Host machine = host(2, {{device, 1}});
  machine.nodes[0].distances = {{0, 10}, {1, distance}};
  machine.nodes[1].distances = {{0, distance}, {1, 10}};
  return machine;
}

// A guest with one cell that has memory, in KiB.
Domain guest_with(std::uint64_t memory, std::initializer_list<const char*> sources) {
  Domain domain = guest(1, sources);
  domain.cpu->numa->cells[0].memory = memory;
  return domain;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(text_of_the_warning)

BOOST_AUTO_TEST_CASE(acpi_off) {
  Domain domain = guest(1, {"27:00.0"});
  domain.features.reset();
  BOOST_TEST(warning(plan(domain, host(1, {{"27:00.0", 0}})), Code::acpi_off) ==
             "/domain: ACPI is off, so the guest sees node -1 for every device; add <features><acpi/></features>");
}

BOOST_AUTO_TEST_CASE(no_cells) {
  Domain domain = guest(1, {"27:00.0"});
  domain.cpu->numa.reset();
  const std::string cells =
      "add a cell for each host node, as <cpu><numa><cell id='0' cpus='0-3' memory='8' unit='GiB'/></numa></cpu>, and "
      "pin its vCPUs to that node, as <cputune><vcpupin vcpu='0' cpuset='0'/></cputune>";
  BOOST_TEST(warning(plan(domain, {}), Code::no_cells) ==
             "/domain: the guest has no NUMA cells for its passthrough devices; use Cells::add, or " + cells);
  domain.os->type->machine = "pc";
  BOOST_TEST(warning(plan(domain, {}), Code::no_cells) ==
             "/domain: the guest has no NUMA cells for its passthrough devices; use q35 (or virt on aarch64), and " +
                 cells);
}

BOOST_AUTO_TEST_CASE(unmapped_cells) {
  Domain domain = guest(1, {"27:00.0"});
  domain.cpu_tune.reset();
  BOOST_TEST(
      warning(plan(domain, host(1, {{"27:00.0", 0}})), Code::unmapped_cells) ==
      "/domain/cpu/numa: no host node maps to a guest cell: no vCPU is pinned, and no "
      "memnode names a node; use Cells::add, or pin the vCPUs of each cell to its node, as <cputune><vcpupin vcpu='0' "
      "cpuset='0'/></cputune>, or name the node, as <numatune><memnode cellid='0' mode='strict' "
      "nodeset='0'/></numatune>");
}

BOOST_AUTO_TEST_CASE(bus_nr_missing) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 240, 0)};
  domain.devices->controllers[0].target->bus_nr.reset();
  BOOST_TEST(warning(plan(domain, host(1, {{"27:00.0", 0}})), Code::bus_nr_missing) ==
             "/domain/devices/controller[1]: the expander bus has no busNr, and libvirt's choice leaves room for one "
             "port; give it one");
}

BOOST_AUTO_TEST_CASE(empty_port) {
  Domain domain = guest(2, {"27:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 240, 1), port(2, "01:00.0")};
  BOOST_TEST(warning(plan(domain, host(2, {{"27:00.0", 0}})), Code::empty_port) ==
             "/domain/devices/controller[2]: the port is empty and under an expander bus, so libvirt plugs the next "
             "device without an address into it; remove it");
}

BOOST_AUTO_TEST_CASE(guest_order) {
  const Plan planned =
      plan(guest(2, {"10:00.0", "20:00.0", "30:00.0"}), host(2, {{"10:00.0", 0}, {"20:00.0", 1}, {"30:00.0", 0}}));
  BOOST_TEST(warning(planned, Code::guest_order) ==
             "the guest lists 0000:30:00.0 before 0000:20:00.0, but the host lists 0000:20:00.0 first");
}

BOOST_AUTO_TEST_CASE(not_on_host) {
  const Options named{.numa_nodes = {{bdf("20:00.0"), 0}}, .mirror = Mirror::root_complex, .mmio = Mmio::off};
  BOOST_TEST(
      warning(plan(guest(1, {"20:00.0"}), host(1), named), Code::not_on_host) ==
      "/domain/devices/hostdev[1]: the host has no device 0000:20:00.0, so no other device is assumed to be near it");
}

BOOST_AUTO_TEST_CASE(ignored_memnode) {
  Domain domain = guest(1, {"27:00.0"});
  vnuma::schema::MemNode& memnode = domain.numa_tune.emplace().mem_nodes.emplace_back();
  memnode.cell_id = 0;
  memnode.node_set = vnuma::schema::CpuSet(5);
  BOOST_TEST(warning(plan(domain, host(1, {{"27:00.0", 0}})), Code::ignored_memnode) ==
             "/domain/numatune/memnode[1]/@nodeset: the host has no node 5; correct it; until then, pinning decides");
}

BOOST_AUTO_TEST_CASE(unused_node) {
  const Options options{.numa_nodes = {{bdf("28:00.0"), 0}}};
  BOOST_TEST(warning(plan(guest(1, {"27:00.0"}), host(1, {{"27:00.0", 0}}), options), Code::unused_node) ==
             "a host node is given for 0000:28:00.0, which the domain does not have");
  const Options pattern{.numa_nodes = {{vnuma::topology::AddressPattern::parse("0000:3*").value(), 0}}};
  BOOST_TEST(warning(plan(guest(1, {"27:00.0"}), host(1, {{"27:00.0", 0}}), pattern), Code::unused_node) ==
             "a host node is given for 0000:3*, which matches no device of the domain");
}

BOOST_AUTO_TEST_CASE(unknown_tree) {
  for (const Mirror mirror : {Mirror::root_complex, Mirror::pcie_switch}) {
    auto machine = host(1, {{"18:00.0", 0}, {"19:00.0", 0}});
    for (auto& known : machine.devices) known.root_complex.clear();
    const Plan planned = plan(guest(1, {"18:00.0", "19:00.0"}), machine, {.mirror = mirror});
    BOOST_TEST(warning(planned, Code::unknown_tree) ==
               "the host does not say which root complex and bridges 2 devices are behind, as 0000:18:00.0, so that "
               "cannot be mirrored; copy sysfs with its links in bus/pci/devices");
    BOOST_TEST(differences(planned).empty());
  }
}

BOOST_AUTO_TEST_CASE(merged_nodes) {
  MirrorPair pair;
  pair.host = host(2);
  pair.pass("18:00.0", "15:01.0", 0).pass("38:00.0", "37:01.0", 1);
  pair.domain.cpu_tune->vcpu_pin[0].cpu_set = vnuma::schema::CpuSet::parse("0-1").value();
  BOOST_TEST(warning(pair.planned(root_complexes), Code::merged_nodes) ==
             "host nodes 0 and 1 share guest cell 0, so for the guest their devices are on one node");
}

BOOST_AUTO_TEST_CASE(nearest_cell) {
  BOOST_TEST(
      warning(plan(guest(1, {"27:00.0"}), far("27:00.0", 80), {.unaligned = Unaligned::nearest}), Code::nearest_cell) ==
      "host node 1 has no guest cell; its devices go to cell 0, of host node 0, the nearest at distance 80");
}

BOOST_AUTO_TEST_CASE(hidden_device) {
  Domain domain = guest(1);
  domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.1")};
  domain.devices->host_devices = {hostdev("27:00.0", "02:00.0")};
  BOOST_TEST(warning(plan(domain, host(1, {{"27:00.0", 0}})), Code::hidden_device) ==
             "/domain/devices/hostdev[1]: the guest may not see 0000:27:00.0: there is no function 0 beside "
             "0000:01:00.1");
}

BOOST_AUTO_TEST_CASE(ambiguous_cell) {
  Domain domain = guest(2, {"27:00.0"});
  domain.cpu_tune->vcpu_pin[1].cpu_set = vnuma::schema::CpuSet(0);
  BOOST_TEST(warning(plan(domain, host(1, {{"27:00.0", 0}})), Code::ambiguous_cell) ==
             "/domain/cpu/numa/cell[1]: host node 0 has equally many vCPUs of the guest cells 0 and 1, so nothing says "
             "which cell the devices of the node belong on; pin the vCPUs of each cell to its node, as "
             "<cputune><vcpupin vcpu='0' cpuset='0'/></cputune>, or name the node, as <numatune><memnode cellid='0' "
             "mode='strict' nodeset='0'/></numatune>");
}

BOOST_AUTO_TEST_CASE(live_domain) {
  Domain domain = guest(1, {"27:00.0"});
  domain.id = 7;
  BOOST_TEST(warning(plan(domain, host(1, {{"27:00.0", 0}})), Code::live_domain) ==
             "/domain/@id: the id 7 says that this is a running guest, so it has devices and names that the guest's "
             "definition may not have; take the definition, from virsh dumpxml --inactive");
}

BOOST_AUTO_TEST_CASE(reduced_plan) {
  const Plan planned = plan(guest(1, {"27:00.0"}), host(1, {{"27:00.0", 0}}), {.reserve_buses = 250});
  BOOST_TEST(
      warning(planned, Code::reduced_plan) ==
      "no bus numbers are reserved, because numbers do not suffice: 252 bus numbers are needed for 1 new expander bus "
      "with 250 spare behind each, but do not fit into the free ones up to 255; reserve "
      "fewer, or pass fewer devices through");
}

BOOST_AUTO_TEST_CASE(reduced_plan_that_mirrors_less) {
  MirrorPair pair;
  for (unsigned i = 0; i < 27; ++i) {
    const std::string source = PciAddress{0, static_cast<std::uint8_t>(0x20 + i), 0, 0}.format();
    attach(pair.host, source, 0, "root complex " + std::to_string(i));
    pair.pass(source);
  }
  BOOST_TEST(
      warning(pair.planned(root_complexes), Code::reduced_plan) ==
      "root complexes are not mirrored, because numbers do not suffice: pcie-root has no free slot for an expander "
      "bus; move a device off bus 0");
}

BOOST_AUTO_TEST_CASE(far_from_neighbours) {
  BOOST_TEST(warning(without_room_near_neighbours().planned(root_complexes), Code::far_from_neighbours) ==
             "/domain/devices/hostdev[3]: 0000:21:00.0 has no room near its neighbours on the host: "
             "it needs 1 bus number behind expander bus 1, and 0 are free");
}

BOOST_AUTO_TEST_CASE(io_ports) {
  BOOST_TEST(warning(BarPair().ovmf().pass_many(10, 256, io).planned(), Code::io_ports) ==
             "/domain/devices: 10 ports have devices with I/O BARs, and OVMF has I/O for 9, so BARs stay "
             "unassigned; pass fewer such devices through");
  BOOST_TEST(
      warning(BarPair().pass_many(15, 256, io).planned(), Code::io_ports) ==
      "/domain/devices: 15 ports have devices with I/O BARs, and SeaBIOS stops where there are more than 14; "
      "pass fewer such devices through, or give some of them addresses on bus 0, where they need no port but are "
      "on no node");
}

BOOST_AUTO_TEST_CASE(io_reserve) {
  BarPair pair(2);
  pair.ovmf().pass_many(10, MiB).pass("0000:80:00.0", {MiB}, prefetchable, 1);
  BOOST_TEST(warning(pair.planned(), Code::io_reserve) ==
             "in doubt: /domain/qemu:commandline: OVMF 2022.11 reserves I/O for each of 10 ports of a root complex and "
             "has enough for 9, so BARs may stay unassigned; OVMF 2025.02 is not affected; use Mmio::automatic, or "
             "Options::firmware if the version is known, or add <qemu:arg value='-global'/> and <qemu:arg "
             "value='pcie-root-port.io-reserve=0'/>");
}

BOOST_AUTO_TEST_CASE(window_of_ovmf) {
  BarPair pair;
  pair.domain.type = "qemu";  // so that OVMF gives 128 GiB at most
  const std::string need =
      "/domain/qemu:commandline: the BARs of the passthrough devices need a 64-bit window of 256 GiB; OVMF needs "
      "opt/ovmf/X-PciMmio64Mb=524288";
  BOOST_TEST(warning(pair.ovmf().pass_many(4, 64 * GiB).planned(), Code::window) ==
             need +
                 "; use Mmio::automatic, or add <qemu:arg value='-fw_cfg'/> and <qemu:arg "
                 "value='name=opt/ovmf/X-PciMmio64Mb,string=524288'/>");
  pair.argument("-fw_cfg", "name=opt/ovmf/X-PciMmio64Mb,string=262144");
  BOOST_TEST(warning(pair.planned(), Code::window) == need + ", but the domain sets 262144; change it to 524288");
}

BOOST_AUTO_TEST_CASE(window_of_others) {
  BarPair little;
  little.domain.os->type->machine = "virt";
  BOOST_TEST(
      warning(little.hole(639).pass_many(5, 128 * GiB).planned(), Code::window) ==
      "/domain/devices/controller[1]/pcihole64: the BARs of the passthrough devices need a "
      "64-bit window of 640 GiB; <pcihole64 unit='KiB'>1073741824</pcihole64> is needed, but the domain gives 639 "
      "GiB; set it to 1073741824 KiB");
  BarPair virt;
  virt.domain.os->type->machine = "virt";
  BOOST_TEST(
      warning(virt.ovmf().pass_many(5, 128 * GiB).planned(), Code::window) ==
      "/domain/devices: the BARs of the passthrough devices need a "
      "64-bit window of 640 GiB; <pcihole64 unit='KiB'>1073741824</pcihole64> is needed, but virt has 512 GiB; use "
      "Mmio::automatic");
}

BOOST_AUTO_TEST_CASE(window_that_is_set_twice) {
  BarPair pair;
  pair.ovmf().pass("10:00.0", {32 * GiB});
  for (int i = 0; i < 2; ++i) pair.argument("-fw_cfg", "name=opt/ovmf/X-PciMmio64Mb,string=65536");
  BOOST_TEST(warning(pair.planned(), Code::invalid_value) ==
             "/domain/qemu:commandline: opt/ovmf/X-PciMmio64Mb is set 2 times, but QEMU accepts one; remove all but "
             "one");
}

BOOST_AUTO_TEST_CASE(window_without_pcie) {
  BarPair pair;
  pair.pass("10:00.0", {32 * GiB});
  pair.domain.os->type->machine = "pc-i440fx-7.2";
  pair.domain.cpu->numa.reset();
  BOOST_TEST(warning(pair.planned(Mmio::automatic), Code::no_pcie_root) ==
             "the window for BARs is set only on machines with PCIe; use q35 (or virt on aarch64)");
}

BOOST_AUTO_TEST_CASE(address_bits) {
  BarPair pair;
  pair.ovmf().pass_many(4, 128 * GiB).domain.type = "qemu";
  BOOST_TEST(warning(pair.planned(), Code::address_bits) ==
             "/domain/cpu: the BARs of the passthrough devices need a 64-bit window of 512 GiB, which takes 41 bits of "
             "guest-physical address, and the guest has 40; pass fewer devices through, or use KVM on a host that has "
             "them");
  BarPair hole;
  hole.hole(2048).pass_many(4, 64 * GiB).domain.type = "qemu";
  BOOST_TEST(warning(hole.planned(), Code::address_bits) ==
             "/domain/devices/controller[1]/pcihole64: the domain gives the root bus 2048 GiB, which "
             "takes 42 bits of guest-physical address, and the guest has 40; lower it to 268435456 KiB");
}

BOOST_AUTO_TEST_CASE(window_below_4g) {
  BOOST_TEST(
      warning(BarPair().ovmf().pass_many(6, 256 * MiB, small).planned(), Code::window_below_4g) ==
      "/domain/devices: BARs that are not both 64-bit and prefetchable need 1792 MiB below 4 GiB, where OVMF has "
      "at most 1536 MiB; pass fewer such devices through");
}

BOOST_AUTO_TEST_SUITE_END()

// Of check: the pinning of a domain with two cells on a host with two nodes of a CPU and 8 GiB each.
BOOST_AUTO_TEST_SUITE(text_of_the_finding)

namespace {

// vCPU n is of cell n, and pinned to CPU n.
Domain two_cells() {
  Domain domain = guest(2);
  for (auto& cell : domain.cpu->numa->cells) {
    cell.memory = 1;
    cell.unit = vnuma::schema::Unit::GiB;
  }
  return domain;
}

void bind_memory(Domain& domain, unsigned cell, vnuma::schema::CpuSet nodes) {
  auto& tune = domain.numa_tune ? *domain.numa_tune : domain.numa_tune.emplace();
  auto& memnode = tune.mem_nodes.emplace_back();
  memnode.cell_id = cell;
  memnode.node_set = nodes;
}

// The text of the one finding.
std::string finding(const Domain& domain) {
  Host machine = host(2);
  for (auto& node : machine.nodes) node.memory_bytes = 8 * GiB;
  const Lines found = texts(check(domain, machine));
  BOOST_TEST_REQUIRE(found.size() == 1U);
  return found[0];
}

}  // namespace

BOOST_AUTO_TEST_CASE(unbound_memory) {
  Domain domain = two_cells();
  const std::string remedy =
      "; use Cells::add, or bind the memory of each cell to its node, as <numatune><memnode cellid='0' mode='strict' "
      "nodeset='0'/></numatune>";
  BOOST_TEST(
      finding(domain) ==
      "/domain/cpu/numa: nothing binds the memory of guest cells 0 and 1 to the host nodes of their vCPUs, so it "
      "can be on any" +
          remedy);
  bind_memory(domain, 0, vnuma::schema::CpuSet(0));
  BOOST_TEST(
      finding(domain) ==
      "/domain/cpu/numa: nothing binds the memory of guest cell 1 to the host node of its vCPUs, so it can be on "
      "any" +
          remedy);
}

BOOST_AUTO_TEST_CASE(unpinned_vcpus) {
  Domain domain = two_cells();
  for (const unsigned cell : {0U, 1U}) bind_memory(domain, cell, vnuma::schema::CpuSet(cell));
  const std::string remedy =
      "; use Cells::add, or pin them to CPUs of the node, as <cputune><vcpupin vcpu='0' cpuset='0'/></cputune>";
  domain.cpu_tune->vcpu_pin.pop_back();
  BOOST_TEST(finding(domain) ==
             "/domain/numatune: vCPU 1 is not pinned and can run on any host node, but the memory of its cell is bound "
             "to host node 1" +
                 remedy);
  domain.cpu_tune.reset();
  BOOST_TEST(finding(domain) ==
             "/domain/numatune: vCPUs 0 and 1 are not pinned and can run on any host node, but the memory of their "
             "cells is bound to host nodes 0 and 1" +
                 remedy);
}

BOOST_AUTO_TEST_CASE(foreign_pins) {
  Domain domain = guest(1);
  bind_memory(domain, 0, vnuma::schema::CpuSet(1));
  const std::string remedy = "; pin the vCPUs of the cell, and bind its memory, to one host node";
  BOOST_TEST(finding(domain) ==
             "/domain/cputune/vcpupin[1]/@cpuset: vCPU 0 of guest cell 0 is pinned to CPUs of host node 0, but the "
             "memory of the cell is bound to host node 1" +
                 remedy);
  domain = two_cells();
  for (const unsigned cell : {0U, 1U}) bind_memory(domain, cell, vnuma::schema::CpuSet(cell));
  domain.cpu_tune->vcpu_pin[1].cpu_set = vnuma::schema::CpuSet(0);
  BOOST_TEST(finding(domain) ==
             "/domain/cputune/vcpupin[2]/@cpuset: vCPU 1 of guest cell 1 is pinned to CPUs of host node 0, which is "
             "guest cell 0" +
                 remedy);
}

BOOST_AUTO_TEST_CASE(divided_cell) {
  Domain domain = two_cells();
  domain.cpu->numa->cells.resize(1);
  domain.cpu->numa->cells[0].cpus = vnuma::schema::CpuSet({0, 1});
  BOOST_TEST(finding(domain) ==
             "/domain/cpu/numa/cell[1]: vCPUs of guest cell 0 are pinned to CPUs of host nodes 0 and 1, but for the "
             "guest the cell is one node; make a cell of the vCPUs of each host node, or pin them to one node");
}

BOOST_AUTO_TEST_CASE(crossing_pins) {
  Domain domain = two_cells();
  domain.cpu_tune->vcpu_pin[1].cpu_set = vnuma::schema::CpuSet({0, 1});
  for (const unsigned cell : {0U, 1U}) bind_memory(domain, cell, vnuma::schema::CpuSet(cell));
  BOOST_TEST(finding(domain) ==
             "/domain/cputune/vcpupin[2]/@cpuset: vCPU 1 is pinned to CPUs of host nodes 0 and 1, so it can run away "
             "from its memory; pin each to CPUs of one host node");
  domain.cpu_tune.reset();
  domain.vcpu.emplace().cpus = 2U;
  domain.vcpu->cpu_set = vnuma::schema::CpuSet({0, 1});
  BOOST_TEST(finding(domain) ==
             "/domain/vcpu/@cpuset: vCPUs 0 and 1 are pinned to CPUs of host nodes 0 and 1, so they can run away from "
             "their memory; pin each to CPUs of one host node");
}

BOOST_AUTO_TEST_CASE(far_emulator) {
  Domain domain = guest(1);
  bind_memory(domain, 0, vnuma::schema::CpuSet(0));
  domain.cpu_tune->emulator_pin.emplace().cpu_set = vnuma::schema::CpuSet(1);
  BOOST_TEST(finding(domain) ==
             "/domain/cputune/emulatorpin/@cpuset: the emulator threads are pinned to CPUs of host node 1, but the "
             "vCPUs to CPUs of host node 0; pin them to CPUs of host node 0");
}

BOOST_AUTO_TEST_CASE(excess_memory) {
  Domain domain = two_cells();
  domain.numa_tune.emplace().memory.emplace().node_set = vnuma::schema::CpuSet(0);
  domain.cpu_tune->vcpu_pin[1].cpu_set = vnuma::schema::CpuSet(0);
  domain.cpu->numa->cells[1].memory = 8;
  BOOST_TEST(finding(domain) ==
             "/domain/cpu/numa/cell[1]/@memory: guest cells 0 and 1 have 9 GiB of memory, which is 1 GiB more than "
             "host node 0 has; give the guest less memory, or bind it to more host nodes");
}

BOOST_AUTO_TEST_CASE(huge_pages_missing) {
  Domain domain = two_cells();
  for (const unsigned cell : {0U, 1U}) bind_memory(domain, cell, vnuma::schema::CpuSet(cell));
  domain.memory_backing.emplace().huge_pages.emplace().huge_page.push_back(
      {.size = 1, .unit = vnuma::schema::Unit::GiB});
  Host machine = host(2);
  for (auto& node : machine.nodes) node.huge_pages = {{.size = GiB, .total = node.id, .free = 0}};
  const Lines found = texts(check(domain, machine));
  BOOST_TEST(
      found == Lines{"/domain/cpu/numa/cell[1]/@memory: guest cell 0 needs 1 huge page of 1 GiB, but host node 0 "
                     "has 0; reserve more there, in hugepages-1048576kB/nr_hugepages of the node in sysfs"},
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(not_placed) {
  const auto error = [](const Domain& domain) -> std::string {
    try {
      vnuma::placement::qemu_arguments(domain);
    } catch (const vnuma::placement::PlanError& refused) {
      return refused.what();
    }
    return "";
  };
  Domain domain = two_cells();
  domain.devices->host_devices = {hostdev("27:00.0", "07:00.0")};
  BOOST_TEST(
      error(domain) ==
      "/domain/devices/hostdev[1]: a controller above its address 0000:07:00.0 is not declared or has no address; "
      "use Options::readdress, or take the domain from `virsh dumpxml`");
  domain.devices->host_devices = {hostdev("27:00.0")};
  BOOST_TEST(error(domain) == "/domain/devices/hostdev[1]: the device has no address in the guest; use plan()");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(text_of_the_reason)

BOOST_AUTO_TEST_CASE(has_address) {
  Domain domain = guest(1);
  domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.0")};
  domain.devices->host_devices = {hostdev("27:00.0", "02:00.0")};
  BOOST_TEST(reason(plan(domain, host(1, {{"27:00.0", 0}})), "27:00.0") == "it has an address in the guest");
}

BOOST_AUTO_TEST_CASE(partial_address) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->host_devices[0].address.emplace().type = "pci";
  BOOST_TEST(reason(plan(domain, host(1, {{"27:00.0", 0}})), "27:00.0") ==
             "it has a partial address in the guest, which libvirt completes");
}

BOOST_AUTO_TEST_CASE(unassigned) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->host_devices[0].address.emplace().type = "unassigned";
  BOOST_TEST(reason(plan(domain, host(1, {{"27:00.0", 0}})), "27:00.0") ==
             "its address is of type unassigned: the guest does not get it");
}

BOOST_AUTO_TEST_CASE(no_pcie_root) {
  Domain domain = guest(1, {"27:00.0"});
  domain.os->type->machine = "pc-i440fx-7.2";
  BOOST_TEST(reason(plan(domain, host(1, {{"27:00.0", 0}})), "27:00.0") ==
             "the machine is i440fx (pc-i440fx-7.2), which has no PCIe; use q35 (or virt on aarch64)");
  domain.os->type->machine = "isapc";
  BOOST_TEST(reason(plan(domain, host(1, {{"27:00.0", 0}})), "27:00.0") ==
             "the machine has no PCIe root; use q35 (or virt on aarch64)");
}

BOOST_AUTO_TEST_CASE(no_guest_cells) {
  Domain domain = guest(1, {"27:00.0"});
  domain.cpu->numa.reset();
  BOOST_TEST(reason(plan(domain, {}), "27:00.0") == "the guest has no NUMA cells");
}

BOOST_AUTO_TEST_CASE(not_on_host) {
  const std::string uuid = "4b20d080-1b54-4048-85b3-a6a62d165c01";
  MirrorPair pair(host(1), {"27:00.0"});
  BOOST_TEST(reason(pair.planned(), "27:00.0") == "the host has no device 0000:27:00.0");
  BOOST_TEST(reason_text(pair.pass_mediated(uuid).planned().devices.at(1)) ==
             "the host has no mediated device " + uuid);
  pair.attach_mediated(uuid, "18:00.0");
  BOOST_TEST(reason_text(pair.planned().devices.at(1)) == "the host has no device 0000:18:00.0, the parent of " + uuid);
}

BOOST_AUTO_TEST_CASE(unknown_node) {
  const std::string uuid = "4b20d080-1b54-4048-85b3-a6a62d165c01";
  MirrorPair pair(host(1, {{"27:00.0", -1}}), {"27:00.0"});
  pair.attach_mediated(uuid, "27:00.0").pass_mediated(uuid);
  const Plan planned = pair.planned();
  BOOST_TEST(reason_text(planned.devices.at(0)) ==
             "the host does not say which NUMA node it is on; use Options::numa_nodes for 0000:27:00.0");
  BOOST_TEST(reason_text(planned.devices.at(1)) ==
             "the host does not say which NUMA node its parent is on; use Options::numa_nodes for 0000:27:00.0");
}

BOOST_AUTO_TEST_CASE(no_cell) {
  const Host machine = host(2, {{"27:00.0", 1}});
  BOOST_TEST(reason(plan(guest(1, {"27:00.0"}), machine), "27:00.0") ==
             "host node 1 has no guest cell: no vCPU is pinned to its CPUs and no memnode names it; use "
             "Options::unaligned");
  BOOST_TEST(reason(plan(guest(1, {"27:00.0"}), machine, {.unaligned = Unaligned::nearest}), "27:00.0") ==
             "host node 1 has no guest cell, and the host gives no distance to a node that has one");
  BOOST_TEST(reason(plan(guest_with(65536, {"27:00.0"}), machine, {.unaligned = Unaligned::cell}), "27:00.0") ==
             "host node 1 has no guest cell, and the largest, cell 0, has too little memory to give 64 MiB to a new "
             "one");
  Domain unpinned = guest(1, {"27:00.0"});
  unpinned.cpu_tune.reset();
  BOOST_TEST(reason(plan(unpinned, machine), "27:00.0") ==
             "no host node maps to a guest cell; pin the vCPUs of each cell, or name nodes in memnodes");
}

BOOST_AUTO_TEST_CASE(ambiguous_cell) {
  Domain domain = guest(2, {"27:00.0"});
  domain.cpu_tune->vcpu_pin[1].cpu_set = vnuma::schema::CpuSet(0);
  BOOST_TEST(reason(plan(domain, host(1, {{"27:00.0", 0}})), "27:00.0") ==
             "host node 0 has equally many vCPUs of the guest cells 0 and 1: pin the vCPUs of each cell to its node, "
             "or name the node in the memnode of one cell");
}

BOOST_AUTO_TEST_CASE(shared_slot) {
  Domain domain = guest(1);
  domain.devices->controllers = {port(1, "00:01.0")};
  domain.devices->host_devices = {hostdev("27:00.0", "01:00.0"), hostdev("27:00.1", "01:00.1")};
  const Plan planned = plan(domain, host(1, {{"27:00.0", 0}, {"27:00.1", -1}}), {.readdress = true});
  BOOST_TEST(reason(planned, "27:00.0") ==
             "it has an address in the guest, and other functions of its guest slot stay");
}

BOOST_AUTO_TEST_CASE(off_cell) {
  Domain domain = guest(1);
  domain.devices->host_devices = {hostdev("27:00.0", "00:05.0")};
  BOOST_TEST(reason(plan(domain, host(1, {{"27:00.0", 0}})), "27:00.0") ==
             "it has an address in the guest, and this is not on guest cell 0; use Options::readdress");
}

BOOST_AUTO_TEST_CASE(hidden) {
  Domain domain = guest(1);
  domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.1")};
  domain.devices->host_devices = {hostdev("27:00.0", "02:00.0")};
  BOOST_TEST(
      reason(plan(domain, host(1, {{"27:00.0", 0}})), "27:00.0") ==
      "it has an address in the guest, and the guest may not see it: there is no function 0 beside 0000:01:00.1; "
      "use Options::readdress");
}

BOOST_AUTO_TEST_CASE(hidden_and_off_cell) {
  Domain domain = guest(2);
  domain.devices->controllers = {expander(1, "00:02.0", 240, 1), port(2, "01:00.1")};
  domain.devices->host_devices = {hostdev("27:00.0", "02:00.0")};
  BOOST_TEST(
      reason(plan(domain, host(2, {{"27:00.0", 0}})), "27:00.0") ==
      "it has an address in the guest, and the guest may not see it: there is no function 0 beside 0000:01:00.1, and "
      "this is not on guest cell 0; use Options::readdress");
}

BOOST_AUTO_TEST_CASE(several_options_are_alternatives) {
  PlannedDevice device;
  device.reasons = {{Reason::unknown_node, "a", OptionHint{Option::numa_nodes, "0000:27:00.0"}},
                    {Reason::hidden, "b"},
                    {Reason::off_cell, "c", OptionHint{Option::readdress}}};
  BOOST_TEST(reason_text(device) == "a, and b, and c; use Options::numa_nodes for 0000:27:00.0, or Options::readdress");
  const auto without_nodes = [](const OptionHint& hint) {
    return hint.option == Option::numa_nodes ? std::string() : "--readdress";
  };
  BOOST_TEST(reason_text(device, without_nodes) == "a, and b, and c; use --readdress");
  BOOST_TEST(reason_text(PlannedDevice()) == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(remedies)

namespace {

Diagnostic diagnostic(std::string remedy, std::vector<OptionHint> options) {
  return make_diagnostic(Code::window, "/domain", "it is small", std::move(remedy), std::move(options));
}

const std::vector<OptionHint> two{{Option::mmio_automatic}, {Option::firmware}};

}  // namespace

BOOST_AUTO_TEST_CASE(a_remedy_names_the_options_first_and_then_what_else_helps) {
  BOOST_TEST(remedy_text(diagnostic("do this", two)) ==
             "use Mmio::automatic, or Options::firmware if the version is known, or do this");
  BOOST_TEST(remedy_text(diagnostic("", {{Option::readdress}})) == "use Options::readdress");
  BOOST_TEST(remedy_text(diagnostic("do this", {})) == "do this");
  BOOST_TEST(remedy_text(diagnostic("", {})) == "");
}

BOOST_AUTO_TEST_CASE(an_option_that_the_program_does_not_have_is_left_out) {
  const auto none = [](const OptionHint&) { return std::string(); };
  const auto one = [](const OptionHint& hint) {
    return hint.option == Option::firmware ? std::string("--firmware") : std::string();
  };
  BOOST_TEST(remedy_text(diagnostic("do this", two), none) == "do this");
  BOOST_TEST(remedy_text(diagnostic("", two), none) == "");
  BOOST_TEST(remedy_text(diagnostic("do this", two), one) == "use --firmware, or do this");
}

BOOST_AUTO_TEST_CASE(the_text_is_path_message_and_remedy) {
  Diagnostic small = diagnostic("do this", {});
  BOOST_TEST(to_string(small) == "/domain: it is small; do this");
  BOOST_TEST(std::string(DiagnosticError(small).what()) == to_string(small));
  small.remedy = "";
  BOOST_TEST(to_string(small) == "/domain: it is small");
  small.path = "";
  BOOST_TEST(to_string(small) == "it is small");
}

BOOST_AUTO_TEST_CASE(the_text_of_a_doubt_says_so) {
  Diagnostic doubt = diagnostic("do this", {{Option::readdress}});
  doubt.severity = Severity::doubt;
  BOOST_TEST(to_string(doubt) == "in doubt: /domain: it is small; use Options::readdress, or do this");
  BOOST_TEST(to_string(doubt, [](const OptionHint&) { return std::string("--x"); }) ==
             "in doubt: /domain: it is small; use --x, or do this");
}

BOOST_AUTO_TEST_CASE(the_library_spells_options_as_its_members) {
  BOOST_TEST(library_spelling({Option::plan}) == "plan()");
  BOOST_TEST(library_spelling({Option::readdress}) == "Options::readdress");
  BOOST_TEST(library_spelling({Option::numa_nodes, "0000:27:00.0"}) == "Options::numa_nodes for 0000:27:00.0");
  BOOST_TEST(library_spelling({Option::unaligned}) == "Options::unaligned");
  BOOST_TEST(library_spelling({Option::mmio_automatic}) == "Mmio::automatic");
  BOOST_TEST(library_spelling({Option::mirror_switch}) == "Mirror::pcie_switch");
  BOOST_TEST(library_spelling({Option::firmware}) == "Options::firmware if the version is known");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(text_of_the_report)

BOOST_AUTO_TEST_CASE(differences_name_levels_and_an_example) {
  MirrorPair pair;
  pair.pass("38:00.0", "37:01.0").pass("19:00.0", "15:02.0").pass("18:00.0", "15:01.0");
  BOOST_TEST(mentions(report_text(pair.planned()),
                      "\n2 pairs are NODE on the host and PHB in the guest, as 0000:38:00.0 and 0000:19:00.0\n"));
}

BOOST_AUTO_TEST_CASE(devices_that_keep_their_ports_are_a_reason_for_differences) {
  MirrorPair pair(one_switch(), {"18:00.0"});
  BOOST_TEST(mentions(report_text(pair.place(switches).pass("19:00.0").planned(switches)),
                      "\n1 pair is PIX on the host and PHB in the guest, as 0000:18:00.0 and 0000:19:00.0\n"
                      "devices that are on their cell keep their ports; to mirror them anew, remove their addresses "
                      "and ports\n"));
}

BOOST_AUTO_TEST_CASE(new_cells_have_their_host_node_and_memory) {
  const Plan planned = plan(guest_with(1048576, {"20:00.0"}), far("20:00.0", 80), {.unaligned = Unaligned::cell});
  BOOST_TEST(mentions(report_text(planned), "\ncell 1 is new: for host node 1, with 64 MiB of the memory of cell 0\n"));
}

BOOST_AUTO_TEST_CASE(the_window_has_its_size_and_what_is_set_for_it) {
  BarPair uefi;
  const std::string text = report_text(uefi.ovmf().pass_many(4, 64 * GiB).planned(Mmio::automatic));
  BOOST_TEST(mentions(text,
                      "\nthe BARs need a 64-bit window of 256 GiB\n"
                      "set for it: QEMU arguments -fw_cfg name=opt/ovmf/X-PciMmio64Mb,string=524288\n"));
  BarPair virt;
  virt.domain.os->type->machine = "virt";
  BOOST_TEST(mentions(report_text(virt.pass_many(5, 128 * GiB).planned(Mmio::automatic)),
                      "\nset for it: pcihole64 of 1024 GiB\n"));
  uefi.domain.devices->host_devices.push_back(hostdev("60:00.0"));
  BOOST_TEST(mentions(report_text(uefi.planned(Mmio::automatic)),
                      "\nthe BARs of 0000:60:00.0 are not counted: the host does not say what they need\n"));
}

// A plan with these warnings, and the end of its report.
namespace {

Plan with_warnings(std::vector<Diagnostic> warnings) { return {.warnings = std::move(warnings)}; }

Diagnostic window(Severity severity = Severity::error) {
  return {.code = Code::window,
          .severity = severity,
          .message = "too small",
          .remedy = "add room",
          .options = {{Option::firmware}, {Option::mmio_automatic}}};
}
Diagnostic io() {
  return {.code = Code::io_reserve,
          .severity = Severity::warning,
          .message = "too many",
          .remedy = "remove some",
          .options = {{Option::mmio_automatic}}};
}
Diagnostic bits(Severity severity) {
  return {.code = Code::address_bits, .severity = severity, .message = "too few", .remedy = "use more bits"};
}
Diagnostic acpi() { return {.code = Code::acpi_off, .severity = Severity::warning, .message = "ACPI is off"}; }

const std::string nothing = "the domain has no passthrough PCI device; nothing was changed\n";

}  // namespace

BOOST_AUTO_TEST_CASE(several_warnings_on_the_firmware_are_one_line_with_the_option_that_helps_most) {
  BOOST_TEST(report_text(with_warnings({io(), acpi(), window(), bits(Severity::doubt)})) ==
             "warning VN013: ACPI is off\n"
             "warning: 3 warnings are about the guest's firmware (VN032, VN033, VN034); use Mmio::automatic; "
             "ReportOptions::all_warnings lists them\n" +
                 nothing);
  BOOST_TEST(mentions(report_text(with_warnings({window(), window()})),
                      "2 warnings are about the guest's firmware "
                      "(VN033); use Options::firmware if"));
}

BOOST_AUTO_TEST_CASE(without_an_option_the_remedy_of_the_worst_warning_on_the_firmware_is_named) {
  Diagnostic below{
      .code = Code::window_below_4g, .severity = Severity::error, .message = "full", .remedy = "pass less"};
  const Plan plan = with_warnings({bits(Severity::doubt), below});
  BOOST_TEST(report_text(plan) ==
             "warning: 2 warnings are about the guest's firmware (VN034, VN035); pass less; "
             "ReportOptions::all_warnings lists them\n" +
                 nothing);
  // The hook has no options for these, and nothing that lists the rest.
  BOOST_TEST(report_text(with_warnings({window(), io()}), [](const OptionHint&) { return std::string(); }) ==
             "warning: 2 warnings are about the guest's firmware (VN032, VN033); add room\n" + nothing);
}

BOOST_AUTO_TEST_CASE(one_warning_on_the_firmware_is_printed_as_it_is_and_on_request_all_are) {
  const std::string of_window =
      "warning VN033: too small; use Options::firmware if the version is known, or Mmio::automatic, or add room\n";
  BOOST_TEST(report_text(with_warnings({window(), acpi()})) == of_window + "warning VN013: ACPI is off\n" + nothing);
  BOOST_TEST(report_text(with_warnings({window(), bits(Severity::doubt)}), library_spelling, {.all_warnings = true}) ==
             of_window + "warning VN034: in doubt: too few; use more bits\n" + nothing);
}

BOOST_AUTO_TEST_CASE(aliases_have_a_column_if_there_are_any_else_names_have_it) {
  Plan plan{.devices = {{.source = bdf("18:00.0"), .host_node = 0}, {.source = bdf("19:00.0")}}};
  const std::string end = "0 of 2 devices placed, 0 controllers added, 0 removed\n";
  BOOST_TEST(report_text(plan) ==
             "ON THE HOST   NODE  CELL  OUTCOME  IN THE DOMAIN  IN THE GUEST\n"
             "0000:18:00.0  0     -     left     -              -\n"
             "0000:19:00.0  -     -     left     -              -\n" +
                 end);
  const ReportOptions names{.device_name = [](const vnuma::topology::PciAddress& address) {
    return std::string(address == bdf("18:00.0") ? "H100\x1b" : "");
  }};
  BOOST_TEST(report_text(plan, library_spelling, names) ==
             "ON THE HOST   DEVICE    NODE  CELL  OUTCOME  IN THE DOMAIN  IN THE GUEST\n"
             "0000:18:00.0  H100\\x1b  0     -     left     -              -\n"
             "0000:19:00.0  -         -     -     left     -              -\n" +
                 end);
  plan.devices[1].alias = "ua-nic";
  BOOST_TEST(report_text(plan, library_spelling, names) ==
             "ON THE HOST   ALIAS   NODE  CELL  OUTCOME  IN THE DOMAIN  IN THE GUEST\n"
             "0000:18:00.0  -       0     -     left     -              -\n"
             "0000:19:00.0  ua-nic  -     -     left     -              -\n" +
                 end);
}

BOOST_AUTO_TEST_CASE(warnings_come_before_the_numbers_of_devices_and_controllers) {
  Domain domain = guest(1, {"27:00.0"});
  domain.features.reset();
  BOOST_TEST(report_text(plan(domain, host(1, {{"27:00.0", 0}})))
                 .ends_with("\nwarning VN013: /domain: ACPI is off, so the guest sees node -1 for every device; add "
                            "<features><acpi/></features>\n1 of 1 device placed, 2 controllers added, 0 removed\n"));
  BOOST_TEST(report_text(plan(guest(1), host(1))) == "the domain has no passthrough PCI device; nothing was changed\n");
}

BOOST_AUTO_TEST_SUITE_END()
