#include <vnuma/placement/check.hpp>

#include <algorithm>
#include <set>
#include <utility>

#include "../domain/domain_view.hpp"
#include "../domain/machine.hpp"
#include "../window/firmware.hpp"
#include "../window/window.hpp"
#include "cell_rules.hpp"
#include "controller_rules.hpp"
#include "guest_order.hpp"
#include "host_rules.hpp"
#include "refused_cells.hpp"

namespace vnuma::placement {

namespace {

// Whether it is about the host's device; where the guest has that device is known all the same.
bool is_about_source(const Diagnostic& diagnostic) {
  return diagnostic.code == Code::no_source || diagnostic.path.find("/source/") != std::string::npos;
}

// `is_tree_whole`: all devices could be read. One that could not may be in a port that looks empty.
void check_domain(const DomainView& view, bool is_tree_whole, const DiagnosticSink& sink) {
  check_controllers(view, sink);
  if (is_tree_whole) {
    for (Diagnostic& diagnostic : empty_ports(view.pci)) sink.add(std::move(diagnostic));
  }
  check_cells(view, sink);
  check_refused_cells(view, sink);
  if (auto off = acpi_off(view.domain); off && !view.pci.expanders().empty()) sink.add(*std::move(off));
}

// On a host with one node, missing cells do no harm.
void check_cells_exist(const DomainView& view, const topology::Host* host, const DiagnosticSink& sink) {
  auto missing = cells_missing(view.domain);
  if (!missing || view.devices.empty()) return;
  if (host && host->nodes.size() == 1 && missing->code == Code::no_cells) return;
  sink.add(*std::move(missing));
}

std::vector<Diagnostic> all_diagnostics(const schema::Domain& domain, const topology::Host* host,
                                        const CheckOptions& options) {
  std::vector<Diagnostic> found;
  const DiagnosticSink sink(found);
  DomainView view(domain, sink);
  const bool is_tree_whole = std::all_of(found.begin(), found.end(), is_about_source);
  check_domain(view, is_tree_whole, sink);
  check_given_once(view.devices, sink);
  std::erase_if(view.devices, [](const PassthroughDevice& device) { return device.is_unassigned; });
  check_cells_exist(view, host, sink);
  const HostLocations locations = locate_on_host(view.devices, host);
  if (host) check_host(view, *host, locations, sink);
  check_order(view.pci, view.devices, locations, sink);
  // What firmware does was measured on machines with PCIe.
  if (host && domain.devices && has_pcie_root(domain)) {
    const WindowInput input{domain, *host, view.pci, view.devices, view.pci.ports_to_come()};
    for (Diagnostic& diagnostic : sink.read([&] { return check_window(input, options.firmware); })) {
      sink.add(std::move(diagnostic));
    }
  }
  return found;
}

// Each path once for each code: an invalid value is found by several rules. What libvirt refuses in cells, pins and
// memnodes is not compared with the host as well.
std::vector<Diagnostic> without_repeats(std::vector<Diagnostic> all) {
  std::set<std::string> refused;
  for (const Diagnostic& one : all) {
    if (one.code == Code::contradictory_cells || one.code == Code::invalid_value) refused.insert(one.path);
  }
  std::erase_if(all, [&](const Diagnostic& one) {
    return (one.code == Code::host_mismatch || one.code == Code::ignored_memnode) && refused.contains(one.path);
  });
  std::set<std::pair<Code, std::string>> seen;
  std::erase_if(all, [&](const Diagnostic& one) { return !seen.emplace(one.code, one.path).second; });
  return all;
}

}  // namespace

std::vector<Diagnostic> check(const schema::Domain& domain) {
  return without_repeats(all_diagnostics(domain, nullptr, {}));
}

std::vector<Diagnostic> check(const schema::Domain& domain, const topology::Host& host, const CheckOptions& options) {
  if (options.firmware) firmware_of(domain, options.firmware);  // throws if the domain cannot have it
  return without_repeats(all_diagnostics(domain, &host, options));
}

}  // namespace vnuma::placement
