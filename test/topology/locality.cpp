// How near two locations are, with NVIDIA's names.
#include <algorithm>
#include <map>
#include <ostream>

#include <vnuma/topology/locality.hpp>

#include "trees.hpp"

using namespace vnuma::test;

namespace vnuma::topology {

std::ostream& operator<<(std::ostream& out, Level level) { return out << name(level); }
std::ostream& operator<<(std::ostream& out, const PciAddress& address) { return out << address.format(); }

}  // namespace vnuma::topology

namespace {

using Addresses = std::vector<PciAddress>;

Addresses list(std::initializer_list<const char*> texts) {
  Addresses all;
  for (const char* text : texts) all.push_back(at(text));
  return all;
}

// The switches in the location of a device at 0000:50:03.5 behind bridges.
Addresses switches(std::initializer_list<const char*> bridges) {
  return location_of("pci0000:15", list(bridges), at("0000:50:03.5"), 0).switches;
}

// `name` is a pointer, because g++ 13 and newer warn (-Wdangling-reference) if the argument is a temporary object.
const Host& host(const char* name) {
  static std::map<std::string, Host> hosts;
  const auto found = hosts.find(name);
  return found != hosts.end() ? found->second : hosts.emplace(name, Sample(name).host()).first->second;
}

Level between(const std::string& name, const char* a, const char* b) {
  const Location first = location_of(device(host(name.c_str()), a));
  const Location second = location_of(device(host(name.c_str()), b));
  BOOST_TEST(level(first, second) == level(second, first));
  return level(first, second);
}

// A location on node 0 behind bridges of the root complex.
Location location(const std::string& root_complex, std::initializer_list<const char*> bridges) {
  return location_of(root_complex, list(bridges), at("0000:50:00.0"), 0);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(locations)

BOOST_AUTO_TEST_CASE(a_switch_is_named_by_its_upstream_port) {
  // Root port, upstream port, downstream port; then also a second switch below.
  BOOST_TEST(switches({"0000:15:01.0", "0000:16:00.0", "0000:17:02.0"}) == list({"0000:15:01.0", "0000:16:00.0"}));
  BOOST_TEST(switches({"0000:15:01.0", "0000:16:00.0", "0000:17:02.0", "0000:18:00.0", "0000:19:04.0"}) ==
             list({"0000:15:01.0", "0000:16:00.0", "0000:17:02.0", "0000:18:00.0"}));
}

BOOST_AUTO_TEST_CASE(a_device_on_the_bus_inside_a_switch_is_behind_it) {
  BOOST_TEST(switches({"0000:15:01.0", "0000:16:00.0"}) == list({"0000:15:01.0", "0000:16:00.0"}));
}

BOOST_AUTO_TEST_CASE(without_a_switch_the_root_port_counts) {
  BOOST_TEST(switches({"0000:15:01.0"}) == list({"0000:15:01.0"}));
}

BOOST_AUTO_TEST_CASE(without_a_root_port_the_slot_counts) { BOOST_TEST(switches({}) == list({"0000:50:03.0"})); }

BOOST_AUTO_TEST_CASE(a_location_has_root_complex_and_node_of_the_device) {
  const Location gpu = location_of(device(host("two-socket-eight-gpu"), "0000:9c:00.0"));
  BOOST_TEST((gpu == Location{"pci0000:97", list({"0000:97:01.0", "0000:98:00.0"}), 1}));
  BOOST_TEST(!location_of(device(host("no-node"), "0000:41:00.0")).node.has_value());
}

BOOST_AUTO_TEST_CASE(a_mediated_device_has_the_location_of_its_parent) {
  const Host& mediated = host("mediated");
  const auto gpu = location_of(device(mediated, "0000:18:00.0"));
  BOOST_TEST((location_of(mediated.mediated_devices.at(0), mediated) == gpu));
  BOOST_TEST(!location_of(MediatedDevice{"", at("0000:ff:00.0")}, mediated).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(levels)

BOOST_AUTO_TEST_CASE(levels_have_the_names_of_nvidia_and_nearest_is_least) {
  BOOST_TEST(name(Level::pix) == "PIX");
  BOOST_TEST(name(Level::pxb) == "PXB");
  BOOST_TEST(name(Level::phb) == "PHB");
  BOOST_TEST(name(Level::node) == "NODE");
  BOOST_TEST(name(Level::sys) == "SYS");
  BOOST_TEST(Level::pix < Level::pxb);
  BOOST_TEST(Level::pxb < Level::phb);
  BOOST_TEST(Level::phb < Level::node);
  BOOST_TEST(Level::node < Level::sys);
}

BOOST_AUTO_TEST_CASE(pix_is_one_switch) {
  BOOST_TEST(between("two-socket-eight-gpu", "0000:18:00.0", "0000:19:00.0") == Level::pix);
  BOOST_TEST(between("two-socket-eight-gpu", "0000:18:00.0", "0000:1b:00.0") == Level::pix);
  BOOST_TEST(between("two-socket-eight-gpu", "0000:18:00.0", "0000:18:00.0") == Level::pix);
}

BOOST_AUTO_TEST_CASE(pix_is_one_root_port_without_a_switch) {
  BOOST_TEST(between("no-node", "0000:01:00.0", "0000:01:00.1") == Level::pix);   // functions of a GPU
  BOOST_TEST(between("one-node", "0000:03:00.0", "0000:03:02.1") == Level::pix);  // a virtual function
  BOOST_TEST(between("mediated", "0000:19:00.1", "0000:19:00.2") == Level::pix);
}

BOOST_AUTO_TEST_CASE(pix_is_one_slot_of_the_root_complex) {
  const Location first = location_of("pci0000:15", {}, at("0000:15:02.0"), 0);
  BOOST_TEST(level(first, location_of("pci0000:15", {}, at("0000:15:02.3"), 0)) == Level::pix);
  BOOST_TEST(level(first, location_of("pci0000:15", {}, at("0000:15:03.0"), 0)) == Level::phb);
}

BOOST_AUTO_TEST_CASE(pxb_is_several_switches_of_one_root_port) {
  // A switch with one switch below each of its first two ports, and a device below the third.
  const Location left = location("a", {"0000:15:01.0", "0000:16:00.0", "0000:17:00.0", "0000:18:00.0", "0000:19:00.0"});
  const Location right =
      location("a", {"0000:15:01.0", "0000:16:00.0", "0000:17:01.0", "0000:1a:00.0", "0000:1b:00.0"});
  const Location outer = location("a", {"0000:15:01.0", "0000:16:00.0", "0000:17:02.0"});
  BOOST_TEST(level(left, right) == Level::pxb);
  BOOST_TEST(level(left, outer) == Level::pxb);
  BOOST_TEST(level(outer, right) == Level::pxb);
}

BOOST_AUTO_TEST_CASE(phb_is_one_root_complex) {
  BOOST_TEST(between("one-node", "0000:01:00.0", "0000:02:00.0") == Level::phb);
  BOOST_TEST(level(location("a", {"0000:15:01.0", "0000:16:00.0", "0000:17:00.0"}),
                   location("a", {"0000:15:02.0", "0000:1a:00.0", "0000:1b:00.0"})) == Level::phb);
}

BOOST_AUTO_TEST_CASE(node_is_several_root_complexes_of_one_node) {
  BOOST_TEST(between("two-socket-eight-gpu", "0000:18:00.0", "0000:3a:00.0") == Level::node);
  BOOST_TEST(between("mediated", "0001:98:00.0", "10000:e1:00.0") == Level::node);
}

BOOST_AUTO_TEST_CASE(sys_is_several_nodes) {
  BOOST_TEST(between("two-socket-eight-gpu", "0000:18:00.0", "0000:9a:00.0") == Level::sys);
}

BOOST_AUTO_TEST_CASE(sys_is_also_different_root_complexes_without_known_nodes) {
  BOOST_TEST(between("no-node", "0000:01:00.0", "0000:41:00.0") == Level::sys);
  BOOST_TEST(between("unreported", "0000:01:00.0", "0000:41:00.0") == Level::node);  // the only node that has CPUs
  Location a = location("a", {"0000:15:01.0"});
  Location b = location("b", {"0000:15:01.0"});
  a.node.reset();
  b.node.reset();
  BOOST_TEST(level(a, b) == Level::sys);
}

BOOST_AUTO_TEST_CASE(of_three_pairs_no_level_is_above_both_others) {
  const Host& all = host("two-socket-eight-gpu");
  for (const PciDevice& a : all.devices) {
    for (const PciDevice& b : all.devices) {
      for (const PciDevice& c : all.devices) {
        const Level direct = level(location_of(a), location_of(c));
        const Level over_b = std::max(level(location_of(a), location_of(b)), level(location_of(b), location_of(c)));
        if (direct > over_b) BOOST_ERROR(a.address << " " << b.address << " " << c.address);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
