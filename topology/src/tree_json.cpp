#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <vnuma/topology/tree.hpp>

namespace vnuma::topology {

namespace {

using Json = nlohmann::ordered_json;
using Kind = TreeEntry::Kind;

std::string_view json_name(Kind kind) {
  switch (kind) {
    case Kind::numa_node: return "numa_node";
    case Kind::root_complex: return "root_complex";
    case Kind::expander_bus: return "expander_bus";
    case Kind::root_port: return "root_port";
    case Kind::upstream_port: return "upstream_port";
    case Kind::downstream_port: return "downstream_port";
    case Kind::bridge: return "bridge";
    case Kind::device: return "device";
    case Kind::summary: return "summary";
  }
  return "";
}

Json json(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json json(const std::optional<PciAddress>& address) { return address ? Json(address->format()) : Json(nullptr); }
template <class T>
Json json(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json json(const std::optional<Passthrough>& device) {
  if (!device) return nullptr;
  return {{"source", device->source},
          {"is_on_host", json(device->is_on_host)},
          {"host_node", json(device->host_node)},
          {"cell", json(device->cell)},
          {"is_on_its_cell", json(device->is_on_its_cell)}};
}

void add_function(const TreeEntry& entry, Json& out) {
  const auto number = [&](std::uint32_t value, int digits) {
    return entry.ids ? Json(fmt::format("{:#0{}x}", value, digits + 2)) : Json(nullptr);
  };
  const PciIds ids = entry.ids.value_or(PciIds{});
  if (entry.kind == Kind::device) out["word"] = entry.word;
  out["name"] = json(entry.name);
  out["address"] = json(entry.address);
  out["domain_address"] = json(entry.domain_address);
  out["node"] = json(entry.node);
  out["class"] = number(ids.class_code, 6);
  out["vendor"] = number(ids.vendor, 4);
  out["device"] = number(ids.device, 4);
  out["vendor_name"] = json(entry.vendor_name);
  out["device_name"] = json(entry.device_name);
  if (entry.kind == Kind::device) {
    out["model"] = json(entry.model);
    out["alias"] = json(entry.alias);
    out["passthrough"] = json(entry.passthrough);
  }
  out["remark"] = json(entry.remark);
}

Json json(const TreeEntry& entry) {
  Json out{{"kind", json_name(entry.kind)}};
  switch (entry.kind) {
    case Kind::numa_node:
      out["node"] = json(entry.node);
      out["cpus"] = entry.node ? Json(entry.cpus.format()) : Json(nullptr);
      out["memory_bytes"] = entry.memory_bytes > 0 ? Json(entry.memory_bytes) : Json(nullptr);
      out["remark"] = json(entry.remark);
      break;
    case Kind::root_complex:
      out["name"] = entry.name;
      out["node"] = json(entry.node);
      break;
    case Kind::expander_bus:
      out["name"] = entry.name;
      out["node"] = json(entry.node);
      out["address"] = json(entry.address);
      out["domain_address"] = json(entry.domain_address);
      out["bus_nr"] = json(entry.bus_nr);
      out["last_bus"] = json(entry.last_bus);
      out["remark"] = json(entry.remark);
      break;
    case Kind::summary: out["name"] = entry.name; break;
    default: add_function(entry, out); break;
  }
  out["below"] = Json::array();
  for (const TreeEntry& below : entry.below) out["below"].push_back(json(below));
  return out;
}

}  // namespace

std::string tree_json(const PciTree& tree) {
  Json out{{"machine", tree.is_guest ? "guest" : "host"}, {"name", tree.is_guest ? Json(tree.name) : Json(nullptr)}};
  out["nodes"] = Json::array();
  for (const TreeEntry& node : tree.nodes) out["nodes"].push_back(json(node));
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace vnuma::topology
