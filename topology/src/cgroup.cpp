#include <vnuma/topology/cgroup.hpp>

#include <vnuma/topology/host.hpp>

#include "files.hpp"

namespace vnuma::topology {

CpuSet read_cgroup(const std::filesystem::path& folder) {
  const Folder cgroup(folder);
  for (const char* name : {"cpuset.cpus.effective", "cpuset/cpuset.cpus", "cpuset.cpus"}) {
    const auto text = cgroup.read_if_there(name);
    if (!text) continue;
    const auto cpus = CpuSet::parse(*text);
    if (!cpus) refuse_content(cgroup, name, *text, "a list of CPUs, such as \"0-3,8\"");
    return *cpus;
  }
  throw HostError(
      folder.string(),
      "has neither cpuset.cpus.effective nor cpuset.cpus; name the folder of a cgroup with the cpuset controller");
}

}  // namespace vnuma::topology
