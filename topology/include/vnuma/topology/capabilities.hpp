/// \file
/// Taking the host's nodes from libvirt's capabilities.
#pragma once

#include <vnuma/schema/capabilities.hpp>
#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

/// The nodes that `virsh capabilities` lists, with CPUs, memory and distances.
/// \throws schema::Error if there are none, two have one id, two share a CPU, or a number is missing or nonsense.
std::vector<Node> nodes_of(const schema::Capabilities& capabilities);

}  // namespace vnuma::topology
