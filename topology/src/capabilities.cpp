#include <vnuma/topology/capabilities.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <vnuma/schema/size.hpp>

#include "cores.hpp"

namespace vnuma::topology {

namespace {

const char* const base = "/capabilities/host/topology/cells";

const std::vector<schema::CapsCell>& cells_of(const schema::Capabilities& capabilities) {
  if (capabilities.host && capabilities.host->topology && capabilities.host->topology->cells &&
      !capabilities.host->topology->cells->cells.empty()) {
    return capabilities.host->topology->cells->cells;
  }
  throw schema::Error(base, "the capabilities list no NUMA cells", "give the output of `virsh capabilities`");
}

std::uint32_t required(const schema::UInt32& number, const std::string& path, std::string_view name) {
  if (!number)
    throw schema::Error(path, fmt::format("the {} is missing", name), "give the output of `virsh capabilities`");
  return *number;
}

Node read_cell(const schema::CapsCell& cell, const std::string& path) {
  Node node;
  node.id = required(cell.id, path, "id");
  if (cell.memory && cell.memory->value) node.memory_bytes = schema::bytes(*cell.memory, path + "/memory");
  std::size_t position = 0;
  if (cell.cpus) {
    for (const schema::CapsCpu& cpu : cell.cpus->cpus) {
      const std::uint32_t id = required(cpu.id, fmt::format("{}/cpus/cpu[{}]", path, ++position), "id");
      node.cpus.insert({id, id});
    }
  }
  position = 0;
  if (cell.distances) {
    for (const schema::NUMACellSibling& sibling : cell.distances->siblings) {
      const std::string at = fmt::format("{}/distances/sibling[{}]", path, ++position);
      const std::uint32_t id = required(sibling.id, at, "id");
      node.distances.emplace_back(id, required(sibling.value, at, "value"));
    }
  }
  return node;
}

}  // namespace

std::vector<Node> nodes_of(const schema::Capabilities& capabilities) {
  std::vector<Node> nodes;
  for (const schema::CapsCell& cell : cells_of(capabilities)) {
    const std::string path = fmt::format("{}/cell[{}]", base, nodes.size() + 1);
    Node node = read_cell(cell, path);
    for (const Node& other : nodes) {
      if (other.id == node.id) {
        throw schema::Error(path + "/@id", fmt::format("two cells have the id {}", node.id),
                            "give each cell its own id");
      }
      if (other.cpus.intersects(node.cpus)) {
        throw schema::Error(
            path + "/cpus",
            fmt::format("CPUs {} are also in cell {}", other.cpus.intersection(node.cpus).format(), other.id),
            "a CPU belongs to one cell");
      }
    }
    nodes.push_back(std::move(node));
  }
  std::sort(nodes.begin(), nodes.end(), [](const Node& a, const Node& b) { return a.id < b.id; });
  return nodes;
}

std::vector<Cpu> cpus_of(const schema::Capabilities& capabilities) {
  std::vector<Cpu> cpus;
  std::size_t cells = 0;
  for (const schema::CapsCell& cell : cells_of(capabilities)) {
    const std::string path = fmt::format("{}/cell[{}]/cpus", base, ++cells);
    std::size_t position = 0;
    if (!cell.cpus) continue;
    for (const schema::CapsCpu& cpu : cell.cpus->cpus) {
      const std::string at = fmt::format("{}/cpu[{}]", path, ++position);
      if (!cpu.siblings) continue;
      cpus.push_back({required(cpu.id, at, "id"), required(cpu.socket_id, at, "socket_id"), *cpu.siblings});
    }
  }
  std::sort(cpus.begin(), cpus.end(), [](const Cpu& a, const Cpu& b) { return a.id < b.id; });
  const auto twice =
      std::adjacent_find(cpus.begin(), cpus.end(), [](const Cpu& a, const Cpu& b) { return a.id == b.id; });
  if (twice != cpus.end())
    throw schema::Error(base, fmt::format("CPU {} is listed twice", twice->id), "list each CPU once");
  if (const auto wrong = wrong_siblings(cpus)) throw schema::Error(base, *wrong);
  return cpus;
}

}  // namespace vnuma::topology
