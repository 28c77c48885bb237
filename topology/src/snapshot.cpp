#include <vnuma/topology/snapshot.hpp>

#include <algorithm>
#include <charconv>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/visible.hpp>

namespace vnuma::topology {

namespace {

using Json = nlohmann::ordered_json;

std::string hexadecimal(std::uint64_t value, int digits = 1) { return fmt::format("{:#0{}x}", value, digits + 2); }

Json json(const Node& node) {
  Json distances = Json::array();
  for (const auto& [to, distance] : node.distances) distances.push_back({to, distance});
  return {{"id", node.id},
          {"cpus", node.cpus.format()},
          {"memory_bytes", node.memory_bytes},
          {"distances", std::move(distances)}};
}

Json json(const Cpu& cpu) { return {{"id", cpu.id}, {"socket", cpu.socket}, {"siblings", cpu.siblings.format()}}; }

Json json(const PciDevice& device) {
  Json out{{"address", device.address.format()},
           {"numa_node", device.numa_node ? Json(*device.numa_node) : Json(nullptr)},
           {"class", hexadecimal(device.class_code, 6)},
           {"vendor", hexadecimal(device.vendor, 4)},
           {"device", hexadecimal(device.device, 4)},
           {"root_complex", device.root_complex},
           {"bridges", Json::array()},
           {"bars", Json::array()}};
  for (const PciAddress& bridge : device.bridges) out["bridges"].push_back(bridge.format());
  for (const Bar& bar : device.bars) {
    out["bars"].push_back({bar.index, hexadecimal(bar.start), hexadecimal(bar.size), hexadecimal(bar.flags)});
  }
  if (device.physical_function) out["physical_function"] = device.physical_function->format();
  if (device.iommu_group) out["iommu_group"] = *device.iommu_group;
  return out;
}

Json json(const MediatedDevice& device) { return {{"uuid", device.uuid}, {"parent", device.parent.format()}}; }

// A line for each element.
template <class T>
std::string list(std::string_view name, const std::vector<T>& elements) {
  std::string out = fmt::format(",\n  \"{}\": [", name);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    out += fmt::format("{}\n    {}", i == 0 ? "" : ",",
                       json(elements[i]).dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  return out + (elements.empty() ? "]" : "\n  ]");
}

[[noreturn]] void refuse(const std::string& place, const std::string& message) {
  throw SnapshotError(fmt::format("{}: {}", place, message));
}

// The first 40 characters of what is there.
std::string shown(const Json& value) {
  const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return schema::visible(text.size() > 40 ? text.substr(0, 40) + "..." : text);
}

// A value of a snapshot, and its place: "devices[3].numa_node".
struct Value {
  const Json& json;
  std::string place;

  [[noreturn]] void refuse(std::string_view expected) const {
    topology::refuse(place, fmt::format("is {}; expected {}", shown(json), expected));
  }
  Value operator[](const char* name) const {
    if (!json.is_object()) refuse("an object");
    const auto found = json.find(name);
    if (found == json.end()) topology::refuse(place.empty() ? name : place + "." + name, "is missing");
    return {*found, place.empty() ? name : place + "." + name};
  }
  bool has(const char* name) const { return json.is_object() && json.contains(name); }

  template <class T = std::uint32_t>
  T number(std::uint64_t most = std::numeric_limits<T>::max()) const {
    if (!json.is_number_unsigned() || json.get<std::uint64_t>() > most) {
      refuse(fmt::format("a whole number from 0 to {}", most));
    }
    return static_cast<T>(json.get<std::uint64_t>());
  }
  const std::string& text(std::string_view expected) const {
    if (!json.is_string()) refuse(expected);
    return json.get_ref<const std::string&>();
  }
  std::uint64_t hex(std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) const {
    const std::string expected = fmt::format("a text from \"0x0\" to \"{:#x}\"", most);
    const std::string_view digits = text(expected);
    std::uint64_t value = 0;
    const char* end = digits.data() + digits.size();
    if (!digits.starts_with("0x")) refuse(expected);
    const auto [stop, error] = std::from_chars(digits.data() + 2, end, value, 16);
    if (error != std::errc() || stop != end || value > most) refuse(expected);
    return value;
  }
  PciAddress address() const {
    const auto parsed = PciAddress::parse(text("a PCI address, as \"0000:18:00.0\""));
    if (!parsed) refuse("a PCI address, as \"0000:18:00.0\"");
    return *parsed;
  }
  CpuSet cpus() const {
    const std::string& list = text("a list of CPUs, as \"0-3,8\"");
    if (list.empty()) return {};
    const auto parsed = CpuSet::parse(list);
    if (!parsed) refuse("a list of CPUs, as \"0-3,8\"");
    return *parsed;
  }
  // Calls `read` with each element.
  template <class Read>
  auto each(Read read) const {
    if (!json.is_array()) refuse("an array");
    std::vector<decltype(read(*this))> out;
    for (std::size_t i = 0; i < json.size(); ++i) out.push_back(read(Value{json[i], fmt::format("{}[{}]", place, i)}));
    return out;
  }
  // The elements of an array of `size`.
  Value at(std::size_t i, std::size_t size) const {
    if (!json.is_array() || json.size() != size) refuse(fmt::format("an array of {}", size));
    return {json[i], fmt::format("{}[{}]", place, i)};
  }
};

Node node(const Value& from) {
  Node node;
  node.id = from["id"].number();
  node.cpus = from["cpus"].cpus();
  node.memory_bytes = from["memory_bytes"].number<std::uint64_t>();
  node.distances = from["distances"].each(
      [](const Value& pair) { return std::pair<NodeId, unsigned>(pair.at(0, 2).number(), pair.at(1, 2).number()); });
  return node;
}

Cpu cpu(const Value& from) {
  Cpu cpu{from["id"].number(), from["socket"].number(), from["siblings"].cpus()};
  if (!cpu.siblings.contains(cpu.id)) from["siblings"].refuse(fmt::format("a list with CPU {}", cpu.id));
  return cpu;
}

Bar bar(const Value& from) {
  return {static_cast<int>(from.at(0, 4).number(255)), from.at(1, 4).hex(), from.at(2, 4).hex(), from.at(3, 4).hex()};
}

PciDevice device(const Value& from) {
  PciDevice device;
  device.address = from["address"].address();
  if (!from["numa_node"].json.is_null()) device.numa_node = from["numa_node"].number();
  device.class_code = static_cast<std::uint32_t>(from["class"].hex(0xffffff));
  device.vendor = static_cast<std::uint16_t>(from["vendor"].hex(0xffff));
  device.device = static_cast<std::uint16_t>(from["device"].hex(0xffff));
  device.root_complex = from["root_complex"].text("a host bridge, as \"pci0000:15\"");
  device.bridges = from["bridges"].each([](const Value& bridge) { return bridge.address(); });
  device.bars = from["bars"].each(bar);
  if (from.has("physical_function")) device.physical_function = from["physical_function"].address();
  if (from.has("iommu_group")) device.iommu_group = from["iommu_group"].number();
  return device;
}

MediatedDevice mediated(const Value& from) {
  const auto uuid = schema::UuidFormat::parse(from["uuid"].text("a UUID"));
  if (!uuid) from["uuid"].refuse("a UUID");
  return {schema::UuidFormat::format(*uuid), from["parent"].address()};
}

// Sorts by a key; two with the same are refused.
template <class T, class Key>
void sort_unique(std::vector<T>& elements, const char* name, Key key) {
  std::sort(elements.begin(), elements.end(), [&](const T& a, const T& b) { return key(a) < key(b); });
  const auto twice =
      std::adjacent_find(elements.begin(), elements.end(), [&](const T& a, const T& b) { return key(a) == key(b); });
  if (twice != elements.end()) refuse(name, fmt::format("{} is there twice", key(*twice)));
}

// As read_sysfs makes sure of.
void check(Host& host) {
  sort_unique(host.nodes, "nodes", [](const Node& node) { return node.id; });
  sort_unique(host.cpus, "cpus", [](const Cpu& cpu) { return cpu.id; });
  if (host.nodes.empty()) refuse("nodes", "is empty; a host has one at least");
  CpuSet all;
  for (const Node& node : host.nodes) {
    if (all.intersects(node.cpus)) {
      refuse("nodes", fmt::format("node {} has CPUs that another has too; a CPU belongs to one node", node.id));
    }
    for (const auto& range : node.cpus.ranges()) all.insert(range);
  }
  std::sort(host.devices.begin(), host.devices.end(), [](auto& a, auto& b) { return a.address < b.address; });
  for (std::size_t i = 0; i < host.devices.size(); ++i) {
    const PciDevice& device = host.devices[i];
    const std::string name = device.address.format();
    if (i > 0 && host.devices[i - 1].address == device.address) refuse("devices", name + " is there twice");
    if (device.numa_node && !host.node(*device.numa_node)) {
      refuse("devices", fmt::format("{} is on node {}, which nodes does not have", name, *device.numa_node));
    }
  }
  sort_unique(host.mediated_devices, "mediated_devices", [](const MediatedDevice& device) { return device.uuid; });
  for (const MediatedDevice& device : host.mediated_devices) {
    if (host.find(device.parent)) continue;
    refuse("mediated_devices",
           fmt::format("{} is a part of {}, which devices does not have", device.uuid, device.parent.format()));
  }
}

// Before it is read into memory, so that no depth can overflow a stack.
void check_depth(std::string_view text) {
  constexpr unsigned most = 16;
  unsigned depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') ++i;
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if ((c == '[' || c == '{') && ++depth > most) throw SnapshotError(fmt::format("is nested deeper than {}", most));
    if ((c == ']' || c == '}') && depth > 0) --depth;
  }
}

Json parse(std::string_view text) {
  check_depth(text);
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    const std::string_view before = text.substr(0, std::min<std::size_t>(text.size(), error.byte));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    throw SnapshotError(fmt::format("line {} is no JSON; give what `vnuma capture` wrote", line));
  }
}

}  // namespace

std::string to_snapshot(const Host& host) {
  return fmt::format("{{\n  \"vnuma_snapshot\": {}", snapshot_version) + list("nodes", host.nodes) +
         list("cpus", host.cpus) + list("devices", host.devices) + list("mediated_devices", host.mediated_devices) +
         "\n}\n";
}

Host from_snapshot(std::string_view text) {
  const Json json = parse(text);
  const Value root{json, ""};
  if (!root.has("vnuma_snapshot")) throw SnapshotError("is no snapshot of a host; give what `vnuma capture` wrote");
  const auto version = root["vnuma_snapshot"].number();
  if (version != snapshot_version) {
    refuse("vnuma_snapshot",
           fmt::format("is {}; this vnuma reads version {}, capture the host with it", version, snapshot_version));
  }
  Host host;
  host.nodes = root["nodes"].each(node);
  host.cpus = root["cpus"].each(cpu);
  host.devices = root["devices"].each(device);
  host.mediated_devices = root["mediated_devices"].each(mediated);
  check(host);
  return host;
}

}  // namespace vnuma::topology
