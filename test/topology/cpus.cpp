// The CPUs of a host: sockets, siblings and cores, from sysfs and from capabilities.
#include <fstream>
#include <iterator>

#include <boost/test/unit_test.hpp>

#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/capabilities.hpp>

#include "trees.hpp"

using namespace vnuma::test;
using namespace vnuma::topology;
namespace schema = vnuma::schema;

namespace {

CpuSet set(std::string_view text) { return CpuSet::parse(text).value(); }

// A host with the CPUs 0 and 1, in two sockets or one core.
struct TwoCpus : Tree {
  const std::string cpu = "devices/system/cpu/";

  TwoCpus(const char* siblings_of_0, const char* siblings_of_1) {
    write(cpu + "online", "0-1\n");
    write(cpu + "cpu0/topology/physical_package_id", "0\n");
    write(cpu + "cpu1/topology/physical_package_id", "1\n");
    write(cpu + "cpu0/topology/thread_siblings_list", std::string(siblings_of_0) + "\n");
    write(cpu + "cpu1/topology/thread_siblings_list", std::string(siblings_of_1) + "\n");
  }
};

std::vector<Cpu> listed(const std::string& cpus) {
  return cpus_of(schema::from_xml<schema::Capabilities>("<capabilities><host><topology><cells><cell id='0'><cpus>" +
                                                        cpus +
                                                        "</cpus></cell></cells></topology></host></capabilities>"));
}

std::string refusal(const std::string& cpus) {
  try {
    listed(cpus);
  } catch (const schema::Error& error) {
    return error.what();
  }
  return "not refused";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cpus)

// By hand from the description: CPU n and n + 64 are siblings; node 1 is socket 1.
BOOST_AUTO_TEST_CASE(sockets_and_siblings_are_read) {
  const Host host = Sample("two-socket-eight-gpu").host();
  BOOST_TEST_REQUIRE(host.cpus.size() == 128);
  BOOST_TEST((host.cpus[0] == Cpu{0, 0, set("0,64")}));
  BOOST_TEST((host.cpus[63] == Cpu{63, 1, set("63,127")}));
  BOOST_TEST((host.cpus[96] == Cpu{96, 1, set("32,96")}));
}

BOOST_AUTO_TEST_CASE(a_core_has_the_number_of_its_lowest_thread) {
  const Host host = Sample("two-socket-eight-gpu").host();
  BOOST_TEST(host.cpus[32].core() == 32);
  BOOST_TEST(host.cpus[96].core() == 32);
  BOOST_TEST((Cpu{.id = 7}.core()) == 7);
}

BOOST_AUTO_TEST_CASE(an_offline_cpu_has_no_topology_and_is_left_out) {
  const Sample sample("no-node");
  fs::remove_all(sample.path() / "devices/system/cpu/cpu3/topology");
  const Host host = sample.host();
  BOOST_TEST(host.cpus.size() == 15);
  BOOST_TEST(host.cpus[3].id == 4);
}

BOOST_AUTO_TEST_CASE(a_host_without_the_cpu_folder_has_no_cpus) { BOOST_TEST(read_sysfs(Tree().path()).cpus.empty()); }

BOOST_AUTO_TEST_CASE(a_host_read_for_its_devices_has_no_cpus) {
  const Sample sample("no-node");
  BOOST_TEST(read_sysfs(sample.path(), {}).cpus.empty());
}

BOOST_AUTO_TEST_CASE(a_socket_of_minus_one_is_0) {
  const TwoCpus tree("0", "1");
  tree.write(tree.cpu + "cpu1/topology/physical_package_id", "-1\n");
  BOOST_TEST(read_sysfs(tree.path()).cpus.at(1).socket == 0);
}

BOOST_AUTO_TEST_CASE(an_invalid_socket_or_sibling_list_is_refused) {
  const TwoCpus tree("0", "1");
  const std::string socket = tree.cpu + "cpu1/topology/physical_package_id";
  BOOST_TEST(tree.refusal(socket, "x") == socket + ": contains \"x\"; expected the number of a socket, or -1");
  BOOST_TEST(tree.refusal(socket, "-2") == socket + ": contains \"-2\"; expected the number of a socket, or -1");
  tree.write(socket, "0");
  const std::string siblings = tree.cpu + "cpu1/topology/thread_siblings_list";
  BOOST_TEST(tree.refusal(siblings, "1-") ==
             siblings + ": contains \"1-\"; expected a list of CPUs, such as \"0-3,8\"");
}

BOOST_AUTO_TEST_CASE(siblings_that_do_not_form_cores_are_refused) {
  const std::string at = "devices/system/cpu/cpu*/topology: ";
  const std::string remedy = "; all threads of a core have the same siblings";
  BOOST_TEST(TwoCpus("0-1", "0-1").refusal() == "not refused");
  BOOST_TEST(TwoCpus("1", "1").refusal() == at + "CPU 0 is not among its own siblings, \"1\"");
  BOOST_TEST(TwoCpus("0", "").refusal() == at + "CPU 1 is not among its own siblings, \"\"");
  BOOST_TEST(TwoCpus("0,2", "0-1").refusal() == at + "CPU 0 has the siblings 0,2, but CPU 1 has 0-1" + remedy);
  BOOST_TEST(TwoCpus("0-1", "1").refusal() == at + "CPU 0 has the siblings 0-1, but CPU 1 has 1" + remedy);
}

BOOST_AUTO_TEST_CASE(capabilities_and_sysfs_give_the_same_cpus) {
  std::ifstream in(VNUMA_SOURCE_DIR "/examples/hosts/eight-node-capabilities.xml");
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const auto cpus = cpus_of(schema::from_xml<schema::Capabilities>(text));
  BOOST_TEST(cpus.size() == 256);
  BOOST_TEST((cpus == Sample("eight-node").host().cpus));
}

BOOST_AUTO_TEST_CASE(a_cpu_without_siblings_in_capabilities_is_left_out) {
  const auto cpus = listed("<cpu id='1' socket_id='2' die_id='0' core_id='5' siblings='1'/><cpu id='0'/>");
  BOOST_TEST_REQUIRE(cpus.size() == 1);
  BOOST_TEST((cpus[0] == Cpu{1, 2, set("1")}));
}

BOOST_AUTO_TEST_CASE(contradictory_capabilities_are_refused) {
  const std::string base = "/capabilities/host/topology/cells";
  const std::string cpu = "<cpu id='0' socket_id='0' siblings='0'/>";
  BOOST_TEST(refusal(cpu + cpu) == base + ": CPU 0 is listed twice; list each CPU once");
  BOOST_TEST(refusal("<cpu id='1' siblings='1'/>") ==
             base + "/cell[1]/cpus/cpu[1]: the socket_id is missing; give the output of `virsh capabilities`");
  BOOST_TEST(refusal(cpu + "<cpu id='1' socket_id='0' siblings='0-1'/>") ==
             base + ": CPU 0 has the siblings 0, but CPU 1 has 0-1; all threads of a core have the same siblings");
}

BOOST_AUTO_TEST_SUITE_END()
