#include "check.hpp"

#include <algorithm>

#include <vnuma/placement/check.hpp>

#include "errors.hpp"
#include "files.hpp"
#include "inputs.hpp"
#include "options.hpp"
#include "plan.hpp"

namespace {

namespace placement = vnuma::placement;
namespace schema = vnuma::schema;

bool is_at_fault(const placement::Finding& finding) { return finding.severity != placement::Severity::doubt; }

int check(const OptionValues& values) {
  const HostSource source = host_source(values);
  const placement::CheckOptions options{.firmware = plan_of(values).firmware};
  if (options.firmware && !source.is_named()) {
    throw UsageError("--firmware is about room for the BARs of a host's devices; name the host with --sysfs or --host");
  }
  const std::string name = domain_name(values).value_or("-");
  const std::string domain_text = read_file(name);
  const auto findings = in_file(name, domain_text, [&] {
    const schema::Domain domain = read_domain(domain_text);
    return source.is_named() ? placement::check(domain, read_host(source, domain), options) : placement::check(domain);
  });
  const std::string shown = name == "-" ? "<stdin>" : name;
  write_standard_output(text(values, "format") == "json" ? placement::findings_json(findings, domain_text, shown)
                                                         : placement::findings_text(findings, domain_text, shown));
  return std::any_of(findings.begin(), findings.end(), is_at_fault) ? 1 : 0;
}

}  // namespace

Command check_command() {
  return {.summary = "find what is wrong with a domain's PCI topology and devices",
          .usage = "[DOMAIN|-] [options]",
          .description =
              "Finds what is wrong with a libvirt domain's PCI topology, also where libvirt\n"
              "defines it: a line for each finding, with its line, code and remedy. Exit status\n"
              "1 for errors and warnings, 0 for doubts alone or nothing. With --sysfs or --host\n"
              "also what does not fit the host: devices on the wrong cell, BARs without room.",
          .more = {"Where --capabilities or --numa-node say something of a host and nothing names it, it is this one: "
                   "/sys.",
                   "A doubt is a finding that depends on what the domain does not say, as the version of its firmware "
                   "(--firmware).",
                   "FINDINGS.md, in the sources' placement and in share/doc/vnuma, explains the codes."},
          .examples = {{"virsh dumpxml --inactive VM | vnuma check - --sysfs /sys",
                        "checks a defined domain against this host"}},
          .takes_domain = true,
          .reads_standard_input = true,
          .options = join({host_options("hold it against the host with this sysfs", "that host's nodes"),
                           {plan_option("numa-node"),
                            plan_option("firmware"),
                            {.name = "format",
                             .help = "the form:",
                             .kind = Value::choice,
                             .value = "FORMAT",
                             .choices = {"text", "json"},
                             .preset = "text"}}}),
          .run = check};
}
