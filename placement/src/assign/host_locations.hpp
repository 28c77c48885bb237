// Where the host has the passthrough devices of a domain.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vnuma/placement/plan.hpp>
#include <vnuma/topology/device_kind.hpp>
#include <vnuma/topology/host.hpp>
#include <vnuma/topology/locality.hpp>

#include "../domain/passthrough_devices.hpp"

namespace vnuma::placement {

// The location of one device on the host.
struct HostLocation {
  const topology::PciDevice* on_host = nullptr;  // of a mediated device, its parent; nullptr if the host lacks it
  std::optional<PciAddress> source{};            // of a mediated device, its parent's address, if the host knows it
  // The host's, or that of Options::numa_nodes; nullopt for a PCI bridge too, which cannot be placed.
  std::optional<NodeId> node{};
  topology::NodeSource node_source = topology::NodeSource::firmware;  // of `node`
  std::optional<topology::Location> in_tree{};                        // nullopt if the host lacks the device

  bool is_bridge() const { return on_host && topology::is_pci_bridge(*on_host); }
  // `in_tree`, or, for a device that the host lacks, one that is near to nothing but the other functions of its slot.
  // Precondition: `source` is known.
  topology::Location location_or_own() const;
};

// One for each device.
using HostLocations = std::vector<HostLocation>;

// Finds the devices on the host, and the node of each. The host must outlive the result; nullptr if it is not known.
// Throws PlanError for a given node that the host lacks.
HostLocations locate_on_host(const std::vector<PassthroughDevice>& devices, const topology::Host* host,
                             const topology::NodeOverrides& given_nodes = {});

// "the host has no device 0000:18:00.0": of a device that the host lacks.
std::string missing_on_host(const PassthroughDevice& device, const HostLocation& location);

// A warning for each address or pattern with a given node that matches no device of the domain.
std::vector<Diagnostic> unused_nodes(const topology::NodeOverrides& given_nodes, const HostLocations& locations);

}  // namespace vnuma::placement
