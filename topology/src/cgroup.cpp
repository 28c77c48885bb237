#include <vnuma/topology/cgroup.hpp>

#include <vnuma/topology/host.hpp>

#include "files.hpp"

namespace vnuma::topology {

CpuSet read_cgroup(const std::filesystem::path& folder) {
  for (const char* name : {"cpuset.cpus.effective", "cpuset/cpuset.cpus", "cpuset.cpus"}) {
    const std::filesystem::path file = folder / name;
    const auto text = read_if_there(file);
    if (!text) continue;
    const auto cpus = CpuSet::parse(*text);
    if (!cpus) nonsense(file, *text, "a list of CPUs, as \"0-3,8\"");
    return *cpus;
  }
  throw HostError(folder.string(),
                  "has neither cpuset.cpus.effective nor cpuset.cpus; name the folder of a cgroup whose cpuset is on");
}

}  // namespace vnuma::topology
