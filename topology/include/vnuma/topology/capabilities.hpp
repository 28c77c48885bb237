/// \file
/// The nodes and CPUs of a host, read from libvirt's capabilities.
#pragma once

#include <vnuma/schema/capabilities.hpp>
#include <vnuma/topology/export.hpp>
#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

/// Returns the NUMA nodes that `virsh capabilities` lists.
///
/// \param capabilities The units of memory are those of libvirt (virScaleInteger), in any case: b, bytes; K, M, G, T,
/// P, E, alone or with iB (powers of 1024) or B (powers of 1000). The default is KiB.
/// \return The nodes by id, with CPUs, memory and distances. Memory and distances may be absent.
/// \throws schema::Error, with the path, if there are no nodes, two nodes have the same id or share a CPU, a memory
/// size is 2^64 bytes or more, or an id, a distance or a unit is missing or invalid.
/// \note Complexity: linear in the document, times the number of nodes.
VNUMA_TOPOLOGY_EXPORT std::vector<Node> nodes_of(const schema::Capabilities& capabilities);

/// Returns the CPUs that the nodes of `virsh capabilities` list.
///
/// libvirt writes no socket_id and no siblings for a CPU if it cannot read them (virCapsHostNUMACellCPUFormat). Such a
/// CPU is left out, like an offline CPU in read_sysfs.
///
/// \return The CPUs by id, with sockets (socket_id) and siblings.
/// \throws schema::Error, with the path, if a CPU is listed twice, an id or a socket_id is missing or invalid, or the
/// siblings do not form cores: each CPU must be among its own siblings, and the siblings of two CPUs must be equal or
/// disjoint.
/// \note Complexity: linear, times a logarithm, in the CPUs.
VNUMA_TOPOLOGY_EXPORT std::vector<Cpu> cpus_of(const schema::Capabilities& capabilities);

}  // namespace vnuma::topology
