// Devices whose host node has no guest cell.
#include <boost/test/unit_test.hpp>

#include <vnuma/placement/report.hpp>
#include <vnuma/schema/xml.hpp>

#include "placement/build.hpp"

using namespace vnuma::test;
using namespace vnuma::placement;
using boost::test_tools::per_element;
using vnuma::schema::Domain;
using vnuma::schema::Unit;

namespace {

constexpr std::uint64_t MiB = std::uint64_t{1} << 20;

using Rows = std::vector<std::vector<unsigned>>;

// A host that says how far its nodes are from each other: row n is of node n.
vnuma::topology::Host far(std::initializer_list<std::pair<const char*, int>> devices, const Rows& rows) {
  auto machine = host(static_cast<unsigned>(rows.size()), devices);
  for (std::size_t from = 0; from < rows.size(); ++from) {
    for (std::size_t to = 0; to < rows[from].size(); ++to) {
      machine.nodes[from].distances.emplace_back(static_cast<NodeId>(to), rows[from][to]);
    }
  }
  return machine;
}

// As two Grace CPUs, 0 and 1, with a GPU each, 2 and 3.
const Rows grace{{10, 40, 80, 120}, {40, 10, 120, 80}, {80, 120, 10, 160}, {120, 80, 160, 10}};

// A guest whose cells have memory, in MiB.
Domain guest_with(std::initializer_list<unsigned> memory, std::initializer_list<const char*> sources) {
  Domain domain = guest(static_cast<unsigned>(memory.size()), sources);
  auto cell = domain.cpu->numa->cells.begin();
  for (const unsigned size : memory) {
    cell->memory = size;
    cell++->unit = Unit::MiB;
  }
  return domain;
}

void add_pages(Domain& domain, unsigned size, Unit unit, std::optional<vnuma::schema::CpuSet> cells = {}) {
  auto& backing = domain.memory_backing ? *domain.memory_backing : domain.memory_backing.emplace();
  auto& pages = backing.huge_pages ? *backing.huge_pages : backing.huge_pages.emplace();
  auto& page = pages.huge_page.emplace_back();
  page.size = size;
  page.unit = unit;
  if (cells) page.node_set = *cells;
}

const Options leave{};
const Options nearest{.unaligned = Unaligned::nearest};
const Options cell{.unaligned = Unaligned::cell};

Domain applied(const Domain& domain, const vnuma::topology::Host& machine, const Options& options) {
  Domain changed = domain;
  apply(plan(domain, machine, options), changed);
  return changed;
}

std::string numa(const Domain& domain) { return to_xml(*domain.cpu->numa, vnuma::schema::Layout::compact); }

}  // namespace

BOOST_AUTO_TEST_SUITE(unaligned)

BOOST_AUTO_TEST_SUITE(nearest_cell)

BOOST_AUTO_TEST_CASE(a_device_goes_to_the_cell_of_the_nearest_host_node_with_a_warning_of_the_distance) {
  const Plan planned = plan(guest(2, {"20:00.0"}), far({{"20:00.0", 3}}, grace), nearest);
  BOOST_TEST((device(planned, "20:00.0").outcome == Outcome::placed));
  BOOST_TEST(*device(planned, "20:00.0").host_node == 3U);
  BOOST_TEST(*device(planned, "20:00.0").guest_cell == 1U);
  BOOST_TEST(*planned.controllers[0].node == 1U);
  BOOST_TEST(planned.cells.empty());
  BOOST_TEST(codes_of(planned.warnings) == Lines{"VN040"}, per_element());
  BOOST_TEST(warns(planned, Code::nearest_cell, "node 3", "cell 1", "node 1", "distance 80"));
}

BOOST_AUTO_TEST_CASE(of_equally_near_nodes_the_lowest_is_taken) {
  const auto machine = far({{"20:00.0", 2}}, {{10, 40, 80}, {40, 10, 80}, {80, 80, 10}});
  BOOST_TEST(*device(plan(guest(2, {"20:00.0"}), machine, nearest), "20:00.0").guest_cell == 0U);
}

BOOST_AUTO_TEST_CASE(without_distances_the_device_is_left) {
  const Plan planned = plan(guest(2, {"20:00.0"}), host(3, {{"20:00.0", 2}}), nearest);
  BOOST_TEST(reasons(device(planned, "20:00.0")) == Lines{"no-cell"}, per_element());
  BOOST_TEST(mentions(reason_text(device(planned, "20:00.0")), "host node 2"));
  BOOST_TEST(!planned.changed);
}

BOOST_AUTO_TEST_CASE(strict_accepts_the_nearest_cell_also_if_the_domain_is_planned_again) {
  const auto machine = far({{"20:00.0", 3}}, grace);
  const Options strict{.strict = true, .unaligned = Unaligned::nearest};
  const Domain placed = applied(guest(2, {"20:00.0"}), machine, strict);
  BOOST_TEST(!plan(placed, machine, strict).changed);
  BOOST_CHECK_EXCEPTION(plan(placed, machine, {.strict = true}), PlanError,
                        with(Code::wrong_cell, "0000:20:00.0", "host node 3"));
}

BOOST_AUTO_TEST_CASE(readdress_moves_a_device_to_the_nearest_cell) {
  Domain domain = guest(2);
  domain.devices->controllers = {port(1, "00:01.0")};
  domain.devices->host_devices = {hostdev("20:00.0", "01:00.0")};
  const auto machine = far({{"20:00.0", 3}}, grace);
  const Plan kept = plan(domain, machine, nearest);
  BOOST_TEST_REQUIRE(reasons(device(kept, "20:00.0")) == (Lines{"has-address", "off-cell"}), per_element());
  BOOST_TEST((device(kept, "20:00.0").reasons[1].option == OptionHint{Option::readdress}));
  BOOST_TEST(mentions(reason_text(device(kept, "20:00.0")), "guest cell 1"));
  const Plan moved = plan(domain, machine, {.readdress = true, .unaligned = Unaligned::nearest});
  BOOST_TEST((device(moved, "20:00.0").outcome == Outcome::placed));
  BOOST_TEST(*moved.controllers[0].node == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(new_cells)

// Nodes 2 and 3 get the cells 2 and 3. The first 64 MiB come from cell 1, the largest; so do the second.
BOOST_AUTO_TEST_CASE(each_host_node_gets_a_cell_in_ascending_order_with_64_MiB_of_the_largest) {
  const auto machine = far({{"20:00.0", 3}, {"21:00.0", 3}, {"22:00.0", 2}}, grace);
  const Domain domain = guest_with({512, 1024}, {"20:00.0", "21:00.0", "22:00.0"});
  const Plan planned = plan(domain, machine, cell);
  const std::vector<PlannedCell> expected{{.id = 2,
                                           .host_node = 2,
                                           .memory = 64 * MiB,
                                           .taken_from = 1,
                                           .distances = {{0, 80}, {1, 120}, {2, 10}, {3, 160}}},
                                          {.id = 3,
                                           .host_node = 3,
                                           .memory = 64 * MiB,
                                           .taken_from = 1,
                                           .distances = {{0, 120}, {1, 80}, {2, 160}, {3, 10}}}};
  BOOST_TEST((planned.cells == expected));
  BOOST_TEST(planned.warnings.empty());
  BOOST_TEST(*device(planned, "20:00.0").guest_cell == 3U);
  BOOST_TEST(*device(planned, "21:00.0").guest_cell == 3U);
  BOOST_TEST(*device(planned, "22:00.0").guest_cell == 2U);
  BOOST_TEST(planned.changed);
}

BOOST_AUTO_TEST_CASE(the_guests_memory_stays_the_same_and_lists_of_distances_stay_complete) {
  const auto machine = far({{"20:00.0", 2}}, {{10, 40, 80}, {40, 10, 120}, {80, 120, 10}});
  Domain domain = guest_with({1024, 512}, {"20:00.0"});
  auto& sibling = domain.cpu->numa->cells[0].distances.emplace().siblings.emplace_back();
  sibling.id = 1;
  sibling.value = 40;
  BOOST_TEST(numa(applied(domain, machine, cell)) ==
             "<numa><cell id='0' cpus='0' memory='960' unit='MiB'><distances><sibling id='1' value='40'/>"
             "<sibling id='2' value='80'/></distances></cell><cell id='1' cpus='1' memory='512' unit='MiB'/>"
             "<cell id='2' memory='64' unit='MiB'><distances><sibling id='0' value='80'/><sibling id='1' value='120'/>"
             "<sibling id='2' value='10'/></distances></cell></numa>");
}

BOOST_AUTO_TEST_CASE(of_equally_large_cells_the_lowest_gives_memory) {
  // 1 GiB each, one of them in KiB, which is libvirt's unit where none is given.
  Domain domain = guest_with({1024, 1024}, {"20:00.0"});
  domain.cpu->numa->cells[0].memory = 1048576;
  domain.cpu->numa->cells[0].unit.reset();
  const Domain changed = applied(domain, host(3, {{"20:00.0", 2}}), cell);
  BOOST_TEST(*changed.cpu->numa->cells[0].memory == 983040U);  // KiB
  BOOST_TEST(*changed.cpu->numa->cells[2].memory == 65536U);
  BOOST_TEST(!changed.cpu->numa->cells[2].unit);
}

BOOST_AUTO_TEST_CASE(a_size_that_is_not_a_whole_number_of_its_unit_is_written_in_bytes) {
  Domain domain = guest_with({1}, {"20:00.0"});
  domain.cpu->numa->cells[0].unit = Unit::GiB;
  BOOST_TEST(mentions(numa(applied(domain, host(2, {{"20:00.0", 1}}), cell)),
                      "<numa><cell id='0' cpus='0' memory='1006632960' unit='bytes'/>"
                      "<cell id='1' memory='67108864' unit='bytes'>"));
}

BOOST_AUTO_TEST_CASE(huge_pages_are_taken_whole_and_back_the_new_cell_too) {
  const auto machine = host(3, {{"20:00.0", 2}});
  Domain domain = guest_with({2048, 4096}, {"20:00.0"});
  add_pages(domain, 2, Unit::MiB, vnuma::schema::CpuSet(0));
  add_pages(domain, 1, Unit::GiB, vnuma::schema::CpuSet(1));
  const Domain changed = applied(domain, machine, cell);
  BOOST_TEST(*changed.cpu->numa->cells[1].memory == 3072U);
  BOOST_TEST(*changed.cpu->numa->cells[2].memory == 1024U);
  const auto& pages = changed.memory_backing->huge_pages->huge_page;
  BOOST_TEST(pages[0].node_set.text() == "0");
  BOOST_TEST(pages[1].node_set.text() == "1-2");
}

BOOST_AUTO_TEST_CASE(a_new_cell_has_as_many_small_huge_pages_as_64_MiB_take) {
  // 22 of 3 MiB are 66 MiB.
  Domain domain = guest_with({3000}, {"20:00.0"});
  add_pages(domain, 3, Unit::MiB);
  BOOST_TEST(plan(domain, host(2, {{"20:00.0", 1}}), cell).cells.at(0).memory == 66 * MiB);
  const Domain changed = applied(domain, host(2, {{"20:00.0", 1}}), cell);
  BOOST_TEST(!changed.memory_backing->huge_pages->huge_page[0].node_set);  // those without a nodeset back all the rest
}

BOOST_AUTO_TEST_CASE(shared_memory_stays_shared) {
  Domain domain = guest_with({1024}, {"20:00.0"});
  domain.cpu->numa->cells[0].memory_access = "shared";
  BOOST_TEST(*applied(domain, host(2, {{"20:00.0", 1}}), cell).cpu->numa->cells[1].memory_access == "shared");
}

BOOST_AUTO_TEST_CASE(a_cell_that_would_keep_less_than_it_gives_gives_nothing) {
  const auto machine = host(3, {{"20:00.0", 1}, {"21:00.0", 2}});
  const Domain domain = guest_with({191}, {"20:00.0", "21:00.0"});
  const Plan planned = plan(domain, machine, cell);
  BOOST_TEST(planned.cells.size() == 1U);  // 127 MiB are left, of which 64 would leave 63
  BOOST_TEST((device(planned, "20:00.0").outcome == Outcome::placed));
  BOOST_TEST_REQUIRE(reasons(device(planned, "21:00.0")) == Lines{"no-cell"}, per_element());
  const std::string sentence = device(planned, "21:00.0").reasons[0].sentence;
  for (const char* part : {"host node 2", "cell 0", "64 MiB"}) BOOST_TEST(mentions(sentence, part), sentence);
  BOOST_CHECK_EXCEPTION(plan(domain, machine, {.strict = true, .unaligned = Unaligned::cell}), PlanError,
                        with(Code::wrong_cell, "host node 2", "cell 0", "64 MiB"));
}

BOOST_AUTO_TEST_CASE(distances_are_in_the_range_of_libvirt_and_20_if_the_host_does_not_say) {
  const auto distances = [](const Rows& rows) {
    const auto machine = far({{"20:00.0", 1}}, rows);
    return plan(guest_with({1024}, {"20:00.0"}), machine, cell).cells.at(0).distances;
  };
  using Distances = std::vector<std::pair<std::uint32_t, unsigned>>;
  BOOST_TEST((distances({{10, 10}, {10, 10}}) == Distances{{0, 11}, {1, 10}}));
  BOOST_TEST((distances({{10, 300}, {300, 10}}) == Distances{{0, 255}, {1, 10}}));
  BOOST_TEST((distances({{}, {80, 10}}) == Distances{{0, 80}, {1, 10}}));
  BOOST_TEST((distances({{}, {}}) == Distances{{0, 20}, {1, 10}}));
}

BOOST_AUTO_TEST_CASE(of_host_nodes_in_one_cell_the_nearest_counts) {
  Domain domain = guest_with({1024}, {"20:00.0"});
  auto& memnode = domain.numa_tune.emplace().mem_nodes.emplace_back();
  memnode.cell_id = 0;
  memnode.node_set = vnuma::schema::CpuSet::parse("0-1").value();
  const auto machine = far({{"20:00.0", 2}}, {{10, 40, 80}, {40, 10, 120}, {80, 120, 10}});
  BOOST_TEST(plan(domain, machine, cell).cells.at(0).distances[0].second == 80U);
}

BOOST_AUTO_TEST_CASE(new_cells_have_no_memnode) {
  Domain domain = guest_with({1024}, {"20:00.0"});
  auto& memnode = domain.numa_tune.emplace().mem_nodes.emplace_back();
  memnode.cell_id = 0;
  memnode.node_set = vnuma::schema::CpuSet(0);
  const Domain changed = applied(domain, host(2, {{"20:00.0", 1}}), cell);
  BOOST_TEST((changed.numa_tune == domain.numa_tune));
}

// GPUs of the nodes 2 and 3 go and come back, in the other order: cell 2 is 80 from cell 0 as node 2 is, cell 3 is 120.
BOOST_AUTO_TEST_CASE(a_cell_that_lost_its_devices_is_used_again) {
  const auto machine = far({{"20:00.0", 2}, {"21:00.0", 3}}, grace);
  Domain domain = applied(guest_with({1024, 1024}, {"20:00.0", "21:00.0"}), machine, cell);
  auto& given = domain.devices->host_devices;
  given = {hostdev("21:00.0")};
  const Plan one = plan(domain, machine, cell);
  BOOST_TEST(one.cells.empty());
  BOOST_TEST(*device(one, "21:00.0").guest_cell == 3U);
  apply(one, domain);
  given.push_back(hostdev("20:00.0"));
  const Plan both = plan(domain, machine, cell);
  BOOST_TEST(both.cells.empty());
  BOOST_TEST(both.controllers.empty());
  BOOST_TEST(*device(both, "20:00.0").guest_cell == 2U);
}

// The cell of node 2 has distance 20 to that of node 1, to which no node mapped when it was added.
BOOST_AUTO_TEST_CASE(a_cell_is_used_again_though_another_came_meanwhile) {
  const auto machine = far({{"20:00.0", 1}, {"21:00.0", 2}}, {{10, 40, 80}, {40, 10, 60}, {80, 60, 10}});
  Domain domain = applied(guest_with({1024}, {"20:00.0"}), machine, cell);
  domain.devices->host_devices = {hostdev("21:00.0")};
  domain = applied(domain, machine, cell);
  domain.devices->host_devices.push_back(hostdev("20:00.0"));
  const Plan planned = plan(domain, machine, cell);
  BOOST_TEST(planned.cells.empty());
  BOOST_TEST(*device(planned, "20:00.0").guest_cell == 1U);
}

// A cell without CPUs was not added by a plan if it is larger than a new one would be, or has a memnode.
BOOST_AUTO_TEST_CASE(a_cell_that_differs_from_a_new_one_is_not_used_again) {
  const auto machine = far({{"20:00.0", 2}}, grace);
  Domain domain = applied(guest_with({1024, 1024}, {"20:00.0"}), machine, cell);
  domain.devices->host_devices = {hostdev("20:00.0")};
  Domain larger = domain;
  larger.cpu->numa->cells[2].memory = 65;
  BOOST_TEST(plan(larger, machine, cell).cells.size() == 1U);
  auto& memnode = domain.numa_tune.emplace().mem_nodes.emplace_back();
  memnode.cell_id = 2;
  memnode.node_set = vnuma::schema::CpuSet(3);
  BOOST_TEST(plan(domain, machine, cell).cells.size() == 1U);
}

BOOST_AUTO_TEST_CASE(devices_that_keep_their_addresses_need_no_new_cell) {
  Domain domain = guest_with({191}, {"21:00.0"});
  domain.devices->controllers = {port(1, "00:01.0")};
  domain.devices->host_devices.push_back(hostdev("20:00.0", "01:00.0"));
  const auto machine = host(3, {{"20:00.0", 1}, {"21:00.0", 2}});
  const Plan planned = plan(domain, machine, cell);
  BOOST_TEST(planned.cells.size() == 1U);  // there is memory for one
  BOOST_TEST((device(planned, "21:00.0").outcome == Outcome::placed));
  BOOST_TEST(!device(planned, "20:00.0").guest_cell);
  domain.devices->host_devices.erase(domain.devices->host_devices.begin());
  BOOST_TEST(!plan(domain, machine, cell).changed);
  const Plan moved = plan(domain, machine, {.readdress = true, .unaligned = Unaligned::cell});
  BOOST_TEST(moved.cells.size() == 1U);
  BOOST_TEST((device(moved, "20:00.0").outcome == Outcome::placed));
}

// 20:00.0 cannot leave its slot, for the disk in function 1 would not be seen without it. So node 1 needs no cell, and
// that of node 2 gets the next id.
BOOST_AUTO_TEST_CASE(a_device_that_readdress_cannot_move_needs_no_new_cell) {
  Domain domain = guest_with({1024}, {});
  domain.devices->host_devices = {hostdev("20:00.0", "00:05.0"), hostdev("21:00.0")};
  domain.devices->disks.emplace_back().address = pci("00:05.1");
  const Plan planned =
      plan(domain, host(3, {{"20:00.0", 1}, {"21:00.0", 2}}), {.readdress = true, .unaligned = Unaligned::cell});
  BOOST_TEST(planned.cells.size() == 1U);
  BOOST_TEST(planned.cells.at(0).host_node == 2U);
  BOOST_TEST(planned.cells.at(0).id == 1U);
  BOOST_TEST(*device(planned, "21:00.0").guest_cell == 1U);
  BOOST_TEST(!device(planned, "20:00.0").guest_cell);
}

BOOST_AUTO_TEST_CASE(a_new_cell_is_refused_if_an_expander_bus_names_its_id) {
  Domain domain = guest_with({1024}, {"20:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 240, 1)};
  BOOST_CHECK_EXCEPTION(plan(domain, host(2, {{"20:00.0", 1}}), cell), PlanError,
                        with(Code::unknown_cell, "/domain/devices/controller[1]/target/node", "guest cell 1"));
}

BOOST_AUTO_TEST_CASE(a_cell_without_a_size_is_refused_with_its_path) {
  BOOST_CHECK_EXCEPTION(plan(guest(1, {"20:00.0"}), host(2, {{"20:00.0", 1}}), cell), vnuma::schema::Error,
                        says("/domain/cpu/numa/cell[1]", "size"));
}

BOOST_AUTO_TEST_CASE(new_cells_are_in_the_json_report) {
  const Plan planned = plan(guest_with({1024}, {"20:00.0"}), far({{"20:00.0", 1}}, {{10, 80}, {80, 10}}), cell);
  std::string json = report_json(planned);
  std::erase_if(json, [](char c) { return c == ' ' || c == '\n'; });
  BOOST_TEST(mentions(json, R"("cells":[{"id":1,"host_node":1,"memory":67108864,"taken_from":0,"distances":)"
                            R"([{"cell":0,"distance":80},{"cell":1,"distance":10}]}])"));
}

BOOST_AUTO_TEST_CASE(a_plan_is_not_applied_to_a_domain_with_other_cells) {
  const Plan planned = plan(guest_with({1024}, {"20:00.0"}), host(2, {{"20:00.0", 1}}), cell);
  for (Domain other : {guest_with({1024, 64}, {"20:00.0"}), guest_with({64}, {"20:00.0"})}) {
    const Domain before = other;
    BOOST_CHECK_EXCEPTION(apply(planned, other), PlanError, with(Code::stale_plan));
    BOOST_TEST((other == before));
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(planned_again)

BOOST_AUTO_TEST_CASE(a_new_cell_is_known_by_the_devices_under_its_expander_bus) {
  const auto machine = far({{"20:00.0", 2}, {"21:00.0", 3}, {"22:00.0", 3}}, grace);
  Domain placed = applied(guest_with({1024, 1024}, {"20:00.0", "21:00.0"}), machine, cell);
  for (const Options& options : {leave, nearest, cell}) {
    Options strict = options;
    strict.strict = true;
    const Plan again = plan(placed, machine, strict);
    BOOST_TEST(!again.changed);
    BOOST_TEST(again.warnings.empty());
    BOOST_TEST(*device(again, "20:00.0").guest_cell == 2U);
    BOOST_TEST(*device(again, "21:00.0").guest_cell == 3U);
  }
  placed.devices->host_devices.push_back(hostdev("22:00.0"));
  const Plan more = plan(placed, machine, leave);
  BOOST_TEST(more.cells.empty());
  BOOST_TEST(*device(more, "22:00.0").guest_cell == 3U);
  BOOST_TEST((device(more, "22:00.0").outcome == Outcome::placed));
}

BOOST_AUTO_TEST_CASE(a_cell_with_cpus_or_of_a_mapped_node_stands_for_no_other_node) {
  // 20:00.0, of node 2, was put under an expander bus of cell 1, whose vCPU is pinned nowhere.
  Domain domain = guest_with({1024, 1024}, {});
  domain.cpu_tune->vcpu_pin.pop_back();
  domain.devices->controllers = {expander(1, "00:02.0", 240, 1), port(2, "01:00.0")};
  domain.devices->host_devices = {hostdev("20:00.0", "02:00.0")};
  const auto machine = host(3, {{"20:00.0", 2}});
  BOOST_TEST(!device(plan(domain, machine, cell), "20:00.0").guest_cell);
  domain.cpu->numa->cells[1].cpus.reset();
  BOOST_TEST(*device(plan(domain, machine, cell), "20:00.0").guest_cell == 1U);
  auto& memnode = domain.numa_tune.emplace().mem_nodes.emplace_back();
  memnode.cell_id = 1;
  memnode.node_set = vnuma::schema::CpuSet(1);
  BOOST_TEST(!device(plan(domain, machine, cell), "20:00.0").guest_cell);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ambiguous)

namespace {

// Two cells whose vCPUs may run on the CPUs of both nodes: nothing says which cell a node is.
Domain floating(std::initializer_list<const char*> sources = {}) {
  Domain domain = guest_with({512, 512}, sources);
  domain.cpu_tune.reset();
  domain.vcpu.emplace().cpu_set = vnuma::schema::CpuSet({0, 1});
  return domain;
}

void name_node(Domain& domain, unsigned guest_cell, unsigned node) {
  auto& tune = domain.numa_tune ? *domain.numa_tune : domain.numa_tune.emplace();
  auto& memnode = tune.mem_nodes.emplace_back();
  memnode.cell_id = guest_cell;
  memnode.node_set = vnuma::schema::CpuSet(node);
}

}  // namespace

BOOST_AUTO_TEST_CASE(devices_of_a_host_node_with_equally_many_vcpus_of_several_cells_are_left_in_every_mode) {
  const auto machine = far({{"10:00.0", 0}, {"20:00.0", 1}}, {{10, 20}, {20, 10}});
  for (const Options& options : {leave, nearest, cell}) {
    const Plan planned = plan(floating({"10:00.0", "20:00.0"}), machine, options);
    BOOST_TEST(!planned.changed);
    BOOST_TEST(planned.nodes.empty());
    for (const PlannedDevice& device : planned.devices) {
      BOOST_TEST((device.outcome == Outcome::left));
      BOOST_TEST(!device.guest_cell);
      BOOST_TEST(reasons(device) == Lines{"ambiguous-cell"}, per_element());
      BOOST_TEST(!device.reasons[0].option);
    }
    BOOST_TEST(codes_of(planned.warnings) == Lines{"VN042"}, per_element());
    BOOST_TEST(warns(planned, Code::ambiguous_cell, "/domain/cpu/numa/cell[1]", "host nodes 0 and 1", "cells 0 and 1"));
  }
}

BOOST_AUTO_TEST_CASE(strict_refuses_devices_of_an_ambiguous_host_node_in_every_mode) {
  const auto machine = far({{"10:00.0", 0}}, {{10, 20}, {20, 10}});
  for (Options options : {leave, nearest, cell}) {
    options.strict = true;
    BOOST_CHECK_EXCEPTION(plan(floating({"10:00.0"}), machine, options), PlanError,
                          with(Code::ambiguous_cell, "host node 0", "cells 0 and 1"));
  }
  // A device with an address may be on the wrong cell.
  Domain kept = floating();
  kept.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.0")};
  kept.devices->host_devices = {hostdev("10:00.0", "02:00.0")};
  BOOST_CHECK_EXCEPTION(plan(kept, machine, {.strict = true}), PlanError, with(Code::ambiguous_cell));
}

BOOST_AUTO_TEST_CASE(readdress_does_not_move_devices_of_an_ambiguous_host_node) {
  Domain domain = floating();
  domain.devices->controllers = {port(1, "00:01.0")};
  domain.devices->host_devices = {hostdev("10:00.0", "01:00.0")};
  const auto machine = far({{"10:00.0", 0}}, {{10, 20}, {20, 10}});
  for (const auto unaligned : {Unaligned::leave, Unaligned::nearest, Unaligned::cell}) {
    const Plan planned = plan(domain, machine, {.readdress = true, .unaligned = unaligned});
    BOOST_TEST(!planned.changed);
    BOOST_TEST(reasons(planned.devices[0]) == (Lines{"has-address", "ambiguous-cell"}), per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_memnode_ends_the_ambiguity_of_its_node) {
  Domain domain = floating({"10:00.0", "20:00.0"});
  name_node(domain, 1, 0);
  const auto machine = host(2, {{"10:00.0", 0}, {"20:00.0", 1}});
  const Plan planned = plan(domain, machine);
  BOOST_TEST(*device(planned, "10:00.0").guest_cell == 1U);
  BOOST_TEST((device(planned, "20:00.0").outcome == Outcome::left));
  BOOST_TEST(warns(planned, Code::ambiguous_cell, "host node 1 "));
}

BOOST_AUTO_TEST_CASE(an_ambiguous_host_node_without_devices_does_no_harm) {
  Domain domain = floating({"10:00.0"});
  name_node(domain, 0, 0);
  const Plan planned = plan(domain, host(2, {{"10:00.0", 0}}), {.strict = true});
  BOOST_TEST(planned.changed);
  BOOST_TEST(planned.warnings.empty());
}

// Node 2 is nearer to node 1, but only node 0 has a cell.
BOOST_AUTO_TEST_CASE(the_nearest_node_is_one_with_a_cell_of_its_own) {
  Domain domain = floating({"20:00.0"});
  name_node(domain, 0, 0);
  const auto machine = far({{"20:00.0", 2}}, {{10, 40, 80}, {40, 10, 60}, {80, 60, 10}});
  const Plan planned = plan(domain, machine, nearest);
  BOOST_TEST(*device(planned, "20:00.0").guest_cell == 0U);
  BOOST_TEST(warns(planned, Code::nearest_cell, "host node 2", "host node 0", "distance 80"));
}

// As a cell that an earlier plan added, but the vCPUs on the node say that it is one of the other two.
BOOST_AUTO_TEST_CASE(a_cell_without_vcpus_is_not_that_of_an_ambiguous_host_node) {
  Domain domain = floating();
  domain.cpu->numa->cells.push_back({.id = 2U, .memory = 64U, .unit = Unit::MiB});
  domain.devices->controllers = {expander(1, "00:02.0", 240, 2), port(2, "01:00.0")};
  domain.devices->host_devices = {hostdev("10:00.0", "02:00.0")};
  const Plan planned = plan(domain, host(2, {{"10:00.0", 0}}));
  BOOST_TEST(!planned.devices[0].guest_cell);
  BOOST_TEST(reasons(planned.devices[0]) == (Lines{"has-address", "ambiguous-cell"}), per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()
