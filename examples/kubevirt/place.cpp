#include "place.hpp"

#include <fmt/format.h>

#include <vnuma/placement/report.hpp>
#include <vnuma/placement/restore.hpp>
#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/sysfs.hpp>

#include "../vnuma/errors.hpp"

namespace placement = vnuma::placement;
namespace schema = vnuma::schema;
namespace topology = vnuma::topology;

namespace {

// The spelling of options as annotations of a VMI. There is none for readdress, nor for CPUs and nodes, which KubeVirt
// chooses.
std::string annotation_spelling(const placement::OptionHint& hint) {
  using placement::Option;
  switch (hint.option) {
    case Option::numa_nodes: return fmt::format("the annotation vnuma.io/numa-node: {}=NODE", hint.device);
    case Option::unaligned: return "the annotation vnuma.io/unaligned";
    case Option::mmio_automatic: return "the annotation vnuma.io/mmio: auto";
    case Option::mirror_switch: return "the annotation vnuma.io/mirror: switch";
    case Option::firmware: return "the annotation vnuma.io/firmware if the version is known";
    case Option::cells_add: return "the annotation vnuma.io/cells: add";
    case Option::cpus:
    case Option::nodes:
    case Option::all_warnings:
    case Option::plan:
    case Option::readdress: return "";
  }
  return "";
}

}  // namespace

Placed place(const std::string& text, const Request& request) {
  const bool adds_cells = request.options.cells != placement::Cells::keep;
  if (!request.guest_mapping && !adds_cells) {
    return {text, "the VMI does not ask for guestMappingPassthrough, or for vnuma.io/cells: add; nothing is changed\n"};
  }
  return in_file(
      "--domain", text,
      [&]() -> Placed {
        auto domain = schema::from_xml<schema::Domain>(text);
        const auto devices = placement::passthrough_devices(domain);
        const auto mediated = placement::mediated_devices(domain);
        if (devices.empty() && mediated.empty()) {
          return {text, "the domain has no passthrough devices; nothing is changed\n"};
        }
        const topology::Host host =
            adds_cells ? topology::read_sysfs(request.sysfs) : topology::read_sysfs(request.sysfs, devices, mediated);
        const auto restored = placement::restore(domain, host, request.options);
        const placement::Plan plan = placement::plan(domain, host, request.options);
        placement::apply(plan, domain);
        Placed placed{plan.changed || !restored.empty() ? schema::to_xml(domain) : text, ""};
        if (!restored.empty()) {
          placed.report = fmt::format("restored {} expander bus{} of an earlier call\n", restored.size(),
                                      restored.size() == 1 ? "" : "es");
        }
        // The log has all warnings, because nobody can run the hook again with --verbose.
        placed.report += placement::report_text(plan, annotation_spelling, {.all_warnings = true});
        return placed;
      },
      annotation_spelling);
}
