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

[[noreturn]] void refuse_cell(const GuestCell& cell, std::string message, std::string remedy) {
  throw PlanError(make_diagnostic(Code::cells_not_derived, cell.path(), std::move(message), std::move(remedy)));
}

// The node that the memnode of a cell names.
std::optional<NodeId> memnode_of(const GuestCell& cell, const Declared& declared, const Host& host) {
  const auto memnode = declared.memnodes.find(cell.id);
  if (memnode == declared.memnodes.end()) return std::nullopt;
  const NodeId id = memnode->second.empty() ? 0 : memnode->second.ranges().front().first;
  const topology::Node* node = host.node(id);
  if (memnode->second.size() == 1 && node && !node->cpus.empty()) return id;
  refuse_cell(cell,
              fmt::format("the memnode of guest cell {} names {}, which is not one host node with CPUs", cell.id,
                          memnode->second.format()),
              "name one node, or pin the vCPUs of the cell");
}

// The node that a memnode or pins name for a cell.
std::optional<ChosenNode> declared_node(const GuestCell& cell, const Declared& declared, const Host& host) {
  const std::optional<NodeId> memnode = memnode_of(cell, declared, host);
  const std::vector<NodeId> pinned = declared.nodes_of(*cell.cell->cpus, host);
  if (pinned.size() > 1) {
    refuse_cell(cell,
                fmt::format("the vCPUs of guest cell {} are pinned to CPUs of the host nodes {}", cell.id,
                            fmt::join(pinned, " and ")),
                "pin them to CPUs of one node");
  }
  if (memnode && !pinned.empty() && pinned.front() != *memnode) {
    refuse_cell(cell,
                fmt::format("the memnode of guest cell {} names host node {}, but its vCPUs are pinned to CPUs of {}",
                            cell.id, *memnode, pinned.front()),
                "name the same node in both");
  }
  if (memnode) return ChosenNode{*memnode, "the memnode of the cell names this node"};
  if (pinned.empty()) return std::nullopt;
  return ChosenNode{pinned.front(), "its vCPUs are pinned to CPUs of this node"};
}

// As many nodes as there are cells without one: the wanted nodes, and then, unless nodes were named, others with CPUs.
std::vector<ChosenNode> nodes_for_rest(std::vector<ChosenNode> wanted, std::size_t count, const std::set<NodeId>& used,
                                       const Host& host, const Options& options) {
  std::erase_if(wanted, [&](const ChosenNode& one) { return used.contains(one.node); });
  for (const topology::Node& node : host.nodes) {
    const bool is_wanted =
        std::any_of(wanted.begin(), wanted.end(), [&](const ChosenNode& one) { return one.node == node.id; });
    if (wanted.size() >= count || !options.nodes.empty()) break;
    if (is_wanted || used.contains(node.id) || node.cpus.empty()) continue;
    wanted.push_back({node.id, "it is the next host node with CPUs"});
  }
  if (wanted.size() < count) {
    throw PlanError(make_diagnostic(
        Code::cells_not_derived, "/domain/cpu/numa",
        fmt::format("{} without pins and memnodes {} a host node{}, and {} {}{}", counted(count, "guest cell"),
                    count == 1 ? "needs" : "need", count == 1 ? "" : " each", wanted.size(),
                    wanted.size() == 1 ? "is" : "are", options.nodes.empty() ? " free" : " named and free"),
        "name the node of each cell in a memnode"));
  }
  wanted.resize(count);
  std::sort(wanted.begin(), wanted.end(), [](const ChosenNode& a, const ChosenNode& b) { return a.node < b.node; });
  return wanted;
}

// Every vCPU must be in a cell, and every vCPU of a cell must exist.
void check_vcpus(const std::vector<GuestCell>& cells, const Declared& declared) {
  CpuSet in_cells;
  for (const GuestCell& cell : cells) {
    if (cell.has_vcpus()) in_cells.insert(*cell.cell->cpus);
  }
  CpuSet missing;
  if (declared.vcpus > 0) missing.insert({0, declared.vcpus - 1});
  CpuSet unknown = in_cells;
  if (declared.vcpus > 0) unknown.erase({0, declared.vcpus - 1});
  for (const CpuSet::Range& range : in_cells.ranges()) missing.erase(range);
  const auto refuse = [&](const CpuSet& vcpus, const char* what, const char* remedy) {
    if (vcpus.empty()) return;
    throw PlanError(make_diagnostic(
        Code::cells_not_derived, "/domain/cpu/numa",
        fmt::format("the domain has {}, {} {}", counted(declared.vcpus, "vCPU"), what, vcpus.format()), remedy));
  };
  refuse(unknown, "but its guest cells also list", "correct the lists of the cells, or <vcpu>");
  refuse(missing, "but no guest cell lists", "list each vCPU in a cell");
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
  const std::vector<GuestCell> existing = guest_cells(domain);
  check_vcpus(existing, declared);
  if (!options.nodes.empty()) named_nodes(host, options.nodes);  // throws if there is no such node
  std::vector<LayoutCell> cells;
  std::vector<std::size_t> rest;  // in `cells`: those whose node nothing says
  std::set<NodeId> used;
  for (const GuestCell& cell : existing) {
    const bool adds_memnode = !declared.memnodes.contains(cell.id);
    if (!cell.has_vcpus() || (!adds_memnode && declared.unpinned(*cell.cell->cpus).empty())) {
      if (const auto memnode = declared.memnodes.find(cell.id); memnode != declared.memnodes.end()) {
        for (const topology::Node& node : host.nodes) {
          if (memnode->second.contains(node.id)) used.insert(node.id);
        }
      }
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
    // The memnode of a second cell for one node would say nothing (topology::guest_map).
    if (node && !used.insert(node->node).second) cells.back().adds_memnode = false;
  }
  if (!rest.empty()) {
    const auto nodes = nodes_for_rest(wanted_nodes(domain, host, options), rest.size(), used, host, options);
    for (std::size_t i = 0; i < rest.size(); ++i) {
      cells[rest[i]].host_node = nodes[i].node;
      cells[rest[i]].why = nodes[i].why;
    }
  }
  std::erase_if(cells,
                [&](const LayoutCell& cell) { return !cell.adds_memnode && declared.unpinned(cell.vcpus).empty(); });
  return cells;
}

}  // namespace vnuma::placement
