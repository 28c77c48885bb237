/// \file
/// Taking the host's nodes and CPUs from libvirt's capabilities.
#pragma once

#include <vnuma/schema/capabilities.hpp>
#include <vnuma/topology/export.hpp>
#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

/// The nodes that `virsh capabilities` lists, by id, with CPUs, memory and distances. Memory and distances may be
/// absent. Units of memory are libvirt's (virScaleInteger): b, bytes, and K, M, G, T, P, E alone or with iB (powers
/// of 1024) or with B (powers of 1000), in any case; KiB if absent.
///
/// \throws schema::Error, with the path, if there are no nodes, two have one id or share a CPU, a memory is 2^64
/// bytes or more, or an id, a distance or a unit is missing or nonsense.
VNUMA_TOPOLOGY_EXPORT std::vector<Node> nodes_of(const schema::Capabilities& capabilities);

/// The CPUs that the same nodes list, by id, with sockets (socket_id) and siblings. libvirt writes neither where it
/// could not read them (virCapsHostNUMACellCPUFormat); such a CPU is left out, as one that is offline is left out of
/// sysfs.
///
/// \throws schema::Error, with the path, if a CPU is listed twice, an id or a socket_id is missing or nonsense, or the
/// siblings make no cores: each CPU is among its own, and those of two are the same or share none.
VNUMA_TOPOLOGY_EXPORT std::vector<Cpu> cpus_of(const schema::Capabilities& capabilities);

}  // namespace vnuma::topology
