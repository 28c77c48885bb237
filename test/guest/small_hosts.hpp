// Hosts and domains with a few devices, in addition to those of placement/build.hpp.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/sysfs.hpp>

#include "guest.hpp"
#include "placement/build.hpp"
#include "tool/samples.hpp"

namespace vnuma::test {

using Lines = std::vector<std::string>;

inline schema::Domain sample_domain(const std::string& name) {
  return schema::from_xml<schema::Domain>(read(domain_file(name)));
}

inline topology::Host sample_host(const std::string& name) {
  const std::string tree = scratch_file(name);
  if (!fs::exists(tree)) unfold(name, tree);
  return topology::read_sysfs(tree);
}

// A domain and its host. Node n of the host has CPU n. Cell n of the domain has vCPU n, which is pinned to CPU n.
struct Pair {
  explicit Pair(unsigned cells) : domain(guest(cells)), host(test::host(cells)) {}

  // Adds a device on a node of the host. `bar` is the size of its largest BAR.
  void add_to_host(const std::string& source, unsigned node, std::uint64_t bar = 0) {
    topology::PciDevice device;
    device.address = bdf(source);
    device.numa_node = node;
    if (bar > 0) device.bars = {{.index = 2, .start = 0, .size = bar, .flags = 0x102200}};
    host.devices.push_back(std::move(device));
    std::sort(host.devices.begin(), host.devices.end(), [](auto& a, auto& b) { return a.address < b.address; });
  }

  // Adds a device on a node of the host, and passes it through to the domain.
  Pair& pass(const std::string& source, unsigned node, std::uint64_t bar = 0) {
    add_to_host(source, node, bar);
    domain.devices->host_devices.push_back(hostdev(source));
    return *this;
  }

  // The same, with the device at this address of the domain.
  Pair& pass_at(const std::string& source, unsigned node, const std::string& address) {
    add_to_host(source, node);
    domain.devices->host_devices.push_back(hostdev(source, address));
    return *this;
  }

  schema::Domain domain;
  topology::Host host;
};

inline Guest place_and_boot(const Pair& pair, const Boot& boot = {}) {
  return place_and_boot(pair.domain, pair.host, boot);
}

}  // namespace vnuma::test
