// Which host node each cell of a layout is for.
#pragma once

#include <string>
#include <vector>

#include <vnuma/placement/layout.hpp>
#include <vnuma/placement/plan.hpp>

#include "declared.hpp"

namespace vnuma::placement {

// A host node for a cell, and why.
struct ChosenNode {
  NodeId node = 0;
  std::string why{};
};

// The host nodes for new cells, ascending: Options::nodes, else those of Options::cpus, else those of the passthrough
// devices, or the nearest with CPUs. Throws PlanError if there are none.
std::vector<ChosenNode> choose_nodes(const schema::Domain& domain, const topology::Host& host, const Options& options);

// The cells of the domain that have vCPUs and lack a memnode or pins. A cell is for the host node of its memnode, else
// for the node that its vCPUs are pinned to, else for the next of choose_nodes and then of the other nodes. Throws
// PlanError if there are more cells than nodes with CPUs.
std::vector<LayoutCell> cells_to_complete(const schema::Domain& domain, const topology::Host& host,
                                          const Declared& declared, const Options& options);

}  // namespace vnuma::placement
