#include <vnuma/topology/sysfs.hpp>

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>

#include <fmt/format.h>

#include <vnuma/schema/scalar.hpp>

#include "cores.hpp"
#include "files.hpp"
#include "only_node.hpp"
#include "processors.hpp"

namespace vnuma::topology {

namespace {

namespace fs = std::filesystem;

// Parses the whole text as a number.
template <class T>
std::optional<T> number(std::string_view text, int base = 10) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Parses "0x10de".
template <class T>
std::optional<T> hexadecimal(std::string_view text) {
  return text.starts_with("0x") ? number<T>(text.substr(2), 16) : std::nullopt;
}

// An object rather than a function, so that the compiler inlines it: most files are columns of numbers.
constexpr auto is_white_space = [](char c) { return std::ranges::find(white_space, c) != white_space.end(); };

// The parts of the text between separators. Adjacent separators count as one.
template <class IsSeparator>
std::vector<std::string_view> split(std::string_view text, IsSeparator is_separator) {
  std::vector<std::string_view> parts;
  for (auto begin = text.begin();;) {
    begin = std::find_if_not(begin, text.end(), is_separator);
    if (begin == text.end()) return parts;
    const auto end = std::find_if(begin, text.end(), is_separator);
    parts.emplace_back(begin, end);
    begin = end;
  }
}

// The names of the files in a folder.
std::vector<std::string> list(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error) {
    throw HostError(folder.string(),
                    fmt::format("cannot be listed: {}; expected a folder, as in sysfs", error.message()));
  }
  return names;
}

// The last part of a link's target; nullopt if there is no such link.
std::optional<std::string> link_name(const Folder& folder, const std::string& name) {
  auto text = folder.read_link(name);
  if (text) text->erase(0, text->rfind('/') + 1);
  return text;
}

[[noreturn]] void refuse_link(const fs::path& link, const std::error_code& error) {
  throw HostError(link.string(),
                  fmt::format("is a broken link: {}; copy sysfs with its links and their targets", error.message()));
}

// The folder that a link leads to, also through other links.
fs::path target_of(const fs::path& link) {
  std::error_code error;
  fs::path folder = fs::canonical(link, error);
  if (error) refuse_link(link, error);
  return folder;
}

CpuSet cpu_list(const Folder& folder, const std::string& file, std::string_view text) {
  if (text.empty()) return {};
  const auto set = CpuSet::parse(text);
  if (!set) refuse_content(folder, file, text, "a list of CPUs, such as \"0-3,8\"");
  return *set;
}

// Parses words of 32 bits, the highest first: "00000001,0000ffff" is 0-15,32.
CpuSet cpu_mask(const Folder& folder, const std::string& file, std::string_view text) {
  CpuSet set;
  const auto words = split(text, [](char c) { return c == ','; });
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto word = number<std::uint32_t>(words[words.size() - 1 - i], 16);
    if (!word) refuse_content(folder, file, text, "a mask of CPUs, such as \"00000000,0000ffff\"");
    for (std::uint32_t bit = 0; bit < 32; ++bit) {
      const auto cpu = static_cast<std::uint32_t>(i * 32 + bit);
      if (*word >> bit & 1) set.insert({cpu, cpu});
    }
  }
  return set;
}

// The CPUs in one of the two files; nullopt if there is none. Old kernels, and the copies of sysfs that lscpu and hwloc
// make, have only the mask.
std::optional<CpuSet> cpus_if_there(const Folder& folder, const std::string& list, const std::string& mask) {
  if (const auto text = folder.read_if_there(list)) return cpu_list(folder, list, *text);
  if (const auto text = folder.read_if_there(mask)) return cpu_mask(folder, mask, *text);
  return std::nullopt;
}

CpuSet cpus_in(const Folder& folder, const std::string& list, const std::string& mask) {
  if (auto cpus = cpus_if_there(folder, list, mask)) return *std::move(cpus);
  throw HostError((folder / list).string(), fmt::format("is missing, and so is {}; copy sysfs with all its files",
                                                        fs::path(mask).filename().string()));
}

// Parses "Node 0 MemTotal:       65536 kB".
std::uint64_t memory_bytes(const Folder& folder, const std::string& file) {
  constexpr std::string_view name = "MemTotal:";
  const auto text = folder.read_if_there(file);
  if (!text) return 0;
  const std::size_t at = text->find(name);
  const auto words =
      split(at == text->npos ? "" : std::string_view(*text).substr(at + name.size(), 80), is_white_space);
  const auto kb = words.size() < 2 || words[1] != "kB" ? std::nullopt : number<std::uint64_t>(words[0]);
  if (!kb || *kb > std::numeric_limits<std::uint64_t>::max() / 1024) {
    refuse_content(folder, file, *text, "a line \"Node N MemTotal: K kB\"");
  }
  return *kb * 1024;
}

// Reads hugepages/hugepages-2048kB/{nr_hugepages,free_hugepages} of a node. Copies of sysfs can lack them.
std::vector<HugePagePool> read_huge_pages(const fs::path& node) {
  constexpr std::string_view before = "hugepages-";
  std::vector<HugePagePool> pools;
  const fs::path all = node / "hugepages";
  if (Folder(all).error()) return pools;
  for (const std::string& name : list(all)) {
    if (!name.starts_with(before) || !name.ends_with("kB")) continue;
    const auto kb =
        number<std::uint64_t>(std::string_view(name).substr(before.size(), name.size() - before.size() - 2));
    if (!kb || *kb == 0 || *kb > std::numeric_limits<std::uint64_t>::max() / 1024) continue;
    const Folder pool(all / name);
    const auto count = [&](const std::string& file) {
      const std::string text = pool.read(file);
      const auto pages = number<std::uint64_t>(text);
      if (!pages) refuse_content(pool, file, text, "a number of huge pages");
      return *pages;
    };
    pools.push_back({*kb * 1024, count("nr_hugepages"), count("free_hugepages")});
  }
  std::sort(pools.begin(), pools.end(), [](const HugePagePool& a, const HugePagePool& b) { return a.size < b.size; });
  return pools;
}

// A row has a distance for each node that is online. If a copy lacks the folders of some nodes, and the list of all,
// the distances stay unknown, because it is unknown whose they are.
void read_distances(const Folder& folder, const std::string& file, const std::vector<Node>& nodes, Node& node) {
  const auto text = folder.read_if_there(file);
  if (!text) return;
  const auto words = split(*text, is_white_space);
  const auto online = folder.read_if_there("online");
  const auto known = online ? CpuSet::parse(*online) : std::nullopt;
  if (words.size() > nodes.size() && (!known || known->size() != nodes.size())) return;
  if (words.size() != nodes.size()) {
    refuse_content(folder, file, *text, fmt::format("{} distances, one for each node", nodes.size()));
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto distance = number<unsigned>(words[i]);
    if (!distance) refuse_content(folder, file, *text, "numbers");
    node.distances.emplace_back(nodes[i].id, *distance);
  }
}

// The parts that are read: all, or those that are needed to place devices.
enum class Depth { all, placing };

// The CPUs with a folder that describes them, ascending: not those that are offline.
std::vector<std::uint32_t> described_cpus(const fs::path& root) {
  const fs::path folder = root / "devices/system/cpu";
  std::vector<std::uint32_t> cpus;
  if (Folder(folder).error()) return cpus;
  for (const std::string& name : list(folder)) {
    if (!name.starts_with("cpu")) continue;  // "online", "possible", ...
    const auto id = number<std::uint32_t>(std::string_view(name).substr(3));
    if (id && name == fmt::format("cpu{}", *id) && !Folder(folder / name / "topology").error()) cpus.push_back(*id);
  }
  std::sort(cpus.begin(), cpus.end());
  return cpus;
}

// A kernel without NUMA has no devices/system/node. All its CPUs are on one node.
std::vector<Node> single_node(const fs::path& root) {
  const Folder folder(root / "devices/system/cpu");
  if (folder.error()) {
    throw HostError(root.string(),
                    "is not the root of a sysfs tree, because it has neither devices/system/node nor "
                    "devices/system/cpu; name the root, such as /sys");
  }
  const std::string file = "online";
  if (const auto text = folder.read_if_there(file)) return {{.cpus = cpu_list(folder, file, *text)}};
  Node node;
  for (const std::uint32_t cpu : described_cpus(root)) node.cpus.insert(CpuSet(cpu));
  return {std::move(node)};
}

std::vector<Node> read_nodes(const fs::path& root, Depth depth) {
  const fs::path folder = root / "devices/system/node";
  std::error_code error;
  if (fs::symlink_status(folder, error).type() == fs::file_type::not_found) return single_node(root);
  std::vector<Node> nodes;
  for (const std::string& name : list(folder)) {
    if (!name.starts_with("node")) continue;  // "online", "possible", ...
    const auto id = number<NodeId>(std::string_view(name).substr(4));
    if (!id || name != fmt::format("node{}", *id)) continue;
    nodes.push_back({.id = *id});
  }
  if (nodes.empty()) throw HostError(folder.string(), "contains no NUMA node; expected node0 and so on, as in /sys");
  std::sort(nodes.begin(), nodes.end(), [](const Node& a, const Node& b) { return a.id < b.id; });
  const Folder all(folder);
  for (auto node = nodes.begin(); node != nodes.end(); ++node) {
    const std::string base = fmt::format("node{}/", node->id);
    node->cpus = cpus_in(all, base + "cpulist", base + "cpumap");
    if (depth == Depth::all) {
      node->memory_bytes = memory_bytes(all, base + "meminfo");
      node->huge_pages = read_huge_pages(folder / base);
    }
    read_distances(all, base + "distance", nodes, *node);
    const auto other = std::find_if(nodes.begin(), node, [&](const Node& n) { return n.cpus.intersects(node->cpus); });
    if (other == node) continue;
    throw HostError((all / (base + "cpulist")).string(),
                    fmt::format("contains {}, but node {} has some of these CPUs too; a CPU belongs to one node",
                                shown(node->cpus.format()), other->id));
  }
  return nodes;
}

// Leaves out offline CPUs, which have no topology. A CPU whose socket or siblings a copy of sysfs lacks is in socket 0,
// or is a core of its own.
std::vector<Cpu> read_cpus(const fs::path& root) {
  const Folder folder(root / "devices/system/cpu");
  std::vector<Cpu> cpus;
  for (const std::uint32_t id : described_cpus(root)) {
    const std::string topology = fmt::format("cpu{}/topology/", id);
    const std::string package = topology + "physical_package_id";
    const std::string socket = folder.read_if_there(package).value_or("-1");
    // -1 if the firmware reports no socket, as on some machines with one socket.
    const auto value = socket == "-1" ? std::optional(0U) : number<std::uint32_t>(socket);
    if (!value) refuse_content(folder, package, socket, "the number of a socket, or -1");
    const auto siblings = cpus_if_there(folder, topology + "thread_siblings_list", topology + "thread_siblings");
    cpus.push_back({id, *value, siblings.value_or(CpuSet(id))});
  }
  if (const auto wrong = wrong_siblings(cpus)) throw HostError((folder / "cpu*/topology").string(), *wrong);
  return cpus;
}

// The CPUs that the device is local to; empty if sysfs has no such file.
CpuSet local_cpus(const Folder& device) {
  return cpus_if_there(device, "local_cpulist", "local_cpus").value_or(CpuSet());
}

// The node that the firmware reports: numa_node. nullopt if that is -1, or absent, as in some copies of sysfs.
std::optional<NodeId> reported_node(const Folder& device, const std::vector<Node>& nodes) {
  const std::string file = "numa_node";
  const auto text = device.read_if_there(file);
  if (!text || *text == "-1") return std::nullopt;
  const auto id = number<NodeId>(*text);
  if (!id) refuse_content(device, file, *text, "the number of a NUMA node, or -1");
  if (std::none_of(nodes.begin(), nodes.end(), [&](const Node& node) { return node.id == *id; })) {
    refuse_content(device, file, *text, "a node in devices/system/node");
  }
  return id;
}

// The node of the CPUs; nullopt if they are on several nodes, or on none.
std::optional<NodeId> node_of_cpus(const CpuSet& cpus, const std::vector<Node>& nodes) {
  std::optional<NodeId> found;
  for (const Node& node : nodes) {
    if (!node.cpus.intersects(cpus)) continue;
    if (found) return std::nullopt;
    found = node.id;
  }
  return found;
}

// Finds the node by the files of the device. Without a node, the kernel usually lists all CPUs that are online as
// local.
void read_node(const Folder& folder, const std::vector<Node>& nodes, PciDevice& device) {
  device.numa_node = reported_node(folder, nodes);
  if (device.numa_node || only_node_with_cpus(nodes)) return;
  device.numa_node = node_of_cpus(local_cpus(folder), nodes);
  if (device.numa_node) device.node_source = NodeSource::local_cpus;
}

// With the flags of new kernels for what old ones say in another way. Prefetchable was 0x1000 (IORESOURCE_PREFETCH in
// linux/ioport.h), and the lowest bits are those of the register itself: 0x4 64-bit, 0x8 prefetchable.
std::uint64_t with_new_flags(std::uint64_t flags) {
  constexpr std::uint64_t memory = 0x200;
  if ((flags & memory) == 0) return flags;
  if (flags & 0x1008) flags |= 0x2000;
  if ((flags & 0x6) == 0x4) flags |= 0x100000;
  return flags;
}

std::vector<Bar> read_bars(const Folder& folder) {
  const std::string file = "resource";
  std::vector<Bar> bars;
  const auto text = folder.read_if_there(file);
  if (!text) return bars;
  constexpr std::string_view expected = "lines of start, end and flags, such as 0x00000000fe000000";
  const auto words = split(*text, is_white_space);
  if (words.size() % 3 != 0) refuse_content(folder, file, *text, expected);
  for (std::size_t i = 0; i < words.size(); i += 3) {
    const auto start = hexadecimal<std::uint64_t>(words[i]);
    const auto end = hexadecimal<std::uint64_t>(words[i + 1]);
    const auto flags = hexadecimal<std::uint64_t>(words[i + 2]);
    if (!start || !end || !flags) refuse_content(folder, file, *text, expected);
    // Like the kernel's pci_resource_len: 0 to 0 is empty, and so is an end before the start.
    if (*flags == 0 || *end == 0 || *end < *start) continue;
    if (*start == 0 && *end == std::numeric_limits<std::uint64_t>::max())
      refuse_content(folder, file, *text, "sizes below 2^64");
    bars.push_back({static_cast<int>(i / 3), *start, *end - *start + 1, with_new_flags(*flags)});
  }
  return bars;
}

// 0 if the file is absent, as in some copies of sysfs.
std::uint32_t identifier(const Folder& folder, const std::string& file, std::uint32_t most) {
  const auto text = folder.read_if_there(file);
  if (!text) return 0;
  const auto value = hexadecimal<std::uint32_t>(*text);
  if (!value || *value > most) refuse_content(folder, file, *text, fmt::format("a number from 0x0 to 0x{:x}", most));
  return *value;
}

// Derives the root complex and the bridges from the target of the device's link:
// ".../devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0". The last host bridge counts, because
// Intel VMD has its own below another one.
void read_chain(std::string_view folder, PciDevice& device) {
  auto parts = split(folder, [](char c) { return c == '/'; });
  if (!parts.empty()) parts.pop_back();
  for (const std::string_view name : parts) {
    if (name.starts_with("pci") && name.find(':') != name.npos) {
      device.root_complex = name;
      device.bridges.clear();
    } else if (const auto bridge = PciAddress::parse(name); bridge && !device.root_complex.empty()) {
      device.bridges.push_back(*bridge);
    }
  }
}

void read_identity(const Folder& folder, PciDevice& device) {
  device.class_code = identifier(folder, "class", 0xffffff);
  device.vendor = static_cast<std::uint16_t>(identifier(folder, "vendor", 0xffff));
  device.device = static_cast<std::uint16_t>(identifier(folder, "device", 0xffff));
  if (const auto group = link_name(folder, "iommu_group")) {
    device.iommu_group = number<std::uint32_t>(*group);
    if (!device.iommu_group) refuse_content(folder, "iommu_group", *group, "a link to a group's number");
  }
}

// Reads a device through its link in `all`, bus/pci/devices; nullopt if there is no such link. Some copies of sysfs
// have folders in place of links, so the root complex and the bridges stay unknown.
std::optional<PciDevice> read_device(const Folder& all, const PciAddress& address, const std::vector<Node>& nodes,
                                     Depth depth) {
  const std::string name = address.format();
  const auto target = all.read_link(name);
  const Folder folder(all, name);
  if (folder.error() && !target) return std::nullopt;
  if (folder.error()) refuse_link(all / name, folder.error());
  PciDevice device;
  device.address = address;
  if (target) read_chain(*target, device);  // the links of the kernel have the whole path
  if (target && device.root_complex.empty()) read_chain(target_of(all / name).string(), device);
  if (target && device.root_complex.empty()) {
    throw HostError(
        (all / name).string(),
        "does not link to a device below a host bridge, such as devices/pci0000:15/...; copy sysfs with its links");
  }
  read_node(folder, nodes, device);
  device.bars = read_bars(folder);
  if (const auto physical = link_name(folder, "physfn")) {
    device.physical_function = PciAddress::parse(*physical);
    if (!device.physical_function) refuse_content(folder, "physfn", *physical, "a link to a PCI device");
  }
  if (depth == Depth::all)
    read_identity(folder, device);
  else
    device.class_code = identifier(folder, "class", 0xffffff);
  return device;
}

// The addresses of the PCI devices in bus/pci/devices, ascending.
std::vector<PciAddress> addresses(const fs::path& folder) {
  std::vector<PciAddress> found;
  for (const std::string& name : list(folder)) {
    const auto address = PciAddress::parse(name);
    if (address && address->format() == name) found.push_back(*address);
  }
  std::sort(found.begin(), found.end());
  return found;
}

// The PCI function that a mediated device is a part of; nullopt if its parent is something else, such as a channel of
// an IBM Z.
std::optional<PciAddress> parent_of(const fs::path& mediated) {
  std::optional<PciAddress> parent;
  for (const fs::path& part : target_of(mediated).parent_path()) {
    if (const auto address = PciAddress::parse(part.string())) parent = address;
  }
  return parent;
}

// Whether `named` has the UUID, in any spelling of libvirt, or is nullopt, which means all devices.
bool has(const std::optional<std::span<const std::string>>& named, const schema::Uuid& uuid) {
  return !named || std::any_of(named->begin(), named->end(),
                               [&](const std::string& text) { return schema::UuidFormat::parse(text) == uuid; });
}

// The named mediated devices, or all of them, by UUID.
std::vector<MediatedDevice> read_mediated(const fs::path& root,
                                          const std::optional<std::span<const std::string>>& named) {
  const fs::path folder = root / "bus/mdev/devices";
  std::vector<MediatedDevice> found;
  std::error_code error;
  if ((named && named->empty()) || !fs::exists(folder, error)) return found;
  for (const std::string& name : list(folder)) {
    const auto uuid = schema::UuidFormat::parse(name);
    if (!uuid || !has(named, *uuid)) continue;
    if (const auto parent = parent_of(folder / name)) found.push_back({schema::UuidFormat::format(*uuid), *parent});
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.uuid < b.uuid; });
  return found;
}

// Reads the nodes, and the named devices with the devices that these need; nullopt means all devices.
Host read_host(const fs::path& root, const std::optional<std::span<const PciAddress>>& named,
               const std::optional<std::span<const std::string>>& mediated) {
  const Depth depth = named ? Depth::placing : Depth::all;
  Host host;
  host.nodes = read_nodes(root, depth);
  host.address_bits = read_address_bits(root);
  const fs::path name = root / "bus/pci/devices";
  const Folder folder(name);
  std::error_code error;
  if (folder.error() && fs::exists(name, error))
    throw HostError(name.string(), "is not a folder; copy sysfs with its links");
  std::map<PciAddress, PciDevice> devices;
  const auto add = [&](const PciAddress& address) {
    if (devices.contains(address)) return;
    if (auto device = read_device(folder, address, host.nodes, depth)) devices.emplace(address, *std::move(device));
  };
  if (named)
    std::for_each(named->begin(), named->end(), add);
  else if (!folder.error())  // a host without PCI has no such folder
    for (const PciAddress& address : addresses(name)) add(address);
  host.mediated_devices = read_mediated(root, mediated);
  for (const MediatedDevice& device : host.mediated_devices) {
    add(device.parent);
    if (devices.contains(device.parent)) continue;
    throw HostError((root / "bus/mdev/devices" / device.uuid).string(),
                    fmt::format("is below {}, which is not in bus/pci/devices; copy sysfs with all its devices",
                                device.parent.format()));
  }
  // The loop may or may not visit the devices that it adds. Both are right, because they are not virtual functions.
  for (auto& [address, device] : devices) {
    const bool is_reported = device.numa_node && device.node_source == NodeSource::firmware;
    if (is_reported || !device.physical_function) continue;
    add(*device.physical_function);
    const auto physical = devices.find(*device.physical_function);
    if (physical == devices.end() || !physical->second.numa_node) continue;
    device.numa_node = physical->second.numa_node;
    device.node_source = NodeSource::physical_function;
  }
  host.devices.reserve(devices.size());
  for (auto& [address, device] : devices) host.devices.push_back(std::move(device));
  assume_only_node(host);
  return host;
}

}  // namespace

Host read_sysfs(const fs::path& root) {
  Host host = read_host(root, std::nullopt, std::nullopt);
  host.cpus = read_cpus(root);
  return host;
}

Host read_sysfs(const fs::path& root, std::span<const PciAddress> devices, std::span<const std::string> mediated) {
  return read_host(root, devices, mediated);
}

}  // namespace vnuma::topology
