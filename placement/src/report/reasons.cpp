// The names and texts of outcomes and reasons.
#include <algorithm>

#include <vnuma/placement/report.hpp>

namespace vnuma::placement {

std::string_view name(Reason reason) {
  switch (reason) {
    case Reason::has_address: return "has-address";
    case Reason::partial_address: return "partial-address";
    case Reason::unassigned: return "unassigned";
    case Reason::no_pcie_root: return "no-pcie-root";
    case Reason::no_guest_cells: return "no-guest-cells";
    case Reason::not_on_host: return "not-on-host";
    case Reason::pci_bridge: return "pci-bridge";
    case Reason::unknown_node: return "unknown-node";
    case Reason::no_cell: return "no-cell";
    case Reason::ambiguous_cell: return "ambiguous-cell";
    case Reason::shared_slot: return "shared-slot";
    case Reason::hidden: return "hidden";
    case Reason::off_cell: return "off-cell";
  }
  return {};
}

std::string reason_text(const PlannedDevice& device, const Spelling& spelling) {
  std::string text;
  std::string options;
  for (const DeviceReason& reason : device.reasons) {
    text += (text.empty() ? "" : ", and ") + reason.sentence;
    const std::string spelled = reason.option ? spelling(*reason.option) : "";
    if (!spelled.empty()) options += (options.empty() ? "; use " : ", or ") + spelled;
  }
  return text + options;
}

bool PlannedDevice::has(Reason reason) const {
  return std::any_of(reasons.begin(), reasons.end(), [&](const DeviceReason& one) { return one.reason == reason; });
}

const char* name(Outcome outcome) {
  switch (outcome) {
    case Outcome::placed: return "placed";
    case Outcome::kept: return "kept";
    case Outcome::left: return "left";
  }
  return "";
}

}  // namespace vnuma::placement
