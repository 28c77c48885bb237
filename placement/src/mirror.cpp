#include "mirror.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <utility>

#include "passthrough.hpp"

namespace vnuma::placement {

namespace {

using Path = std::vector<PciAddress>;  // topology::Place::switches

bool is_below(const Path& path, const Path& above) {
  return path.size() > above.size() && std::equal(above.begin(), above.end(), path.begin());
}

// The part that the paths of all have in common.
Path common(const std::map<Path, std::vector<Group>>& switches) {
  const Path& first = switches.begin()->first;
  const Path& last = switches.rbegin()->first;
  return {first.begin(), std::mismatch(first.begin(), first.end(), last.begin(), last.end()).first};
}

void sort(std::vector<Branch>& ports) {
  std::stable_sort(ports.begin(), ports.end(), [](const Branch& a, const Branch& b) { return a.first() < b.first(); });
}

using Switches = std::map<Path, std::vector<Group>>;

// The switch at `begin`, with those that are nested in it, which follow it up to `end`.
Branch nested(Switches::iterator begin, Switches::iterator end) {
  Branch branch = switch_of(std::move(begin->second));
  for (auto inner = std::next(begin); inner != end;) {
    const auto next =
        std::find_if(std::next(inner), end, [&](const auto& other) { return !is_below(other.first, inner->first); });
    branch.ports.push_back(nested(inner, next));
    inner = next;
  }
  sort(branch.ports);
  return branch;
}

// Groups that share a root port of the host.
Branch below_one_port(std::vector<Group> groups) {
  if (groups.size() == 1) return {std::move(groups.front()), {}};
  Switches switches;
  for (Group& group : groups) switches[group.place.switches].push_back(std::move(group));
  switches[common(switches)];  // the one that all are below, if nothing is on it directly
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

Branch switch_of(std::vector<Group> groups) { return {{}, plain_ports(std::move(groups))}; }

std::vector<Branch> mirrored_switches(std::vector<Group> groups) {
  std::map<PciAddress, std::vector<Group>> ports;  // by the host's root port
  for (Group& group : groups) ports[group.place.switches.front()].push_back(std::move(group));
  std::vector<Branch> branches;
  branches.reserve(ports.size());
  for (auto& [port, below] : ports) branches.push_back(below_one_port(std::move(below)));
  sort(branches);
  return branches;
}

std::vector<Branch> nested_switches(const std::vector<Group>& groups) {
  Switches switches;
  for (const Group& group : groups) switches[group.place.switches].push_back(group);
  std::vector<Branch> branches;
  for (auto& [path, own] : switches) branches.push_back(switch_of(std::move(own)));
  sort(branches);
  return branches;
}

Mirrored::Mirrored(const Plan& plan, const GuestPci& pci) {
  for (const PlannedDevice& device : plan.devices) {
    if (device.address) add(host_place(device), pci.chain(device.address->bus));
  }
}

void Mirrored::add(const topology::Place& place, const std::vector<const PciController*>& chain) {
  const auto note = [](auto& map, std::uint32_t index, const auto& what) {
    const auto [entry, fresh] = map.emplace(index, what);
    if (!fresh && entry->second != what) entry->second.reset();
  };
  const Port port(place.root_complex, place.switches.front());
  ports_.push_back(port);
  if (chain.empty() || !chain.front()->is_expander()) return;
  note(expanders_, chain.front()->index, place.root_complex);
  const auto is_upstream = [](const PciController* controller) { return controller->is_upstream(); };
  const auto top = std::find_if(chain.begin(), chain.end(), is_upstream);
  if (top == chain.end()) return;
  note(tops_, (*top)->index, port);
  note(switches_, (*std::find_if(chain.rbegin(), chain.rend(), is_upstream))->index,
       Switch(port.first, place.switches));
}

bool Mirrored::is_of(std::uint32_t expander, const std::string& root_complex) const {
  const auto found = expanders_.find(expander);
  return found == expanders_.end() || found->second == root_complex;
}

namespace {

std::optional<std::uint32_t> index_of(const auto& map, const auto& what) {
  const auto found = std::find_if(map.begin(), map.end(), [&](const auto& entry) { return entry.second == what; });
  return found == map.end() ? std::nullopt : std::optional(found->first);
}

}  // namespace

std::optional<std::uint32_t> Mirrored::switch_of(const topology::Place& place) const {
  return index_of(switches_, Switch(place.root_complex, place.switches));
}

std::optional<std::uint32_t> Mirrored::top_of(const topology::Place& place) const {
  return index_of(tops_, Port(place.root_complex, place.switches.front()));
}

bool Mirrored::knows_port_of(const topology::Place& place) const {
  return std::find(ports_.begin(), ports_.end(), Port(place.root_complex, place.switches.front())) != ports_.end();
}

}  // namespace vnuma::placement
