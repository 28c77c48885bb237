#include <vnuma/topology/sysfs.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

namespace vnuma::topology {

namespace {

namespace fs = std::filesystem;

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// What a sysfs file holds, which is at most a page; nullopt if there is no such file.
std::optional<std::string> read_if_there(const fs::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (fd < 0) throw HostError(file.string(), fmt::format("cannot be opened: {}", std::strerror(errno)));
  std::string text(65536, '\0');
  std::size_t size = 0;
  ssize_t count = 0;
  while (size < text.size() && (count = ::read(fd, text.data() + size, text.size() - size)) > 0) {
    size += static_cast<std::size_t>(count);
  }
  const int error = errno;
  ::close(fd);
  if (count < 0) {
    throw HostError(file.string(), fmt::format("cannot be read: {}{}", std::strerror(error),
                                               error == EISDIR ? "; expected a file as sysfs has it" : ""));
  }
  text.resize(size);
  return text;
}

std::string read(const fs::path& file) {
  auto text = read_if_there(file);
  if (!text) throw HostError(file.string(), "is missing; expected a folder of the shape of /sys");
  return *std::move(text);
}

[[noreturn]] void nonsense(const fs::path& file, std::string_view text, std::string_view expected) {
  throw HostError(file.string(), fmt::format("holds \"{}\"; expected {}", trim(text).substr(0, 80), expected));
}

template <class T>
T number(const fs::path& file, std::string_view text, std::string_view expected) {
  text = trim(text);
  const int base = text.starts_with("0x") ? 16 : 10;
  const std::string_view digits = base == 16 ? text.substr(2) : text;
  T value{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || end != digits.data() + digits.size()) nonsense(file, text, expected);
  return value;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> words;
  while (!(text = trim(text)).empty()) {
    const std::size_t end = text.find_first_of(" \t\r\n");
    words.push_back(text.substr(0, end));
    text.remove_prefix(words.back().size());
  }
  return words;
}

CpuSet cpu_list(const fs::path& file) {
  const std::string text = read(file);
  if (trim(text).empty()) return {};
  const auto set = CpuSet::parse(trim(text));
  if (!set) nonsense(file, text, "a list of CPUs, as \"0-3,8\"");
  return *set;
}

// "Node 0 MemTotal:       65536 kB"
std::uint64_t memory_bytes(const fs::path& file) {
  const auto text = read_if_there(file);
  if (!text) return 0;
  const std::size_t at = text->find("MemTotal:");
  if (at == std::string::npos) nonsense(file, *text, "a line \"Node N MemTotal: K kB\"");
  const auto rest = words(std::string_view(*text).substr(at + 9, 80));
  if (rest.empty()) nonsense(file, *text, "a line \"Node N MemTotal: K kB\"");
  return 1024 * number<std::uint64_t>(file, rest[0], "a number of kB behind MemTotal:");
}

std::vector<Node> read_nodes(const fs::path& root) {
  const fs::path folder = root / "devices/system/node";
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error) {
    throw HostError(folder.string(),
                    fmt::format("cannot be listed: {}; name the root of a sysfs tree with --sysfs", error.message()));
  }
  std::vector<Node> nodes;
  for (const fs::directory_entry& entry : entries) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("node") || name.size() == 4 || name.find_first_not_of("0123456789", 4) != name.npos) continue;
    Node node;
    node.id = number<NodeId>(entry.path(), name.substr(4), "node and a number as its name");
    nodes.push_back(std::move(node));
  }
  if (nodes.empty()) throw HostError(folder.string(), "holds no node; expected node0 and so on, as in /sys");
  std::sort(nodes.begin(), nodes.end(), [](const Node& a, const Node& b) { return a.id < b.id; });
  for (Node& node : nodes) {
    const fs::path base = folder / fmt::format("node{}", node.id);
    node.cpus = cpu_list(base / "cpulist");
    node.memory_bytes = memory_bytes(base / "meminfo");
    const auto distances = read_if_there(base / "distance");
    if (!distances) continue;
    const auto values = words(*distances);
    if (values.size() != nodes.size()) {
      nonsense(base / "distance", *distances, fmt::format("{} distances, one for each node", nodes.size()));
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      node.distances.emplace_back(nodes[i].id, number<unsigned>(base / "distance", values[i], "numbers"));
    }
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (nodes[i].cpus.intersects(nodes[k].cpus)) {
        throw HostError((folder / fmt::format("node{}", nodes[i].id) / "cpulist").string(),
                        fmt::format("names CPUs that node {} has too", nodes[k].id));
      }
    }
  }
  return nodes;
}

std::optional<NodeId> node_of(const fs::path& device, const std::vector<Node>& nodes) {
  const fs::path file = device / "numa_node";
  if (const auto text = read_if_there(file)) {
    const int node = number<int>(file, *text, "the number of a NUMA node, or -1");
    if (node < 0) return std::nullopt;
    const auto id = static_cast<NodeId>(node);
    if (std::none_of(nodes.begin(), nodes.end(), [&](const Node& n) { return n.id == id; })) {
      nonsense(file, *text, "a node that devices/system/node has");
    }
    return id;
  }
  // Kernels without CONFIG_NUMA: a device that is local to the CPUs of one node only is on that node.
  const fs::path list = device / "local_cpulist";
  if (!read_if_there(list)) return std::nullopt;
  const CpuSet cpus = cpu_list(list);
  std::optional<NodeId> found;
  for (const Node& node : nodes) {
    if (!node.cpus.intersects(cpus)) continue;
    if (found) return std::nullopt;
    found = node.id;
  }
  return found;
}

std::vector<Bar> read_bars(const fs::path& file) {
  std::vector<Bar> bars;
  const auto text = read_if_there(file);
  if (!text) return bars;
  const auto values = words(*text);
  if (values.size() % 3 != 0) nonsense(file, *text, "lines of start, end and flags");
  for (std::size_t i = 0; i < values.size(); i += 3) {
    const auto start = number<std::uint64_t>(file, values[i], "hexadecimal numbers");
    const auto end = number<std::uint64_t>(file, values[i + 1], "hexadecimal numbers");
    const auto flags = number<std::uint64_t>(file, values[i + 2], "hexadecimal numbers");
    if (flags == 0 || end < start) continue;
    bars.push_back({static_cast<int>(i / 3), start, end - start + 1, flags});
  }
  return bars;
}

std::uint32_t identifier(const fs::path& file, std::uint32_t most) {
  const std::string text = read(file);
  const auto value = number<std::uint32_t>(file, text, "a hexadecimal number as 0x10de");
  if (value > most) nonsense(file, text, fmt::format("a number of at most 0x{:x}", most));
  return value;
}

PciDevice read_device(const fs::path& link, const PciAddress& address, const std::vector<Node>& nodes) {
  std::error_code error;
  const fs::path folder = fs::canonical(link, error);
  if (error) {
    throw HostError(link.string(), fmt::format("leads nowhere: {}; copy sysfs with its links", error.message()));
  }
  PciDevice device;
  device.address = address;
  device.numa_node = node_of(folder, nodes);
  device.class_code = identifier(folder / "class", 0xffffff);
  device.vendor = static_cast<std::uint16_t>(identifier(folder / "vendor", 0xffff));
  device.device = static_cast<std::uint16_t>(identifier(folder / "device", 0xffff));
  device.bars = read_bars(folder / "resource");
  for (const fs::path& part : folder.parent_path()) {
    const std::string name = part.string();
    if (name.starts_with("pci") && name.find(':') != name.npos) {
      device.root_complex = name;
      device.bridges.clear();
    } else if (const auto bridge = PciAddress::parse(name); bridge && !device.root_complex.empty()) {
      device.bridges.push_back(*bridge);
    }
  }
  const fs::path physical = fs::read_symlink(folder / "physfn", error);
  if (!error) device.physical_function = PciAddress::parse(physical.filename().string());
  const fs::path group = fs::read_symlink(folder / "iommu_group", error);
  if (!error) {
    device.iommu_group = number<std::uint32_t>(folder / "iommu_group", group.filename().string(), "a link to a group");
  }
  return device;
}

fs::path devices_folder(const fs::path& root) {
  fs::path folder = root / "bus/pci/devices";
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    throw HostError(folder.string(), "is no folder; name the root of a sysfs tree with --sysfs");
  }
  return folder;
}

}  // namespace

Host read_sysfs(const fs::path& root) {
  Host host;
  host.nodes = read_nodes(root);
  for (const fs::directory_entry& entry : fs::directory_iterator(devices_folder(root))) {
    const auto address = PciAddress::parse(entry.path().filename().string());
    if (address) host.devices.push_back(read_device(entry.path(), *address, host.nodes));
  }
  std::sort(host.devices.begin(), host.devices.end(),
            [](const PciDevice& a, const PciDevice& b) { return a.address < b.address; });
  return host;
}

Host read_sysfs(const fs::path& root, std::span<const PciAddress> devices) {
  Host host;
  host.nodes = read_nodes(root);
  const fs::path folder = devices_folder(root);
  std::vector<PciAddress> wanted(devices.begin(), devices.end());
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  for (const PciAddress& address : wanted) {
    const fs::path link = folder / address.format();
    std::error_code error;
    if (fs::symlink_status(link, error).type() == fs::file_type::not_found) continue;
    host.devices.push_back(read_device(link, address, host.nodes));
  }
  return host;
}

}  // namespace vnuma::topology
