#include "outcomes.hpp"

#include <utility>

#include <fmt/format.h>

#include "domain/guest_numbering.hpp"

namespace vnuma::placement {

namespace {

std::vector<DeviceReason> address_reasons(const PassthroughDevice& device) {
  if (device.is_unassigned)
    return {{Reason::unassigned, "its address is of type unassigned: the guest does not get it"}};
  if (device.address) return {{Reason::has_address, "it has an address in the guest"}};
  if (!device.has_address_element) return {};
  return {{Reason::partial_address, "it has a partial address in the guest, which libvirt completes"}};
}

void append(std::vector<DeviceReason>& reasons, std::vector<DeviceReason> more) {
  for (DeviceReason& reason : more) reasons.push_back(std::move(reason));
}

// Why a placed device is where it is.
std::vector<std::string> why_placed(const PassthroughDevice& device, const HostLocation& location, bool moves,
                                    const AssignedDevice& assigned) {
  std::vector<std::string> why;
  if (location.node_source == topology::NodeSource::given)
    why.push_back(fmt::format("host node {} was given for it", *location.node));
  if (moves && device.address)
    why.push_back(fmt::format("it was at {}, which is not on its cell", device.address->format()));
  why.insert(why.end(), assigned.why.begin(), assigned.why.end());
  return why;
}

// Where the guest has a device with an address, and what is wrong with that.
void describe_location(const PciTree& pci, const GuestBuses& buses, bool readdresses, PlannedDevice& device) {
  device.guest_location = pci.location(*device.address);
  const bool is_off = device.outcome == Outcome::kept && device.guest_cell && !readdresses &&
                      !is_on_cell(pci, device.address, device.guest_cell);
  const std::string hidden = hidden_because(pci, *device.address);
  if (hidden.empty())
    device.guest_bdf = guest_bdf(*device.address, buses);
  else
    device.reasons.push_back({Reason::hidden, "the guest may not see it: " + hidden});
  if (!is_off) return;
  if (device.guest_location->node != device.guest_cell)
    device.reasons.push_back({Reason::off_cell, fmt::format("this is not on guest cell {}", *device.guest_cell)});
  device.reasons.back().option = OptionHint{Option::readdress};
}

}  // namespace

PlannedDevice describe(const PassthroughDevice& device) {
  return {.kind = device.kind,
          .position = device.position,
          .source = device.source,
          .uuid = device.uuid,
          .alias = device.alias,
          .outcome = device.is_kept() ? Outcome::kept : Outcome::left,
          .reasons = address_reasons(device)};
}

std::vector<DeviceReason> cell_reasons(const PassthroughDevice& device, const HostLocation& location,
                                       const CellMap& cells) {
  if (location.node) {
    if (cells.has_cell(*location.node)) return {};
    MissingCell missing = cells.why_missing(*location.node);
    return {{missing.reason, std::move(missing.sentence), std::move(missing.option)}};
  }
  if (location.is_bridge()) return {{Reason::pci_bridge, "it is a PCI bridge, which the host cannot pass through"}};
  if (!location.on_host) return {{Reason::not_on_host, missing_on_host(device, location)}};
  return {{Reason::unknown_node,
           fmt::format("the host does not say which NUMA node {} is on", device.is_mediated() ? "its parent" : "it"),
           OptionHint{Option::numa_nodes, location.source->format()}}};
}

std::vector<PlannedDevice> planned_devices(const DomainView& view, const HostLocations& locations, const CellMap& cells,
                                           const Moves& moves, const AssignedPorts& assigned, const Options& options) {
  const GuestBuses buses = guest_buses(assigned.pci);
  std::vector<PlannedDevice> planned;
  planned.reserve(view.devices.size());
  for (std::size_t i = 0; i < view.devices.size(); ++i) {
    PlannedDevice& one = planned.emplace_back(describe(view.devices[i]));
    one.source = locations[i].source;
    one.host_node = locations[i].node;
    one.node_source = locations[i].node_source;
    one.host_location = locations[i].in_tree;
    one.guest_cell = cells.cell_of(locations[i].node);
    one.address = assigned.devices[i].address;
    one.multifunction = assigned.devices[i].multifunction;
    if (moves.is_moved[i]) one.moved_from = view.devices[i].address;
    if (options.explain) one.why = why_placed(view.devices[i], locations[i], moves.is_moved[i], assigned.devices[i]);
    if (assigned.devices[i].is_placed) {
      one.outcome = Outcome::placed;
      one.reasons.clear();
    } else {
      append(one.reasons, cell_reasons(view.devices[i], locations[i], cells));
      if (moves.stays_for_others[i])
        one.reasons.push_back({Reason::shared_slot, "other functions of its guest slot stay"});
    }
    if (one.address) describe_location(assigned.pci, buses, options.readdress, one);
  }
  return planned;
}

}  // namespace vnuma::placement
