/// \file
/// Reading a host from sysfs.
#pragma once

#include <filesystem>
#include <span>

#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

/// Reads all nodes and PCI devices below `root`: /sys, or any folder with the same shape, that is
/// devices/system/node/node* and bus/pci/devices/*, links to below devices/pciDDDD:BB (the kernel's
/// Documentation/ABI/testing/sysfs-bus-pci and Documentation/ABI/stable/sysfs-devices-node).
///
/// What sysfs need not say stays unknown: a node's meminfo and distance, a device's resource, physfn and iommu_group,
/// and a numa_node of -1. A device without that file is on the node whose CPUs are the only ones that its
/// local_cpulist, or else the mask in its local_cpus, names.
///
/// \throws HostError for a root without NUMA nodes or without bus/pci/devices, for a file that is missing,
/// unreadable, larger than 64 KiB or holds nonsense, for two nodes that share a CPU, and for a numa_node that is not
/// among the nodes.
Host read_sysfs(const std::filesystem::path& root = "/sys");

/// The same, but of the devices only those named; no file of another device is opened. A device that is not there is
/// left out.
Host read_sysfs(const std::filesystem::path& root, std::span<const PciAddress> devices);

}  // namespace vnuma::topology
