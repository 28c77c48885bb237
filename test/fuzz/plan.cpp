// Any domain on one host: planning refuses as documented, or gives a plan that applies, leaves nothing to plan, and
// breaks nothing that check knows. check takes any domain, and its tree has all passthrough devices. The arguments of
// QEMU are refused as documented, or are one line each.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>

#include <vnuma/placement/check.hpp>
#include <vnuma/placement/guest_devices.hpp>
#include <vnuma/placement/guest_tree.hpp>
#include <vnuma/placement/plan.hpp>
#include <vnuma/placement/qemu_arguments.hpp>
#include <vnuma/schema/xml.hpp>

#include "fuzz/require.hpp"
#include "fuzz/trees.hpp"

using namespace vnuma;
using test::require;

namespace {

// Eight nodes of 32 CPUs with the devices that the samples in examples/domains name, and some of which nothing is
// known.
topology::Host make_host() {
  topology::Host host;
  for (std::uint32_t n = 0; n < 8; ++n) {
    topology::Node& node = host.nodes.emplace_back();
    node.id = n;
    node.cpus.insert({32 * n, 32 * n + 31});
    for (std::uint32_t to = 0; to < 8; ++to) node.distances.emplace_back(to, to == n ? 10 : 20 + to / 4 + n / 4);
  }
  for (std::uint32_t bus = 0; bus < 256; ++bus) {
    for (const std::uint8_t function : {std::uint8_t{0}, std::uint8_t{1}}) {
      topology::PciDevice& device = host.devices.emplace_back();
      device.address = {0, static_cast<std::uint8_t>(bus), 0, function};
      if (bus % 16 != 15) device.numa_node = bus / 32;
      if (bus % 16 == 7 && function == 1) device.physical_function = device.address.first_function();
      // Two root complexes a node, with four root ports each; behind every other of these two switches, one in the
      // other.
      device.root_complex = std::string(1, static_cast<char>('a' + bus / 16));
      device.bridges = {{1, 0, static_cast<std::uint8_t>(bus / 4), 0}};
      for (std::uint8_t level = 0; bus / 4 % 2 == 1 && level < 2 + bus % 4 / 2 * 2; ++level) {
        device.bridges.push_back({2, level, static_cast<std::uint8_t>(bus / 4), 0});
      }
      device.bars = {
          {.index = 2, .size = std::uint64_t{1} << (20 + bus % 18), .flags = bus % 2 ? 0x140200U : 0x14220cU}};
      if (function == 1) device.bars.push_back({.index = 5, .size = 128, .flags = 0x40101});
    }
  }
  return host;
}

// How many errors there are of each code.
std::map<placement::Code, std::size_t> errors_of(const schema::Domain& domain) {
  std::map<placement::Code, std::size_t> errors;
  for (const placement::Diagnostic& finding : placement::check(domain)) {
    errors[finding.code] += finding.severity == placement::Severity::error;
  }
  return errors;
}

void check_arguments_of_qemu(const schema::Domain& domain) {
  try {
    const auto arguments = placement::qemu_arguments(domain);
    const std::string text = placement::qemu_text(arguments);
    const auto lines = std::count(text.begin(), text.end(), '\n');
    require(static_cast<std::size_t>(lines) == arguments.size(), "an argument of QEMU is one line", text);
  } catch (const placement::PlanError&) {
  }
}

void check_plan(const schema::Domain& domain, const topology::Host& host, const placement::Options& options) {
  schema::Domain planned = domain;
  placement::Plan plan;
  try {
    plan = placement::plan(domain, host, options);
    require(plan == placement::plan(domain, host, options), "the same domain gives the same plan");
  } catch (const schema::Error&) {
    return;
  } catch (const topology::HostError&) {
    return;
  }
  placement::apply(plan, planned);
  check_arguments_of_qemu(planned);
  const std::string text = schema::to_xml(planned);
  require(schema::from_xml<schema::Domain>(text) == planned, "a planned domain is read as it was written", text);
  require(plan.changed || planned == domain, "a plan that changes nothing changes nothing", text);
  require(!placement::plan(planned, host, options).changed, "a planned domain leaves nothing to plan", text);
  if (!plan.changed) return;
  auto before = errors_of(domain);
  for (const auto& [code, count] : errors_of(planned)) {
    require(count <= before[code], "a plan brings no error that check finds", name(code) + "\n" + text);
  }
}

// Every passthrough device that the guest gets is in its tree, once.
void check_guest_tree(const schema::Domain& domain, const topology::Host& host) {
  try {
    const topology::PciTree tree = placement::guest_tree(domain, &host);
    const auto is_passthrough = [](const topology::TreeEntry& entry) { return entry.passthrough.has_value(); };
    require(test::count(tree.nodes, is_passthrough) == placement::guest_devices(domain).size(),
            "a device is in the tree once", tree_text(tree));
    test::check_tree(tree);
  } catch (const schema::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const topology::Host host = make_host();
  schema::Domain domain;
  try {
    domain = schema::from_xml<schema::Domain>({reinterpret_cast<const char*>(data), size});
  } catch (const schema::ParseError&) {
    return 0;
  }
  const auto findings = placement::check(domain, host);
  placement::findings_text(findings, {reinterpret_cast<const char*>(data), size}, "-");
  placement::findings_json(findings, {reinterpret_cast<const char*>(data), size}, "-");
  check_guest_tree(domain, host);
  check_arguments_of_qemu(domain);
  check_plan(domain, host, {});
  check_plan(domain, host, {.readdress = true});
  check_plan(domain, host, {.strict = true});
  check_plan(domain, host, {.unaligned = placement::Unaligned::nearest});
  check_plan(domain, host, {.readdress = true, .unaligned = placement::Unaligned::cell});
  check_plan(domain, host, {.mirror = placement::Mirror::root_complex, .mmio = placement::Mmio::automatic});
  check_plan(domain, host, {.readdress = true, .mirror = placement::Mirror::pcie_switch, .reserve_buses = 4});
  return 0;
}
