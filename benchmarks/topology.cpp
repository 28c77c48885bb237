// Compares read_sysfs with a loop that only opens and reads the same files.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <benchmark/benchmark.h>

#include <vnuma/topology/sysfs.hpp>

namespace {

namespace fs = std::filesystem;
using vnuma::topology::PciAddress;

// Two nodes with 64 CPUs each, and 200 PCI devices: eight root complexes, each with a NIC, and with a root port that
// has a switch with eleven GPUs.
std::string host_of_200_devices() {
  const auto hex = [](unsigned number) {
    constexpr const char* digits = "0123456789abcdef";
    return std::string{digits[number / 16], digits[number % 16]};
  };
  const std::string bridge = " class 060400 id 1000:c030\n";
  std::string text = "node 0 cpus 0-63 memory 1024G distances 10 21\nnode 1 cpus 64-127 memory 1024G distances 21 10\n";
  for (unsigned root = 0; root < 8; ++root) {
    const auto bus = [&](unsigned number) { return "0000:" + hex(root * 32 + number) + ":"; };
    text += "root " + bus(0).substr(0, 7) + " node " + std::to_string(root / 4) + "\n";
    text += "  " + bus(0) + "01.0" + bridge + "    " + bus(1) + "00.0" + bridge;
    for (unsigned slot = 0; slot < 11; ++slot) {
      text += "      " + bus(2) + hex(slot) + ".0" + bridge;
      text += "        " + bus(3 + slot) + "00.0 class 030200 id 10de:2330 bars 16Mp,-,128Gp,-,32Mp group " +
              std::to_string(root * 11 + slot) + "\n";
    }
    text += "  " + bus(0) + "02.0 class 020000 id 8086:1572 bars 16Mp group 200\n";
  }
  return text;
}

// A temporary folder, which the destructor removes.
class Sysfs {
 public:
  Sysfs() {
    std::string name = (fs::temp_directory_path() / "vnuma-benchmark-XXXXXX").string();
    if (!::mkdtemp(name.data()))
      throw std::runtime_error("cannot make a folder in " + fs::temp_directory_path().string());
    folder_ = name;
    std::ofstream(folder_ / "host") << host_of_200_devices();
    const std::string unfold = VNUMA_SOURCE_DIR "/examples/hosts/unfold '" + name + "/host' '" + name + "/sys'";
    if (std::system(unfold.c_str()) != 0) throw std::runtime_error(unfold + " failed");
  }
  ~Sysfs() { fs::remove_all(folder_); }
  Sysfs(const Sysfs&) = delete;
  Sysfs& operator=(const Sysfs&) = delete;
  fs::path root() const { return folder_ / "sys"; }

 private:
  fs::path folder_;
};

// The files and links that read_sysfs reads, for the whole host or for named devices.
struct Names {
  std::vector<std::string> files;
  std::vector<std::string> links;
};

Names names_of(const fs::path& root, const std::vector<PciAddress>& devices, bool all) {
  Names names;
  const auto add = [&](const fs::path& folder, std::initializer_list<const char*> files) {
    for (const char* file : files) {
      if (fs::exists(folder / file)) names.files.push_back((folder / file).string());
    }
  };
  for (const char* node : {"node0", "node1"}) {
    add(root / "devices/system/node" / node, {"cpulist", "distance"});
    if (all) add(root / "devices/system/node" / node, {"meminfo"});
  }
  for (const PciAddress& device : devices) {
    const fs::path link = root / "bus/pci/devices" / device.format();
    const fs::path folder = fs::canonical(link);
    names.links.push_back(link.string());
    add(folder, {"numa_node", "resource"});
    if (all) add(folder, {"class", "vendor", "device"});
    if (all && fs::is_symlink(folder / "iommu_group")) names.links.push_back((folder / "iommu_group").string());
  }
  if (!all) return names;
  for (const auto& cpu : fs::directory_iterator(root / "devices/system/cpu")) {
    add(cpu.path() / "topology", {"physical_package_id", "thread_siblings_list"});
  }
  return names;
}

void open_and_read(benchmark::State& state, const Names& names) {
  char buffer[4096];
  for (auto _ : state) {
    for (const std::string& name : names.files) {
      const int fd = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
      while (::read(fd, buffer, sizeof buffer) > 0) benchmark::DoNotOptimize(buffer);
      ::close(fd);
    }
    for (const std::string& name : names.links) {
      benchmark::DoNotOptimize(::readlink(name.c_str(), buffer, sizeof buffer));
    }
  }
  state.counters["files"] = static_cast<double>(names.files.size());
}

}  // namespace

int main(int argc, char** argv) try {
  const Sysfs sysfs;
  const fs::path root = sysfs.root();
  std::vector<PciAddress> all;
  std::vector<PciAddress> eight;
  for (const auto& device : vnuma::topology::read_sysfs(root).devices) {
    all.push_back(device.address);
    if (device.class_code == 0x030200 && eight.size() < 8) eight.push_back(device.address);
  }
  if (all.size() != 200) throw std::runtime_error("the host has " + std::to_string(all.size()) + " devices, not 200");
  const auto add = [](const char* name, auto function) {
    benchmark::RegisterBenchmark(name, function)->Unit(benchmark::kMicrosecond);
  };
  add("all/read_sysfs", [&](benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(vnuma::topology::read_sysfs(root));
  });
  add("all/open_and_read", [&](benchmark::State& state) { open_and_read(state, names_of(root, all, true)); });
  add("eight/read_sysfs", [&](benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(vnuma::topology::read_sysfs(root, eight));
  });
  add("eight/open_and_read", [&](benchmark::State& state) { open_and_read(state, names_of(root, eight, false)); });
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
} catch (const std::exception& error) {
  std::fprintf(stderr, "benchmark_topology: %s\n", error.what());
  return 1;
}
