#include "place.hpp"

#include <algorithm>
#include <iostream>
#include <optional>
#include <sstream>

#include <fmt/format.h>

#include <vnuma/manifest/feature_gates.hpp>
#include <vnuma/placement/report.hpp>
#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/capabilities.hpp>
#include <vnuma/topology/guest_map.hpp>

#include "errors.hpp"
#include "files.hpp"
#include "inputs.hpp"
#include "options.hpp"

namespace {

namespace options = boost::program_options;
namespace placement = vnuma::placement;
namespace schema = vnuma::schema;
namespace topology = vnuma::topology;
using placement::PciAddress;

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
  add("numa-node", options::value<std::vector<std::string>>()->value_name("BDF=N"), "the host node of a device");
  add("readdress", "move devices that have an address off their cell");
  add("strict", "fail unless every passthrough device ends on its cell");
  add("report", text("KIND")->default_value("text"), "text, json or none");
  add("output,o", text("FILE"), "write the domain to FILE");
  add("mirror", text("LEVEL")->default_value("numa"), "numa, root-complex or switch");
  add("reserve-buses", text("N")->default_value("0"), "keep N bus numbers free behind each new expander bus");
  add("mmio", text("MODE")->default_value("warn"), "room for BARs in the guest: off, warn, or auto to set what lacks");
  add("unaligned", text("HOW")->default_value("leave"),
      "leave, nearest or cell: devices whose host node has no guest cell");
  return all;
}

void add_numa_node(const std::string& word, placement::Options& plan) {
  const std::size_t equals = word.find('=');
  const auto address = PciAddress::parse(std::string_view(word).substr(0, equals));
  const auto node = schema::UInt32::from_text(equals == std::string::npos ? "" : word.substr(equals + 1));
  if (!address || !node.valid()) {
    throw UsageError(fmt::format("--numa-node {}: expected BDF=N, as 0000:27:00.0=1", word));
  }
  const auto [entry, fresh] = plan.numa_nodes.emplace(*address, *node);
  if (!fresh && entry->second != *node) {
    throw UsageError(fmt::format("--numa-node {}: the device was given node {} already", word, entry->second));
  }
}

unsigned reserve_buses(const std::string& word) {
  const auto number = schema::UInt32::from_text(word);
  if (!number.valid() || *number > 254) {
    throw UsageError(fmt::format("--reserve-buses {}: expected a number from 0 to 254", word));
  }
  return *number;
}

Arguments parse_place(const std::vector<std::string>& words) {
  const OptionValues map = parse_options(words, place_options());
  Arguments arguments;
  arguments.help = map.count("help") > 0;
  if (arguments.help) return arguments;
  const std::string mirror = choice(map, "mirror", {"numa", "root-complex", "switch"});
  arguments.plan.mirror = mirror == "numa"           ? placement::Mirror::numa
                          : mirror == "root-complex" ? placement::Mirror::root_complex
                                                     : placement::Mirror::pcie_switch;
  const std::string mmio = choice(map, "mmio", {"off", "warn", "auto"});
  arguments.plan.mmio = mmio == "off"    ? placement::Mmio::off
                        : mmio == "warn" ? placement::Mmio::warn
                                         : placement::Mmio::automatic;
  arguments.plan.reserve_buses = reserve_buses(map["reserve-buses"].as<std::string>());
  const std::string unaligned = choice(map, "unaligned", {"leave", "nearest", "cell"});
  if (unaligned == "nearest") arguments.plan.unaligned = placement::Unaligned::nearest;
  if (unaligned == "cell") arguments.plan.unaligned = placement::Unaligned::cell;
  arguments.report = choice(map, "report", {"text", "json", "none"});
  arguments.host = host_source(map);
  arguments.capabilities = file_name(map, "capabilities");
  arguments.feature_gates = text(map, "feature-gates");
  arguments.kubevirt = file_name(map, "kubevirt");
  arguments.output = file_name(map, "output");
  if (arguments.feature_gates && arguments.kubevirt) {
    throw UsageError("--feature-gates and --kubevirt exclude each other");
  }
  arguments.plan.strict = map.count("strict") > 0;
  arguments.plan.readdress = map.count("readdress") > 0;
  if (map.count("numa-node")) {
    for (const auto& word : map["numa-node"].as<std::vector<std::string>>()) add_numa_node(word, arguments.plan);
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
  if (!arguments.capabilities) return host;
  const std::string text = read_file(*arguments.capabilities);
  host.nodes = in_file(*arguments.capabilities, text, [&] {
    return topology::nodes_of(
        read_document<schema::Capabilities>(text, "domain",
                                            "this is a domain, which stands without an option; give the output of "
                                            "`virsh capabilities`"));
  });
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
  std::string report;
  if (gate_is_on(arguments)) {
    in_file(arguments.domain, text, [&] {
      auto domain = read_domain(text);
      const placement::Plan planned = plan(arguments, domain);
      if (planned.changed) {
        placement::apply(planned, domain);
        text = schema::to_xml(domain);
      }
      if (arguments.report == "text") report = placement::report_text(planned);
      if (arguments.report == "json") report = placement::report_json(planned);
    });
  } else {
    if (arguments.report == "text") report = "the feature gate GPUDeviceNUMA is off; nothing was changed\n";
    if (arguments.report == "json") {
      placement::Plan nothing;
      nothing.mirror = arguments.plan.mirror;
      report = placement::report_json(nothing);
    }
  }
  if (arguments.output && *arguments.output != "-")
    write_file(*arguments.output, text);
  else
    write_standard_output(text);
  std::cerr << report;
  return 0;
}
