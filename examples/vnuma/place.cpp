#include "place.hpp"

#include <algorithm>
#include <iostream>
#include <optional>
#include <sstream>

#include <fmt/format.h>

#include <vnuma/manifest/feature_gates.hpp>
#include <vnuma/placement/plan.hpp>
#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/guest_map.hpp>

#include "errors.hpp"
#include "files.hpp"
#include "inputs.hpp"
#include "options.hpp"
#include "plan_options.hpp"

namespace {

namespace options = boost::program_options;
namespace placement = vnuma::placement;
namespace schema = vnuma::schema;
namespace topology = vnuma::topology;

struct Arguments {
  bool help = false;
  std::string domain = "-";
  HostSource host;
  std::optional<std::string> capabilities;
  std::optional<std::string> feature_gates;
  std::optional<std::string> kubevirt;
  std::optional<std::string> output;
  std::string report;
  placement::Options plan;
};

options::options_description place_options() {
  options::options_description all("Options");
  auto add = all.add_options();
  const auto text = [](const char* name) { return options::value<std::string>()->value_name(name); };
  add("help,h", "this text");
  add_host_options(all);
  add("capabilities", text("FILE"), "take the host's nodes from virsh capabilities");
  add("feature-gates", text("LIST"), "place only if GPUDeviceNUMA is in LIST");
  add("kubevirt", text("FILE"), "place only if the KubeVirt CR enables the gate");
  add("readdress", "move devices that have an address off their cell");
  add("output,o", text("FILE"), "write the domain to FILE");
  add_report_option(all);
  add_plan_options(all);
  return all;
}

Arguments parse_place(const std::vector<std::string>& words) {
  const OptionValues map = parse_options(words, place_options());
  Arguments arguments;
  arguments.help = map.count("help") > 0;
  if (arguments.help) return arguments;
  arguments.plan = plan_options(map);
  arguments.plan.readdress = map.count("readdress") > 0;
  arguments.report = report_kind(map);
  arguments.host = host_source(map);
  arguments.capabilities = file_name(map, "capabilities");
  arguments.feature_gates = text(map, "feature-gates");
  arguments.kubevirt = file_name(map, "kubevirt");
  arguments.output = file_name(map, "output");
  if (arguments.feature_gates && arguments.kubevirt) {
    throw UsageError("--feature-gates and --kubevirt exclude each other");
  }
  if (auto name = domain_name(map)) arguments.domain = *std::move(name);
  if ((arguments.domain == "-") + (arguments.host.snapshot == "-") + (arguments.capabilities == "-") +
          (arguments.kubevirt == "-") >
      1) {
    throw UsageError("standard input can be one file only; name the others");
  }
  return arguments;
}

bool gate_is_on(const Arguments& arguments) {
  if (arguments.feature_gates) return vnuma::manifest::gate_enabled(*arguments.feature_gates);
  if (!arguments.kubevirt) return true;
  const std::string text = read_file(*arguments.kubevirt);
  return in_file(*arguments.kubevirt, text, [&] { return vnuma::manifest::gate_enabled_in_kubevirt(text); });
}

topology::Host host_of(const Arguments& arguments, const schema::Domain& domain) {
  topology::Host host = read_host(arguments.host, domain);
  if (arguments.capabilities) take_capabilities(*arguments.capabilities, host, false);
  return host;
}

// Without guest cells or without passthrough devices there is nothing to place, and the host does not matter.
placement::Plan plan(const Arguments& arguments, const schema::Domain& domain) {
  const bool has_devices =
      !placement::passthrough_devices(domain).empty() || !placement::mediated_devices(domain).empty();
  const bool needed = has_devices && topology::has_guest_cells(domain);
  return placement::plan(domain, needed ? host_of(arguments, domain) : topology::Host{}, arguments.plan);
}

std::string help() {
  std::ostringstream out;
  out << "Usage: vnuma place [DOMAIN|-] [options]\n\n"
         "Gives each passthrough device of a libvirt domain a root port on its guest NUMA cell.\n"
         "The domain goes to standard output, the report to standard error.\n\n"
         "Example: virsh dumpxml --inactive VM | vnuma place --readdress - > placed.xml\n\n"
      << place_options();
  return out.str();
}

}  // namespace

int place(const std::vector<std::string>& words) {
  const Arguments arguments = parse_place(words);
  if (arguments.help) return write_standard_output(help()), 0;
  std::string text = read_file(arguments.domain);
  std::string report_of_plan;
  if (gate_is_on(arguments)) {
    in_file(arguments.domain, text, [&] {
      auto domain = read_domain(text);
      const placement::Plan planned = plan(arguments, domain);
      if (planned.changed) {
        placement::apply(planned, domain);
        text = schema::to_xml(domain);
      }
      report_of_plan = report(arguments.report, planned);
    });
  } else {
    if (arguments.report == "text") report_of_plan = "the feature gate GPUDeviceNUMA is off; nothing was changed\n";
    if (arguments.report == "json") {
      placement::Plan nothing;
      nothing.mirror = arguments.plan.mirror;
      report_of_plan = report(arguments.report, nothing);
    }
  }
  write_output(arguments.output, text);
  std::cerr << report_of_plan;
  return 0;
}
