#include "branches.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <utility>

namespace vnuma::placement {

namespace {

using Path = std::vector<PciAddress>;  // topology::Location::switches

bool is_below(const Path& path, const Path& above) {
  return path.size() > above.size() && std::equal(above.begin(), above.end(), path.begin());
}

void sort(std::vector<Branch>& ports) {
  std::stable_sort(ports.begin(), ports.end(), [](const Branch& a, const Branch& b) { return a.first() < b.first(); });
}

using Switches = std::map<Path, std::vector<Group>>;

// The switch at `begin`, with those nested in it, which follow it up to `end`.
Branch nested(Switches::iterator begin, Switches::iterator end) {
  Branch branch = Branch{{}, plain_ports(std::move(begin->second))};
  for (auto inner = std::next(begin); inner != end;) {
    const auto next =
        std::find_if(std::next(inner), end, [&](const auto& other) { return !is_below(other.first, inner->first); });
    branch.ports.push_back(nested(inner, next));
    inner = next;
  }
  sort(branch.ports);
  return branch;
}

// Groups that share a root port of the host. The first host switch in the order of paths becomes the outermost even if
// it is not above all others: nesting the others in it brings them no nearer to it or to each other.
Branch below_one_port(std::vector<Group> groups) {
  if (groups.size() == 1) return {std::move(groups.front()), {}};
  Switches switches;
  for (Group& group : groups) switches[group.location.switches].push_back(std::move(group));
  return nested(switches.begin(), switches.end());
}

}  // namespace

unsigned Branch::buses() const { return is_switch() ? 2 + placement::buses(ports) : 1; }

unsigned buses(const std::vector<Branch>& branches) {
  return std::accumulate(branches.begin(), branches.end(), 0U,
                         [](unsigned sum, const Branch& branch) { return sum + branch.buses(); });
}

std::vector<Branch> plain_ports(std::vector<Group> groups) {
  std::vector<Branch> ports;
  ports.reserve(groups.size());
  for (Group& group : groups) ports.push_back({std::move(group), {}});
  return ports;
}

std::vector<Branch> mirrored_switches(std::vector<Group> groups) {
  std::map<PciAddress, std::vector<Group>> ports;  // by the host's root port
  for (Group& group : groups) ports[group.location.switches.front()].push_back(std::move(group));
  std::vector<Branch> branches;
  branches.reserve(ports.size());
  for (auto& [port, below] : ports) branches.push_back(below_one_port(std::move(below)));
  sort(branches);
  return branches;
}

std::vector<Branch> nested_switches(const std::vector<Group>& groups) {
  Switches switches;
  for (const Group& group : groups) switches[group.location.switches].push_back(group);
  std::vector<Branch> branches;
  for (auto& [path, own] : switches) branches.push_back({{}, plain_ports(std::move(own))});
  sort(branches);
  return branches;
}

}  // namespace vnuma::placement
