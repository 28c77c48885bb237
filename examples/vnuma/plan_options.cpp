#include "plan_options.hpp"

#include <fmt/format.h>

#include <vnuma/placement/report.hpp>

#include "errors.hpp"

namespace options = boost::program_options;
namespace placement = vnuma::placement;
namespace schema = vnuma::schema;

namespace {

void add_numa_node(const std::string& word, placement::Options& plan) {
  const std::size_t equals = word.find('=');
  const auto address = placement::PciAddress::parse(std::string_view(word).substr(0, equals));
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

}  // namespace

void add_plan_options(options::options_description& all) {
  auto add = all.add_options();
  const auto text = [](const char* name) { return options::value<std::string>()->value_name(name); };
  add("numa-node", options::value<std::vector<std::string>>()->value_name("BDF=N"), "the host node of a device");
  add("strict", "fail unless every passthrough device ends on its cell");
  add("mirror", text("LEVEL")->default_value("numa"), "numa, root-complex or switch");
  add("reserve-buses", text("N")->default_value("0"), "keep N bus numbers free behind each new expander bus");
  add("mmio", text("MODE")->default_value("warn"), "room for BARs in the guest: off, warn, or auto to set what lacks");
  add("unaligned", text("HOW")->default_value("leave"),
      "leave, nearest or cell: devices whose host node has no guest cell");
}

placement::Options plan_options(const OptionValues& values) {
  placement::Options plan;
  const std::string mirror = choice(values, "mirror", {"numa", "root-complex", "switch"});
  plan.mirror = mirror == "numa"           ? placement::Mirror::numa
                : mirror == "root-complex" ? placement::Mirror::root_complex
                                           : placement::Mirror::pcie_switch;
  const std::string mmio = choice(values, "mmio", {"off", "warn", "auto"});
  plan.mmio = mmio == "off"    ? placement::Mmio::off
              : mmio == "warn" ? placement::Mmio::warn
                               : placement::Mmio::automatic;
  plan.reserve_buses = reserve_buses(values["reserve-buses"].as<std::string>());
  const std::string unaligned = choice(values, "unaligned", {"leave", "nearest", "cell"});
  if (unaligned == "nearest") plan.unaligned = placement::Unaligned::nearest;
  if (unaligned == "cell") plan.unaligned = placement::Unaligned::cell;
  plan.strict = values.count("strict") > 0;
  if (values.count("numa-node")) {
    for (const auto& word : values["numa-node"].as<std::vector<std::string>>()) add_numa_node(word, plan);
  }
  return plan;
}

void add_report_option(options::options_description& all) {
  all.add_options()("report", options::value<std::string>()->value_name("KIND")->default_value("text"),
                    "text, json or none");
}

std::string report_kind(const OptionValues& values) { return choice(values, "report", {"text", "json", "none"}); }

std::string report(const std::string& kind, const placement::Plan& plan) {
  if (kind == "text") return placement::report_text(plan);
  return kind == "json" ? placement::report_json(plan) : std::string();
}
