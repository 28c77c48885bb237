#include <iterator>
#include <map>
#include <utility>

#include <vnuma/placement/report.hpp>

namespace vnuma::placement {

std::vector<Difference> differences(const Plan& plan) {
  std::vector<std::size_t> known;
  for (std::size_t i = 0; i < plan.devices.size(); ++i) {
    const auto& host = plan.devices[i].host_location;
    if (host && !host->root_complex.empty() && plan.devices[i].guest_location) known.push_back(i);
  }
  std::map<std::pair<topology::Level, topology::Level>, Difference> found;
  for (auto a = known.begin(); a != known.end(); ++a) {
    for (auto b = std::next(a); b != known.end(); ++b) {
      const PlannedDevice& first = plan.devices[*a];
      const PlannedDevice& second = plan.devices[*b];
      const auto host = topology::level(*first.host_location, *second.host_location);
      const auto guest = topology::level(*first.guest_location, *second.guest_location);
      if (host == guest) continue;
      ++found.emplace(std::pair(host, guest), Difference{host, guest, 0, *a, *b}).first->second.pairs;
    }
  }
  std::vector<Difference> all;
  all.reserve(found.size());
  for (const auto& [levels, difference] : found) all.push_back(difference);
  return all;
}

}  // namespace vnuma::placement
