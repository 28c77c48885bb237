#include "layout_nodes.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vnuma/schema/size.hpp>

#include "../assign/host_locations.hpp"
#include "../assign/new_cells.hpp"
#include "../counted.hpp"
#include "../domain/guest_cells.hpp"
#include "../domain/passthrough_devices.hpp"

namespace vnuma::placement {

namespace {

using topology::CpuSet;
using topology::Host;

std::vector<ChosenNode> named_nodes(const Host& host, const CpuSet& ids) {
  std::vector<ChosenNode> nodes;
  for (const CpuSet::Range& range : ids.ranges()) {
    for (std::uint64_t id = range.first; id <= range.last; ++id) {
      const topology::Node* node = host.node(static_cast<NodeId>(id));
      if (!node || node->cpus.empty()) {
        throw PlanError(make_diagnostic(
            Code::unknown_host_node, "",
            node ? fmt::format("host node {} has no CPUs", id) : fmt::format("the host has no node {}", id),
            "name nodes that have CPUs"));
      }
      nodes.push_back({node->id, "this node was named"});
    }
  }
  return nodes;
}

// The node itself, or the nearest one with CPUs; nullptr if there is none.
const topology::Node* nearest_with_cpus(const Host& host, NodeId id) {
  const topology::Node* nearest = nullptr;
  unsigned least = 0;
  for (const topology::Node& node : host.nodes) {
    if (node.cpus.empty()) continue;
    if (node.id == id) return &node;
    const unsigned distance = host_distance(host, id, node.id).value_or(most_distance);
    if (!nearest || distance < least) {
      nearest = &node;
      least = distance;
    }
  }
  return nearest;
}

std::vector<ChosenNode> nodes_of_devices(const schema::Domain& domain, const Host& host, const Options& options) {
  std::map<NodeId, std::string> chosen;
  const std::vector<PassthroughDevice> passed = read_passthrough_devices(domain);
  const HostLocations locations = locate_on_host(passed, &host, options.numa_nodes);
  for (std::size_t i = 0; i < passed.size(); ++i) {
    if (!locations[i].node) continue;
    const topology::Node* node = nearest_with_cpus(host, *locations[i].node);
    if (!node) continue;
    chosen.emplace(node->id, node->id == *locations[i].node
                                 ? passed[i].name() + " is on this node"
                                 : fmt::format("{} is on host node {}, to which this is the nearest node with CPUs",
                                               passed[i].name(), *locations[i].node));
  }
  std::vector<ChosenNode> nodes;
  for (auto& [node, why] : chosen) nodes.push_back({node, std::move(why)});
  return nodes;
}

std::vector<ChosenNode> wanted_nodes(const schema::Domain& domain, const Host& host, const Options& options) {
  if (!options.nodes.empty()) return named_nodes(host, options.nodes);
  if (options.cpus.empty()) return nodes_of_devices(domain, host, options);
  std::vector<ChosenNode> nodes;
  for (const topology::Node& node : host.nodes) {
    if (node.cpus.intersects(options.cpus)) nodes.push_back({node.id, "CPUs of this node were named"});
  }
  return nodes;
}

// The node that a memnode or pins name for a cell. A cell of several nodes has none.
std::optional<ChosenNode> declared_node(const GuestCell& cell, const Declared& declared, const Host& host) {
  const auto memnode = declared.memnodes.find(cell.id);
  if (memnode != declared.memnodes.end()) {
    const NodeId id = memnode->second.empty() ? 0 : memnode->second.ranges().front().first;
    const topology::Node* node = host.node(id);
    if (memnode->second.size() == 1 && node && !node->cpus.empty())
      return ChosenNode{id, "the memnode of the cell names this node"};
    throw PlanError(
        make_diagnostic(Code::cells_not_derived, cell.path(),
                        fmt::format("the memnode of guest cell {} names {}, which is not one host node with CPUs",
                                    cell.id, memnode->second.format()),
                        "name one node, or pin the vCPUs of the cell"));
  }
  const std::vector<NodeId> nodes = declared.nodes_of(*cell.cell->cpus, host);
  if (nodes.size() == 1) return ChosenNode{nodes.front(), "its vCPUs are pinned to CPUs of this node"};
  if (nodes.empty()) return std::nullopt;
  throw PlanError(make_diagnostic(Code::cells_not_derived, cell.path(),
                                  fmt::format("the vCPUs of guest cell {} are pinned to CPUs of the host nodes {}",
                                              cell.id, fmt::join(nodes, " and ")),
                                  "pin them to CPUs of one node"));
}

// As many nodes as there are cells without one: the wanted nodes, and then others that have CPUs.
std::vector<ChosenNode> nodes_for_rest(std::vector<ChosenNode> wanted, std::size_t count, const std::set<NodeId>& used,
                                       const Host& host) {
  std::erase_if(wanted, [&](const ChosenNode& one) { return used.contains(one.node); });
  for (const topology::Node& node : host.nodes) {
    const bool is_wanted =
        std::any_of(wanted.begin(), wanted.end(), [&](const ChosenNode& one) { return one.node == node.id; });
    if (wanted.size() >= count) break;
    if (is_wanted || used.contains(node.id) || node.cpus.empty()) continue;
    wanted.push_back({node.id, "it is the next host node with CPUs"});
  }
  if (wanted.size() < count) {
    throw PlanError(make_diagnostic(
        Code::cells_not_derived, "/domain/cpu/numa",
        fmt::format("{} without pins and memnodes need a host node each, and {} free", counted(count, "guest cell"),
                    wanted.size() == 1 ? "1 is" : fmt::format("{} are", wanted.size())),
        "name the node of each cell in a memnode"));
  }
  wanted.resize(count);
  std::sort(wanted.begin(), wanted.end(), [](const ChosenNode& a, const ChosenNode& b) { return a.node < b.node; });
  return wanted;
}

}  // namespace

std::vector<ChosenNode> choose_nodes(const schema::Domain& domain, const Host& host, const Options& options) {
  std::vector<ChosenNode> nodes = wanted_nodes(domain, host, options);
  if (!nodes.empty()) return nodes;
  throw PlanError(make_diagnostic(Code::cells_not_derived, "/domain/devices",
                                  "the host node of no passthrough device is known, so it is unknown which host nodes "
                                  "the guest cells are for",
                                  "", {{Option::nodes}, {Option::cpus}}));
}

std::vector<LayoutCell> cells_to_complete(const schema::Domain& domain, const Host& host, const Declared& declared,
                                          const Options& options) {
  std::vector<LayoutCell> cells;
  std::vector<std::size_t> rest;  // in `cells`: those whose node nothing says
  std::set<NodeId> used;
  for (const GuestCell& cell : guest_cells(domain)) {
    if (!cell.has_vcpus()) continue;
    const bool adds_memnode = !declared.memnodes.contains(cell.id);
    if (!adds_memnode && declared.unpinned(*cell.cell->cpus).empty()) {
      for (const NodeId node : declared.nodes_of(*cell.cell->cpus, host)) used.insert(node);
      continue;
    }
    auto node = declared_node(cell, declared, host);
    if (!node) rest.push_back(cells.size());
    cells.push_back({.id = cell.id,
                     .host_node = node ? node->node : 0,
                     .is_new = false,
                     .adds_memnode = adds_memnode,
                     .vcpus = *cell.cell->cpus,
                     .memory = schema::bytes(*cell.cell, cell.path()),
                     .why = node ? std::move(node->why) : ""});
    if (node) used.insert(node->node);
  }
  if (rest.empty()) return cells;
  const auto nodes = nodes_for_rest(wanted_nodes(domain, host, options), rest.size(), used, host);
  for (std::size_t i = 0; i < rest.size(); ++i) {
    cells[rest[i]].host_node = nodes[i].node;
    cells[rest[i]].why = nodes[i].why;
  }
  return cells;
}

}  // namespace vnuma::placement
