// What check finds in the pinning and the memory of a domain's cells on a host. Findings are compared by code and path;
// of their messages only the numbers matter here.
#include <boost/test/unit_test.hpp>

#include <vnuma/schema/xml.hpp>

#include "placement/findings.hpp"

using namespace vnuma;
using namespace vnuma::test;
using boost::test_tools::per_element;

namespace {

constexpr std::uint64_t GiB = std::uint64_t{1} << 30;

// Nodes 0 and 1 have four CPUs and 8 GiB each.
topology::Host two_nodes() {
  return {.nodes = {{.id = 0, .cpus = *topology::CpuSet::parse("0-3"), .memory_bytes = 8 * GiB},
                    {.id = 1, .cpus = *topology::CpuSet::parse("4-7"), .memory_bytes = 8 * GiB}}};
}

// Cells with two vCPUs and memory in GiB each: vCPUs 0-1, 2-3 and so on.
std::string cells(std::initializer_list<unsigned> memory) {
  std::string text;
  unsigned id = 0;
  for (const unsigned size : memory) {
    text += fmt::format("<cell id='{}' cpus='{}-{}' memory='{}' unit='GiB'/>", id, 2 * id, 2 * id + 1, size);
    ++id;
  }
  return "<cpu><numa>" + text + "</numa></cpu>";
}

// vCPU 0 is pinned to the first of the CPUs or lists of CPUs, and so on.
std::string pins(std::initializer_list<const char*> cpus) {
  std::string text;
  unsigned vcpu = 0;
  for (const char* list : cpus) text += fmt::format("<vcpupin vcpu='{}' cpuset='{}'/>", vcpu++, list);
  return text;
}

std::string tuned(const std::string& content) { return "<cputune>" + content + "</cputune>"; }
std::string bound(const std::string& content) { return "<numatune>" + content + "</numatune>"; }
std::string memnode(unsigned cell, const char* nodes) {
  return fmt::format("<memnode cellid='{}' mode='strict' nodeset='{}'/>", cell, nodes);
}

// Cell 0 on node 0, cell 1 on node 1.
const std::string two_cells = cells({1, 1});
const std::string straight = pins({"0", "1", "4", "5"});
const std::string both = bound(memnode(0, "0") + memnode(1, "1"));

// The domain has these findings, "VN061 PATH", and their messages have the parts.
void finds(const Lines& expected, const std::string& content, const Lines& parts = {},
           const topology::Host& host = two_nodes()) {
  const auto found = placement::check(schema::from_xml<schema::Domain>("<domain>" + content + "</domain>"), host);
  BOOST_TEST(lines(found) == expected, per_element());
  std::string messages;
  for (const auto& finding : found) messages += finding.message + "\n";
  for (const std::string& part : parts) BOOST_TEST(mentions(messages, part), messages << "has no " << part);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_pinning)

BOOST_AUTO_TEST_CASE(nothing_is_found_if_each_cell_has_its_vcpus_and_its_memory_on_one_node) {
  finds({}, two_cells + tuned(straight) + both);
  finds({}, "<vcpu cpuset='0-3'>2</vcpu>" + cells({1}) + bound("<memory mode='strict' nodeset='0'/>"));
  finds({}, "<vcpu>2</vcpu>");
  finds({}, "<vcpu>4</vcpu>" + two_cells);  // neither pinned nor bound
}

BOOST_AUTO_TEST_CASE(memory_that_nothing_binds_is_reported_once_for_all_cells_that_are_pinned) {
  const std::string found = "VN059 /domain/cpu/numa";
  finds({found}, two_cells + tuned(straight), {"guest cells 0 and 1"});
  finds({found}, two_cells + tuned(straight) + bound(memnode(0, "0")), {"guest cell 1"});
  // Both nodes are all that have memory.
  finds({found}, two_cells + tuned(straight) + bound("<memory mode='interleave' nodeset='0-1'/>"));
  finds({}, cells({1}) + tuned(pins({"0", "1"})) + bound("<memory mode='strict' nodeset='0'/>"));
  // A cell without vCPUs, as for GPUs, is near to no vCPUs.
  finds({},
        "<cpu><numa><cell id='0' cpus='0-1' memory='1' unit='GiB'/><cell id='1' memory='64' unit='MiB'/></numa>"
        "</cpu>" +
            tuned(pins({"0", "1"})) + bound(memnode(0, "0")));
}

BOOST_AUTO_TEST_CASE(unbound_memory_is_not_reported_where_it_has_one_node_or_numad_binds_it) {
  topology::Host host = two_nodes();
  host.nodes[1].memory_bytes = 0;
  finds({}, two_cells + tuned(straight), {}, host);
  finds({}, two_cells + tuned(straight) + bound("<memory mode='strict' placement='auto'/>"));
  finds({}, "<vcpu placement='auto'>4</vcpu>" + two_cells);
}

BOOST_AUTO_TEST_CASE(bound_memory_of_vcpus_that_are_not_pinned_is_reported_once) {
  const std::string found = "VN060 /domain/numatune";
  finds({found}, two_cells + both, {"vCPUs 0-3 are not", "their cells", "host nodes 0 and 1"});
  finds({found}, two_cells + tuned(pins({"0", "1", "4"})) + both, {"vCPU 3 is not", "its cell", "host node 1"});
  finds({found}, cells({1}) + bound("<memory mode='strict' nodeset='1'/>"), {"vCPUs 0 and 1 are not", "host node 1"});
  finds({}, "<vcpu placement='auto'>4</vcpu>" + two_cells + bound("<memory mode='strict' nodeset='1'/>"));
  // All nodes with CPUs are those of the memory.
  finds({}, cells({1}) + bound(memnode(0, "0-1")));
}

BOOST_AUTO_TEST_CASE(vcpus_on_the_node_of_another_cell_are_reported_for_each_cell_and_node) {
  finds({"VN061 /domain/cputune/vcpupin[2]/@cpuset"}, two_cells + tuned(pins({"0", "4", "5", "6"})) + both,
        {"vCPU 1 of guest cell 0 is", "host node 1, which is guest cell 1"});
  // The cells' vCPUs are on each other's nodes.
  finds({"VN061 /domain/cputune/vcpupin[1]/@cpuset", "VN061 /domain/cputune/vcpupin[3]/@cpuset"},
        two_cells + tuned(pins({"4", "5", "0", "1"})) + both,
        {"vCPUs 0 and 1 of guest cell 0 are", "host node 1, which is guest cell 1", "vCPUs 2 and 3 of guest cell 1"});
  // Without memnodes the node is the cell's that has most vCPUs there.
  finds({"VN059 /domain/cpu/numa", "VN061 /domain/cputune/vcpupin[2]/@cpuset"},
        two_cells + tuned(pins({"0", "4", "5", "6"})), {"which is guest cell 1"});
}

BOOST_AUTO_TEST_CASE(vcpus_away_from_the_memory_of_their_cell_are_reported) {
  finds({"VN061 /domain/cputune/vcpupin[1]/@cpuset"}, cells({1}) + tuned(pins({"0", "1"})) + bound(memnode(0, "1")),
        {"vCPUs 0 and 1 of guest cell 0 are", "host node 0", "bound to host node 1"});
  finds({"VN061 /domain/cputune/vcpupin[3]/@cpuset"},
        two_cells + tuned(straight) + bound("<memory mode='strict' nodeset='0'/>"),
        {"vCPUs 2 and 3 of guest cell 1", "host node 1", "bound to host node 0"});
  // The memnodes of both cells name node 0, so pinning decides, and most vCPUs there are of cell 0. vCPU 2 of cell 1 is
  // where its memory is, vCPU 3 is not.
  finds({"VN028 /domain/numatune/memnode[2]/@nodeset", "VN061 /domain/cputune/vcpupin[4]/@cpuset"},
        two_cells + tuned(pins({"0", "1", "2", "4"})) + bound(memnode(0, "0") + memnode(1, "0")));
  // The memory of node 2 is near to node 0, as high-bandwidth memory is.
  topology::Host host = two_nodes();
  host.nodes.push_back({.id = 2, .memory_bytes = 8 * GiB});
  finds({}, cells({1}) + tuned(pins({"0", "1"})) + bound(memnode(0, "2")), {}, host);
}

BOOST_AUTO_TEST_CASE(a_cell_with_vcpus_on_several_nodes_that_are_its_own_is_reported) {
  finds({"VN062 /domain/cpu/numa/cell[1]"}, cells({1}) + tuned(pins({"0", "4"})) + bound(memnode(0, "0-1")),
        {"guest cell 0", "host nodes 0 and 1"});
  finds({"VN062 /domain/cpu/numa/cell[1]"}, cells({1}) + tuned(pins({"0", "4"})));
}

BOOST_AUTO_TEST_CASE(vcpus_that_can_run_on_several_nodes_are_reported_once_for_the_same_nodes) {
  finds({"VN063 /domain/vcpu/@cpuset"}, "<vcpu cpuset='0-7'>4</vcpu>" + two_cells + both,
        {"vCPUs 0-3", "host nodes 0 and 1"});
  finds({"VN063 /domain/cputune/vcpupin[2]/@cpuset"}, two_cells + tuned(pins({"0", "1,4", "4", "3-5"})) + both,
        {"vCPUs 1 and 3", "host nodes 0 and 1"});
  // No cell has vCPU 2.
  finds({}, cells({1}) + tuned(pins({"0", "1", "0-7"})) + bound(memnode(0, "0")));
}

BOOST_AUTO_TEST_CASE(emulator_threads_on_a_node_without_vcpus_of_the_guest_are_reported) {
  const auto guest = [](const char* emulator) {
    return cells({1}) + tuned(pins({"0", "1"}) + fmt::format("<emulatorpin cpuset='{}'/>", emulator)) +
           bound(memnode(0, "0"));
  };
  finds({"VN064 /domain/cputune/emulatorpin/@cpuset"}, guest("6-7"), {"host node 1", "host node 0"});
  finds({}, guest("2-3"));
  finds({}, guest("3-4"));
  // vCPU 1 may run on node 1 too.
  finds({"VN060 /domain/numatune"},
        cells({1}) + tuned(pins({"0"}) + "<emulatorpin cpuset='6'/>") + bound(memnode(0, "0")));
  // Nothing says where the vCPUs run.
  finds({}, cells({1}) + tuned("<emulatorpin cpuset='6'/>"));
}

BOOST_AUTO_TEST_CASE(more_memory_than_its_nodes_have_is_reported_once_for_all_cells_on_them) {
  const std::string first = "VN065 /domain/cpu/numa/cell[1]/@memory";
  const std::string on_node_0 = tuned(pins({"0", "1"})) + bound(memnode(0, "0"));
  finds({first}, cells({9}) + on_node_0, {"guest cell 0 has 9 GiB", "1 GiB more than host node 0"});
  finds({}, cells({8}) + on_node_0);
  finds({first}, cells({5, 4}) + tuned(pins({"0", "1", "2", "3"})) + bound("<memory mode='strict' nodeset='0'/>"),
        {"guest cells 0 and 1 have 9 GiB", "host node 0"});
  finds({"VN065 /domain/cpu/numa/cell[2]/@memory"}, cells({8, 9}) + tuned(straight) + both, {"guest cell 1 has 9 GiB"});
  finds({}, cells({16}) + bound(memnode(0, "0-1")));
  finds({first}, cells({17}) + bound(memnode(0, "0-1")), {"17 GiB", "host nodes 0 and 1"});
  topology::Host host = two_nodes();
  host.nodes[0].memory_bytes = 0;  // unknown
  finds({}, cells({9}) + on_node_0, {}, host);
}

// The node has eight pages of 1 GiB, and says nothing about others.
BOOST_AUTO_TEST_CASE(fewer_huge_pages_than_the_cells_of_a_node_need_are_reported) {
  topology::Host host = two_nodes();
  host.nodes[0].memory_bytes = 64 * GiB;
  host.nodes[0].huge_pages = {{.size = GiB, .total = 8, .free = 0}};
  const auto in_pages = [](const std::string& page) {
    return "<memoryBacking><hugepages>" + page + "</hugepages></memoryBacking>";
  };
  const std::string large = in_pages("<page size='1' unit='GiB'/>");
  const std::string on_node_0 = tuned(pins({"0", "1"})) + bound(memnode(0, "0"));
  const std::string found = "VN067 /domain/cpu/numa/cell[1]/@memory";
  finds({}, cells({8}) + on_node_0 + large, {}, host);
  finds({found}, cells({9}) + on_node_0 + large, {"guest cell 0 needs 9 huge pages of 1 GiB", "host node 0 has 8"},
        host);
  finds({found},
        cells({5, 4}) + tuned(pins({"0", "1", "2", "3"})) + bound("<memory mode='strict' nodeset='0'/>") + large,
        {"guest cells 0 and 1 need 9 huge pages"}, host);
  finds({found}, cells({1}) + on_node_0 + in_pages("<page size='2' unit='MiB'/>"), {"512 huge pages of 2 MiB", "has 0"},
        host);
  // Of the host's default size, of no size, of another cell, and on a host that does not say.
  finds({}, cells({9}) + on_node_0 + in_pages(""), {}, host);
  finds({}, cells({9}) + on_node_0 + in_pages("<page size='0'/>"), {}, host);
  finds({}, cells({9}) + on_node_0 + in_pages("<page size='1' unit='GiB' nodeset='1'/>"), {}, host);
  host.nodes[0].huge_pages.clear();
  finds({}, cells({9}) + on_node_0 + large, {}, host);
}

// That is reported, and where the vCPUs are is not known.
BOOST_AUTO_TEST_CASE(pins_that_the_host_cannot_have_are_not_compared_with_it) {
  finds({"VN027 /domain/cputune/vcpupin[2]/@cpuset"}, two_cells + tuned(pins({"4", "8", "0-7"})) + both, {"CPU 8"});
}

// CPUs of two domains: "PATH: MESSAGE" for each finding of the first.
BOOST_AUTO_TEST_CASE(cpus_that_vcpus_of_two_domains_are_pinned_to_are_reported) {
  const auto shared = [](const std::string& domain, const std::string& other) {
    Lines lines;
    for (const auto& finding :
         placement::check_shared_pins(schema::from_xml<schema::Domain>("<domain>" + domain + "</domain>"),
                                      schema::from_xml<schema::Domain>("<domain>" + other + "</domain>"), "b.xml")) {
      BOOST_TEST(name(finding.code) == "VN066");
      lines.push_back(finding.path + ": " + finding.message);
    }
    return lines;
  };
  const std::string floating = "<vcpu cpuset='0-3'>2</vcpu>";
  const std::string pinned = tuned(pins({"2", "3", "4"}));
  BOOST_TEST(shared(pinned, tuned(pins({"0", "3-5"}))) ==
                 Lines{"/domain/cputune/vcpupin[2]/@cpuset: vCPUs 1 and 2 are pinned to CPUs 3 and 4, where vCPUs of "
                       "b.xml run too"},
             per_element());
  BOOST_TEST(shared(pinned, floating) == Lines{"/domain/cputune/vcpupin[1]/@cpuset: vCPUs 0 and 1 are pinned to CPUs 2 "
                                               "and 3, where vCPUs of b.xml run too"},
             per_element());
  BOOST_TEST(shared(floating, pinned) == Lines{"/domain/vcpu/@cpuset: vCPUs without a vcpupin can run on CPUs 2 and 3, "
                                               "to which vCPUs of b.xml are pinned"},
             per_element());
  // Emulator threads and IOThreads disturb vCPUs, but not each other.
  const std::string emulator = tuned("<emulatorpin cpuset='2,6'/>");
  const std::string io_threads = tuned("<iothreadpin iothread='1' cpuset='7'/><iothreadpin iothread='2' cpuset='4'/>");
  BOOST_TEST(shared(pinned, emulator) ==
                 Lines{"/domain/cputune/vcpupin[1]/@cpuset: vCPU 0 is pinned to CPU 2, where emulator threads or "
                       "IOThreads of b.xml run too"},
             per_element());
  BOOST_TEST(shared(pinned, io_threads) ==
                 Lines{"/domain/cputune/vcpupin[3]/@cpuset: vCPU 2 is pinned to CPU 4, where emulator threads or "
                       "IOThreads of b.xml run too"},
             per_element());
  BOOST_TEST(
      shared(emulator, pinned) == Lines{"/domain/cputune/emulatorpin/@cpuset: these threads are pinned to CPU 2, "
                                        "where vCPUs of b.xml run too"},
      per_element());
  BOOST_TEST(shared(io_threads, pinned) ==
                 Lines{"/domain/cputune/iothreadpin[2]/@cpuset: these threads are pinned to CPU 4, where vCPUs of "
                       "b.xml run too"},
             per_element());
  BOOST_TEST(shared(emulator, emulator) == Lines{}, per_element());
  BOOST_TEST(shared(io_threads, emulator) == Lines{}, per_element());
  // vCPUs and an emulator on one CPU are one finding.
  BOOST_TEST(shared(tuned(pins({"2"})), tuned(pins({"2"}) + "<emulatorpin cpuset='2'/>")) ==
                 Lines{"/domain/cputune/vcpupin[1]/@cpuset: vCPU 0 is pinned to CPU 2, where vCPUs of b.xml run too"},
             per_element());
  // Nobody pins these vCPUs to single CPUs.
  BOOST_TEST(shared(floating, floating) == Lines{}, per_element());
  // All vCPUs have a vcpupin, so none uses the cpuset; or numad chooses the CPUs.
  BOOST_TEST(shared(floating + tuned(pins({"6", "7"})), pinned) == Lines{}, per_element());
  BOOST_TEST(shared("<vcpu placement='auto' cpuset='0-3'>2</vcpu>", pinned) == Lines{}, per_element());
  // Invalid pins are findings of check.
  BOOST_TEST(shared(tuned("<vcpupin vcpu='x' cpuset='2'/><vcpupin vcpu='0' cpuset='x'/><vcpupin/>"), pinned) == Lines{},
             per_element());
}

BOOST_AUTO_TEST_SUITE_END()
