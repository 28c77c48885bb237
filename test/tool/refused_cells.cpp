// What check finds in cells, pins and memnodes is what libvirt refuses: each part is given to both.
#include <fmt/format.h>
#include <boost/test/unit_test.hpp>

#include "programs.hpp"
#include "samples.hpp"

using namespace vnuma::test;

namespace {

struct Case {
  std::string name;
  std::string body;   // before <os>
  std::string numa;   // in <cpu>
  std::string found;  // "VN068 vcpus are ..."; empty: libvirt accepts it
};

const std::string four = "<vcpu>4</vcpu>";
const std::string cells =
    "<numa><cell id='0' cpus='0-1' memory='2' unit='GiB'/><cell id='1' cpus='2-3' memory='2' unit='GiB'/></numa>";

std::string cell(const std::string& attributes, const std::string& content = "") {
  return fmt::format("<cell {} memory='2' unit='GiB'>{}</cell>", attributes, content);
}
// Two cells with these attributes.
std::string two(const std::string& first, const std::string& second) {
  return "<numa>" + cell(first) + cell(second) + "</numa>";
}
std::string distances(const std::string& siblings) {
  return "<numa>" + cell("id='0' cpus='0-1'", "<distances>" + siblings + "</distances>") + cell("id='1' cpus='2-3'") +
         "</numa>";
}

Case of_cells(const std::string& name, const std::string& numa, const std::string& found = "") {
  return {name, four, numa, found};
}
Case of_vcpu(const std::string& name, const std::string& vcpu, const std::string& found = "") {
  return {name, vcpu, cells, found};
}
Case of_pins(const std::string& name, const std::string& pins, const std::string& found = "") {
  return {name, four + "<iothreads>2</iothreads><cputune>" + pins + "</cputune>", cells, found};
}
Case of_memory(const std::string& name, const std::string& tune, const std::string& found = "",
               const std::string& vcpu = four) {
  return {name, vcpu + "<numatune>" + tune + "</numatune>", cells, found};
}

const std::string automatic = "<vcpu placement='auto'>4</vcpu>";
const std::string node_0 = "<memnode cellid='0' mode='strict' nodeset='0'/>";
const std::string restrictive_0 = "<memnode cellid='0' mode='restrictive' nodeset='0'/>";

const std::vector<Case> all{
    of_cells("two cells", cells),
    of_cells("ids in any order", two("id='1' cpus='0-1'", "id='0' cpus='2-3'")),
    of_cells("ids of the positions", two("cpus='0-1'", "cpus='2-3'")),
    of_cells("a gap", two("id='0' cpus='0-1'", "id='2' cpus='2-3'"), "VN068: the id is 2"),
    of_cells("an id twice", two("id='0' cpus='0-1'", "id='0' cpus='2-3'"), "VN068: two cells have the id 0"),
    of_cells("an id that is the position of another", two("id='1' cpus='0-1'", "cpus='2-3'"),
             "VN068: two cells have the id 1"),
    of_cells("an id that is no number", two("id='0' cpus='0-1'", "id='x' cpus='2-3'"), "VN001: \"x\""),
    of_cells("a vCPU in two cells", two("id='0' cpus='0-2'", "id='1' cpus='2-3'"), "VN068: vCPU 2 is also in cell 0"),
    of_cells("a vCPU in no cell", two("id='0' cpus='0-1'", "id='1' cpus='2'")),
    of_cells("vCPUs beyond", two("id='0' cpus='0-1'", "id='1' cpus='2-5'"), "VN068: the cell has vCPUs 4 and 5"),
    of_cells("no list of vCPUs", two("id='0' cpus='0-1'", "id='1' cpus='x'"), "VN001: \"x\""),
    of_cells("an unknown memAccess", two("id='0' cpus='0-1' memAccess='x'", "id='1' cpus='2-3'"),
             "VN001: \"x\" is unknown"),
    of_cells("distances", distances("<sibling id='0' value='10'/><sibling id='1' value='21'/>")),
    of_cells("no distances", distances(""), "VN001: sibling is missing"),
    of_cells("a distance without cell", distances("<sibling value='20'/>"), "VN001: id is missing"),
    of_cells("a distance without value", distances("<sibling id='1'/>"), "VN001: value is missing"),
    of_cells("a distance to no cell", distances("<sibling id='3' value='20'/>"), "VN068: there is no guest cell 3"),
    of_cells("the own distance for another", distances("<sibling id='1' value='10'/>"), "VN001: 10 is out of range"),
    of_cells("a distance of 256", distances("<sibling id='1' value='256'/>"), "VN001: 256 is out of range"),
    of_cells("a distance of 255", distances("<sibling id='1' value='255'/>")),
    of_cells("another distance to itself", distances("<sibling id='0' value='11'/>"), "VN001: 11 is out of range"),

    of_vcpu("an unknown placement", "<vcpu placement='manual'>4</vcpu>", "VN001: \"manual\" is unknown"),
    of_vcpu("an empty placement", "<vcpu placement=''>4</vcpu>", "VN001: \"\" is unknown"),
    of_vcpu("no number", "<vcpu>x</vcpu>", "VN001: \"x\""),
    of_vcpu("nothing", "<vcpu/>", "VN001: the number of vCPUs is missing"),
    of_vcpu("no vCPU", "<vcpu>0</vcpu>", "VN001: the domain has no vCPU"),
    of_vcpu("a cpuset with placement='auto'", "<vcpu placement='auto' cpuset='0-1'>4</vcpu>"),
    of_vcpu("no list of CPUs", "<vcpu cpuset='x'>4</vcpu>", "VN001: \"x\""),
    of_vcpu("fewer at start", "<vcpu current='2'>4</vcpu>"),
    of_vcpu("more at start", "<vcpu current='5'>4</vcpu>", "VN001: 5 vCPUs at start"),

    of_pins("a vCPU that does not exist", "<vcpupin vcpu='9' cpuset='0'/>"),
    of_pins("a vCPU twice", "<vcpupin vcpu='1' cpuset='0'/><vcpupin vcpu='1' cpuset='1'/>",
            "VN068: vCPU 1 is pinned twice"),
    of_pins("no vCPU", "<vcpupin cpuset='0'/>", "VN001: vcpu is missing"),
    of_pins("no CPUs", "<vcpupin vcpu='0'/>", "VN001: cpuset is missing"),
    of_pins("no list", "<vcpupin vcpu='0' cpuset=''/>", "VN001: \"\""),
    of_pins("an emulator without CPUs", "<emulatorpin/>", "VN001: cpuset is missing"),
    of_pins("an emulator without list", "<emulatorpin cpuset='x'/>", "VN001: \"x\""),
    of_pins("IOThreads", "<iothreadpin iothread='1' cpuset='1'/><iothreadpin iothread='2' cpuset='1'/>"),
    of_pins("an IOThread that does not exist", "<iothreadpin iothread='3' cpuset='1'/>",
            "VN068: there is no IOThread 3"),
    of_pins("an IOThread twice", "<iothreadpin iothread='1' cpuset='1'/><iothreadpin iothread='1' cpuset='2'/>",
            "VN068: IOThread 1 is pinned twice"),
    of_pins("IOThread 0", "<iothreadpin iothread='0' cpuset='1'/>", "VN068: there is no IOThread 0"),
    of_pins("no IOThread", "<iothreadpin cpuset='1'/>", "VN001: iothread is missing"),
    of_pins("an IOThread without CPUs", "<iothreadpin iothread='1'/>", "VN001: cpuset is missing"),

    of_memory("a memnode", node_0),
    of_memory("a memnode without mode", "<memnode cellid='0' nodeset='0'/>"),
    of_memory("a memnode of no cell", "<memnode cellid='7' mode='strict' nodeset='0'/>",
              "VN068: there is no guest cell 7"),
    of_memory("two memnodes of a cell", node_0 + "<memnode cellid='0' mode='strict' nodeset='1'/>",
              "VN068: guest cell 0 has a memnode already"),
    of_memory("a memnode without cell", "<memnode mode='strict' nodeset='0'/>", "VN001: cellid is missing"),
    of_memory("a memnode of no number", "<memnode cellid='x' mode='strict' nodeset='0'/>", "VN001: \"x\""),
    of_memory("a memnode without nodes", "<memnode cellid='0' mode='strict'/>", "VN001: nodeset is missing"),
    of_memory("a memnode of no list", "<memnode cellid='0' mode='strict' nodeset=''/>", "VN001: \"\""),
    of_memory("an unknown mode of a memnode", "<memnode cellid='0' mode='strickt' nodeset='0'/>",
              "VN001: \"strickt\" is unknown"),
    of_memory("an unknown mode", "<memory mode='strickt' nodeset='0'/>", "VN001: \"strickt\" is unknown"),
    of_memory("an unknown placement of memory", "<memory mode='strict' placement='manual' nodeset='0'/>",
              "VN001: \"manual\" is unknown"),
    of_memory("interleave", "<memory mode='interleave' nodeset='0-1'/>"),
    of_memory("nothing of memory", "<memory/>"),
    of_memory("static without nodes", "<memory mode='strict' placement='static'/>", "VN001: nodeset is missing"),
    of_memory("a mode without nodes", "<memory mode='strict'/>", "VN001: nodeset is missing"),
    of_memory("a mode where numad chooses", "<memory mode='strict'/>", "", automatic),
    of_memory("nodes of no list", "<memory mode='strict' nodeset='x'/>", "VN001: \"x\""),
    of_memory("a memnode where numad chooses", "<memory mode='strict' placement='auto'/>" + node_0,
              "VN068: with placement='auto'"),
    of_memory("a memnode where numad chooses for vCPUs", node_0, "VN068: with placement='auto'", automatic),
    of_memory("a memnode where numad chooses for vCPUs only", "<memory mode='strict' nodeset='0'/>" + node_0, "",
              automatic),
    of_memory("restrictive and strict", "<memory mode='restrictive' nodeset='0'/>" + node_0,
              "VN068: the mode is strict"),
    of_memory("restrictive and none", "<memory mode='restrictive' nodeset='0'/><memnode cellid='0' nodeset='0'/>",
              "VN068: the mode is strict"),
    of_memory("restrictive and restrictive", "<memory mode='restrictive' nodeset='0'/>" + restrictive_0),
    {"a memnode without cells", four + "<numatune>" + node_0 + "</numatune>", "", "VN068: there is no guest cell 0"},
};

std::string document(const Case& one) {
  return fmt::format(
      "<domain type='qemu'><name>one</name><memory unit='GiB'>4</memory>{}"
      "<os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features><cpu>{}</cpu></domain>\n",
      one.body, one.numa);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(refused_cells)

BOOST_AUTO_TEST_CASE(check_finds_each_fault) {
  for (const Case& one : all) {
    BOOST_TEST_CONTEXT(one.name) {
      const Result result = run_vnuma({"check", "-"}, document(one));
      BOOST_TEST(result.err == "");
      BOOST_TEST(result.status == (one.found.empty() ? 0 : 1));
      const std::string expected = one.found.empty() ? "" : "<stdin>:1: error " + one.found;
      BOOST_TEST((one.found.empty() ? result.out == "" : result.out.starts_with(expected)), result.out);
      BOOST_TEST(std::count(result.out.begin(), result.out.end(), '\n') == (one.found.empty() ? 0 : 1), result.out);
    }
  }
}

// libvirt 9.0 accepts it, and 11.3 refuses it, so it is not compared with the installed one.
BOOST_AUTO_TEST_CASE(restrictive_memnodes_beside_strict_memory_are_not_reported) {
  const Case one = of_memory("", "<memory mode='strict' nodeset='0'/>" + restrictive_0);
  const Result result = run_vnuma({"check", "-"}, document(one));
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == "");
}

BOOST_AUTO_TEST_CASE(libvirt_refuses_these_and_no_others, *skip_unless("virsh")) {
  const TemporaryFolder folder;
  for (const Case& one : all) {
    BOOST_TEST_CONTEXT(one.name) {
      const Result defined =
          run({"virsh", "-c", "test:///default", "define", folder.write("domain.xml", document(one))});
      BOOST_TEST((defined.status == 0) == one.found.empty(), defined.out + defined.err);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
