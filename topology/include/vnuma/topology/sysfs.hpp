/// \file
/// Reading a host from sysfs.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include <vnuma/topology/export.hpp>
#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

/// Reads all nodes, CPUs, PCI devices and mediated devices below `root`: /sys, or any folder with the same shape, that
/// is devices/system/node/node*, devices/system/cpu/cpu*/topology, bus/pci/devices/*, links to below
/// devices/pciDDDD:BB, and bus/mdev/devices/UUID, links to below the parent device (the kernel's
/// Documentation/ABI/testing/sysfs-bus-pci, Documentation/ABI/stable/sysfs-devices-node and
/// Documentation/driver-api/vfio-mediated-device.rst). A root without bus/mdev has no mediated devices; one whose
/// parent is no PCI device is left out.
///
/// What sysfs need not say stays unknown: a node's meminfo and distance, a device's resource, physfn and iommu_group,
/// and a numa_node of -1. A virtual function with that is on the node of its physical function. A device without the
/// file is on the node whose CPUs are the only ones that its local_cpulist, or else the mask in its local_cpus, names.
/// A root without devices/system/cpu has no CPUs; one that is offline has no topology and is left out. Its socket is
/// its physical_package_id, or 0 where that is -1 (as in libvirt's virHostCPUGetSocket), its siblings are its
/// thread_siblings_list.
///
/// Host::address_bits is in no file of sysfs. It is taken from the proc/cpuinfo beside the root where the root's last
/// part is "sys": /proc/cpuinfo for /sys, COPY/proc/cpuinfo for COPY/sys. For a root with another name no file is
/// guessed. It stays unknown without that file, and where that says nothing of "address sizes", as on Arm.
///
/// \throws HostError for a root without NUMA nodes or without bus/pci/devices, for a file that is missing,
/// unreadable, larger than 64 KiB (proc/cpuinfo: 16 MiB) or holds nonsense, for two nodes that share a CPU, for
/// siblings that make no cores (each CPU is among its own, and those of two are the same or share none), for a
/// numa_node that is not among the nodes, and for a mediated device below a PCI device that bus/pci/devices does not
/// have.
VNUMA_TOPOLOGY_EXPORT Host read_sysfs(const std::filesystem::path& root = "/sys");

/// What placing devices needs, and no other file: address_bits, no CPUs, of the nodes their CPUs and distances, and of
/// the devices only those named, by address or, the `mediated`, by UUID in any spelling that libvirt reads; with these
/// the parents of the mediated devices, and the physical functions of virtual ones that have no node of their own. Of
/// these the node, the place and the BARs: class, vendor, device and IOMMU group stay 0 or unknown. A device that is
/// not there is left out.
VNUMA_TOPOLOGY_EXPORT Host read_sysfs(const std::filesystem::path& root, std::span<const PciAddress> devices,
                                      std::span<const std::string> mediated = {});

}  // namespace vnuma::topology
