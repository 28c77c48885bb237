/// \file
/// Reading a host from sysfs.
#pragma once

#include <filesystem>
#include <span>

#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

/// Reads nodes and PCI devices below `root`: /sys, or any folder with the same shape (devices/system/node/node*,
/// bus/pci/devices/* as links).
/// \throws HostError for a root without NUMA nodes or PCI devices, and for a file that is missing, unreadable or holds
/// nonsense. A numa_node of -1, and a device without that file and without local_cpulist, are unknown, not errors.
Host read_sysfs(const std::filesystem::path& root = "/sys");

/// The same, but of the devices only those named, with what they need (a virtual function's physical function); a
/// device that is not there is left out.
Host read_sysfs(const std::filesystem::path& root, std::span<const PciAddress> devices);

}  // namespace vnuma::topology
