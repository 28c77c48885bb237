#include <vnuma/topology/locality.hpp>

#include <utility>

namespace vnuma::topology {

std::string_view name(Level level) {
  switch (level) {
    case Level::pix: return "PIX";
    case Level::pxb: return "PXB";
    case Level::phb: return "PHB";
    case Level::node: return "NODE";
    case Level::sys: return "SYS";
  }
  return "";
}

Location location_of(std::string root_complex, std::span<const PciAddress> bridges, const PciAddress& own,
                     std::optional<NodeId> node) {
  Location location{.root_complex = std::move(root_complex), .node = node};
  // With an odd number of bridges, the last one is a downstream port, which adds nothing to its switch, or it is the
  // only one and a root port.
  const bool downstream = bridges.size() > 1 && bridges.size() % 2 == 1;
  location.switches.assign(bridges.begin(), bridges.end() - downstream);
  if (location.switches.empty()) location.switches.push_back(own.first_function());
  return location;
}

Location location_of(const PciDevice& device) {
  return location_of(device.root_complex, device.bridges, device.address, device.numa_node);
}

std::optional<Location> location_of(const MediatedDevice& device, const Host& host) {
  const PciDevice* parent = host.find(device.parent);
  return parent ? std::optional(location_of(*parent)) : std::nullopt;
}

Level level(const Location& a, const Location& b) {
  const bool is_known = !a.root_complex.empty() && !b.root_complex.empty();
  if (is_known ? a.root_complex != b.root_complex : a.switches.front() != b.switches.front())
    return a.node && a.node == b.node ? Level::node : Level::sys;
  if (a.switches.front() != b.switches.front()) return Level::phb;
  return a.switches == b.switches ? Level::pix : Level::pxb;
}

}  // namespace vnuma::topology
