// What new cells change in a domain.
#pragma once

#include <vector>

#include <vnuma/placement/plan.hpp>

namespace vnuma::placement {

// The changes, made in copies: the new cells, the memory of the cells that it is taken from, distances, and the huge
// pages. Throws PlanError if the domain is not the one that was planned.
class ChangedCells {
 public:
  ChangedCells(const std::vector<PlannedCell>& cells, const schema::Domain& domain);
  void move_into(schema::Domain& domain) noexcept;

 private:
  schema::Box<schema::NUMA> numa_;             // empty if there are no new cells
  schema::Box<schema::HugePages> huge_pages_;  // empty if none change
};

}  // namespace vnuma::placement
