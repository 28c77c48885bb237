// The guest cell of each node of the host.
#include <boost/test/unit_test.hpp>

#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/guest_map.hpp>

using namespace vnuma::topology;
namespace schema = vnuma::schema;

namespace {

// Nodes 0 and 1 have four CPUs each, node 2 has only memory.
Host host() {
  return {.nodes = {{.id = 0, .cpus = CpuSet::parse("0-3").value()},
                    {.id = 1, .cpus = CpuSet::parse("4-7").value()},
                    {.id = 2}}};
}

// "PATH: MESSAGE" for each memnode that is ignored.
std::vector<std::string> ignored(const GuestMap& map) {
  std::vector<std::string> lines;
  for (const IgnoredMemNode& memnode : map.ignored) lines.push_back(memnode.path + ": " + memnode.message);
  return lines;
}

GuestMap map(const std::string& content, bool strict = false) {
  return guest_map(schema::from_xml<schema::Domain>("<domain>" + content + "</domain>"), host(), strict);
}

std::string refusal(const std::string& content, bool strict = false) {
  try {
    map(content, strict);
  } catch (const schema::Error& error) {
    BOOST_TEST(!error.path().empty());
    return error.what();
  }
  return "not refused";
}

std::string numa(const std::string& cells) { return "<cpu><numa>" + cells + "</numa></cpu>"; }

std::string pins(std::initializer_list<std::pair<const char*, const char*>> pins) {
  std::string text = "<cputune>";
  for (const auto& [vcpu, cpuset] : pins) {
    text += "<vcpupin vcpu='" + std::string(vcpu) + "' cpuset='" + cpuset + "'/>";
  }
  return text + "</cputune>";
}

std::string memnodes(std::initializer_list<std::pair<const char*, const char*>> memnodes) {
  std::string text = "<numatune>";
  for (const auto& [cell, nodes] : memnodes) {
    text += "<memnode cellid='" + std::string(cell) + "' nodeset='" + nodes + "'/>";
  }
  return text + "</numatune>";
}

// Two cells with two vCPUs each.
const std::string two_cells = numa("<cell id='0' cpus='0-1'/><cell id='1' cpus='2-3'/>");

using Cells = std::map<NodeId, std::uint32_t>;
using Warnings = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(map_by_pinning)

BOOST_AUTO_TEST_CASE(a_node_gets_the_cell_whose_vcpus_are_pinned_to_its_cpus) {
  const GuestMap result = map(two_cells + pins({{"0", "4"}, {"1", "5"}, {"2", "0"}, {"3", "1"}}));
  BOOST_TEST((result.cells == Cells{{0, 1}, {1, 0}}));
  BOOST_TEST(result.ignored.empty());
}

BOOST_AUTO_TEST_CASE(the_cell_with_most_of_the_vcpus_wins) {
  BOOST_TEST((map(two_cells + pins({{"0", "0"}, {"2", "1"}, {"3", "2"}})).cells == Cells{{0, 1}}));
}

BOOST_AUTO_TEST_CASE(a_pinning_to_several_cpus_of_a_node_counts_once) {
  BOOST_TEST((map(two_cells + pins({{"0", "0-2"}, {"2", "3"}, {"3", "3"}})).cells == Cells{{0, 1}}));
}

BOOST_AUTO_TEST_CASE(a_pinning_counts_for_each_node_that_it_includes) {
  const GuestMap result = map(two_cells + pins({{"0", "0,4"}}));
  BOOST_TEST((result.cells == Cells{{0, 0}, {1, 0}}));
  BOOST_TEST((map(two_cells + pins({{"0", "0-4,^4"}})).cells == Cells{{0, 0}}));
}

// vCPU 1 of cell 0 is on node 1, which has no tie.
BOOST_AUTO_TEST_CASE(a_node_with_a_tie_has_no_cell_and_is_reported) {
  const GuestMap result =
      map(numa("<cell id='1' cpus='2-3'/><cell id='0' cpus='0-1'/>") + pins({{"2", "0"}, {"0", "1"}, {"1", "4"}}));
  BOOST_TEST((result.cells == Cells{{1, 0}}));
  BOOST_TEST((result.ties == std::map<NodeId, CellTie>{{0, {.cells = {0, 1}}}}));
  BOOST_TEST(!result.reasons.contains(0));
}

// Cells 0 and 2 have two vCPUs each on node 0, cell 1 has one.
BOOST_AUTO_TEST_CASE(a_tie_lists_only_the_cells_with_most_vcpus) {
  const GuestMap result = map(numa("<cell id='0' cpus='0-1'/><cell id='1' cpus='2'/><cell id='2' cpus='3-4'/>") +
                              pins({{"0", "0"}, {"1", "0"}, {"2", "0"}, {"3", "0"}, {"4", "0"}}));
  BOOST_TEST((result.ties == std::map<NodeId, CellTie>{{0, {.cells = {0, 2}}}}));
}

BOOST_AUTO_TEST_CASE(a_cpuset_of_all_vcpus_that_covers_several_nodes_is_a_tie_on_each) {
  const GuestMap result = map("<vcpu cpuset='0-7'>4</vcpu>" + two_cells);
  BOOST_TEST((result.cells == Cells{}));
  BOOST_TEST((result.ties == std::map<NodeId, CellTie>{{0, {.cells = {0, 1}}}, {1, {.cells = {0, 1}}}}));
}

BOOST_AUTO_TEST_CASE(a_memnode_leaves_no_tie_on_its_node) {
  const GuestMap result = map("<vcpu cpuset='0-7'>4</vcpu>" + two_cells + memnodes({{"1", "0"}}));
  BOOST_TEST((result.cells == Cells{{0, 1}}));
  BOOST_TEST((result.ties == std::map<NodeId, CellTie>{{1, {.cells = {0, 1}}}}));
}

BOOST_AUTO_TEST_CASE(equal_cells_below_the_winner_are_not_a_tie) {
  const GuestMap result = map(numa("<cell id='0' cpus='0'/><cell id='1' cpus='1'/><cell id='2' cpus='2-3'/>") +
                              pins({{"0", "0"}, {"1", "0"}, {"2", "0"}, {"3", "0"}}));
  BOOST_TEST((result.cells == Cells{{0, 2}}));
  BOOST_TEST(result.ignored.empty());
}

BOOST_AUTO_TEST_CASE(vcpus_outside_every_cell_do_not_count) {
  BOOST_TEST((map(two_cells + pins({{"7", "0"}, {"8", "0"}, {"2", "4"}})).cells == Cells{{1, 1}}));
}

BOOST_AUTO_TEST_CASE(cells_without_cpus_do_not_count) {
  BOOST_TEST((map(numa("<cell id='0'/><cell id='1' cpus='0-1'/>") + pins({{"0", "0"}})).cells == Cells{{0, 1}}));
}

BOOST_AUTO_TEST_CASE(a_node_without_pinned_vcpus_has_no_cell) {
  BOOST_TEST((map(two_cells).cells == Cells{}));
  BOOST_TEST((map(two_cells + "<cputune/>").cells == Cells{}));
}

BOOST_AUTO_TEST_CASE(a_domain_without_cells_maps_nothing) {
  BOOST_TEST((map(pins({{"0", "0"}})).cells == Cells{}));
  BOOST_TEST((map("<cpu/>" + memnodes({{"0", "0"}})).cells == Cells{}));
  BOOST_TEST((map("<cpu><numa/></cpu>").cells == Cells{}));
}

BOOST_AUTO_TEST_CASE(vcpus_without_a_vcpupin_use_the_cpuset_of_vcpu) {
  // Node 1 gets vCPU 1 of cell 0, and both vCPUs of cell 1.
  BOOST_TEST((map("<vcpu cpuset='4-7'>4</vcpu>" + two_cells + pins({{"0", "0"}})).cells == Cells{{0, 0}, {1, 1}}));
}

BOOST_AUTO_TEST_CASE(with_automatic_placement_the_cpuset_of_vcpu_is_ignored) {
  BOOST_TEST((map("<vcpu placement='auto' cpuset='4-7'>4</vcpu>" + two_cells).cells == Cells{}));
  BOOST_TEST((map("<vcpu placement='static' cpuset='4-7'>4</vcpu>" + two_cells).ties.size() == 1U));
}

BOOST_AUTO_TEST_CASE(a_cell_without_an_id_has_its_index) {
  BOOST_TEST((map(numa("<cell cpus='0-1'/><cell cpus='2-3'/>") + pins({{"2", "0"}})).cells == Cells{{0, 1}}));
}

BOOST_AUTO_TEST_CASE(a_cell_of_all_numbers_costs_nothing) {
  BOOST_TEST((map("<vcpu cpuset='0-3'>4</vcpu>" + numa("<cell id='0' cpus='0-4294967295'/>")).cells == Cells{{0, 0}}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(map_by_memnodes)

const std::string straight = pins({{"0", "0"}, {"1", "1"}, {"2", "4"}, {"3", "5"}});

BOOST_AUTO_TEST_CASE(a_memnode_has_priority_over_pinning) {
  const GuestMap result = map(two_cells + straight + memnodes({{"0", "1"}, {"1", "0"}}));
  BOOST_TEST((result.cells == Cells{{0, 1}, {1, 0}}));
  BOOST_TEST(result.ignored.empty());
}

BOOST_AUTO_TEST_CASE(each_node_is_mapped_on_its_own) {
  BOOST_TEST((map(two_cells + straight + memnodes({{"1", "0"}})).cells == Cells{{0, 1}, {1, 1}}));
}

BOOST_AUTO_TEST_CASE(a_memnode_may_name_several_nodes_and_nodes_without_cpus) {
  BOOST_TEST((map(two_cells + memnodes({{"1", "0-2"}})).cells == Cells{{0, 1}, {1, 1}, {2, 1}}));
}

BOOST_AUTO_TEST_CASE(a_memnode_may_name_a_cell_without_cpus) {
  BOOST_TEST((map(numa("<cell id='0' cpus='0-3'/><cell id='1'/>") + memnodes({{"1", "2"}})).cells == Cells{{2, 1}}));
}

BOOST_AUTO_TEST_CASE(a_node_that_two_cells_name_falls_back_to_pinning) {
  const std::string domain = two_cells + straight + memnodes({{"0", "0-1"}, {"1", "0"}});
  const GuestMap result = map(domain);
  BOOST_TEST((result.cells == Cells{{0, 0}, {1, 0}}));  // node 1 is named once
  BOOST_TEST(
      (ignored(result) == Warnings{"/domain/numatune/memnode[2]/@nodeset: host node 0 is given to the cells 0 and 1"}));
  BOOST_TEST(refusal(domain, true) ==
             "/domain/numatune/memnode[2]/@nodeset: host node 0 is given to the cells 0 and 1");
}

BOOST_AUTO_TEST_CASE(a_conflict_of_three_cells_is_reported_once) {
  const GuestMap result = map(numa("<cell id='0' cpus='0'/><cell id='1' cpus='1'/><cell id='2' cpus='2'/>") +
                              memnodes({{"0", "0"}, {"1", "0"}, {"2", "0"}}));
  BOOST_TEST((result.cells == Cells{}));
  BOOST_TEST(result.ignored.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_cell_may_name_a_node_twice) {
  const GuestMap result = map(two_cells + memnodes({{"1", "0"}, {"1", "0"}}), true);
  BOOST_TEST((result.cells == Cells{{0, 1}}));
}

BOOST_AUTO_TEST_CASE(a_memnode_of_an_unknown_cell_is_ignored) {
  const std::string domain = two_cells + straight + memnodes({{"7", "0"}, {"0", "1"}});
  const GuestMap result = map(domain);
  BOOST_TEST((result.cells == Cells{{0, 0}, {1, 0}}));
  BOOST_TEST((ignored(result) == Warnings{"/domain/numatune/memnode[1]/@cellid: there is no guest cell 7"}));
  BOOST_TEST(refusal(domain, true) == "/domain/numatune/memnode[1]/@cellid: there is no guest cell 7");
}

BOOST_AUTO_TEST_CASE(an_unknown_cell_makes_its_node_fall_back_to_pinning) {
  const std::string domain = two_cells + straight;
  BOOST_TEST((map(domain + memnodes({{"7", "0"}, {"1", "0"}})).cells == Cells{{0, 0}, {1, 1}}));
  BOOST_TEST((map(domain + memnodes({{"1", "0"}, {"7", "0"}})).cells == Cells{{0, 0}, {1, 1}}));
}

BOOST_AUTO_TEST_CASE(a_node_that_the_host_does_not_have_is_reported) {
  const std::string domain = two_cells + straight + memnodes({{"0", "0"}, {"1", "1,9"}});
  const GuestMap result = map(domain);
  BOOST_TEST((result.cells == Cells{{0, 0}, {1, 1}}));
  BOOST_TEST((ignored(result) == Warnings{"/domain/numatune/memnode[2]/@nodeset: the host has no node 9"}));
  BOOST_TEST(refusal(domain, true) == "/domain/numatune/memnode[2]/@nodeset: the host has no node 9");
}

BOOST_AUTO_TEST_CASE(an_invalid_memnode_is_ignored) {
  const auto warning = [](const std::string& memnode) {
    const std::string domain = two_cells + straight + "<numatune>" + memnode + "</numatune>";
    const GuestMap result = map(domain);
    BOOST_TEST((result.cells == Cells{{0, 0}, {1, 1}}));
    BOOST_REQUIRE(result.ignored.size() == 1U);
    BOOST_TEST(refusal(domain, true) == ignored(result)[0]);
    return ignored(result)[0];
  };
  const std::string base = "/domain/numatune/memnode[1]";
  BOOST_TEST(warning("<memnode cellid='x' nodeset='0'/>") ==
             base + "/@cellid: cellid is not the number of a guest cell");
  BOOST_TEST(warning("<memnode nodeset='0'/>") == base + ": cellid is not the number of a guest cell");
  BOOST_TEST(warning("<memnode cellid='1' nodeset='x'/>") == base + "/@nodeset: nodeset is not a list of host nodes");
  BOOST_TEST(warning("<memnode cellid='1'/>") == base + ": nodeset is not a list of host nodes");
}

BOOST_AUTO_TEST_CASE(strict_accepts_an_unambiguous_domain) {
  BOOST_TEST((map(two_cells + straight + memnodes({{"0", "0"}, {"1", "1"}}), true).cells == Cells{{0, 0}, {1, 1}}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(map_refusals)

BOOST_AUTO_TEST_CASE(overlapping_cells_are_refused) {
  BOOST_TEST(refusal(numa("<cell id='0' cpus='0-2'/><cell id='1' cpus='1-3'/>")) ==
             "/domain/cpu/numa/cell[2]/@cpus: vCPUs 1-2 are also in cell 0; a vCPU belongs to one cell");
}

BOOST_AUTO_TEST_CASE(two_cells_with_one_id_are_refused) {
  BOOST_TEST(refusal(numa("<cell id='0' cpus='0'/><cell id='0' cpus='1'/>")) ==
             "/domain/cpu/numa/cell[2]/@id: two cells have the id 0; give each cell its own id");
  BOOST_TEST(refusal(numa("<cell id='1' cpus='0'/><cell cpus='1'/>")) ==
             "/domain/cpu/numa/cell[2]: two cells have the id 1; give each cell its own id");
}

BOOST_AUTO_TEST_CASE(a_cell_with_invalid_numbers_is_refused) {
  BOOST_TEST(refusal(numa("<cell id='0' cpus='0'/><cell id='b' cpus='1'/>")) ==
             "/domain/cpu/numa/cell[2]/@id: \"b\" is not a whole number from 0 to 4294967295");
  BOOST_TEST(refusal(numa("<cell id='0' cpus='all'/>")) ==
             "/domain/cpu/numa/cell[1]/@cpus: \"all\" is not a list of numbers and ranges, as \"0-3,^2,8\"");
}

BOOST_AUTO_TEST_CASE(a_vcpu_pinned_twice_is_refused) {
  BOOST_TEST(refusal(two_cells + pins({{"0", "0"}, {"1", "1"}, {"0", "2"}})) ==
             "/domain/cputune/vcpupin[3]/@vcpu: vCPU 0 is pinned twice; keep one vcpupin");
}

BOOST_AUTO_TEST_CASE(a_pinning_to_a_missing_cpu_is_refused) {
  BOOST_TEST(refusal(two_cells + pins({{"0", "0"}, {"1", "6-9"}})) ==
             "/domain/cputune/vcpupin[2]/@cpuset: the host has no CPU 8-9; name the host that the domain is for");
  BOOST_TEST(refusal("<vcpu cpuset='0-4294967295'>4</vcpu>" + two_cells) ==
             "/domain/vcpu/@cpuset: the host has no CPU 8-4294967295; name the host that the domain is for");
}

BOOST_AUTO_TEST_CASE(a_pinning_with_invalid_numbers_is_refused) {
  BOOST_TEST(refusal(two_cells + pins({{"0", "0"}, {"1", "3-1"}})) ==
             "/domain/cputune/vcpupin[2]/@cpuset: \"3-1\" is not a list of numbers and ranges, as \"0-3,^2,8\"");
  BOOST_TEST(refusal(two_cells + pins({{"first", "0"}})) ==
             "/domain/cputune/vcpupin[1]/@vcpu: \"first\" is not a whole number from 0 to 4294967295");
  BOOST_TEST(refusal("<vcpu cpuset=''>4</vcpu>" + two_cells) ==
             "/domain/vcpu/@cpuset: \"\" is not a list of numbers and ranges, as \"0-3,^2,8\"");
}

BOOST_AUTO_TEST_CASE(an_incomplete_pinning_is_refused) {
  const std::string remedy = "; write it as <vcpupin vcpu='0' cpuset='0'/>";
  BOOST_TEST(refusal(two_cells + "<cputune><vcpupin vcpu='0'/></cputune>") ==
             "/domain/cputune/vcpupin[1]: the pin has no cpuset" + remedy);
  BOOST_TEST(refusal(two_cells + "<cputune><vcpupin cpuset='0'/></cputune>") ==
             "/domain/cputune/vcpupin[1]: the pin has no vcpu" + remedy);
}

BOOST_AUTO_TEST_SUITE_END()
