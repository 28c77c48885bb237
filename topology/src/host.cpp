#include <vnuma/topology/host.hpp>

#include <algorithm>

#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/visible.hpp>

namespace vnuma::topology {

std::string_view name(NodeSource source) {
  switch (source) {
    case NodeSource::firmware: return "firmware";
    case NodeSource::physical_function: return "physical-function";
    case NodeSource::only_node: return "only-node";
    case NodeSource::local_cpus: return "local-cpus";
    case NodeSource::given: return "given";
  }
  return {};
}

const PciDevice* Host::find(const PciAddress& address) const {
  const auto found = std::lower_bound(devices.begin(), devices.end(), address,
                                      [](const PciDevice& d, const PciAddress& a) { return d.address < a; });
  return found != devices.end() && found->address == address ? &*found : nullptr;
}

const MediatedDevice* Host::find_mediated(std::string_view uuid) const {
  const auto value = schema::UuidFormat::parse(uuid);
  if (!value) return nullptr;
  const std::string wanted = schema::UuidFormat::format(*value);
  const auto found = std::lower_bound(mediated_devices.begin(), mediated_devices.end(), wanted,
                                      [](const MediatedDevice& d, const std::string& u) { return d.uuid < u; });
  return found != mediated_devices.end() && found->uuid == wanted ? &*found : nullptr;
}

const Node* Host::node(NodeId id) const {
  const auto found = std::lower_bound(nodes.begin(), nodes.end(), id, [](const Node& n, NodeId i) { return n.id < i; });
  return found != nodes.end() && found->id == id ? &*found : nullptr;
}

HostError::HostError(std::string file, const std::string& message)
    : Error("", file + ": " + message), file_(std::move(file)) {}

}  // namespace vnuma::topology
