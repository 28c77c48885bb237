#include <vnuma/topology/snapshot.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace vnuma::topology {

namespace {

using Json = nlohmann::ordered_json;

std::string hexadecimal(std::uint64_t value, int digits = 1) { return fmt::format("{:#0{}x}", value, digits + 2); }

Json json(const Node& node) {
  Json distances = Json::array();
  for (const auto& [to, distance] : node.distances) distances.push_back({to, distance});
  Json out{{"id", node.id},
           {"cpus", node.cpus.format()},
           {"memory_bytes", node.memory_bytes},
           {"distances", std::move(distances)}};
  if (!node.huge_pages.empty()) out["huge_pages"] = Json::array();
  for (const HugePagePool& pool : node.huge_pages) out["huge_pages"].push_back({pool.size, pool.total, pool.free});
  return out;
}

Json json(const Cpu& cpu) { return {{"id", cpu.id}, {"socket", cpu.socket}, {"siblings", cpu.siblings.format()}}; }

Json json(const PciDevice& device) {
  Json out{{"address", device.address.format()},
           {"numa_node", device.numa_node ? Json(*device.numa_node) : Json(nullptr)}};
  if (device.numa_node && device.node_source != NodeSource::firmware) out["node_source"] = name(device.node_source);
  out["class"] = hexadecimal(device.class_code, 6);
  out["vendor"] = hexadecimal(device.vendor, 4);
  out["device"] = hexadecimal(device.device, 4);
  out["root_complex"] = device.root_complex;
  out["bridges"] = Json::array();
  out["bars"] = Json::array();
  for (const PciAddress& bridge : device.bridges) out["bridges"].push_back(bridge.format());
  for (const Bar& bar : device.bars) {
    out["bars"].push_back({bar.index, hexadecimal(bar.start), hexadecimal(bar.size), hexadecimal(bar.flags)});
  }
  if (device.physical_function) out["physical_function"] = device.physical_function->format();
  if (device.iommu_group) out["iommu_group"] = *device.iommu_group;
  return out;
}

Json json(const MediatedDevice& device) { return {{"uuid", device.uuid}, {"parent", device.parent.format()}}; }

// A member with one line for each element.
template <class T>
std::string list(std::string_view name, const std::vector<T>& elements) {
  std::string out = fmt::format(",\n  \"{}\": [", name);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    out += fmt::format("{}\n    {}", i == 0 ? "" : ",",
                       json(elements[i]).dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  return out + (elements.empty() ? "]" : "\n  ]");
}

}  // namespace

std::string to_snapshot(const Host& host) {
  const std::string bits = host.address_bits ? fmt::format(",\n  \"address_bits\": {}", *host.address_bits) : "";
  return fmt::format("{{\n  \"vnuma_snapshot\": {}", snapshot_version) + bits + list("nodes", host.nodes) +
         list("cpus", host.cpus) + list("devices", host.devices) + list("mediated_devices", host.mediated_devices) +
         "\n}\n";
}

}  // namespace vnuma::topology
