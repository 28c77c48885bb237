// Host nodes without a guest cell: which cell their devices go to, and the cells that are made for them.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <vnuma/placement/plan.hpp>
#include <vnuma/topology/guest_map.hpp>

#include "guest_pci.hpp"

namespace vnuma::placement {

// Extends the guest map by what Options::unaligned has for host nodes that it does not know.
class Alignment {
 public:
  // All must outlive it. `map` will hold what guest_map gives.
  Alignment(const schema::Domain& domain, const topology::Host& host, const Options& options, const GuestPci& pci,
            Plan& plan, topology::GuestMap& map);

  // Adds to the map, and to the plan new cells and warnings. The plan's devices have their host nodes, and those that
  // are not placed a reason. Throws, where a new cell is needed, ValueError for sizes that are none, and PlanError for
  // an expander bus that is on a cell of its number already.
  void extend();

  // Why the host node of a device is in no cell.
  std::string reason(NodeId node) const;

  // Drops the new cells that no device is placed on, now that it is known which are: `to_place` in Plan::devices.
  void drop_unused(const std::vector<std::size_t>& to_place);

 private:
  std::set<std::uint32_t> free_cells() const;  // without CPUs, that stand for no node
  void add_device_cells();
  void reuse_cells(std::set<NodeId>& nodes);
  void add_nearest(const std::map<NodeId, std::uint32_t>& known);
  void add_new_cells(const std::set<NodeId>& nodes);
  void check_expanders() const;
  bool has_cell(NodeId node) const { return map_.cells.contains(node); }
  void map(NodeId node, std::uint32_t cell, std::string why);

  const schema::Domain& domain_;
  const topology::Host& host_;
  const Options& options_;
  const GuestPci& pci_;
  Plan& plan_;
  topology::GuestMap& map_;
  std::map<NodeId, std::string> reasons_;
};

// What new cells change in a domain, made on the side: their own elements, the memory of the cells that it is taken
// from, distances, and the huge pages.
class ChangedCells {
 public:
  // Throws PlanError if the domain is not the one that was planned.
  ChangedCells(const std::vector<PlannedCell>& cells, const schema::Domain& domain);
  void move_into(schema::Domain& domain) noexcept;

 private:
  schema::Box<schema::NUMA> numa_;             // empty if there are no new cells
  schema::Box<schema::HugePages> huge_pages_;  // empty if none change
};

}  // namespace vnuma::placement
