// BarLayout: how much address space the BARs behind the guest's bridges need, as firmware lays them out.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <vnuma/placement/plan.hpp>

#include "../domain/passthrough_devices.hpp"
#include "../domain/pci_tree.hpp"

namespace vnuma::placement {

// Where a BAR goes. A bridge has one window for 64-bit prefetchable BARs, which may be anywhere, and one below 4 GiB
// for the rest.
enum class Space { above_4g, below_4g };

// What firmware does besides laying BARs side by side.
struct LayoutRules {
  std::uint64_t least_of_port = 0;  // bytes that each port gets, whatever is behind it
  bool rounds = false;              // a bridge's window is a multiple of its alignment
};

class BarLayout {
 public:
  // `pci` holds all that is planned, and `devices` have their addresses there. `ports_to_come`: root ports that libvirt
  // will add.
  BarLayout(const PciTree& pci, unsigned ports_to_come, const schema::Domain& domain, const topology::Host& host,
            const std::vector<PassthroughDevice>& devices);

  // The names of devices that are not counted because their BARs are unknown: mediated devices, and devices that the
  // host lacks.
  const std::vector<std::string>& unknown() const { return unknown_; }

  // Bytes from the first to the last BAR, where the first may be at a multiple of any BAR's size. Bottom up, each
  // bridge lays out what is below it, the largest alignment first, each BAR at a multiple of its own size; then root
  // complexes follow each other by bus number. Firmware fills gaps between them at best, so it needs no more.
  // Saturates.
  std::uint64_t size(Space space, const LayoutRules& rules = {}) const;
  // Bytes in all BARs.
  std::uint64_t sum(Space space) const;
  // The largest alignment of any BAR; 1 if there is none.
  std::uint64_t alignment(Space space) const { return root_complexes(space, {}).alignment; }

  // Ports with an I/O BAR right behind them.
  unsigned io_ports() const;
  // For each root complex, how many ports have an I/O BAR directly behind them, or can be plugged into while the guest
  // runs. Ports of the excluded models count only for their I/O BARs.
  std::vector<unsigned> reserving_ports(const std::vector<PciModel>& excluded = {}) const;

 private:
  struct Extent {
    std::uint64_t size = 0;
    std::uint64_t alignment = 1;
  };
  struct Node {
    PciModel model = PciModel::root_port;
    std::uint32_t order = 0;  // of root complexes
    bool has_io = false;
    bool hotplug = true;
    std::map<Space, std::vector<Extent>> bars;
    std::vector<std::uint32_t> below;  // bridges
  };

  void add_controllers(const PciTree& pci, const schema::Domain& domain);
  void add_bars(const topology::PciDevice& on_host, Node& node);
  static Extent side_by_side(std::vector<Extent> extents);
  Extent window(std::uint32_t index, Space space, const LayoutRules& rules) const;
  Extent root_complexes(Space space, const LayoutRules& rules) const;
  unsigned reserving_ports(std::uint32_t index, const std::vector<PciModel>& excluded) const;

  std::map<std::uint32_t, Node> nodes_;  // by controller index; from 256 on, ports that libvirt will add
  std::vector<std::string> unknown_;
};

}  // namespace vnuma::placement
