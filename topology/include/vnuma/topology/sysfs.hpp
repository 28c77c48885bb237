/// \file
/// Reads a host from sysfs.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include <vnuma/topology/export.hpp>
#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

/// Reads a host from sysfs: all nodes, CPUs, PCI devices and mediated devices.
///
/// The structure of sysfs is described in the kernel's Documentation/ABI/stable/sysfs-devices-node,
/// Documentation/ABI/testing/sysfs-bus-pci and Documentation/driver-api/vfio-mediated-device.rst. These are read:
///
/// - devices/system/node/node*, with cpulist or cpumap. A node's meminfo and distance may be absent. Without
///   devices/system/node, as with a kernel without NUMA, all CPUs of devices/system/cpu/online are on node 0.
/// - devices/system/cpu/cpu*/topology. Without devices/system/cpu, the host has no CPUs. An offline CPU has no topology
///   and is left out. The socket is the physical_package_id, or 0 if that is -1 (as in libvirt's
///   virHostCPUGetSocket) or absent. The siblings are the thread_siblings_list or thread_siblings; without these, a CPU
///   is a core of its own.
/// - bus/pci/devices/*: links to below devices/pciDDDD:BB. Without this folder, the host has no PCI devices. If there
///   are folders in place of links, the root complexes and bridges are unknown. All files of a device may be absent. If
///   numa_node is -1 or absent, a virtual function gets the node of its physical function. Other devices get the only
///   node that has CPUs (assume_only_node), or else the only node whose CPUs are in their local_cpulist, or, without
///   that file, in their local_cpus. PciDevice::node_source is the rule that gave the node.
/// - bus/mdev/devices/UUID: links to below the parent device. Without bus/mdev, the host has no mediated devices. A
///   mediated device whose parent is not a PCI device is left out.
/// - proc/cpuinfo beside the root, for Host::address_bits, which sysfs does not have. It is only read if the last part
///   of the root's path is "sys": /proc/cpuinfo for /sys, COPY/proc/cpuinfo for COPY/sys. Only the first MiB is read.
///   The bits stay unknown without that file, and if it has no "address sizes", as on Arm.
///
/// \param root /sys, or any folder with the same structure
/// \throws HostError
/// - if the root has neither devices/system/node nor devices/system/cpu
/// - if a file is missing that no other replaces, unreadable, larger than 64 KiB or invalid
/// - if two nodes share a CPU, or siblings do not form cores: each CPU must be among its own siblings, and the siblings
///   of two CPUs must be equal or disjoint
/// - if a numa_node is not among the nodes, or a mediated device is below a PCI device that is not in bus/pci/devices
/// \note Complexity: linear, times a logarithm, in the devices; the files that are read dominate.
VNUMA_TOPOLOGY_EXPORT Host read_sysfs(const std::filesystem::path& root = "/sys");

/// Reads only the parts of a host that are needed to place devices.
///
/// The host gets address_bits, the nodes with CPUs and distances but without memory, and no CPUs. It gets the named
/// devices, the parents of the named mediated devices, and the physical functions of virtual functions without a node
/// of their own. These devices have node, bridges and BARs, and class (0 if its file is missing or invalid); vendor,
/// device and IOMMU group stay 0 or unknown.
/// Named devices that do not exist are left out.
///
/// \param root as above
/// \param devices the addresses of the devices
/// \param mediated the UUIDs of mediated devices, in any spelling that libvirt reads
/// \throws HostError as above, for the files that are read
VNUMA_TOPOLOGY_EXPORT Host read_sysfs(const std::filesystem::path& root, std::span<const PciAddress> devices,
                                      std::span<const std::string> mediated = {});

}  // namespace vnuma::topology
