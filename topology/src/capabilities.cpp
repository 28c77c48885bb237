#include <vnuma/topology/capabilities.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace vnuma::topology {

namespace {

std::uint64_t unit_bytes(const std::optional<std::string>& unit, const std::string& path) {
  const std::string& name = unit ? *unit : "KiB";
  if (name == "b" || name == "bytes") return 1;
  if (name == "KiB" || name == "k") return std::uint64_t{1} << 10;
  if (name == "MiB" || name == "M") return std::uint64_t{1} << 20;
  if (name == "GiB" || name == "G") return std::uint64_t{1} << 30;
  throw schema::Error(path, fmt::format("the unit \"{}\" is not known; expected bytes, KiB, MiB or GiB", name));
}

}  // namespace

std::vector<Node> nodes_of(const schema::Capabilities& capabilities) {
  const std::string base = "/capabilities/host/topology/cells";
  if (!capabilities.host || !capabilities.host->topology || !capabilities.host->topology->cells ||
      capabilities.host->topology->cells->cells.empty()) {
    throw schema::Error(base, "the capabilities list no NUMA cells; give the output of `virsh capabilities`");
  }
  std::vector<Node> nodes;
  std::size_t position = 0;
  for (const schema::CapsCell& cell : capabilities.host->topology->cells->cells) {
    const std::string path = fmt::format("{}/cell[{}]", base, ++position);
    if (!cell.id) throw schema::Error(path, "the cell has no id");
    Node node;
    node.id = *cell.id;
    if (cell.memory && cell.memory->value) {
      node.memory_bytes = *cell.memory->value * unit_bytes(cell.memory->unit, path + "/memory");
    }
    if (cell.cpus) {
      for (const schema::CapsCpu& cpu : cell.cpus->cpus) {
        if (!cpu.id) throw schema::Error(path, "a CPU of the cell has no id");
        node.cpus.insert({*cpu.id, *cpu.id});
      }
    }
    if (cell.distances) {
      for (const schema::NUMACellSibling& sibling : cell.distances->siblings) {
        node.distances.emplace_back(*sibling.id, *sibling.value);
      }
    }
    for (const Node& other : nodes) {
      if (other.id == node.id) throw schema::Error(path, fmt::format("two cells have the id {}", node.id));
      if (other.cpus.intersects(node.cpus)) {
        throw schema::Error(path, fmt::format("the cells {} and {} share CPUs", other.id, node.id));
      }
    }
    nodes.push_back(std::move(node));
  }
  std::sort(nodes.begin(), nodes.end(), [](const Node& a, const Node& b) { return a.id < b.id; });
  return nodes;
}

}  // namespace vnuma::topology
