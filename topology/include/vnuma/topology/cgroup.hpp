/// \file
/// The CPUs that a cgroup may use.
#pragma once

#include <filesystem>

#include <vnuma/topology/cpu_set.hpp>
#include <vnuma/topology/export.hpp>

namespace vnuma::topology {

/// The CPUs of a cgroup, by the file that KubeVirt reads for those of a pod (GetGlobalCpuSetPath in
/// pkg/virt-handler/cgroup/cgroup.go): cpuset.cpus.effective in a folder of cgroup v2; cpuset.cpus in a folder of v1,
/// or below its cpuset where the folder holds a v1's controllers, as a pod's /sys/fs/cgroup.
///
/// \throws HostError for a folder without these files, and for a file that is unreadable, larger than 64 KiB, empty,
/// or holds no list of CPUs.
VNUMA_TOPOLOGY_EXPORT CpuSet read_cgroup(const std::filesystem::path& folder);

}  // namespace vnuma::topology
