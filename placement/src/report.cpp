#include <vnuma/placement/report.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/compile.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <vnuma/schema/visible.hpp>

#include "bytes.hpp"
#include "counted.hpp"
#include "guest_pci.hpp"

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

// A line on the window for BARs, and one on what is set for it.
std::string mmio_text(const PlannedMmio& mmio) {
  std::string out;
  if (mmio.window.value_or(0) > 0) out += fmt::format("the BARs need a 64-bit window of {}\n", size_text(*mmio.window));
  if (!mmio.not_counted.empty()) {
    out += fmt::format("the BARs of {} are not counted: the host does not say what they need\n",
                       fmt::join(mmio.not_counted, ", "));
  }
  if (mmio.pci_hole64) out += fmt::format("set for it: pcihole64 of {}\n", size_text(*mmio.pci_hole64));
  if (!mmio.qemu_arguments.empty()) {
    out += fmt::format("set for it: QEMU arguments {}\n", fmt::join(mmio.qemu_arguments, " "));
  }
  return out;
}

std::string cell(const std::optional<PciAddress>& address) { return address ? address->format() : "-"; }
std::string cell(const std::optional<std::uint32_t>& number) { return number ? fmt::format("{}", *number) : "-"; }

using Row = std::array<std::string, 8>;

// The columns as wide as they must be, the last as it is.
std::string table(const std::vector<Row>& rows) {
  std::array<std::size_t, std::tuple_size_v<Row>> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i + 1 < row.size(); ++i)
      fmt::format_to(std::back_inserter(line), FMT_COMPILE("{:{}}  "), row[i], widths[i]);
    line += row.back();
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

}  // namespace

const char* name(Outcome outcome) {
  switch (outcome) {
    case Outcome::placed: return "placed";
    case Outcome::kept: return "kept";
    case Outcome::left: return "left";
  }
  return "";
}

std::vector<Difference> differences(const Plan& plan) {
  std::vector<std::size_t> known;
  for (std::size_t i = 0; i < plan.devices.size(); ++i) {
    if (plan.devices[i].host_place && plan.devices[i].guest_place) known.push_back(i);
  }
  std::map<std::pair<topology::Level, topology::Level>, Difference> found;
  for (auto a = known.begin(); a != known.end(); ++a) {
    for (auto b = std::next(a); b != known.end(); ++b) {
      const PlannedDevice& first = plan.devices[*a];
      const PlannedDevice& second = plan.devices[*b];
      const auto host = topology::level(*first.host_place, *second.host_place);
      const auto guest = topology::level(*first.guest_place, *second.guest_place);
      if (host == guest) continue;
      ++found.emplace(std::pair(host, guest), Difference{host, guest, 0, *a, *b}).first->second.pairs;
    }
  }
  std::vector<Difference> all;
  all.reserve(found.size());
  for (const auto& [levels, difference] : found) all.push_back(difference);
  return all;
}

std::string report_text(const Plan& plan) {
  std::vector<Row> rows{{"ON THE HOST", "ALIAS", "NODE", "CELL", "OUTCOME", "IN THE DOMAIN", "IN THE GUEST", ""}};
  for (const PlannedDevice& device : plan.devices) {
    rows.push_back({device.name(), device.alias.empty() ? "-" : schema::visible(device.alias), cell(device.host_node),
                    cell(device.guest_cell), name(device.outcome), cell(device.address), cell(device.guest_bdf),
                    device.reason});
  }
  std::string out = plan.devices.empty() ? std::string() : table(rows);
  const std::vector<Difference> different = differences(plan);
  for (const Difference& difference : different) {
    out += fmt::format("{} pair{} {} on the host and {} in the guest, as {} and {}\n", difference.pairs,
                       difference.pairs == 1 ? " is" : "s are", topology::name(difference.host),
                       topology::name(difference.guest), plan.devices[difference.first].name(),
                       plan.devices[difference.second].name());
  }
  const bool has_kept = std::any_of(plan.devices.begin(), plan.devices.end(),
                                    [](const PlannedDevice& device) { return device.outcome == Outcome::kept; });
  if (!different.empty() && plan.mirror != Mirror::numa && has_kept) {
    out +=
        "devices that are on their cell keep their ports; to mirror them anew, take away their addresses and ports\n";
  }
  for (const PlannedCell& cell : plan.cells) {
    out += fmt::format("cell {} is new: for host node {}, with {} of the memory of cell {}\n", cell.id, cell.host_node,
                       size_text(cell.memory), cell.taken_from);
  }
  out += mmio_text(plan.mmio);
  for (const std::string& warning : plan.warnings) out += fmt::format("warning: {}\n", warning);
  const auto placed = std::count_if(plan.devices.begin(), plan.devices.end(),
                                    [](const PlannedDevice& device) { return device.outcome == Outcome::placed; });
  out += plan.devices.empty()
             ? "the domain has no passthrough PCI device; nothing was changed\n"
             : fmt::format("{} of {} placed, {} added, {} removed\n", placed, counted(plan.devices.size(), "device"),
                           counted(plan.controllers.size(), "controller"), plan.removed.size());
  return out;
}

std::string report_json(const Plan& plan, bool explain) {
  Json out;
  out["changed"] = plan.changed;
  out["mirror"] = name(plan.mirror);
  if (explain) {
    out["nodes"] = Json::array();
    for (const PlannedNode& node : plan.nodes) {
      if (!node.why.empty())
        out["nodes"].push_back({{"host_node", node.host_node}, {"guest_cell", node.guest_cell}, {"why", node.why}});
    }
  }
  out["cells"] = Json::array();
  for (const PlannedCell& cell : plan.cells) {
    Json entry;
    entry["id"] = cell.id;
    entry["host_node"] = cell.host_node;
    entry["memory"] = cell.memory;
    entry["taken_from"] = cell.taken_from;
    entry["distances"] = Json::array();
    for (const auto& [to, distance] : cell.distances) {
      entry["distances"].push_back(Json{{"cell", to}, {"distance", distance}});
    }
    out["cells"].push_back(std::move(entry));
  }
  out["controllers"] = Json::array();
  for (const PlannedController& controller : plan.controllers) {
    Json entry;
    entry["index"] = controller.index;
    entry["model"] = controller.model;
    if (controller.bus_nr) entry["bus_nr"] = *controller.bus_nr;
    if (controller.node) entry["node"] = *controller.node;
    if (controller.chassis) entry["chassis"] = *controller.chassis;
    if (controller.port) entry["port"] = *controller.port;
    entry["address"] = controller.address.format();
    if (explain) entry["why"] = controller.why;
    out["controllers"].push_back(std::move(entry));
  }
  out["removed"] = Json::array();
  for (const RemovedController& controller : plan.removed) {
    out["removed"].push_back(Element{"controller", controller.position}.path());
  }
  out["devices"] = Json::array();
  for (const PlannedDevice& device : plan.devices) {
    Json entry;
    entry["source"] = device.name();
    entry["parent"] = device.uuid.empty() ? Json(nullptr) : json(device.source);
    entry["alias"] = device.alias.empty() ? Json(nullptr) : Json(device.alias);
    entry["outcome"] = name(device.outcome);
    entry["reason"] = device.reason;
    entry["host_node"] = json(device.host_node);
    entry["guest_cell"] = json(device.guest_cell);
    entry["address"] = json(device.address);
    entry["guest_bdf"] = json(device.guest_bdf);
    if (explain) entry["why"] = device.why;
    out["devices"].push_back(std::move(entry));
  }
  out["differences"] = Json::array();
  for (const Difference& difference : differences(plan)) {
    out["differences"].push_back(
        {{"host", topology::name(difference.host)},
         {"guest", topology::name(difference.guest)},
         {"pairs", difference.pairs},
         {"example", {plan.devices[difference.first].name(), plan.devices[difference.second].name()}}});
  }
  out["mmio"] = json(plan.mmio);
  if (explain) out["mmio"]["why"] = plan.mmio.why;
  out["warnings"] = plan.warnings;
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace vnuma::placement
