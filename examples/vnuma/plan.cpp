#include "plan.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include <vnuma/placement/report.hpp>

#include "device_names.hpp"
#include "errors.hpp"
#include "options.hpp"
#include "plan_options.hpp"
#include "terminal.hpp"

namespace placement = vnuma::placement;
namespace topology = vnuma::topology;
using topology::PciAddress;
using Names = std::map<PciAddress, std::string>;

namespace {

// No names are no failure, even if other devices of the host cannot be read.
Names names_of(const topology::Host& host, const HostSource& source) try {
  return device_names(with_identifiers(host, source));
} catch (const vnuma::schema::Error&) {
  return {};
}

}  // namespace

Options plan_and_report_options() {
  Options all;
  for (const PlanOption& one : plan_options()) all.push_back(one.option);
  all.push_back({.name = "report",
                 .help = "report on standard error:",
                 .kind = Value::choice,
                 .value = "KIND",
                 .choices = {"text", "json", "none"},
                 .preset = "text",
                 .more = "The report lists each device with its host node, guest cell, outcome and addresses, and the "
                         "warnings. json is one object."});
  all.push_back({.name = "verbose",
                 .help = "explain each cell, bus number, slot and port",
                 .letter = 'v',
                 .more = "The report then has the reasons for each choice of the plan: the guest cell of each host "
                         "node, each new bus or port, and its numbers. It also lists warnings on the guest's firmware, "
                         "which otherwise are one line if there are several. If no device has an alias, devices have "
                         "their names from pci.ids, as on a terminal."});
  return all;
}

Options missing_cells_options() {
  Options all;
  for (const PlanOption& one : cell_options()) all.push_back(one.option);
  return all;
}

Option plan_option(const std::string& name) {
  const auto& all = plan_options();
  return std::find_if(all.begin(), all.end(), [&](const PlanOption& one) { return one.option.name == name; })->option;
}

placement::Options plan_of(const OptionValues& values) {
  placement::Options plan;
  const auto set = [&](const PlanOption& one, const std::string& value) {
    try {
      one.set(value, plan);
    } catch (const BadValue& error) {
      throw UsageError(fmt::format("--{} {}: {}", one.option.name, value, error.what()));
    }
  };
  std::vector<PlanOption> all = plan_options();
  all.insert(all.end(), cell_options().begin(), cell_options().end());
  for (const PlanOption& one : all) {
    const char* name = one.option.name.c_str();
    if (one.option.kind == Value::none) {
      if (values.count(name)) set(one, "true");
    } else if (one.option.repeats) {
      for (const std::string& value : texts(values, name)) set(one, value);
    } else if (const auto value = text(values, name)) {
      set(one, *value);
    }
  }
  plan.explain = values.count("verbose") > 0;
  return plan;
}

Report::Report(const OptionValues& values) : kind(*text(values, "report")), verbose(values.count("verbose") > 0) {
  if (verbose && kind == "none")
    throw UsageError("--verbose extends the report, but --report none disables it; omit one of them");
}

std::string Report::of(const placement::Plan& plan, const topology::Host& host, const HostSource& source) const {
  if (kind == "none") return "";
  if (kind == "json") return placement::report_json(plan, verbose, tool_spelling);
  placement::ReportOptions options{.all_warnings = verbose};
  // The names take five times as many instructions as all the rest, so programs that keep the report do without.
  if (verbose || is_standard_error_terminal()) {
    options.device_name = [names = std::optional<Names>(), &host, &source](const PciAddress& address) mutable {
      if (!names) names = names_of(host, source);
      const auto name = names->find(address);
      return name == names->end() ? std::string() : name->second;
    };
  }
  const std::string report = placement::report_text(plan, tool_spelling, options);
  return verbose ? placement::explanation(plan, tool_spelling) + report : report;
}
