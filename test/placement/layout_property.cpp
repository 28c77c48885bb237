// For random hosts and domains without cells: what Cells::add gives a domain is valid, and complete.
#include <random>
#include <set>

#include <fmt/format.h>
#include <boost/test/unit_test.hpp>

#include <vnuma/schema/size.hpp>
#include <vnuma/topology/guest_map.hpp>

#include "build.hpp"

using namespace vnuma;
using namespace vnuma::test;
using placement::Cells;
using placement::Code;
using placement::Options;
using placement::Outcome;
using placement::PlanError;
using topology::CpuSet;

namespace {

constexpr std::uint64_t MiB = std::uint64_t{1} << 20;

class PlainMaker {
 public:
  explicit PlainMaker(unsigned seed) : random_(seed) {}

  // Up to eight nodes of up to eight cores with one or two threads; siblings have neighbouring numbers.
  topology::Host host() {
    const unsigned nodes = pick(1, 8);
    const unsigned threads = pick(1, 2);
    topology::Host host = test::host(nodes);
    std::uint32_t next = 0;
    for (topology::Node& node : host.nodes) {
      node.cpus = {};
      node.memory_bytes = pick(0, 1) * pick(1, 64) * 1024 * MiB;
      for (unsigned to = 0; to < nodes; ++to) node.distances.emplace_back(to, to == node.id ? 10 : pick(11, 40));
      for (unsigned core = pick(1, 8); core > 0; --core, next += threads) {
        const CpuSet siblings(CpuSet::Range{next, next + threads - 1});
        node.cpus.insert(siblings);
        for (unsigned thread = 0; thread < threads; ++thread)
          host.cpus.push_back({.id = next + thread, .socket = node.id, .siblings = siblings});
      }
    }
    for (unsigned i = 0, count = pick(1, 6); i < count; ++i) {
      topology::PciDevice device{.address = bdf(fmt::format("0000:{:02x}:00.0", 0x10 + i))};
      device.numa_node = pick(0, nodes - 1);
      host.devices.push_back(std::move(device));
    }
    return host;
  }

  schema::Domain domain(const topology::Host& host) {
    schema::Domain domain;
    domain.os.emplace().type.emplace().machine = "q35";
    domain.features.emplace().acpi.emplace();
    domain.vcpu.emplace().cpus = pick(1, 24);
    domain.memory.emplace().value = pick(1, 64) * 512;
    domain.memory->unit = schema::Unit::MiB;
    if (pick(0, 2) == 0) {
      domain.memory_backing.emplace().huge_pages.emplace().huge_page.push_back(
          {.size = 2U << pick(0, 1) * 9, .unit = schema::Unit::MiB});
    }
    schema::Devices& devices = domain.devices.emplace();
    for (const auto& device : host.devices) devices.host_devices.push_back(hostdev(device.address.format()));
    return domain;
  }

  unsigned pick(unsigned least, unsigned most) { return std::uniform_int_distribution(least, most)(random_); }

 private:
  std::mt19937 random_;
};

void check_cpus(const schema::Domain& domain, const topology::Host& host) {
  std::set<std::uint32_t> vcpus;
  std::set<std::uint32_t> used;
  for (const auto& pin : domain.cpu_tune->vcpu_pin) {
    BOOST_TEST(vcpus.insert(*pin.vcpu).second);
    const CpuSet cpus = *pin.cpu_set;
    BOOST_TEST(cpus.size() == 1U);
    BOOST_TEST(used.insert(cpus.ranges().front().first).second);
  }
  BOOST_TEST(vcpus.size() == *domain.vcpu->cpus);
  const schema::CPUTopology& topology = *domain.cpu->topology;
  BOOST_TEST(*topology.sockets * *topology.cores * *topology.threads == *domain.vcpu->cpus);
  for (const auto& cell : domain.cpu->numa->cells) {
    const CpuSet node = *domain.numa_tune->mem_nodes.at(*cell.id).node_set;
    const CpuSet& cpus = host.node(node.ranges().front().first)->cpus;
    for (const auto& pin : domain.cpu_tune->vcpu_pin) {
      if ((*cell.cpus).contains(*pin.vcpu)) BOOST_TEST(cpus.intersects(*pin.cpu_set));
    }
  }
  if (!domain.cpu_tune->emulator_pin) return;
  for (const std::uint32_t cpu : used) BOOST_TEST(!(*domain.cpu_tune->emulator_pin->cpu_set).contains(cpu));
}

void check_memory(const schema::Domain& domain) {
  const auto& backing = domain.memory_backing;
  const std::uint64_t page = backing ? bytes(backing->huge_pages->huge_page.front()) : MiB;
  std::uint64_t all = 0;
  for (const auto& cell : domain.cpu->numa->cells) {
    BOOST_TEST(bytes(cell) % page == 0U);
    BOOST_TEST(bytes(cell) > 0U);
    all += bytes(cell);
  }
  BOOST_TEST(all == bytes(*domain.memory));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(layout_property)

BOOST_AUTO_TEST_CASE(layouts_of_random_domains_are_valid_and_stay) {
  unsigned planned = 0;
  for (unsigned seed = 0; seed < 2000; ++seed) {
    PlainMaker make(seed);
    const topology::Host host = make.host();
    schema::Domain domain = make.domain(host);
    const Options options{.cells = Cells::add};
    BOOST_TEST_CONTEXT("seed " << seed) {
      try {
        const placement::Plan plan = placement::plan(domain, host, options);
        for (const auto& device : plan.devices) {
          BOOST_TEST((device.outcome == Outcome::placed));
          BOOST_TEST((device.guest_location->node == device.guest_cell));
        }
        apply(plan, domain);
      } catch (const PlanError& error) {
        const Code code = error.diagnostic().code;
        BOOST_TEST((code == Code::cpus_insufficient || code == Code::cells_not_derived || code == Code::node_memory ||
                    code == Code::memory_indivisible));
        continue;
      }
      ++planned;
      check_cpus(domain, host);
      check_memory(domain);
      BOOST_TEST(!placement::plan(domain, host, options).changed);
      const auto map = topology::guest_map(domain, host, true);
      BOOST_TEST(map.cells.size() == domain.cpu->numa->cells.size());
    }
  }
  // The other hosts have too few CPUs or too little memory.
  BOOST_TEST(planned > 400U);
}

BOOST_AUTO_TEST_SUITE_END()
