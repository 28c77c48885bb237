#include <vnuma/topology/snapshot.hpp>

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <vnuma/schema/scalar.hpp>

#include "cores.hpp"
#include "json_position.hpp"
#include "processors.hpp"

namespace vnuma::topology {

namespace {

using Json = nlohmann::json;

constexpr std::string_view remedy = "give a snapshot from `vnuma capture`";

// A fault in a text that is JSON, at a path.
struct Wrong {
  std::string path;
  std::string message;
};

// The first 40 characters of a value.
std::string shown(const Json& value) {
  const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.size() > 40 ? text.substr(0, 40) + "..." : text;
}

// A value of a snapshot with its path: "devices[3].numa_node".
struct Value {
  const Json& json;
  std::string path;

  [[noreturn]] void refuse(const std::string& message) const { throw Wrong{path, message}; }
  [[noreturn]] void expect(std::string_view expected) const {
    refuse(fmt::format("is {}; expected {}", shown(json), expected));
  }

  Value operator[](const char* name) const {
    if (!json.is_object()) expect("an object");
    const std::string member = path.empty() ? name : path + "." + name;
    const auto found = json.find(name);
    if (found == json.end()) throw Wrong{member, fmt::format("is missing; {}", remedy)};
    return {*found, member};
  }
  bool has(const char* name) const { return json.is_object() && json.contains(name); }

  template <class T = std::uint32_t>
  T number(std::uint64_t most = std::numeric_limits<T>::max()) const {
    if (!json.is_number_unsigned() || json.get<std::uint64_t>() > most) {
      expect(fmt::format("a whole number from 0 to {}", most));
    }
    return static_cast<T>(json.get<std::uint64_t>());
  }
  const std::string& text(std::string_view expected) const {
    if (!json.is_string()) expect(expected);
    return json.get_ref<const std::string&>();
  }
  template <class T = std::uint64_t>
  T hex(std::uint64_t most = std::numeric_limits<T>::max()) const {
    const std::string expected = fmt::format("a string from \"0x0\" to \"{:#x}\"", most);
    const std::string_view digits = text(expected);
    std::uint64_t value = 0;
    const char* end = digits.data() + digits.size();
    if (!digits.starts_with("0x")) expect(expected);
    const auto [stop, error] = std::from_chars(digits.data() + 2, end, value, 16);
    if (error != std::errc() || stop != end || value > most) expect(expected);
    return static_cast<T>(value);
  }
  PciAddress address() const {
    constexpr std::string_view expected = "a PCI address, such as \"0000:18:00.0\"";
    const auto parsed = PciAddress::parse(text(expected));
    if (!parsed) expect(expected);
    return *parsed;
  }
  CpuSet cpus() const {
    constexpr std::string_view expected = "a list of CPUs, such as \"0-3,8\"";
    const std::string& list = text(expected);
    if (list.empty()) return {};
    const auto parsed = CpuSet::parse(list);
    if (!parsed) expect(expected);
    return *parsed;
  }

  // The results of `read` for all elements.
  template <class Read>
  auto each(Read read) const {
    if (!json.is_array()) expect("an array");
    std::vector<decltype(read(*this))> out;
    for (std::size_t i = 0; i < json.size(); ++i) out.push_back(read(Value{json[i], fmt::format("{}[{}]", path, i)}));
    return out;
  }
  // An element of an array that must have `size` elements.
  Value at(std::size_t i, std::size_t size) const {
    if (!json.is_array() || json.size() != size) expect(fmt::format("an array of {} elements", size));
    return {json[i], fmt::format("{}[{}]", path, i)};
  }
};

// The elements of a list, sorted by a key that must be unique. `name` is the member that has the key.
template <class Read, class Key>
auto sorted(const Value& from, Read read, const char* name, Key key) {
  std::set<decltype(key(read(from)))> keys;
  auto out = from.each([&](const Value& value) {
    auto element = read(value);
    if (!keys.insert(key(element)).second) {
      value[name].refuse(fmt::format("is {}, but another element has this value too", shown(value[name].json)));
    }
    return element;
  });
  std::sort(out.begin(), out.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  return out;
}

Node node(const Value& from) {
  Node node;
  node.id = from["id"].number();
  node.cpus = from["cpus"].cpus();
  node.memory_bytes = from["memory_bytes"].number<std::uint64_t>();
  node.distances = from["distances"].each(
      [](const Value& pair) { return std::pair<NodeId, unsigned>(pair.at(0, 2).number(), pair.at(1, 2).number()); });
  if (from.has("huge_pages")) {
    node.huge_pages = from["huge_pages"].each([](const Value& pool) {
      const auto part = [&](std::size_t i) { return pool.at(i, 3).number<std::uint64_t>(); };
      return HugePagePool{part(0), part(1), part(2)};
    });
  }
  return node;
}

Cpu cpu(const Value& from) { return {from["id"].number(), from["socket"].number(), from["siblings"].cpus()}; }

Bar bar(const Value& from) {
  return {static_cast<int>(from.at(0, 4).number(255)), from.at(1, 4).hex(), from.at(2, 4).hex(), from.at(3, 4).hex()};
}

NodeSource node_source(const Value& from) {
  using enum NodeSource;
  constexpr std::string_view expected =
      "\"firmware\", \"physical-function\", \"only-node\", \"local-cpus\" or \"given\"";
  const std::string& text = from.text(expected);
  for (const NodeSource source : {firmware, physical_function, only_node, local_cpus, given}) {
    if (name(source) == text) return source;
  }
  from.expect(expected);
}

// Snapshots of older programs have no source.
void read_numa_node(const Value& from, const Host& host, PciDevice& device) {
  const Value numa_node = from["numa_node"];
  if (numa_node.json.is_null()) return;
  device.numa_node = numa_node.number();
  if (!host.node(*device.numa_node)) numa_node.expect("the id of a node, or null");
  if (from.has("node_source")) device.node_source = node_source(from["node_source"]);
}

PciDevice device(const Value& from, const Host& host) {
  PciDevice device;
  device.address = from["address"].address();
  read_numa_node(from, host, device);
  device.class_code = from["class"].hex<std::uint32_t>(0xffffff);
  device.vendor = from["vendor"].hex<std::uint16_t>();
  device.device = from["device"].hex<std::uint16_t>();
  device.root_complex = from["root_complex"].text("a host bridge, such as \"pci0000:15\"");
  const Value bridges = from["bridges"];
  device.bridges = bridges.each([](const Value& bridge) { return bridge.address(); });
  if (device.bridges.size() > 255) {
    bridges.refuse(fmt::format("has {} addresses; expected at most 255, because a PCI domain has only 256 buses",
                               device.bridges.size()));
  }
  device.bars = from["bars"].each(bar);
  if (from.has("physical_function")) device.physical_function = from["physical_function"].address();
  if (from.has("iommu_group")) device.iommu_group = from["iommu_group"].number();
  return device;
}

unsigned address_bits(const Value& from) {
  const auto bits = from.number();
  if (!is_address_bits(bits))
    from.expect(fmt::format("a whole number from {} to {}", fewest_address_bits, most_address_bits));
  return bits;
}

MediatedDevice mediated(const Value& from, const Host& host) {
  constexpr std::string_view expected = "a UUID, such as \"4b20d080-1b54-4048-85b3-a6a62d165c01\"";
  const auto uuid = schema::UuidFormat::parse(from["uuid"].text(expected));
  if (!uuid) from["uuid"].expect(expected);
  const Value parent = from["parent"];
  if (!host.find(parent.address())) parent.expect("the address of a device in the snapshot");
  return {schema::UuidFormat::format(*uuid), parent.address()};
}

// Reads a host and checks what read_sysfs checks.
Host host_of(const Value& root) {
  Host host;
  if (root.has("address_bits")) host.address_bits = address_bits(root["address_bits"]);
  const Value nodes = root["nodes"];
  host.nodes = sorted(nodes, node, "id", [](const Node& node) { return node.id; });
  if (host.nodes.empty()) nodes.expect("at least one node");
  std::vector<const CpuSet*> sets;
  for (const Node& node : host.nodes) sets.push_back(&node.cpus);
  if (const auto shared = overlap(sets)) {
    nodes.refuse(fmt::format("nodes {} and {} share CPUs; a CPU belongs to one node", host.nodes[shared->first].id,
                             host.nodes[shared->second].id));
  }
  host.cpus = sorted(root["cpus"], cpu, "id", [](const Cpu& cpu) { return cpu.id; });
  if (const auto wrong = wrong_siblings(host.cpus)) root["cpus"].refuse(*wrong);
  host.devices = sorted(
      root["devices"], [&](const Value& from) { return device(from, host); }, "address",
      [](const PciDevice& device) { return device.address; });
  assume_only_node(host);
  host.mediated_devices = sorted(
      root["mediated_devices"], [&](const Value& from) { return mediated(from, host); }, "uuid",
      [](const MediatedDevice& device) { return device.uuid; });
  return host;
}

[[noreturn]] void refuse(const TextPosition& position, const std::string& path, const std::string& message) {
  throw SnapshotError(position.line, position.column, path, message);
}

[[noreturn]] void refuse_json(std::string_view text, std::size_t at) {
  refuse(text_position(text, at), "", fmt::format("not JSON; {}", remedy));
}

Json parse(std::string_view text) {
  // The parser would take a zero byte for the end and ignore the rest.
  if (const std::size_t null = text.find('\0'); null != text.npos) refuse_json(text, null);
  try {
    Json json = Json::parse(text);
    const auto flaw = json_flaw(text, 16);
    if (flaw) refuse(flaw->position, "", fmt::format("{}; {}", flaw->message, remedy));
    return json;
  } catch (const Json::parse_error& error) {
    refuse_json(text, std::min(text.size(), std::max<std::size_t>(error.byte, 1) - 1));
  } catch (const Json::out_of_range&) {
    refuse({0, 0}, "", fmt::format("contains a number that is too large; {}", remedy));
  }
}

Host read(std::string_view text) {
  const Json json = parse(text);
  const Value root{json, ""};
  if (!root.has("vnuma_snapshot")) root.refuse(fmt::format("not a snapshot of a host; {}", remedy));
  const Value version = root["vnuma_snapshot"];
  if (version.number() != snapshot_version) {
    version.refuse(
        fmt::format("is {}; this vnuma reads version {}; use the vnuma that captured the host, or capture the "
                    "host again with this one",
                    version.number(), snapshot_version));
  }
  return host_of(root);
}

}  // namespace

Host from_snapshot(std::string_view text) {
  if (text.size() > max_snapshot_size) {
    refuse({0, 0}, "", fmt::format("is larger than {} MiB; {}", max_snapshot_size >> 20, remedy));
  }
  try {
    return read(text);
  } catch (const Wrong& wrong) {
    refuse(json_position(text, wrong.path), wrong.path, wrong.message);
  }
}

}  // namespace vnuma::topology
