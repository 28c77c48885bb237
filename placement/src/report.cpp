#include <vnuma/placement/report.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace vnuma::placement {

namespace {

using Json = nlohmann::ordered_json;

const char* name(Outcome outcome) {
  switch (outcome) {
    case Outcome::placed: return "placed";
    case Outcome::kept: return "kept";
    case Outcome::left: return "left";
  }
  return "";
}

Json json(const std::optional<PciAddress>& address) { return address ? Json(address->format()) : Json(nullptr); }
Json json(const std::optional<std::uint32_t>& number) { return number ? Json(*number) : Json(nullptr); }

std::string text(const std::optional<std::uint32_t>& number) { return number ? fmt::format("{}", *number) : "?"; }

}  // namespace

std::string report_text(const Plan& plan) {
  std::string out;
  for (const PlannedDevice& device : plan.devices) {
    fmt::format_to(std::back_inserter(out), "{}", device.source.format());
    if (!device.alias.empty()) fmt::format_to(std::back_inserter(out), " ({})", device.alias);
    fmt::format_to(std::back_inserter(out), ": {}", name(device.outcome));
    if (device.outcome != Outcome::left) {
      fmt::format_to(std::back_inserter(out), ", host node {}, guest cell {}", text(device.host_node),
                     text(device.guest_cell));
      if (device.address) fmt::format_to(std::back_inserter(out), ", address {}", device.address->format());
      if (device.guest_bdf) fmt::format_to(std::back_inserter(out), ", in the guest {}", device.guest_bdf->format());
    }
    if (!device.reason.empty()) fmt::format_to(std::back_inserter(out), ": {}", device.reason);
    out += '\n';
  }
  for (const std::string& warning : plan.warnings) fmt::format_to(std::back_inserter(out), "warning: {}\n", warning);
  const auto placed = std::count_if(plan.devices.begin(), plan.devices.end(),
                                    [](const PlannedDevice& device) { return device.outcome == Outcome::placed; });
  fmt::format_to(std::back_inserter(out), "{} of {} devices placed, {} controllers added, {} removed\n", placed,
                 plan.devices.size(), plan.controllers.size(), plan.removed.size());
  return out;
}

std::string report_json(const Plan& plan) {
  Json out;
  out["changed"] = plan.changed;
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
    out["controllers"].push_back(std::move(entry));
  }
  out["devices"] = Json::array();
  for (const PlannedDevice& device : plan.devices) {
    Json entry;
    entry["source"] = device.source.format();
    entry["alias"] = device.alias.empty() ? Json(nullptr) : Json(device.alias);
    entry["outcome"] = name(device.outcome);
    entry["reason"] = device.reason;
    entry["host_node"] = json(device.host_node);
    entry["guest_cell"] = json(device.guest_cell);
    entry["address"] = json(device.address);
    entry["guest_bdf"] = json(device.guest_bdf);
    out["devices"].push_back(std::move(entry));
  }
  out["warnings"] = plan.warnings;
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace vnuma::placement
