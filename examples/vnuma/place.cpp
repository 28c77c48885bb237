#include "place.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vnuma/manifest/feature_gates.hpp>
#include <vnuma/placement/guest_devices.hpp>
#include <vnuma/placement/plan.hpp>
#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/guest_map.hpp>

#include "errors.hpp"
#include "files.hpp"
#include "inputs.hpp"
#include "options.hpp"
#include "plan.hpp"

namespace {

namespace placement = vnuma::placement;
namespace schema = vnuma::schema;
namespace topology = vnuma::topology;

struct Arguments {
  std::string domain = "-";
  HostSource host;
  std::optional<std::string> feature_gates;
  std::optional<std::string> kubevirt;
  placement::Options plan;
};

Arguments arguments_of(const OptionValues& values) {
  Arguments arguments;
  arguments.plan = plan_of(values);
  arguments.plan.readdress = values.count("readdress") > 0;
  arguments.host = host_source(values);
  arguments.feature_gates = text(values, "feature-gates");
  arguments.kubevirt = text(values, "kubevirt");
  if (arguments.plan.cells == placement::Cells::keep && (values.count("cpus") || values.count("nodes")))
    throw UsageError("--cpus and --nodes are for new cells; add --cells add");
  if (arguments.feature_gates && arguments.kubevirt) {
    throw UsageError("--feature-gates and --kubevirt cannot be combined; name one");
  }
  if (auto name = domain_name(values)) arguments.domain = *std::move(name);
  return arguments;
}

bool gate_is_on(const Arguments& arguments) {
  if (arguments.feature_gates) return vnuma::manifest::gate_enabled(*arguments.feature_gates);
  if (!arguments.kubevirt) return true;
  return gate_of_kubevirt(*arguments.kubevirt);
}

// Refuses a host that has none of the domain's devices, because it is not the host of this domain. --numa-node for the
// address of a device confirms the host; a pattern does not.
void check_host(const schema::Domain& domain, const topology::Host& host, const HostSource& source) {
  const std::vector<placement::GuestDevice> devices = placement::guest_devices(domain);
  std::vector<std::string> names;
  for (const placement::GuestDevice& device : devices) {
    if (location_on_host(device, host) || (device.source && source.numa_nodes.contains(*device.source))) return;
    if (names.size() < 4) names.push_back(device.name());
  }
  if (devices.empty()) return;
  throw FileError(
      fmt::format("{}: the host has none of the passthrough devices of the domain ({}{}); name the host that the "
                  "domain is for with --sysfs or --host",
                  source.name(), fmt::join(names, ", "), devices.size() > names.size() ? ", ..." : ""));
}

// The host, as far as the plan needs it: all of it for new cells, and so that the report can say which are possible;
// else the domain's devices.
topology::Host host_of(const Arguments& arguments, const schema::Domain& domain) {
  const bool has_devices =
      !placement::passthrough_devices(domain).empty() || !placement::mediated_devices(domain).empty();
  const bool adds_cells = arguments.plan.cells != placement::Cells::keep;
  if (!has_devices && !adds_cells) return {};
  const bool has_cells = topology::has_guest_cells(domain);
  topology::Host host = adds_cells || !has_cells ? read_host(arguments.host, true) : read_host(arguments.host, domain);
  // Without cells no device is placed, so another host does no harm.
  if (adds_cells || has_cells || arguments.plan.mmio == placement::Mmio::automatic)
    check_host(domain, host, arguments.host);
  return host;
}

int place(const OptionValues& values) {
  const Arguments arguments = arguments_of(values);
  const Report report(values);
  std::string text = read_file(arguments.domain);
  std::string report_of_plan;
  if (gate_is_on(arguments)) {
    in_file(arguments.domain, text, [&] {
      auto domain = read_domain(text);
      const topology::Host host = host_of(arguments, domain);
      const placement::Plan planned = placement::plan(domain, host, arguments.plan);
      if (planned.changed) {
        placement::apply(planned, domain);
        text = schema::to_xml(domain);
      }
      report_of_plan = report.of(planned, host, arguments.host);
      if (report.kind == "text" && arguments.plan.cells == placement::Cells::add && planned.layout.empty())
        report_of_plan += "--cells add adds nothing: no cell, pin or memnode is missing\n";
    });
  } else if (report.kind == "text") {
    report_of_plan = "the feature gate GPUDeviceNUMA is off; nothing was changed\n";
  } else {
    placement::Plan nothing;
    nothing.mirror = arguments.plan.mirror;
    report_of_plan = report.of(nothing, {}, arguments.host);
  }
  write_output(::text(values, "output"), text, report_of_plan);
  return 0;
}

}  // namespace

Command place_command() {
  return {
      .summary = "place the passthrough devices of a domain on their NUMA cells",
      .usage = "[DOMAIN|-] [options]",
      .description =
          "Gives each passthrough device of a libvirt domain a root port on its guest NUMA\n"
          "cell. The domain goes to standard output, the report to standard error.",
      .more =
          {"The domain needs guest cells (<cpu><numa>), vCPUs pinned to host CPUs (or a <numatune> with "
           "memnodes), a machine with PCIe (q35, or virt on aarch64) and ACPI; missing parts are reported. "
           "Nothing else in the domain changes. --cells add adds missing cells, pins and memnodes. Without DOMAIN, it "
           "comes from standard input.",
           "Each device is placed, kept (it has an address in the guest) or left (the report has the reason). "
           "libvirt gives every device an address when it defines a domain, so the output of virsh dumpxml "
           "needs --readdress."},
      .examples = {{"virsh dumpxml --inactive VM | vnuma place --readdress - > placed.xml",
                    "places the devices of a defined domain; virsh define placed.xml stores the result"},
                   {"vnuma place domain.xml --host host.json --mirror switch -v -o placed.xml",
                    "places the devices for another host, from its snapshot, and explains each choice"}},
      .takes_domain = true,
      .reads_standard_input = true,
      .options = join({host_options(),
                       missing_cells_options(),
                       {{.name = "readdress",
                         .help = "move devices whose address is not on their cell",
                         .more = "Ports that become empty are removed."},
                        output_option("the domain")},
                       plan_and_report_options(),
                       {{.name = "feature-gates",
                         .help = "place only if GPUDeviceNUMA is in LIST",
                         .kind = Value::text,
                         .value = "LIST",
                         .more = "LIST has KubeVirt's feature gates, separated by commas. PCINUMAAwareTopology, its "
                                 "name in KubeVirt 1.8, counts too. If the gate is off, the output is the input, "
                                 "byte for byte."},
                        {.name = "kubevirt",
                         .help = "place only if the KubeVirt CR enables the gate",
                         .kind = Value::file,
                         .value = "FILE",
                         .more = "FILE has the CR in YAML or JSON."}}}),
      .run = place};
}
