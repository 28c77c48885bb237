#include "host_rules.hpp"

#include <map>
#include <utility>

#include <fmt/format.h>

#include "../assign/cell_map.hpp"
#include "../domain/guest_numbering.hpp"
#include "../domain/machine.hpp"
#include "cell_rules.hpp"
#include "pin_rules.hpp"

namespace vnuma::placement {

namespace {

class HostRules {
 public:
  HostRules(const DomainView& view, const topology::Host& host, const HostLocations& locations,
            const DiagnosticSink& sink)
      : view_(view), host_(host), locations_(locations), sink_(sink) {}

  void check() {
    check_map();
    const CellMap cells = cell_map();
    for (Diagnostic& diagnostic : ambiguous_cells(view_, locations_, cells)) sink_.add(std::move(diagnostic));
    for (std::size_t i = 0; i < view_.devices.size(); ++i) check_presence(i);
    for (std::size_t i = 0; i < view_.devices.size(); ++i) check_cell(i, cells);
    check_switches();
  }

 private:
  // Pinning and memnodes.
  void check_map() const {
    topology::GuestMap map;
    try {
      map = topology::guest_map(view_.domain, host_);
    } catch (const schema::ValueError& error) {
      sink_.add(diagnostic_of(Code::invalid_value, error));
      return;
    } catch (const schema::Error& error) {
      sink_.add(diagnostic_of(Code::host_mismatch, error));
      return;
    }
    // The first is enough.
    if (!map.ignored.empty())
      sink_.add(make_diagnostic(Code::ignored_memnode, map.ignored[0].path, map.ignored[0].message, "correct it"));
    check_pins(view_, host_, map, sink_);
  }

  // As plan() maps nodes, with cells that an earlier plan added.
  CellMap cell_map() const {
    if (view_.cells.empty()) return {};
    try {
      return map_cells(view_, host_, locations_, {});
    } catch (const schema::Error&) {
      return {};  // a fault of the domain that is reported elsewhere
    }
  }

  void check_presence(std::size_t i) const {
    const PassthroughDevice& device = view_.devices[i];
    if (locations_[i].is_bridge()) {
      sink_.add(make_diagnostic(Code::bridge_passed, device.path() + "/source",
                                fmt::format("{} is a PCI bridge, which the host cannot pass through", device.name()),
                                "pass the devices behind it through"));
    }
    if (locations_[i].on_host) return;
    sink_.add(make_diagnostic(Code::not_on_host, device.path() + "/source", missing_on_host(device, locations_[i]),
                              "name a device that it has, or the host that the domain is for"));
  }

  void check_cell(std::size_t i, const CellMap& cells) const {
    const PassthroughDevice& device = view_.devices[i];
    const auto cell = cells.cell_of(locations_[i].node);
    if (!cell) return;
    const PciController* expander = device.address ? view_.pci.expander_of(device.address->bus) : nullptr;
    if (expander && expander->node == cell) return;
    if (device.address && !expander && !hangs_on_root(*device.address)) return;  // unknown bus; reported elsewhere
    Diagnostic diagnostic =
        make_diagnostic(Code::wrong_cell, device.path(),
                        fmt::format("{} is on host node {}, which is guest cell {}, but the guest has it on {}",
                                    device.name(), *locations_[i].node, *cell,
                                    expander && expander->node ? fmt::format("cell {}", *expander->node) : "no cell"));
    if (has_pcie_root(view_.domain))
      diagnostic.options = {{device.address ? Option::readdress : Option::plan}};
    else
      diagnostic.remedy = "use q35 (or virt on aarch64): only machines with PCIe have expander buses with a node";
    sink_.add(std::move(diagnostic));
  }

  bool hangs_on_root(const PciAddress& address) const {
    const auto chain = view_.pci.chain(address.bus);
    return chain.empty() || chain.front()->index == 0 || !chain.front()->address;
  }

  // The switches of the guest above a device, by the index of their upstream ports.
  std::vector<std::uint32_t> switches_above(std::size_t i) const {
    std::vector<std::uint32_t> switches;
    if (!view_.devices[i].address || !locations_[i].in_tree) return switches;
    for (const PciController* controller : view_.pci.chain(view_.devices[i].address->bus)) {
      if (controller->is_upstream()) switches.push_back(controller->index);
    }
    return switches;
  }

  using HostSwitch = std::pair<std::string, std::vector<PciAddress>>;  // root complex, Location::switches
  using DevicesOfSwitch = std::map<HostSwitch, std::vector<std::size_t>>;

  // A switch of the guest mirrors the switch of the host that most of its devices are below. A device of another is
  // nearer to these than on the host.
  void check_switches() const {
    std::map<std::uint32_t, DevicesOfSwitch> below;
    for (std::size_t i = 0; i < view_.devices.size(); ++i) {
      for (const std::uint32_t index : switches_above(i)) {
        below[index][{locations_[i].in_tree->root_complex, locations_[i].in_tree->switches}].push_back(i);
      }
    }
    std::map<std::size_t, std::size_t> strangers;  // and a device of the switch
    for (const auto& [index, devices] : below) find_strangers(devices, strangers);
    for (const auto& [stranger, other] : strangers) report_stranger(stranger, other);
  }

  void find_strangers(const DevicesOfSwitch& devices, std::map<std::size_t, std::size_t>& strangers) const {
    auto most = devices.begin();
    for (auto one = devices.begin(); one != devices.end(); ++one) {
      if (one->second.size() > most->second.size()) most = one;
    }
    for (auto one = devices.begin(); one != devices.end(); ++one) {
      for (const std::size_t device : one->second) {
        if (one != most && level_in_guest(device, most->second.front()) < level_on_host(device, most->second.front()))
          strangers.emplace(device, most->second.front());
      }
    }
  }

  topology::Level level_in_guest(std::size_t a, std::size_t b) const {
    return topology::level(view_.pci.location(*view_.devices[a].address),
                           view_.pci.location(*view_.devices[b].address));
  }
  topology::Level level_on_host(std::size_t a, std::size_t b) const {
    return topology::level(*locations_[a].in_tree, *locations_[b].in_tree);
  }

  void report_stranger(std::size_t stranger, std::size_t other) const {
    const PassthroughDevice& device = view_.devices[stranger];
    sink_.add(make_diagnostic(
        Code::wrong_switch, device.path(),
        fmt::format("{} shares a PCIe switch with {} in the guest ({}), but not on the host ({})", device.name(),
                    view_.devices[other].name(), topology::name(level_in_guest(stranger, other)),
                    topology::name(level_on_host(stranger, other))),
        "plug it into a port of its own switch, or remove its address and place it with switches mirrored",
        {{Option::mirror_switch}}));
  }

  const DomainView& view_;
  const topology::Host& host_;
  const HostLocations& locations_;
  const DiagnosticSink& sink_;
};

}  // namespace

void check_host(const DomainView& view, const topology::Host& host, const HostLocations& locations,
                const DiagnosticSink& sink) {
  HostRules(view, host, locations, sink).check();
}

}  // namespace vnuma::placement
