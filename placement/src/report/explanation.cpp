#include <vnuma/placement/report.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace vnuma::placement {

namespace {

std::string lines(const std::string& what, const std::vector<std::string>& why) {
  if (why.size() == 1) return fmt::format("{}: {}\n", what, why[0]);
  return why.empty() ? std::string() : fmt::format("{}:\n  {}\n", what, fmt::join(why, "\n  "));
}

}  // namespace

std::string explanation(const Plan& plan, const Spelling& spelling) {
  std::string out;
  for (const LayoutCell& cell : plan.layout.cells) {
    out += fmt::format("guest cell {} is for host node {}: {}\n", cell.id, cell.host_node, cell.why);
  }
  for (const PlannedNode& node : plan.nodes) {
    if (node.why.empty()) continue;
    out += fmt::format("host node {} maps to guest cell {}: {}\n", node.host_node, node.guest_cell, node.why);
  }
  for (const RemovedController& controller : plan.removed) {
    out += fmt::format("controller {} is removed: all that was plugged into it moves\n", controller.index);
  }
  for (const PlannedController& controller : plan.controllers) {
    out += lines(fmt::format("controller {}, {}", controller.index, controller.model), controller.why);
  }
  for (const PlannedDevice& device : plan.devices) {
    if (device.outcome == Outcome::placed) {
      out += lines(fmt::format("{} is placed at {}", device.name(), device.address->format()), device.why);
    } else {
      out += fmt::format("{} is {}: {}\n", device.name(), name(device.outcome), reason_text(device, spelling));
    }
  }
  return out + lines("the window for BARs", plan.mmio.why);
}

}  // namespace vnuma::placement
