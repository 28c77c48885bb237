// Snapshots: what is written, that it is read back, and what is refused.
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
    {"id":0,"cpus":"0-1","memory_bytes":1073741824,"distances":[[0,10],[2,40]]},
    {"id":2,"cpus":"","memory_bytes":0,"distances":[]}
  ],
  "cpus": [
    {"id":0,"socket":0,"siblings":"0-1"},
    {"id":1,"socket":0,"siblings":"0-1"}
  ],
  "devices": [
    {"address":"0000:18:00.0","numa_node":0,"class":"0x030200","vendor":"0x10de","device":"0x2330","root_complex":"pci0000:15","bridges":["0000:15:01.0"],"bars":[[2,"0x20000000000","0x2000000000","0x14220c"]],"iommu_group":10},
    {"address":"10000:18:00.4","numa_node":null,"class":"0x030200","vendor":"0x10de","device":"0x2331","root_complex":"pci0000:15","bridges":[],"bars":[],"physical_function":"0000:18:00.0"}
  ],
  "mediated_devices": [
    {"uuid":"4b20d080-1b54-4048-85b3-a6a62d165c01","parent":"10000:18:00.4"}
  ]
}
)";

Host small_host() {
  Host host;
  host.nodes = {
      {.id = 0, .cpus = CpuSet::parse("0-1").value(), .memory_bytes = 1073741824, .distances = {{0, 10}, {2, 40}}},
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
                     .class_code = 0x030200,
                     .vendor = 0x10de,
                     .device = 0x2331,
                     .root_complex = "pci0000:15"};
  function.physical_function = gpu.address;
  host.devices = {gpu, function};
  host.mediated_devices = {{"4b20d080-1b54-4048-85b3-a6a62d165c01", function.address}};
  return host;
}

// The snapshot with a change.
std::string changed(const std::function<void(nlohmann::ordered_json&)>& change) {
  auto json = nlohmann::ordered_json::parse(small);
  change(json);
  return json.dump();
}

void require_refused(const std::string& text, const std::string& message) {
  BOOST_TEST_CONTEXT(text.substr(0, 300)) {
    BOOST_CHECK_EXCEPTION(from_snapshot(text), SnapshotError, [&](const SnapshotError& error) {
      BOOST_TEST(error.what() == message);
      return true;
    });
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(snapshots)

BOOST_AUTO_TEST_CASE(a_host_is_written_a_line_for_each_part) { BOOST_TEST(to_snapshot(small_host()) == small); }

BOOST_AUTO_TEST_CASE(a_snapshot_is_read_back) { BOOST_TEST((from_snapshot(small) == small_host())); }

BOOST_AUTO_TEST_CASE(every_sample_host_is_read_back) {
  for (const char* name : {"two-socket-eight-gpu", "eight-node", "one-node", "no-node", "grace", "mediated"}) {
    BOOST_TEST_CONTEXT(name) {
      const Host host = Sample(name).host();
      BOOST_TEST((from_snapshot(to_snapshot(host)) == host));
      BOOST_TEST(to_snapshot(from_snapshot(to_snapshot(host))) == to_snapshot(host));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_order_of_parts_does_not_matter) {
  const auto turned = changed([](auto& json) {
    for (const char* list : {"nodes", "cpus", "devices"}) std::reverse(json[list].begin(), json[list].end());
  });
  BOOST_TEST((from_snapshot(turned) == small_host()));
}

// What a later vnuma adds to version 1 is ignored by this one.
BOOST_AUTO_TEST_CASE(members_that_are_not_known_are_ignored) {
  const auto more = changed([](auto& json) {
    json["kernel"] = "6.1";
    json["devices"][0]["link_width"] = 16;
  });
  BOOST_TEST((from_snapshot(more) == small_host()));
}

BOOST_AUTO_TEST_CASE(what_is_no_snapshot_is_refused) {
  const std::string remedy = "; give what `vnuma capture` wrote";
  require_refused("", "line 1 is no JSON" + remedy);
  require_refused(std::string(small).substr(0, 100), "line 4 is no JSON" + remedy);
  require_refused(std::string("\0\x01\xff", 3), "line 1 is no JSON" + remedy);
  require_refused("{\"vnuma_snapshot\": 1, \"nodes\": \"\xff\"}", "line 1 is no JSON" + remedy);
  require_refused("<domain/>", "line 1 is no JSON" + remedy);
  require_refused("{}", "is no snapshot of a host" + remedy);
  require_refused("[]", "is no snapshot of a host" + remedy);
  require_refused(std::string(1000000, '['), "is nested deeper than 16");
  require_refused("{\"vnuma_snapshot\": 2}",
                  "vnuma_snapshot: is 2; this vnuma reads version 1, capture the host with it");
  require_refused("{\"vnuma_snapshot\": 1}", "nodes: is missing");
}

BOOST_AUTO_TEST_CASE(values_of_a_wrong_type_or_out_of_range_are_refused_with_their_place) {
  const auto with = [](const char* pointer, const nlohmann::ordered_json& value) {
    return changed([&](auto& json) { json[nlohmann::ordered_json::json_pointer(pointer)] = value; });
  };
  require_refused(with("/nodes", 3), "nodes: is 3; expected an array");
  require_refused(with("/nodes/0", "x"), "nodes[0]: is \"x\"; expected an object");
  require_refused(with("/nodes/0/id", -1), "nodes[0].id: is -1; expected a whole number from 0 to 4294967295");
  require_refused(with("/nodes/0/id", 4294967296),
                  "nodes[0].id: is 4294967296; expected a whole number from 0 to 4294967295");
  require_refused(with("/nodes/0/id", 0.5), "nodes[0].id: is 0.5; expected a whole number from 0 to 4294967295");
  require_refused(with("/nodes/0/cpus", "0-"), "nodes[0].cpus: is \"0-\"; expected a list of CPUs, as \"0-3,8\"");
  require_refused(with("/nodes/0/distances/1", {1}), "nodes[0].distances[1]: is [1]; expected an array of 2");
  require_refused(with("/cpus/1/siblings", "0"), "cpus[1].siblings: is \"0\"; expected a list with CPU 1");
  require_refused(with("/devices/0/address", "18"),
                  "devices[0].address: is \"18\"; expected a PCI address, as \"0000:18:00.0\"");
  require_refused(with("/devices/0/class", "0x1000000"),
                  "devices[0].class: is \"0x1000000\"; expected a text from \"0x0\" to \"0xffffff\"");
  require_refused(with("/devices/0/bars/0/2", 5),
                  "devices[0].bars[0][2]: is 5; expected a text from \"0x0\" to \"0xffffffffffffffff\"");
  require_refused(with("/mediated_devices/0/uuid", "x"), "mediated_devices[0].uuid: is \"x\"; expected a UUID");
  require_refused(changed([](auto& json) { json["devices"][1].erase("vendor"); }), "devices[1].vendor: is missing");
}

BOOST_AUTO_TEST_CASE(contradictions_are_refused) {
  require_refused(changed([](auto& json) { json["nodes"][1]["id"] = 0; }), "nodes: 0 is there twice");
  require_refused(changed([](auto& json) { json["nodes"][1]["cpus"] = "1"; }),
                  "nodes: node 2 has CPUs that another has too; a CPU belongs to one node");
  require_refused(changed([](auto& json) { json["nodes"].clear(); }), "nodes: is empty; a host has one at least");
  require_refused(changed([](auto& json) { json["cpus"][1]["id"] = 0; }), "cpus: 0 is there twice");
  require_refused(changed([](auto& json) { json["devices"][1]["address"] = "18:00.0"; }),
                  "devices: 0000:18:00.0 is there twice");
  require_refused(changed([](auto& json) { json["devices"][0]["numa_node"] = 1; }),
                  "devices: 0000:18:00.0 is on node 1, which nodes does not have");
  require_refused(changed([](auto& json) { json["mediated_devices"][0]["parent"] = "18:00.1"; }),
                  "mediated_devices: 4b20d080-1b54-4048-85b3-a6a62d165c01 is a part of 0000:18:00.1, which devices "
                  "does not have");
}

BOOST_AUTO_TEST_SUITE_END()
