#include "guest_order.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "../domain/guest_numbering.hpp"

namespace vnuma::placement {

namespace {

// A device, and its address on the host.
struct Listed {
  const PassthroughDevice* device = nullptr;
  PciAddress source;
};

// What hangs on a bus, by slot and function, with the device of the lowest host address in or below it.
using Branches = std::map<PciAddress, Listed>;

template <class Key>
void keep_lowest(std::map<Key, Listed>& lowest, const Key& key, const Listed& listed) {
  const auto [entry, is_first] = lowest.emplace(key, listed);
  if (!is_first && listed.source < entry->second.source) entry->second = listed;
}

Diagnostic out_of_order(std::string path, const PassthroughDevice& first, const PassthroughDevice& second,
                        std::string remedy) {
  return make_diagnostic(
      Code::guest_order, std::move(path),
      fmt::format("the guest lists {0} before {1}, but the host lists {1} first", first.name(), second.name()),
      std::move(remedy));
}

void check_branches(const std::string& path, const std::string& what, const auto& branches,
                    const DiagnosticSink& sink) {
  const Listed* last = nullptr;
  for (const auto& [key, lowest] : branches) {
    if (last && lowest.source < last->source) {
      sink.add(out_of_order(path, *last->device, *lowest.device,
                            fmt::format("give {} the order of the host's addresses", what)));
      return;
    }
    last = &lowest;
  }
}

}  // namespace

void check_order(const PciTree& pci, const std::vector<PassthroughDevice>& devices, const HostLocations& locations,
                 const DiagnosticSink& sink) {
  std::map<std::uint32_t, Branches> buses;                         // by index
  std::map<std::pair<unsigned, std::uint32_t>, Listed> expanders;  // by busNr, index
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const auto& address = devices[i].address;
    const PciController* expander = address && locations[i].source ? pci.expander_of(address->bus) : nullptr;
    if (!expander || !expander->bus_nr) continue;
    const Listed listed{&devices[i], *locations[i].source};
    keep_lowest(expanders, std::pair<unsigned, std::uint32_t>(*expander->bus_nr, expander->index), listed);
    for (PciAddress at = *address;;) {
      keep_lowest(buses[at.bus], at, listed);
      const PciController& above = *pci.find(at.bus);
      if (above.is_expander()) break;
      at = *above.address;
    }
  }
  for (const auto& [index, branches] : buses) {
    check_branches(pci.find(index)->path(), "what is on this bus", branches, sink);
  }
  check_branches("/domain/devices", "the busNr of the expander buses", expanders, sink);
}

std::optional<Diagnostic> first_out_of_order(const PciTree& pci, const std::vector<PassthroughDevice>& devices,
                                             const HostLocations& locations) {
  const GuestBuses buses = guest_buses(pci);
  std::vector<std::tuple<PciAddress, PciAddress, std::size_t>> listed;  // on the host, in the guest
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const auto& address = devices[i].address;
    if (!address || !locations[i].source) continue;
    const bool is_on_root = !pci.expander_of(address->bus);
    const auto bdf = hidden_because(pci, *address).empty() ? guest_bdf(*address, buses) : std::nullopt;
    if (is_on_root || bdf) listed.emplace_back(*locations[i].source, bdf.value_or(PciAddress{}), i);
  }
  std::sort(listed.begin(), listed.end());
  const auto* last = listed.empty() ? nullptr : &listed.front();  // in the guest, of those before on the host
  for (auto one = listed.begin(); one != listed.end();) {
    if (std::get<1>(*last) > std::get<1>(*one) && std::get<0>(*last) != std::get<0>(*one)) {
      return out_of_order("", devices[std::get<2>(*one)], devices[std::get<2>(*last)], "");
    }
    const auto next =
        std::find_if(one, listed.end(), [&](const auto& other) { return std::get<0>(other) != std::get<0>(*one); });
    if (std::get<1>(*std::prev(next)) >= std::get<1>(*last)) last = &*std::prev(next);
    one = next;
  }
  return std::nullopt;
}

}  // namespace vnuma::placement
