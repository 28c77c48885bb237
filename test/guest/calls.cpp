// KubeVirt before 1.8 calls a hook, lets libvirt define the domain, reads the devices back into structs without
// <target>, and calls the hook again with them. libvirt must complete both results of the hook to the same domain.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <utility>

#include <vnuma/placement/restore.hpp>

#include "small_hosts.hpp"

using namespace vnuma;
using namespace vnuma::test;

namespace {

void forget(schema::Devices& devices) {
  const auto forget_multifunction = [](schema::Box<schema::Address>& address) {
    if (address) address->multifunction.reset();
  };
  for (auto& controller : devices.controllers) {
    controller.target.reset();
    forget_multifunction(controller.address);
  }
  for (auto& device : devices.host_devices) forget_multifunction(device.address);
}

// The controllers in the order of their indexes, because their order in the two documents differs: the second call gets
// those that libvirt added after the first. Port numbers of downstream ports also differ (slot * 8 in a plan, the slot
// in libvirt) and do not matter to the guest, so they are removed.
std::vector<schema::Controller> controllers(const schema::Domain& domain) {
  auto sorted = domain.devices->controllers;
  for (auto& controller : sorted) {
    if (controller.model == "pcie-switch-downstream-port") controller.target->port.reset();
  }
  std::sort(sorted.begin(), sorted.end(), [](const schema::Controller& a, const schema::Controller& b) {
    return std::pair(*a.type, *a.index) < std::pair(*b.type, *b.index);
  });
  return sorted;
}

// Defines the domain as the hook changes it.
schema::Domain define_as_hook(schema::Domain domain, const topology::Host& host, const placement::Options& options) {
  placement::restore(domain, host, options);
  placement::apply(placement::plan(domain, host, options), domain);
  return define(domain);
}

void check_calls(const schema::Domain& domain, const topology::Host& host, const placement::Options& options) {
  const schema::Domain first = define_as_hook(domain, host, options);
  schema::Domain again = domain;
  again.devices = first.devices;
  forget(*again.devices);
  const schema::Domain second = define_as_hook(again, host, options);
  BOOST_TEST((controllers(second) == controllers(first)));
  BOOST_TEST((second.devices->host_devices == first.devices->host_devices));
  BOOST_TEST((second.devices->interfaces == first.devices->interfaces));
  BOOST_TEST((second.cpu == first.cpu));
}

constexpr placement::Mirror mirrors[] = {placement::Mirror::numa, placement::Mirror::root_complex,
                                         placement::Mirror::pcie_switch};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(calls, ShowsConsole)

BOOST_AUTO_TEST_CASE(a_second_call_gives_the_same_domain_for_samples) {
  for (const Sample& sample : samples) {
    for (const placement::Mirror mirror : mirrors) {
      BOOST_TEST_CONTEXT(sample << " " << static_cast<int>(mirror)) {
        check_calls(sample_domain(sample.domain), sample_host(sample.host),
                    {.mirror = mirror, .unaligned = placement::Unaligned::cell});
      }
    }
  }
}

// A GPU and its audio function share a slot.
BOOST_AUTO_TEST_CASE(a_second_call_gives_the_same_domain_for_functions_of_one_slot) {
  Pair pair(2);
  pair.pass("0000:20:00.0", 0).pass("0000:20:00.1", 0).pass("0000:a0:00.0", 1);
  for (const placement::Mirror mirror : mirrors) check_calls(pair.domain, pair.host, {.mirror = mirror});
}

BOOST_AUTO_TEST_SUITE_END()
