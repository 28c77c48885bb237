#include <vnuma/topology/capabilities.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <vnuma/schema/size.hpp>

namespace vnuma::topology {

namespace {

// A number that must be there.
std::uint32_t needed(const schema::UInt32& number, const std::string& path, std::string_view name) {
  if (!number) throw schema::Error(path, fmt::format("there is no {}; give the output of `virsh capabilities`", name));
  return *number;
}

Node read_cell(const schema::CapsCell& cell, const std::string& path) {
  Node node;
  node.id = needed(cell.id, path, "id");
  if (cell.memory && cell.memory->value) node.memory_bytes = schema::bytes(*cell.memory, path + "/memory");
  std::size_t position = 0;
  if (cell.cpus) {
    for (const schema::CapsCpu& cpu : cell.cpus->cpus) {
      const std::uint32_t id = needed(cpu.id, fmt::format("{}/cpus/cpu[{}]", path, ++position), "id");
      node.cpus.insert({id, id});
    }
  }
  position = 0;
  if (cell.distances) {
    for (const schema::NUMACellSibling& sibling : cell.distances->siblings) {
      const std::string at = fmt::format("{}/distances/sibling[{}]", path, ++position);
      const std::uint32_t id = needed(sibling.id, at, "id");
      node.distances.emplace_back(id, needed(sibling.value, at, "value"));
    }
  }
  return node;
}

}  // namespace

std::vector<Node> nodes_of(const schema::Capabilities& capabilities) {
  const std::string base = "/capabilities/host/topology/cells";
  if (!capabilities.host || !capabilities.host->topology || !capabilities.host->topology->cells ||
      capabilities.host->topology->cells->cells.empty()) {
    throw schema::Error(base, "the capabilities list no NUMA cells; give the output of `virsh capabilities`");
  }
  std::vector<Node> nodes;
  for (const schema::CapsCell& cell : capabilities.host->topology->cells->cells) {
    const std::string path = fmt::format("{}/cell[{}]", base, nodes.size() + 1);
    Node node = read_cell(cell, path);
    for (const Node& other : nodes) {
      if (other.id == node.id) {
        throw schema::Error(path + "/@id", fmt::format("two cells have the id {}; give each its own", node.id));
      }
      if (other.cpus.intersects(node.cpus)) {
        throw schema::Error(path + "/cpus", fmt::format("the CPUs {} are in cell {} too; a CPU belongs to one cell",
                                                        other.cpus.intersection(node.cpus).format(), other.id));
      }
    }
    nodes.push_back(std::move(node));
  }
  std::sort(nodes.begin(), nodes.end(), [](const Node& a, const Node& b) { return a.id < b.id; });
  return nodes;
}

}  // namespace vnuma::topology
