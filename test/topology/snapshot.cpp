// Snapshots: written, read back, and refused.
#include <algorithm>
#include <functional>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <vnuma/topology/snapshot.hpp>

#include "trees.hpp"

using namespace vnuma::test;
using namespace vnuma::topology;

namespace {

// Two nodes, the second without CPUs; a core of two threads; a GPU below a root port, with a virtual function that has
// a mediated device.
const char* const small = R"({
  "vnuma_snapshot": 1,
  "nodes": [
    {"id":0,"cpus":"0-1","memory_bytes":1073741824,"distances":[[0,10],[2,40]],"huge_pages":[[2097152,512,7]]},
    {"id":2,"cpus":"","memory_bytes":0,"distances":[]}
  ],
  "cpus": [
    {"id":0,"socket":0,"siblings":"0-1"},
    {"id":1,"socket":0,"siblings":"0-1"}
  ],
  "devices": [
    {"address":"0000:18:00.0","numa_node":0,"class":"0x030200","vendor":"0x10de","device":"0x2330","root_complex":"pci0000:15","bridges":["0000:15:01.0"],"bars":[[2,"0x20000000000","0x2000000000","0x14220c"]],"iommu_group":10},
    {"address":"10000:18:00.4","numa_node":0,"node_source":"only-node","class":"0x030200","vendor":"0x10de","device":"0x2331","root_complex":"pci0000:15","bridges":[],"bars":[],"physical_function":"0000:18:00.0"}
  ],
  "mediated_devices": [
    {"uuid":"4b20d080-1b54-4048-85b3-a6a62d165c01","parent":"10000:18:00.4"}
  ]
}
)";

Host small_host() {
  Host host;
  host.nodes = {{.id = 0,
                 .cpus = CpuSet::parse("0-1").value(),
                 .memory_bytes = 1073741824,
                 .huge_pages = {{2097152, 512, 7}},
                 .distances = {{0, 10}, {2, 40}}},
                {.id = 2}};
  host.cpus = {{0, 0, CpuSet::parse("0-1").value()}, {1, 0, CpuSet::parse("0-1").value()}};
  PciDevice gpu{.address = at("0000:18:00.0"),
                .numa_node = 0,
                .class_code = 0x030200,
                .vendor = 0x10de,
                .device = 0x2330,
                .root_complex = "pci0000:15"};
  gpu.bridges = {at("0000:15:01.0")};
  gpu.bars = {{2, 0x20000000000, 0x2000000000, 0x14220c}};
  gpu.iommu_group = 10;
  PciDevice function{.address = at("10000:18:00.4"),
                     .numa_node = 0,
                     .node_source = NodeSource::only_node,
                     .class_code = 0x030200,
                     .vendor = 0x10de,
                     .device = 0x2331,
                     .root_complex = "pci0000:15"};
  function.physical_function = gpu.address;
  host.devices = {gpu, function};
  host.mediated_devices = {{"4b20d080-1b54-4048-85b3-a6a62d165c01", function.address}};
  return host;
}

// The small snapshot with a change.
std::string changed(const std::function<void(nlohmann::ordered_json&)>& change) {
  auto json = nlohmann::ordered_json::parse(small);
  change(json);
  return json.dump();
}

// "LINE:COLUMN: message", like in the tool; without line and column if they are unknown.
std::string refusal(std::string_view text) {
  try {
    from_snapshot(text);
  } catch (const SnapshotError& error) {
    const std::string position = std::to_string(error.line()) + ":" + std::to_string(error.column()) + ": ";
    return (error.line() == 0 ? "" : position) + error.what();
  }
  return "not refused";
}

// The same for the small snapshot with one text replaced, which keeps its lines.
std::string refusal(const std::string& old_text, const std::string& new_text) {
  std::string text = small;
  const std::size_t at = text.find(old_text);
  BOOST_TEST_REQUIRE(at != std::string::npos);
  return refusal(text.replace(at, old_text.size(), new_text));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(snapshots)

BOOST_AUTO_TEST_CASE(a_snapshot_has_a_line_for_each_part) { BOOST_TEST(to_snapshot(small_host()) == small); }

BOOST_AUTO_TEST_CASE(a_snapshot_is_read_back) { BOOST_TEST((from_snapshot(small) == small_host())); }

BOOST_AUTO_TEST_CASE(every_sample_host_is_read_back) {
  for (const char* name :
       {"two-socket-eight-gpu", "eight-node", "one-node", "no-node", "unreported", "grace", "mediated"}) {
    BOOST_TEST_CONTEXT(name) {
      const Host host = Sample(name).host();
      BOOST_TEST((from_snapshot(to_snapshot(host)) == host));
      BOOST_TEST(to_snapshot(from_snapshot(to_snapshot(host))) == to_snapshot(host));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_order_of_elements_does_not_matter) {
  const auto turned = changed([](auto& json) {
    for (const char* list : {"nodes", "cpus", "devices"}) std::reverse(json[list].begin(), json[list].end());
  });
  BOOST_TEST((from_snapshot(turned) == small_host()));
}

// A later vnuma may add members to version 1.
BOOST_AUTO_TEST_CASE(unknown_members_are_ignored) {
  const auto more = changed([](auto& json) {
    json["kernel"] = "6.1";
    json["devices"][0]["link_width"] = 16;
  });
  BOOST_TEST((from_snapshot(more) == small_host()));
}

// Node 2 has no CPUs.
BOOST_AUTO_TEST_CASE(a_device_without_a_node_in_an_old_snapshot_is_on_the_only_node_that_has_cpus) {
  const auto old = changed([](auto& json) {
    json["devices"][1]["numa_node"] = nullptr;
    json["devices"][1].erase("node_source");
  });
  BOOST_TEST((from_snapshot(old) == small_host()));
}

BOOST_AUTO_TEST_CASE(a_device_without_a_node_stays_without_one_if_several_nodes_have_cpus) {
  const auto two = changed([](auto& json) {
    json["nodes"][1]["cpus"] = "2-3";
    json["devices"][1]["numa_node"] = nullptr;
  });
  BOOST_TEST(!from_snapshot(two).devices[1].numa_node.has_value());
}

BOOST_AUTO_TEST_CASE(each_source_of_a_node_is_read_back) {
  Host host = small_host();
  for (const NodeSource source : {NodeSource::firmware, NodeSource::physical_function, NodeSource::only_node,
                                  NodeSource::local_cpus, NodeSource::given}) {
    host.devices[0].node_source = source;
    BOOST_TEST((from_snapshot(to_snapshot(host)) == host), name(source));
  }
}

BOOST_AUTO_TEST_CASE(text_that_is_not_a_snapshot_is_refused) {
  const std::string remedy = "; give a snapshot from `vnuma capture`";
  BOOST_TEST(refusal("") == "1:1: not JSON" + remedy);
  BOOST_TEST(refusal("<domain/>") == "1:1: not JSON" + remedy);
  BOOST_TEST(refusal(std::string_view("\0\x01\xff", 3)) == "1:1: not JSON" + remedy);
  BOOST_TEST(refusal("{\"a\": \"\xff\"}") == "1:8: not JSON" + remedy);
  BOOST_TEST(refusal(small + std::string("\0x", 2)) == "19:1: not JSON" + remedy);
  BOOST_TEST(refusal("{}\n{}") == "2:1: not JSON" + remedy);
  BOOST_TEST(refusal("\"id\":0,", "\"id\":0 x") == "4:13: not JSON" + remedy);
  BOOST_TEST(refusal("{}") == "1:1: not a snapshot of a host" + remedy);
  BOOST_TEST(refusal("\n []") == "2:2: not a snapshot of a host" + remedy);
  BOOST_TEST(refusal("7") == "1:1: not a snapshot of a host" + remedy);
}

BOOST_AUTO_TEST_CASE(a_truncated_snapshot_is_refused) {
  const std::string_view whole = small;
  for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
    BOOST_TEST_CONTEXT(size) {
      BOOST_TEST(refusal(whole.substr(0, size)).ends_with(": not JSON; give a snapshot from `vnuma capture`"));
    }
  }
}

BOOST_AUTO_TEST_CASE(another_version_is_refused_with_a_remedy) {
  const std::string message =
      "; this vnuma reads version 1; use the vnuma that captured the host, or capture the host again with this one";
  BOOST_TEST(refusal("snapshot\": 1", "snapshot\": 2") == "2:21: vnuma_snapshot: is 2" + message);
  BOOST_TEST(refusal("{\"vnuma_snapshot\": 0}") == "1:20: vnuma_snapshot: is 0" + message);
  BOOST_TEST(refusal("snapshot\": 1", "snapshot\": \"1\"") ==
             "2:21: vnuma_snapshot: is \"1\"; expected a whole number from 0 to 4294967295");
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_skipped) {
  const std::string mark = "\xef\xbb\xbf";
  BOOST_TEST((from_snapshot(mark + small) == small_host()));
  BOOST_TEST(refusal(mark + "{}") == "1:4: not a snapshot of a host; give a snapshot from `vnuma capture`");
  BOOST_TEST(refusal(mark + mark + small).ends_with("not JSON; give a snapshot from `vnuma capture`"));
}

BOOST_AUTO_TEST_CASE(a_missing_member_is_refused_with_the_position_of_its_object) {
  const std::string remedy = "is missing; give a snapshot from `vnuma capture`";
  BOOST_TEST(refusal("{\"vnuma_snapshot\": 1}") == "1:1: nodes: " + remedy);
  BOOST_TEST(refusal("\"parent\":", "\"patent\":") == "16:5: mediated_devices[0].parent: " + remedy);
  BOOST_TEST(refusal("\"numa_node\":0,\"node_source\":\"only-node\",", "") == "13:5: devices[1].numa_node: " + remedy);
}

BOOST_AUTO_TEST_CASE(a_wrong_type_is_refused_with_its_position) {
  BOOST_TEST(refusal("{\"vnuma_snapshot\": 1, \"nodes\": 3}") == "1:32: nodes: is 3; expected an array");
  BOOST_TEST(refusal("{\"vnuma_snapshot\": 1, \"nodes\": [\"x\"]}") == "1:33: nodes[0]: is \"x\"; expected an object");
  BOOST_TEST(refusal("[2,40]", "[2]") == "4:72: nodes[0].distances[1]: is [2]; expected an array of 2 elements");
  BOOST_TEST(refusal("\"0x2000000000\"", "[\"]\"]") ==
             "12:182: devices[0].bars[0][2]: is [\"]\"]; expected a string from \"0x0\" to \"0xffffffffffffffff\"");
}

// Brackets in strings do not count.
BOOST_AUTO_TEST_CASE(the_position_is_correct_after_unknown_members) {
  BOOST_TEST(refusal("\"vendor\":\"0x10de\"", "\"x\":\"\\\"]}\",\"vendor\":\"10de\"")
                 .starts_with("12:84: devices[0].vendor: "));
}

BOOST_AUTO_TEST_CASE(a_value_out_of_range_is_refused_with_its_position) {
  const std::string number = "; expected a whole number from 0 to 4294967295";
  BOOST_TEST(refusal("\"id\":2", "\"id\":-1") == "5:11: nodes[1].id: is -1" + number);
  BOOST_TEST(refusal("\"id\":2", "\"id\":4294967296") == "5:11: nodes[1].id: is 4294967296" + number);
  BOOST_TEST(refusal("\"id\":2", "\"id\":0.5") == "5:11: nodes[1].id: is 0.5" + number);
  BOOST_TEST(
      refusal("1073741824", "18446744073709551616").find("expected a whole number from 0 to 18446744073709551615") !=
      std::string::npos);
  BOOST_TEST(refusal("1073741824", "1e400") ==
             "contains a number that is too large; give a snapshot from `vnuma capture`");
  BOOST_TEST(refusal("\"0-1\"", "\"1-0\"") ==
             "4:20: nodes[0].cpus: is \"1-0\"; expected a list of CPUs, such as \"0-3,8\"");
  BOOST_TEST(refusal("0000:18:00.0", "18") ==
             "12:16: devices[0].address: is \"18\"; expected a PCI address, such as \"0000:18:00.0\"");
  BOOST_TEST(refusal("only-node", "guess") ==
             "13:60: devices[1].node_source: is \"guess\"; expected \"firmware\", \"physical-function\", "
             "\"only-node\", \"local-cpus\" or \"given\"");
  BOOST_TEST(refusal("0x030200", "0x1000000") ==
             "12:53: devices[0].class: is \"0x1000000\"; expected a string from \"0x0\" to \"0xffffff\"");
  BOOST_TEST(refusal("0x10de", "10de") ==
             "12:73: devices[0].vendor: is \"10de\"; expected a string from \"0x0\" to \"0xffff\"");
  BOOST_TEST(refusal("4b20d080-", "4b20d08-") ==
             "16:13: mediated_devices[0].uuid: is \"4b20d08-1b54-4048-85b3-a6a62d165c01\"; expected a UUID, such as "
             "\"4b20d080-1b54-4048-85b3-a6a62d165c01\"");
}

BOOST_AUTO_TEST_CASE(duplicates_are_refused) {
  const std::string twice = ", but another element has this value too";
  BOOST_TEST(refusal("\"id\":2", "\"id\":0") == "5:11: nodes[1].id: is 0" + twice);
  BOOST_TEST(refusal("{\"id\":1,\"socket", "{\"id\":0,\"socket") == "9:11: cpus[1].id: is 0" + twice);
  BOOST_TEST(refusal("10000:18:00.4", "18:00.0") == "13:16: devices[1].address: is \"18:00.0\"" + twice);
  BOOST_TEST(refusal("\"bars\":[]", "\"class\":\"0x0\"") ==
             "13:168: \"class\" occurs twice in one object; give a snapshot from `vnuma capture`");
}

BOOST_AUTO_TEST_CASE(contradictions_are_refused) {
  BOOST_TEST(refusal("\"cpus\":\"\"", "\"cpus\":\"1\"") ==
             "3:12: nodes: nodes 0 and 2 share CPUs; a CPU belongs to one node");
  BOOST_TEST(refusal("{\"vnuma_snapshot\": 1, \"nodes\": []}") == "1:32: nodes: is []; expected at least one node");
  BOOST_TEST(refusal("\"siblings\":\"0-1\"}\n", "\"siblings\":\"1\"}\n") ==
             "7:11: cpus: CPU 0 has the siblings 0-1, but CPU 1 has 1; all threads of a core have the same siblings");
  BOOST_TEST(refusal("\"numa_node\":0", "\"numa_node\":1") ==
             "12:43: devices[0].numa_node: is 1; expected the id of a node, or null");
  BOOST_TEST(refusal("\"parent\":\"10000:18:00.4", "\"parent\":\"18:00.1") ==
             "16:61: mediated_devices[0].parent: is \"18:00.1\"; expected the address of a device in the snapshot");
}

// Otherwise deep nesting could overflow the stack.
BOOST_AUTO_TEST_CASE(deep_nesting_is_refused) {
  const std::string deep = std::string(1000000, '[') + std::string(1000000, ']');
  BOOST_TEST(refusal(deep) == "1:17: is nested deeper than 16 levels; give a snapshot from `vnuma capture`");
  BOOST_TEST(refusal("\"bars\":[]", "\"x\":" + deep) ==
             "13:185: is nested deeper than 16 levels; give a snapshot from `vnuma capture`");
}

BOOST_AUTO_TEST_CASE(more_bridges_than_buses_are_refused) {
  const auto with_bridges = [](std::size_t count) {
    return changed(
        [&](auto& json) { json["devices"][0]["bridges"] = std::vector<std::string>(count, "0000:01:00.0"); });
  };
  BOOST_TEST(refusal(with_bridges(255)) == "not refused");
  BOOST_TEST(refusal(with_bridges(256)).find("devices[0].bridges: has 256 addresses; expected at most 255") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_text_over_16_mib_is_refused) {
  BOOST_TEST(refusal(std::string((16 << 20) + 1, ' ')) ==
             "is larger than 16 MiB; give a snapshot from `vnuma capture`");
}

BOOST_AUTO_TEST_SUITE_END()
