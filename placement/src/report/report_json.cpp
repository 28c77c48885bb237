#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <vnuma/placement/report.hpp>

#include "../domain/element.hpp"

namespace vnuma::placement {

namespace {

using Json = nlohmann::ordered_json;

const char* name(Mirror mirror) {
  switch (mirror) {
    case Mirror::numa: return "numa";
    case Mirror::root_complex: return "root-complex";
    case Mirror::pcie_switch: return "switch";
  }
  return "";
}

Json json(const std::optional<PciAddress>& address) { return address ? Json(address->format()) : Json(nullptr); }
Json json(const std::optional<std::uint32_t>& number) { return number ? Json(*number) : Json(nullptr); }

Json json(const PlannedMmio& mmio) {
  const auto number = [](const auto& value) { return value ? Json(*value) : Json(nullptr); };
  Json out;
  out["window"] = number(mmio.window);
  out["io_ports"] = number(mmio.io_ports);
  out["x_pci_mmio64_mb"] = number(mmio.ovmf_mmio64_mb);
  out["pcihole64"] = number(mmio.pci_hole64);
  out["qemu_arguments"] = mmio.qemu_arguments;
  out["not_counted"] = mmio.not_counted;
  return out;
}

template <class List, class F>
Json array_of(const List& list, F&& f) {
  Json array = Json::array();
  for (const auto& one : list) array.push_back(f(one));
  return array;
}

Json nodes_json(const Plan& plan) {
  Json nodes = Json::array();
  for (const PlannedNode& node : plan.nodes) {
    if (!node.why.empty())
      nodes.push_back({{"host_node", node.host_node}, {"guest_cell", node.guest_cell}, {"why", node.why}});
  }
  return nodes;
}

Json json(const PlannedCell& cell) {
  Json out;
  out["id"] = cell.id;
  out["host_node"] = cell.host_node;
  out["memory"] = cell.memory;
  out["taken_from"] = cell.taken_from;
  out["distances"] = array_of(
      cell.distances, [](const auto& entry) { return Json{{"cell", entry.first}, {"distance", entry.second}}; });
  return out;
}

Json json(const LayoutCell& cell, bool explain) {
  Json out;
  out["id"] = cell.id;
  out["new"] = cell.is_new;
  out["host_node"] = cell.host_node;
  out["vcpus"] = cell.vcpus.format();
  out["host_cpus"] = cell.host_cpus.format();
  out["memory"] = cell.memory;
  out["memnode_added"] = cell.adds_memnode;
  if (explain) out["why"] = cell.why;
  return out;
}

Json json(const Layout& layout, bool explain) {
  if (layout.empty()) return nullptr;
  Json out;
  out["cells"] = array_of(layout.cells, [&](const LayoutCell& cell) { return json(cell, explain); });
  out["pins"] =
      array_of(layout.pins, [](const VcpuPin& pin) { return Json{{"vcpu", pin.vcpu}, {"host_cpu", pin.host_cpu}}; });
  out["emulator"] = layout.pins_emulator ? Json(layout.other_cpus.format()) : Json(nullptr);
  out["io_threads"] = layout.io_threads;
  out["topology"] = layout.topology ? Json{{"sockets", layout.topology->sockets},
                                           {"cores", layout.topology->cores},
                                           {"threads", layout.topology->threads}}
                                    : Json(nullptr);
  return out;
}

Json json(const PlannedController& controller, bool explain) {
  Json out;
  out["index"] = controller.index;
  out["model"] = controller.model;
  if (controller.bus_nr) out["bus_nr"] = *controller.bus_nr;
  if (controller.node) out["node"] = *controller.node;
  if (controller.chassis) out["chassis"] = *controller.chassis;
  if (controller.port) out["port"] = *controller.port;
  out["address"] = controller.address.format();
  if (explain) out["why"] = controller.why;
  return out;
}

Json json(const PlannedDevice& device, bool explain, const Spelling& spelling) {
  Json out;
  out["source"] = device.name();
  out["parent"] = device.uuid.empty() ? Json(nullptr) : json(device.source);
  out["alias"] = device.alias.empty() ? Json(nullptr) : Json(device.alias);
  out["outcome"] = name(device.outcome);
  out["reason"] = reason_text(device, spelling);
  out["reasons"] = array_of(device.reasons, [](const DeviceReason& one) { return Json(name(one.reason)); });
  out["host_node"] = json(device.host_node);
  out["node_source"] = device.host_node ? Json(topology::name(device.node_source)) : Json(nullptr);
  out["guest_cell"] = json(device.guest_cell);
  out["address"] = json(device.address);
  out["guest_bdf"] = json(device.guest_bdf);
  if (explain) out["why"] = device.why;
  return out;
}

Json json(const Difference& difference, const std::vector<PlannedDevice>& devices) {
  return {{"host", topology::name(difference.host)},
          {"guest", topology::name(difference.guest)},
          {"pairs", difference.pairs},
          {"example", {devices[difference.first].name(), devices[difference.second].name()}}};
}

Json json(const Diagnostic& diagnostic, const Spelling& spelling) {
  const std::string remedy = remedy_text(diagnostic, spelling);
  return {{"code", name(diagnostic.code)},
          {"severity", name(diagnostic.severity)},
          {"path", diagnostic.path.empty() ? Json(nullptr) : Json(diagnostic.path)},
          {"message", diagnostic.message},
          {"remedy", remedy.empty() ? Json(nullptr) : Json(remedy)}};
}

}  // namespace

std::string report_json(const Plan& plan, bool explain, const Spelling& spelling) {
  Json out;
  out["changed"] = plan.changed;
  out["mirror"] = name(plan.mirror);
  if (explain) out["nodes"] = nodes_json(plan);
  out["layout"] = json(plan.layout, explain);
  out["cells"] = array_of(plan.cells, [](const PlannedCell& cell) { return json(cell); });
  out["controllers"] =
      array_of(plan.controllers, [&](const PlannedController& controller) { return json(controller, explain); });
  out["removed"] = array_of(plan.removed, [](const RemovedController& controller) {
    return Json(Element{"controller", controller.position}.path());
  });
  out["devices"] = array_of(plan.devices, [&](const PlannedDevice& device) { return json(device, explain, spelling); });
  out["differences"] =
      array_of(differences(plan), [&](const Difference& difference) { return json(difference, plan.devices); });
  out["mmio"] = json(plan.mmio);
  if (explain) out["mmio"]["why"] = plan.mmio.why;
  out["warnings"] =
      array_of(plan.warnings, [&](const Diagnostic& warning) { return Json(to_string(warning, spelling)); });
  out["diagnostics"] = array_of(plan.warnings, [&](const Diagnostic& warning) { return json(warning, spelling); });
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace vnuma::placement
