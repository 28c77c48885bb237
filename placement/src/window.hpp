// Windows: how much address space the BARs behind the guest's bridges need, as firmware lays them out.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include <vnuma/placement/plan.hpp>

#include "guest_pci.hpp"

namespace vnuma::placement {

// Where a BAR goes. A bridge has one window for what is 64-bit and prefetchable, which may be anywhere, and one below
// 4 GiB for the rest.
enum class Space { above_4g, below_4g };

// What firmware does beside laying BARs side by side.
struct Rules {
  std::uint64_t least_of_port = 0;  // bytes that each port gets, whatever is behind it
  bool rounds = false;              // a bridge's window is a multiple of its alignment
};

class Windows {
 public:
  // Of the domain's PCI tree with all that is planned in it. `ports_to_come` are the root ports that libvirt will add.
  Windows(const GuestPci& pci, unsigned ports_to_come, const schema::Domain& domain, const topology::Host& host,
          const std::vector<PlannedDevice>& devices);

  // The devices whose BARs nobody knows, so that they are not counted: mediated ones, and those that the host lacks.
  const std::vector<const PlannedDevice*>& unknown() const { return unknown_; }

  // Bytes from the first to the last BAR, where the first may be at a multiple of any BAR's size. Bottom up, each
  // bridge lays out what is below it, the largest alignment first, each BAR at a multiple of its own size; then root
  // complexes follow each other by bus number. Firmware fills gaps between them at best, so it needs no more.
  // Saturates.
  std::uint64_t size(Space space, const Rules& rules = {}) const;
  // Bytes in all BARs.
  std::uint64_t sum(Space space) const;
  // The largest alignment of any BAR; 1 if there is none.
  std::uint64_t alignment(Space space) const { return root_complexes(space, {}).alignment; }

  // Ports with an I/O BAR right behind them.
  unsigned io_ports() const;
  // For each root complex, how many ports have an I/O BAR right behind them, or may be plugged into while the guest
  // runs and are not of a model that is spared.
  std::vector<unsigned> reserving_ports(const std::vector<PciModel>& spared = {}) const;

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

  void add_controllers(const GuestPci& pci, const schema::Domain& domain);
  void add_bars(const topology::PciDevice& on_host, Node& node);
  static Extent side_by_side(std::vector<Extent> extents);
  Extent window(std::uint32_t index, Space space, const Rules& rules) const;
  Extent root_complexes(Space space, const Rules& rules) const;
  unsigned reserving_ports(std::uint32_t index, const std::vector<PciModel>& spared) const;

  std::map<std::uint32_t, Node> nodes_;  // by controller index; from 256 on, ports that libvirt will add
  std::vector<const PlannedDevice*> unknown_;
};

}  // namespace vnuma::placement
