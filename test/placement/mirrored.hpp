// Guests that mirror the PCIe hierarchy of their host.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "build.hpp"

namespace vnuma::test {

inline const placement::Options root_complexes{.mirror = placement::Mirror::root_complex};
inline const placement::Options switches{.mirror = placement::Mirror::pcie_switch};

// A domain and the host that it is for; node n of the host is cell n of the guest.
struct MirrorPair {
  explicit MirrorPair(unsigned cells = 1) : domain(guest(cells)), host(test::host(cells)) {}
  // The guest gets the devices of these addresses.
  explicit MirrorPair(topology::Host machine, std::initializer_list<const char*> sources = {})
      : domain(guest(static_cast<unsigned>(machine.nodes.size()), sources)), host(std::move(machine)) {}

  // One more device of the host, behind bridges, the root port first: "15:01.0 16:00.0 17:00.0". Its root complex is
  // that of the root port's bus: pci0000:15.
  MirrorPair& attach(const std::string& source, const std::string& bridges, unsigned node = 0) {
    const PciAddress root_port = bdf(bridges.substr(0, bridges.find(' ')));
    test::attach(host, source, node, fmt::format("pci{:04x}:{:02x}", root_port.domain, root_port.bus), bridges);
    return *this;
  }
  // One more mediated device of the host.
  MirrorPair& attach_mediated(const std::string& uuid, const std::string& parent) {
    host.mediated_devices.push_back({uuid, bdf(parent)});
    return *this;
  }

  // One more device of the guest, without an address.
  MirrorPair& pass(const std::string& source) {
    passed().push_back(hostdev(source));
    return *this;
  }
  // The same, and of the host.
  MirrorPair& pass(const std::string& source, const std::string& bridges, unsigned node = 0) {
    return attach(source, bridges, node).pass(source);
  }
  MirrorPair& pass_mediated(const std::string& uuid) {
    passed().push_back(mdev(uuid));
    return *this;
  }
  std::vector<schema::HostDevice>& passed() { return domain.devices->host_devices; }

  placement::Plan planned(const placement::Options& options = {}) const {
    return placement::plan(domain, host, options);
  }
  MirrorPair& place(const placement::Options& options = {}) {
    placement::apply(planned(options), domain);
    return *this;
  }

  schema::Domain domain;
  topology::Host host;
};

// A device that has no room near its neighbour: the expander bus of the first root complex ends where that of the
// second begins, so 0000:21:00.0 goes to another.
inline MirrorPair without_room_near_neighbours() {
  MirrorPair pair;
  pair.pass("20:00.0", "15:01.0").pass("38:00.0", "37:01.0").pass("21:00.0", "15:02.0");
  pair.domain.devices->controllers = {expander(1, "00:02.0", 200, 0), port(2, "01:00.0"),
                                      expander(3, "00:03.0", 202, 0), port(4, "03:00.0")};
  pair.passed()[0].address = pci("02:00.0");
  pair.passed()[1].address = pci("04:00.0");
  return pair;
}

}  // namespace vnuma::test
