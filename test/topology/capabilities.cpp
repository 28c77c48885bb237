// Nodes from `virsh capabilities`.
#include <fstream>
#include <iterator>

#include <boost/test/unit_test.hpp>

#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/capabilities.hpp>

using vnuma::topology::Node;
namespace schema = vnuma::schema;

namespace {

std::vector<Node> nodes_of(const std::string& cells) {
  return vnuma::topology::nodes_of(schema::from_xml<schema::Capabilities>(
      "<capabilities><host><topology><cells>" + cells + "</cells></topology></host></capabilities>"));
}

std::string refusal(const std::string& cells) {
  try {
    nodes_of(cells);
  } catch (const schema::Error& error) {
    const std::string base = "/capabilities/host/topology/cells/";
    BOOST_TEST(error.path().starts_with(base));
    return std::string(error.what()).substr(base.size());
  }
  return "not refused";
}

std::uint64_t memory(const std::string& element) {
  return nodes_of("<cell id='0'>" + element + "</cell>").at(0).memory_bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(capabilities)

BOOST_AUTO_TEST_CASE(the_sample_has_eight_nodes_of_32_cpus) {
  std::ifstream in(VNUMA_SOURCE_DIR "/examples/hosts/eight-node-capabilities.xml");
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const auto nodes = vnuma::topology::nodes_of(schema::from_xml<schema::Capabilities>(text));
  BOOST_REQUIRE(nodes.size() == 8U);
  for (std::uint32_t id = 0; id < 8; ++id) {
    BOOST_TEST(nodes[id].id == id);
    BOOST_TEST(nodes[id].cpus.size() == 32U);
    BOOST_TEST(nodes[id].memory_bytes == 137438953472U);  // 128 GiB
  }
  BOOST_TEST(nodes[0].cpus.format() == "0-15,128-143");
  BOOST_TEST(nodes[7].cpus.format() == "112-127,240-255");
  const std::vector<std::pair<std::uint32_t, unsigned>> distances{{0, 10}, {1, 12}, {2, 12}, {3, 12},
                                                                  {4, 32}, {5, 32}, {6, 32}, {7, 32}};
  BOOST_TEST((nodes[0].distances == distances));
}

BOOST_AUTO_TEST_CASE(nodes_are_ordered_by_id) {
  const auto nodes = nodes_of("<cell id='3'/><cell id='1'/>");
  BOOST_TEST(nodes.at(0).id == 1U);
  BOOST_TEST(nodes.at(1).id == 3U);
}

BOOST_AUTO_TEST_CASE(a_cell_may_have_no_cpus_memory_or_distances) {
  BOOST_TEST((nodes_of("<cell id='2'><cpus num='0'/></cell>") == std::vector<Node>{{.id = 2}}));
}

BOOST_AUTO_TEST_CASE(memory_has_the_units_of_libvirt) {
  BOOST_TEST(memory("<memory>4</memory>") == 4096U);
  BOOST_TEST(memory("<memory unit='KiB'>4</memory>") == 4096U);
  BOOST_TEST(memory("<memory unit='bytes'>4</memory>") == 4U);
  BOOST_TEST(memory("<memory unit='b'>4</memory>") == 4U);
  BOOST_TEST(memory("<memory unit='KB'>4</memory>") == 4000U);
  BOOST_TEST(memory("<memory unit='m'>4</memory>") == 4194304U);
  BOOST_TEST(memory("<memory unit='GiB'>4</memory>") == 4294967296U);
  BOOST_TEST(memory("<memory unit='TiB'>4</memory>") == 4398046511104U);
  BOOST_TEST(memory("<memory unit='EiB'>4</memory>") == 4611686018427387904U);
}

BOOST_AUTO_TEST_CASE(an_invalid_unit_is_refused) {
  BOOST_TEST(refusal("<cell id='0'><memory unit='pages'>4</memory></cell>") ==
             "cell[1]/memory/@unit: \"pages\" is not a unit of size, as \"bytes\", \"KiB\" or \"GB\"");
  for (const char* unit : {"iB", "KiBs", "Kbit", "K B", "Z"}) {
    BOOST_TEST_CONTEXT(unit) {
      BOOST_CHECK_THROW(memory("<memory unit='" + std::string(unit) + "'>4</memory>"), schema::Error);
    }
  }
}

BOOST_AUTO_TEST_CASE(memory_beyond_64_bits_is_refused) {
  BOOST_TEST(memory("<memory>18014398509481983</memory>") == 18446744073709550592U);  // 2^64 - 1024
  BOOST_TEST(refusal("<cell id='0'><memory>18014398509481984</memory></cell>") ==
             "cell[1]/memory: 18014398509481984 KiB are more than 2^64 - 1 bytes; give a smaller size");
  BOOST_CHECK_THROW(memory("<memory unit='EiB'>16</memory>"), schema::Error);
}

BOOST_AUTO_TEST_CASE(capabilities_without_cells_are_refused) {
  for (const char* text : {"<capabilities/>", "<capabilities><host/></capabilities>",
                           "<capabilities><host><topology/></host></capabilities>",
                           "<capabilities><host><topology><cells num='0'/></topology></host></capabilities>"}) {
    BOOST_CHECK_EXCEPTION(vnuma::topology::nodes_of(schema::from_xml<schema::Capabilities>(text)), schema::Error,
                          [](const schema::Error& error) {
                            return std::string(error.what()) ==
                                   "/capabilities/host/topology/cells: the capabilities list no NUMA cells; give the "
                                   "output of `virsh capabilities`";
                          });
  }
}

BOOST_AUTO_TEST_CASE(two_cells_with_one_id_are_refused) {
  BOOST_TEST(refusal("<cell id='0'/><cell id='0'/>") ==
             "cell[2]/@id: two cells have the id 0; give each cell its own id");
}

BOOST_AUTO_TEST_CASE(two_cells_that_share_a_cpu_are_refused) {
  BOOST_TEST(refusal("<cell id='0'><cpus><cpu id='1'/><cpu id='2'/></cpus></cell>"
                     "<cell id='1'><cpus><cpu id='2'/><cpu id='3'/></cpus></cell>") ==
             "cell[2]/cpus: CPUs 2 are also in cell 0; a CPU belongs to one cell");
}

BOOST_AUTO_TEST_CASE(a_missing_attribute_is_refused_with_its_path) {
  BOOST_TEST(refusal("<cell id='0'/><cell/>") == "cell[2]: the id is missing; give the output of `virsh capabilities`");
  BOOST_TEST(refusal("<cell id='0'><cpus><cpu id='0'/><cpu/></cpus></cell>")
                 .starts_with("cell[1]/cpus/cpu[2]: the id is missing; "));
  BOOST_TEST(refusal("<cell id='0'><distances><sibling value='10'/></distances></cell>")
                 .starts_with("cell[1]/distances/sibling[1]: the id is missing; "));
  BOOST_TEST(refusal("<cell id='0'><distances><sibling id='0' value='10'/><sibling id='1'/></distances></cell>")
                 .starts_with("cell[1]/distances/sibling[2]: the value is missing; "));
}

BOOST_AUTO_TEST_CASE(an_invalid_number_is_refused_with_its_path) {
  BOOST_TEST(refusal("<cell id='x'/>").starts_with("cell[1]/@id: \"x\" is not a whole number"));
  BOOST_TEST(
      refusal("<cell id='0'><memory>much</memory></cell>").starts_with("cell[1]/memory: \"much\" is not a whole"));
  BOOST_TEST(
      refusal("<cell id='0'><cpus><cpu id='-1'/></cpus></cell>").starts_with("cell[1]/cpus/cpu[1]/@id: \"-1\" is not"));
  BOOST_TEST(refusal("<cell id='0'><distances><sibling id='0' value='far'/></distances></cell>")
                 .starts_with("cell[1]/distances/sibling[1]/@value: \"far\" is not"));
}

BOOST_AUTO_TEST_SUITE_END()
