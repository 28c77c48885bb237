/// \file
/// The CPUs that a cgroup may use.
#pragma once

#include <filesystem>

#include <vnuma/topology/cpu_set.hpp>
#include <vnuma/topology/export.hpp>

namespace vnuma::topology {

/// Returns the CPUs of a cgroup.
///
/// Reads the file that KubeVirt reads for a pod (GetGlobalCpuSetPath in pkg/virt-handler/cgroup/cgroup.go).
///
/// \param folder For cgroup v2, a folder with cpuset.cpus.effective. For v1, a folder with cpuset.cpus, or a folder
/// of controllers with cpuset/cpuset.cpus, such as a pod's /sys/fs/cgroup.
/// \throws HostError if the folder has none of these files, or the file is unreadable, larger than 64 KiB, empty, or
/// not a list of CPUs.
VNUMA_TOPOLOGY_EXPORT CpuSet read_cgroup(const std::filesystem::path& folder);

}  // namespace vnuma::topology
