// The programs on the first page of the API documentation (cmake/docs/tasks.md), which shows the code between the
// marks.
#include <iostream>
#include <sstream>

#include <boost/property_tree/xml_parser.hpp>
#include <boost/test/unit_test.hpp>

#include "tool/run.hpp"
#include "tool/samples.hpp"

//! [ptree]
#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/ptree.hpp>
#include <vnuma/schema/xml.hpp>

// Pins each vCPU that is not pinned to host CPU 7, in a tree that a program already has.
void pin_the_rest(boost::property_tree::ptree& tree) {
  auto domain = vnuma::schema::from_ptree<vnuma::schema::Domain>(tree);
  auto& tune = domain.cpu_tune ? *domain.cpu_tune : domain.cpu_tune.emplace();
  const std::uint32_t vcpus = domain.vcpu ? domain.vcpu->cpus.value_or(1) : 1;
  for (std::uint32_t vcpu = 0; vcpu < vcpus; ++vcpu) {
    bool pinned = false;
    for (const auto& pin : tune.vcpu_pin) pinned = pinned || pin.vcpu == vcpu;
    if (!pinned) tune.vcpu_pin.push_back({.vcpu = vcpu, .cpu_set = vnuma::schema::CpuSet(7)});
  }
  tree = vnuma::schema::to_ptree(domain);
}
//! [ptree]

//! [place]
#include <filesystem>
#include <vnuma/placement/plan.hpp>
#include <vnuma/placement/report.hpp>
#include <vnuma/topology/sysfs.hpp>

// Returns the domain with its devices on their cells. Errors are exceptions with a message for a person. An error in
// the document is a vnuma::schema::Error with the path, or its subclass ParseError with line and column.
std::string place(const std::string& text, const std::filesystem::path& sysfs) {
  auto domain = vnuma::schema::from_xml<vnuma::schema::Domain>(text);
  const auto host = vnuma::topology::read_sysfs(sysfs, vnuma::placement::passthrough_devices(domain),
                                                vnuma::placement::mediated_devices(domain));
  const auto plan = vnuma::placement::plan(domain, host, {.readdress = true});
  std::cerr << vnuma::placement::report_text(plan);
  vnuma::placement::apply(plan, domain);
  return plan.changed ? vnuma::schema::to_xml(domain) : text;
}
//! [place]

//! [unmodelled]
// Adds <perf><event name="cpu_cycles" enabled="yes"/></perf>, which the schema does not model.
void count_cycles(vnuma::schema::Domain& domain) {
  boost::property_tree::ptree perf;
  auto& event = perf.add_child("event", {});
  event.put("<xmlattr>.name", "cpu_cycles");
  event.put("<xmlattr>.enabled", "yes");
  domain.unmodelled.children().push_back({.name = "perf", .tree = perf});
}
//! [unmodelled]

//! [bus numbers]
#include <vnuma/placement/bus_numbers.hpp>

// Returns the busNr of two new expander buses, the first with four root ports and the second with two. `taken` is in
// use.
std::vector<unsigned> two_expander_buses(vnuma::placement::BusRange taken) {
  vnuma::placement::BusNumbers numbers(1);
  numbers.take(taken);
  const vnuma::placement::BusRequest requests[] = {{.size = 1 + 4}, {.size = 1 + 2}};
  const auto ranges = numbers.take(requests);
  if (!ranges) throw std::runtime_error("no bus numbers are left");
  return {ranges->at(0).first, ranges->at(1).first};
}
//! [bus numbers]

//! [where]
#include <vnuma/topology/locality.hpp>

// Returns "0000:27:00.0 is on node 0, behind pci0000:26; NODE from 0000:60:00.0"
std::string where(const vnuma::topology::Host& host, std::string_view address, std::string_view other) {
  using vnuma::topology::PciAddress;
  const auto* device = host.find(PciAddress::parse(address).value());
  const auto* neighbour = host.find(PciAddress::parse(other).value());
  if (!device || !neighbour) throw std::runtime_error("the host has no such device");
  std::ostringstream out;
  out << device->address.format() << " is on node ";
  if (device->numa_node)
    out << *device->numa_node;
  else
    out << "unknown";
  out << ", behind " << device->root_complex << "; " << name(level(location_of(*device), location_of(*neighbour)))
      << " from " << neighbour->address.format();
  return out.str();
}
//! [where]

using namespace vnuma::test;

BOOST_AUTO_TEST_SUITE(tasks)

BOOST_AUTO_TEST_CASE(a_ptree_is_read_and_written) {
  boost::property_tree::ptree tree;
  std::istringstream text(
      "<domain><vcpu>3</vcpu><cputune><vcpupin vcpu='1' cpuset='5'/></cputune><note>kept</note></domain>");
  boost::property_tree::read_xml(text, tree);
  pin_the_rest(tree);
  std::ostringstream out;
  boost::property_tree::write_xml(out, tree);
  BOOST_TEST(
      out.str().ends_with("<domain><vcpu>3</vcpu><cputune><vcpupin vcpu=\"1\" cpuset=\"5\"/>"
                          "<vcpupin vcpu=\"0\" cpuset=\"7\"/><vcpupin vcpu=\"2\" cpuset=\"7\"/></cputune>"
                          "<note>kept</note></domain>"));
}

BOOST_AUTO_TEST_CASE(a_domain_string_is_placed_on_a_host) {
  const std::string placed = place(read(domain_file("proposal")), sysfs("eight-node"));
  BOOST_TEST(placed.find("pcie-expander-bus") != std::string::npos);
  BOOST_TEST(place(placed, sysfs("eight-node")) == placed);
}

BOOST_AUTO_TEST_CASE(an_unmodelled_element_is_added) {
  auto domain = vnuma::schema::from_xml<vnuma::schema::Domain>("<domain><name>a</name></domain>");
  count_cycles(domain);
  BOOST_TEST(vnuma::schema::to_xml(domain, vnuma::schema::Layout::compact) ==
             "<domain><name>a</name><perf><event name='cpu_cycles' enabled='yes'/></perf></domain>");
}

// Five and three bus numbers are needed below 240. 224 and 208 are the highest multiples of 16, in ascending order.
BOOST_AUTO_TEST_CASE(bus_numbers_are_allocated) {
  BOOST_TEST(two_expander_buses({.first = 240, .last = 243}) == (std::vector<unsigned>{208, 224}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_location_of_a_device_is_printed) {
  BOOST_TEST(where(vnuma::topology::read_sysfs(sysfs("eight-node")), "27:00.0", "60:00.0") ==
             "0000:27:00.0 is on node 0, behind pci0000:26; NODE from 0000:60:00.0");
}

BOOST_AUTO_TEST_SUITE_END()
