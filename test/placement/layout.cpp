// Guest cells, pins and memnodes that Cells::add gives a domain.
#include <fmt/format.h>
#include <boost/test/unit_test.hpp>

#include <vnuma/schema/size.hpp>
#include <vnuma/schema/xml.hpp>

#include "build.hpp"

using namespace vnuma;
using namespace vnuma::test;
using boost::test_tools::per_element;
using placement::Cells;
using placement::Code;
using placement::Options;
using placement::Outcome;
using placement::plan;
using placement::Plan;
using placement::PlanError;
using schema::bytes;
using schema::Domain;
using topology::CpuSet;
using topology::Host;

namespace {

constexpr std::uint64_t GiB = std::uint64_t{1} << 30;

CpuSet cpus(const std::string& list) { return CpuSet::parse(list).value(); }

// `nodes` nodes of four cores with two threads each and 64 GiB. Node n has the cores 4n to 4n+3; the second thread of a
// core is its number plus 4 * nodes. With two nodes: 0-3,8-11 and 4-7,12-15. GPU 18:00.0 is on node 0, 9a:00.0 on the
// last.
Host smt_host(unsigned nodes = 2) {
  Host host = test::host(nodes, {{"18:00.0", 0}, {"9a:00.0", static_cast<int>(nodes) - 1}});
  const unsigned half = 4 * nodes;
  for (topology::Node& node : host.nodes) {
    node.cpus =
        cpus(fmt::format("{0}-{1},{2}-{3}", 4 * node.id, 4 * node.id + 3, half + 4 * node.id, half + 4 * node.id + 3));
    node.memory_bytes = 64 * GiB;
    for (unsigned to = 0; to < nodes; ++to) node.distances.emplace_back(to, to == node.id ? 10 : 21);
  }
  for (std::uint32_t id = 0; id < 2 * half; ++id) {
    CpuSet siblings(id % half);
    siblings.insert(CpuSet(id % half + half));
    host.cpus.push_back({.id = id, .socket = id % half / 4, .siblings = siblings});
  }
  return host;
}

const std::string both_gpus =
    "<devices>"
    "<hostdev mode='subsystem' type='pci'><source><address bus='0x18' slot='0' function='0'/></source></hostdev>"
    "<hostdev mode='subsystem' type='pci'><source><address bus='0x9a' slot='0' function='0'/></source></hostdev>"
    "</devices>";

// A q35 domain with ACPI and both GPUs.
Domain domain(const std::string& content, const std::string& devices = both_gpus) {
  return schema::from_xml<Domain>("<domain type='kvm'><name>vm</name>" + content +
                                  "<os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features>" +
                                  devices + "</domain>");
}

// As virt-manager makes it: no cells, no pins.
const std::string plain = "<memory unit='GiB'>8</memory><vcpu>8</vcpu>";

// Three cores of two threads, as many as a node has beside the core of the host.
const std::string six = "<memory unit='GiB'>8</memory><vcpu>6</vcpu>";

Options add(const std::string& list = "", const std::string& nodes = "") {
  Options options{.cells = Cells::add};
  if (!list.empty()) options.cpus = cpus(list);
  if (!nodes.empty()) options.nodes = cpus(nodes);
  return options;
}

Domain applied(Domain domain, const Options& options = add(), const Host& host = smt_host()) {
  apply(plan(domain, host, options), domain);
  return domain;
}

// "0: vCPUs 0-3, 4 GiB, memnode 0" for each cell.
Lines cells(const Domain& domain) {
  Lines lines;
  for (const schema::NUMACell& cell : domain.cpu->numa->cells) {
    std::string line = fmt::format("{}: vCPUs {}, {} MiB", *cell.id, (*cell.cpus).format(), bytes(cell) >> 20);
    if (domain.numa_tune) {
      for (const schema::MemNode& memnode : domain.numa_tune->mem_nodes) {
        if (memnode.cell_id == *cell.id)
          line += fmt::format(", {} on node {}", *memnode.mode, (*memnode.node_set).format());
      }
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

// The host CPUs of the vCPUs, in the order of the document.
std::string pins(const Domain& domain) {
  std::string text;
  for (const schema::CPUTuneVCPUPin& pin : domain.cpu_tune->vcpu_pin)
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", *pin.vcpu, (*pin.cpu_set).format());
  return text;
}

std::string emulator(const Domain& domain) {
  return domain.cpu_tune->emulator_pin ? (*domain.cpu_tune->emulator_pin->cpu_set).format() : "none";
}

std::string topology_of(const Domain& domain) {
  const schema::CPUTopology& topology = domain.cpu->topology.value();
  return fmt::format("{} sockets, {} cores, {} threads", *topology.sockets, *topology.cores, *topology.threads);
}

template <class... Parts>
void refuses(const std::string& content, const Options& options, Code code, const Parts&... parts) {
  BOOST_CHECK_EXCEPTION(plan(domain(content), smt_host(), options), PlanError, with(code, std::string(parts)...));
}

std::string cell_xml(unsigned id, const std::string& vcpus) {
  return fmt::format("<cell id='{}' cpus='{}' memory='4' unit='GiB'/>", id, vcpus);
}

const std::string two_cells = "<cpu><numa>" + cell_xml(0, "0-3") + cell_xml(1, "4-7") + "</numa></cpu>";

}  // namespace

BOOST_AUTO_TEST_SUITE(layout)

BOOST_AUTO_TEST_SUITE(a_domain_without_cells)

BOOST_AUTO_TEST_CASE(without_cells_add_nothing_changes) {
  const Plan planned = plan(domain(plain), smt_host());
  BOOST_TEST(!planned.changed);
  BOOST_TEST(planned.layout.empty());
}

// Four cores of two threads, two cores for each node. Core 0 (CPUs 0 and 8) and core 4 (4 and 12) stay with the host.
BOOST_AUTO_TEST_CASE(without_cells_add_a_warning_says_which_cells_are_possible) {
  const Plan planned = plan(domain(plain), smt_host());
  BOOST_TEST(texts(planned.warnings) ==
                 Lines{"/domain: the guest has no NUMA cells for its passthrough devices; possible are 4 vCPUs and 4 "
                       "GiB on host node 0, 4 vCPUs and 4 GiB on host node 1; use Cells::add"},
             per_element());
  BOOST_TEST(device(planned, "9a:00.0").host_node.value() == 1U);
  const Plan large = plan(domain("<memory unit='GiB'>8</memory><vcpu>16</vcpu>"), smt_host());
  BOOST_TEST(warns(large, Code::no_cells, "none can be added: /domain/vcpu: guest cell 0 needs 8 CPUs",
                   "add a cell for each"));
  const Plan unpinned = plan(domain(plain + "<cputune><vcpupin cpuset='0'/></cputune>"), smt_host());
  BOOST_TEST(warns(unpinned, Code::no_cells, "none can be added: /domain/cputune/vcpupin[1]: the pin has no vcpu;"));
}

BOOST_AUTO_TEST_CASE(each_node_of_a_device_gets_a_cell_with_whole_cores_and_half_of_the_memory) {
  const Domain placed = applied(domain(plain));
  BOOST_TEST(
      cells(placed) == (Lines{"0: vCPUs 0-3, 4096 MiB, strict on node 0", "1: vCPUs 4-7, 4096 MiB, strict on node 1"}),
      per_element());
  BOOST_TEST(pins(placed) == "0=1 1=9 2=2 3=10 4=5 5=13 6=6 7=14");
  BOOST_TEST(emulator(placed) == "0,3-4,7-8,11-12,15");
  BOOST_TEST(topology_of(placed) == "2 sockets, 2 cores, 2 threads");
  BOOST_TEST((*placed.numa_tune->memory->node_set).format() == "0-1");
}

BOOST_AUTO_TEST_CASE(distances_are_those_of_the_host) {
  const Domain placed = applied(domain(plain));
  const auto& cells = placed.cpu->numa->cells;
  BOOST_TEST(*cells[0].distances->siblings[0].value == 10U);
  BOOST_TEST(*cells[0].distances->siblings[1].value == 21U);
  BOOST_TEST(*cells[1].distances->siblings[0].value == 21U);
}

BOOST_AUTO_TEST_CASE(devices_are_placed_on_the_new_cells) {
  const Plan planned = plan(domain(plain), smt_host(), add());
  BOOST_TEST(planned.changed);
  for (const auto& device : planned.devices) BOOST_TEST((device.outcome == Outcome::placed));
  BOOST_TEST(device(planned, "18:00.0").guest_cell.value() == 0U);
  BOOST_TEST(device(planned, "9a:00.0").guest_cell.value() == 1U);
  BOOST_TEST(controllers(planned).size() == 4U);
}

BOOST_AUTO_TEST_CASE(planning_again_changes_nothing) {
  const Domain placed = applied(domain(plain));
  const Plan again = plan(placed, smt_host(), add());
  BOOST_TEST(again.layout.empty());
  BOOST_TEST(!again.changed);
}

BOOST_AUTO_TEST_CASE(a_domain_that_changed_since_it_was_planned_is_refused_and_stays) {
  const Plan planned = plan(domain(plain), smt_host(), add());
  for (const std::string& change : {two_cells, std::string("<cpu><topology sockets='8' cores='1' threads='1'/></cpu>"),
                                    std::string("<cputune><vcpupin vcpu='7' cpuset='0'/></cputune>"),
                                    std::string("<cputune><emulatorpin cpuset='0'/></cputune>")}) {
    Domain changed = domain(plain + change);
    const Domain before = changed;
    BOOST_CHECK_EXCEPTION(apply(planned, changed), PlanError, with(Code::stale_plan));
    BOOST_TEST((changed == before));
  }
}

BOOST_AUTO_TEST_CASE(named_nodes_get_the_cells) {
  const Domain placed = applied(domain(six), add("", "1"));
  BOOST_TEST(cells(placed) == Lines{"0: vCPUs 0-5, 8192 MiB, strict on node 1"}, per_element());
}

BOOST_AUTO_TEST_CASE(named_cpus_decide_nodes_and_pins) {
  const Domain placed = applied(domain(plain), add("4-7,12-15"));
  BOOST_TEST(cells(placed) == Lines{"0: vCPUs 0-7, 8192 MiB, strict on node 1"}, per_element());
  BOOST_TEST(pins(placed) == "0=4 1=12 2=5 3=13 4=6 5=14 6=7 7=15");
  BOOST_TEST(emulator(placed) == "none");  // no CPU of node 1 is left
}

BOOST_AUTO_TEST_CASE(the_emulator_gets_the_rest_of_the_named_cpus) {
  BOOST_TEST(emulator(applied(domain("<memory unit='GiB'>8</memory><vcpu>4</vcpu>"), add("4-6,12-14"))) == "6,14");
}

BOOST_AUTO_TEST_CASE(cpuset_of_vcpu_limits_the_pins) {
  const Domain placed = applied(domain("<memory unit='GiB'>8</memory><vcpu cpuset='0-1,4-5,8-9,12-13'>8</vcpu>"));
  BOOST_TEST(pins(placed) == "0=0 1=8 2=1 3=9 4=4 5=12 6=5 7=13");
}

BOOST_AUTO_TEST_CASE(cpuset_of_vcpu_limits_the_emulator_too) {
  const Domain placed = applied(domain("<memory unit='GiB'>8</memory><vcpu cpuset='0-2,4-6,8-10,12-14'>8</vcpu>"));
  BOOST_TEST(pins(placed) == "0=0 1=8 2=1 3=9 4=4 5=12 6=5 7=13");
  BOOST_TEST(emulator(placed) == "2,6,10,14");
}

BOOST_AUTO_TEST_CASE(named_cpus_without_their_siblings_are_cores_of_one_thread) {
  const Domain placed = applied(domain("<memory unit='GiB'>8</memory><vcpu>4</vcpu>"), add("1-2,5-6"));
  BOOST_TEST(pins(placed) == "0=1 1=2 2=5 3=6");
  BOOST_TEST(topology_of(placed) == "2 sockets, 2 cores, 1 threads");
}

BOOST_AUTO_TEST_CASE(an_odd_number_of_vcpus_has_cores_of_one_thread_in_one_socket) {
  const Domain placed = applied(domain("<memory unit='GiB'>8</memory><vcpu>5</vcpu>"));
  BOOST_TEST(
      cells(placed) == (Lines{"0: vCPUs 0-2, 4096 MiB, strict on node 0", "1: vCPUs 3-4, 4096 MiB, strict on node 1"}),
      per_element());
  BOOST_TEST(pins(placed) == "0=1 1=9 2=2 3=5 4=13");
  BOOST_TEST(topology_of(placed) == "1 sockets, 5 cores, 1 threads");
}

BOOST_AUTO_TEST_CASE(the_topology_of_the_domain_stays_and_decides_the_threads) {
  const Domain placed = applied(domain(plain + "<cpu><topology sockets='1' dies='1' cores='8' threads='1'/></cpu>"));
  BOOST_TEST(topology_of(placed) == "1 sockets, 8 cores, 1 threads");
  BOOST_TEST(pins(placed) == "0=1 1=9 2=2 3=10 4=5 5=13 6=6 7=14");
}

// 10 pages of 1 GiB: 5 each; 9 pages: the first cell has one more.
BOOST_AUTO_TEST_CASE(memory_is_split_in_whole_huge_pages) {
  const std::string pages = "<memoryBacking><hugepages><page size='1' unit='GiB'/></hugepages></memoryBacking>";
  const Domain placed = applied(domain("<memory unit='GiB'>9</memory><vcpu>8</vcpu>" + pages));
  BOOST_TEST(
      cells(placed) == (Lines{"0: vCPUs 0-3, 5120 MiB, strict on node 0", "1: vCPUs 4-7, 4096 MiB, strict on node 1"}),
      per_element());
}

BOOST_AUTO_TEST_CASE(io_threads_are_pinned_beside_the_emulator) {
  const Domain placed = applied(domain(plain + "<iothreads>2</iothreads>"));
  BOOST_TEST_REQUIRE(placed.cpu_tune->io_thread_pin.size() == 2U);
  BOOST_TEST(*placed.cpu_tune->io_thread_pin[1].io_thread == 2U);
  BOOST_TEST((*placed.cpu_tune->io_thread_pin[1].cpu_set).format() == "0,3-4,7-8,11-12,15");
}

BOOST_AUTO_TEST_CASE(an_emulatorpin_of_the_domain_stays) {
  BOOST_TEST(emulator(applied(domain(plain + "<cputune><emulatorpin cpuset='0'/></cputune>"))) == "0");
}

BOOST_AUTO_TEST_CASE(an_offline_cpu_is_not_used) {
  Host host = smt_host();
  std::erase_if(host.cpus, [](const topology::Cpu& cpu) { return cpu.id == 1 || cpu.id == 9; });
  BOOST_TEST(pins(applied(domain(plain), add(), host)) == "0=2 1=10 2=3 3=11 4=5 5=13 6=6 7=14");
}

// Node 2 has no CPUs, as the node of a GPU of a Grace machine; node 1 is nearer to it than node 0.
BOOST_AUTO_TEST_CASE(a_device_on_a_node_without_cpus_gets_the_cell_of_the_nearest_node) {
  Host host = smt_host();
  host.nodes.push_back({.id = 2, .distances = {{0, 80}, {1, 40}, {2, 10}}});
  host.devices[0].numa_node = 2;
  const Plan planned = plan(domain(six), host, add());
  BOOST_TEST_REQUIRE(planned.layout.cells.size() == 1U);
  BOOST_TEST(planned.layout.cells[0].host_node == 1U);
  BOOST_TEST(planned.layout.cells[0].why ==
             "0000:18:00.0 is on host node 2, to which this is the nearest node with CPUs");
}

BOOST_AUTO_TEST_CASE(a_domain_without_passthrough_devices_gets_cells_for_named_nodes) {
  const Domain placed = applied(domain(plain, ""), add("", "0-1"));
  BOOST_TEST(cells(placed).size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_domain_with_pins_only)

const std::string pinned =
    "<cputune><vcpupin vcpu='0' cpuset='4-7'/><vcpupin vcpu='1' cpuset='1'/><vcpupin vcpu='2' cpuset='5'/>"
    "<vcpupin vcpu='3' cpuset='2'/></cputune>";

BOOST_AUTO_TEST_CASE(pins_decide_the_cells_and_stay) {
  const Domain placed = applied(domain("<memory unit='GiB'>8</memory><vcpu>4</vcpu>" + pinned));
  BOOST_TEST(
      cells(placed) == (Lines{"0: vCPUs 1,3, 4096 MiB, strict on node 0", "1: vCPUs 0,2, 4096 MiB, strict on node 1"}),
      per_element());
  BOOST_TEST(pins(placed) == "0=4-7 1=1 2=5 3=2");
  BOOST_TEST(!placed.cpu->topology.has_value());
}

BOOST_AUTO_TEST_CASE(with_add_to_pins_nothing_else_is_pinned) {
  const std::string content = "<memory unit='GiB'>8</memory><vcpu>4</vcpu><iothreads>1</iothreads>" + pinned;
  const Domain before = domain(content);
  const Domain placed = applied(before, {.cells = Cells::add_to_pins});
  BOOST_TEST(
      cells(placed) == (Lines{"0: vCPUs 1,3, 4096 MiB, strict on node 0", "1: vCPUs 0,2, 4096 MiB, strict on node 1"}),
      per_element());
  BOOST_TEST((placed.cpu_tune == before.cpu_tune));
}

BOOST_AUTO_TEST_CASE(with_add_to_pins_a_vcpu_without_a_pin_is_refused) {
  refuses(plain, {.cells = Cells::add_to_pins}, Code::cells_not_derived, "of 8 vCPUs, 0-7 have no pin");
  refuses(plain + two_cells, {.cells = Cells::add_to_pins}, Code::cells_not_derived, "of 8 vCPUs, 0-7 have no pin");
}

BOOST_AUTO_TEST_CASE(a_named_node_that_no_vcpu_is_pinned_to_is_refused) {
  refuses("<memory unit='GiB'>8</memory><vcpu>1</vcpu><cputune><vcpupin vcpu='0' cpuset='1'/></cputune>", add("", "1"),
          Code::cells_not_derived, "host node 1 is named");
}

BOOST_AUTO_TEST_CASE(a_pin_without_a_cpuset_is_refused) {
  refuses("<memory unit='GiB'>8</memory><vcpu>1</vcpu><cputune><vcpupin vcpu='0'/></cputune>", add(),
          Code::invalid_value, "/domain/cputune/vcpupin[1]", "no cpuset");
}

BOOST_AUTO_TEST_CASE(a_vcpu_without_a_pin_beside_pinned_ones_is_refused) {
  refuses("<memory unit='GiB'>8</memory><vcpu>6</vcpu>" + pinned, add(), Code::cells_not_derived, "6 vCPUs, 4-5");
}

BOOST_AUTO_TEST_CASE(a_pin_to_cpus_of_two_nodes_is_refused) {
  refuses("<memory unit='GiB'>8</memory><vcpu>1</vcpu><cputune><vcpupin vcpu='0' cpuset='3-4'/></cputune>", add(),
          Code::cells_not_derived, "/domain/cputune/vcpupin[1]: ", "vCPU 0", "host nodes 0 and 1");
  refuses(
      "<memory unit='GiB'>8</memory><vcpu>2</vcpu><cputune><vcpupin vcpu='1' cpuset='1'/><vcpupin vcpu='0' "
      "cpuset='3-4'/></cputune>",
      add(), Code::cells_not_derived, "/domain/cputune/vcpupin[2]: ", "vCPU 0");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_domain_with_cells)

BOOST_AUTO_TEST_CASE(cells_without_pins_get_pins_and_memnodes_in_the_order_of_the_nodes) {
  const Domain placed = applied(domain(plain + two_cells));
  BOOST_TEST(
      cells(placed) == (Lines{"0: vCPUs 0-3, 4096 MiB, strict on node 0", "1: vCPUs 4-7, 4096 MiB, strict on node 1"}),
      per_element());
  BOOST_TEST(pins(placed) == "0=1 1=9 2=2 3=10 4=5 5=13 6=6 7=14");
}

BOOST_AUTO_TEST_CASE(memnodes_decide_before_devices) {
  const Domain placed =
      applied(domain(plain + "<numatune><memnode cellid='0' mode='preferred' nodeset='1'/></numatune>" + two_cells));
  BOOST_TEST(cells(placed) ==
                 (Lines{"0: vCPUs 0-3, 4096 MiB, preferred on node 1", "1: vCPUs 4-7, 4096 MiB, strict on node 0"}),
             per_element());
  BOOST_TEST(pins(placed) == "0=5 1=13 2=6 3=14 4=1 5=9 6=2 7=10");
}

BOOST_AUTO_TEST_CASE(cells_with_pins_get_memnodes) {
  const std::string tune = "<cputune><vcpupin vcpu='0' cpuset='4-7'/><vcpupin vcpu='1' cpuset='0'/></cputune>";
  const Domain placed = applied(domain("<memory unit='GiB'>8</memory><vcpu>2</vcpu>" + tune + "<cpu><numa>" +
                                       cell_xml(0, "0") + cell_xml(1, "1") + "</numa></cpu>"));
  BOOST_TEST(
      cells(placed) == (Lines{"0: vCPUs 0, 4096 MiB, strict on node 1", "1: vCPUs 1, 4096 MiB, strict on node 0"}),
      per_element());
  BOOST_TEST(pins(placed) == "0=4-7 1=0");
}

// The memnode of a second cell for a node would say nothing; the first decides where the node's devices go.
BOOST_AUTO_TEST_CASE(of_two_cells_on_one_node_only_the_first_gets_a_memnode) {
  const std::string tune = "<cputune><vcpupin vcpu='0' cpuset='1'/><vcpupin vcpu='1' cpuset='2'/></cputune>";
  Options strict = add();
  strict.strict = true;
  const std::string gpu =
      "<devices><hostdev mode='subsystem' type='pci'><source><address bus='0x18' slot='0' function='0'/></source>"
      "</hostdev></devices>";
  const Domain placed = applied(domain("<memory unit='GiB'>8</memory><vcpu>2</vcpu>" + tune + "<cpu><numa>" +
                                           cell_xml(0, "0") + cell_xml(1, "1") + "</numa></cpu>",
                                       gpu),
                                strict);
  BOOST_TEST(cells(placed) == (Lines{"0: vCPUs 0, 4096 MiB, strict on node 0", "1: vCPUs 1, 4096 MiB"}), per_element());
  BOOST_TEST(!plan(placed, smt_host(), strict).changed);
}

BOOST_AUTO_TEST_CASE(a_memnode_and_pins_that_contradict_each_other_are_refused) {
  refuses(plain +
              "<cputune><vcpupin vcpu='0' cpuset='1'/></cputune><numatune><memnode cellid='0' mode='strict' "
              "nodeset='1'/></numatune>" +
              two_cells,
          add(), Code::cells_not_derived, "/domain/cpu/numa/cell[1]", "host node 1", "CPUs of 0");
}

BOOST_AUTO_TEST_CASE(fewer_named_nodes_than_cells_are_refused) {
  refuses(plain + two_cells, add("", "1"), Code::cells_not_derived, "2 guest cells", "1 is named");
}

BOOST_AUTO_TEST_CASE(vcpus_that_the_cells_and_the_domain_do_not_share_are_refused) {
  refuses("<memory unit='GiB'>8</memory><vcpu>10</vcpu>" + two_cells, add(), Code::cells_not_derived, "10 vCPUs",
          "no guest cell lists 8-9");
  refuses("<memory unit='GiB'>8</memory><vcpu>6</vcpu>" + two_cells, add(), Code::cells_not_derived, "6 vCPUs",
          "also list 6-7");
}

BOOST_AUTO_TEST_CASE(restrictive_memory_needs_restrictive_memnodes) {
  const Domain placed =
      applied(domain(plain + "<numatune><memory mode='restrictive' nodeset='0-1'/></numatune>" + two_cells));
  BOOST_TEST(*placed.numa_tune->mem_nodes.at(0).mode == "restrictive");
}

// VN070, with its message, for each name that has no effect.
Lines unused(const std::string& body, const Options& options) {
  Lines lines;
  for (const vnuma::placement::Diagnostic& warning : plan(domain(body), smt_host(), options).warnings) {
    if (warning.code == Code::nothing_to_add) lines.push_back(warning.message);
  }
  return lines;
}

BOOST_AUTO_TEST_CASE(cpus_and_nodes_that_are_named_for_nothing_are_reported) {
  const std::string small = "<memory unit='GiB'>8</memory><vcpu>2</vcpu>";
  const std::string tune = "<cputune><vcpupin vcpu='0' cpuset='1'/><vcpupin vcpu='1' cpuset='5'/></cputune>";
  const std::string numa = "<cpu><numa>" + cell_xml(0, "0") + cell_xml(1, "1") + "</numa></cpu>";
  const std::string bound =
      "<numatune><memnode cellid='0' mode='strict' nodeset='0'/><memnode cellid='1' mode='strict' "
      "nodeset='1'/></numatune>";
  const std::string cpus = "CPUs 1-3 are named for vCPUs without a pin, and each vCPU has one";
  const std::string nodes = "host nodes 0 and 1 are named for guest cells without a node, and no such cell is left";
  BOOST_TEST(unused(small + tune + bound + numa, add("1-3", "0-1")) == (Lines{cpus, nodes}), per_element());
  BOOST_TEST(unused(small + tune + bound + numa, add()) == Lines{}, per_element());
  // The memnodes are missing, and the pins name the same nodes.
  BOOST_TEST(unused(small + tune + numa, add("1-3", "0-1")) == Lines{cpus}, per_element());
  // One cell needs one node.
  BOOST_TEST(
      unused("<memory unit='GiB'>8</memory><vcpu>1</vcpu><cpu><numa>" + cell_xml(0, "0") + "</numa></cpu>",
             add("", "0-1")) == Lines{"host node 1 is named for guest cells without a node, and no such cell is left"},
      per_element());
  BOOST_TEST(unused(plain, add("1-3,5-7,9-11,13-15", "0-1")) == Lines{}, per_element());
}

BOOST_AUTO_TEST_CASE(more_cells_than_nodes_are_refused) {
  refuses("<memory unit='GiB'>12</memory><vcpu>3</vcpu><cpu><numa>" + cell_xml(0, "0") + cell_xml(1, "1") +
              cell_xml(2, "2") + "</numa></cpu>",
          add(), Code::cells_not_derived, "3 guest cells", "2 are free");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(refusals_with_numbers)

// Each node has three free cores of two threads.
BOOST_AUTO_TEST_CASE(too_few_free_cores) {
  refuses("<memory unit='GiB'>8</memory><vcpu>16</vcpu>", add(), Code::cpus_insufficient, "guest cell 0 needs 8 CPUs",
          "host node 0 has 6 free", "1-3,9-11");
}

BOOST_AUTO_TEST_CASE(too_few_free_cores_for_the_threads_of_the_domain) {
  refuses("<memory unit='GiB'>8</memory><vcpu>16</vcpu><cpu><topology sockets='2' cores='4' threads='2'/></cpu>", add(),
          Code::cpus_insufficient, "guest cell 0 needs 8 CPUs in cores of 2 threads",
          "host node 0 has 3 such cores free");
}

BOOST_AUTO_TEST_CASE(more_vcpus_than_the_host_has_cpus) {
  refuses("<memory unit='GiB'>8</memory><vcpu>4000000000</vcpu>", add(), Code::cpus_insufficient, "4000000000 vCPUs",
          "16 CPUs");
  refuses("<memory unit='GiB'>8</memory><vcpu>0</vcpu>", add(), Code::cpus_insufficient, "0 vCPUs");
}

BOOST_AUTO_TEST_CASE(fewer_cores_than_nodes) {
  refuses("<memory unit='GiB'>8</memory><vcpu>1</vcpu>", add(), Code::cells_not_derived, "1 vCPU", "2 host nodes");
}

BOOST_AUTO_TEST_CASE(a_node_with_less_memory_than_its_cell) {
  refuses("<memory unit='GiB'>200</memory><vcpu>8</vcpu>", add(), Code::node_memory, "guest cell 0 gets 100 GiB",
          "host node 0 has 64 GiB");
}

BOOST_AUTO_TEST_CASE(a_node_with_too_few_free_huge_pages) {
  Host host = smt_host();
  host.nodes[1].huge_pages = {{.size = GiB, .total = 8, .free = 3}};
  const std::string pages = "<memoryBacking><hugepages><page size='1' unit='GiB'/></hugepages></memoryBacking>";
  BOOST_CHECK_EXCEPTION(plan(domain(plain + pages), host, add()), PlanError,
                        with(Code::node_memory, "guest cell 1 gets 4 GiB", "host node 1 has 3 GiB of free huge pages"));
}

BOOST_AUTO_TEST_CASE(memory_that_is_no_multiple_of_the_page) {
  refuses("<memory unit='KiB'>8388609</memory><vcpu>8</vcpu>", add(), Code::memory_indivisible, "8589935616 bytes",
          "1048576");
}

BOOST_AUTO_TEST_CASE(memory_that_the_domain_binds_to_other_nodes) {
  refuses(plain + "<numatune><memory mode='strict' nodeset='0'/></numatune>", add(), Code::cells_not_derived,
          "/domain/numatune/memory/@nodeset", "bound to 0", "guest cell 1 is for host node 1");
}

BOOST_AUTO_TEST_CASE(memnodes_without_cells) {
  refuses(plain + "<numatune><memnode cellid='0' mode='strict' nodeset='0'/></numatune>", add(),
          Code::cells_not_derived, "/domain/numatune", "memnodes");
}

BOOST_AUTO_TEST_CASE(a_cpuset_of_vcpu_without_cpus_of_a_node) {
  refuses("<memory unit='GiB'>8</memory><vcpu cpuset='0-3,8-11'>8</vcpu>", add(), Code::cpus_insufficient,
          "host node 1 has 0 free", "add CPUs of the node to the cpuset of <vcpu>");
}

BOOST_AUTO_TEST_CASE(huge_pages_of_no_size) {
  refuses(plain + "<memoryBacking><hugepages><page size='0'/></hugepages></memoryBacking>", add(), Code::invalid_value,
          "/domain/memoryBacking/hugepages/page[1]/@size");
}

BOOST_AUTO_TEST_CASE(no_memory) { refuses("<vcpu>8</vcpu>", add(), Code::cells_not_derived, "no <memory>"); }

BOOST_AUTO_TEST_CASE(automatic_placement) {
  refuses("<memory unit='GiB'>8</memory><vcpu placement='auto'>8</vcpu>", add(), Code::cells_not_derived,
          "/domain/vcpu", "numad");
  refuses(plain + "<numatune><memory mode='strict' placement='auto'/></numatune>", add(), Code::cells_not_derived,
          "/domain/numatune/memory");
}

BOOST_AUTO_TEST_CASE(cpus_and_nodes_that_the_host_lacks) {
  refuses(plain, add("14-20"), Code::cpus_insufficient, "14-20", "16-20", "the host has 0-15");
  refuses(plain, add("", "2"), Code::unknown_host_node, "the host has no node 2");
}

BOOST_AUTO_TEST_CASE(devices_on_unknown_nodes) {
  Host host = smt_host();
  for (auto& device : host.devices) device.numa_node.reset();
  BOOST_CHECK_EXCEPTION(plan(domain(plain), host, add()), PlanError,
                        with(Code::cells_not_derived, "/domain/devices", "Options::nodes"));
}

BOOST_AUTO_TEST_CASE(a_host_that_does_not_describe_its_cpus) {
  Host host = smt_host();
  host.cpus.clear();
  BOOST_CHECK_EXCEPTION(plan(domain(plain), host, add()), PlanError, with(Code::incomplete_host, "siblings"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()
