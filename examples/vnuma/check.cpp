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

bool is_no_doubt(const placement::Diagnostic& finding) { return finding.severity != placement::Severity::doubt; }

int check(const OptionValues& values) {
  const HostSource source = host_source(values);
  const placement::CheckOptions options{.firmware = plan_of(values).firmware};
  if (options.firmware && !source.is_named()) {
    throw UsageError("--firmware needs a host; name it with --sysfs or --host");
  }
  const std::string name = domain_name(values).value_or("-");
  const std::string domain_text = read_file(name);
  // The whole host: what a plan needs of it does not include the memory of nodes.
  const auto findings = in_file(name, domain_text, [&] {
    const schema::Domain domain = read_domain(domain_text);
    return source.is_named() ? placement::check(domain, read_host(source), options) : placement::check(domain);
  });
  const std::string shown = name == "-" ? "<stdin>" : name;
  write_standard_output(text(values, "format") == "json"
                            ? placement::findings_json(findings, domain_text, shown, check_spelling)
                            : placement::findings_text(findings, domain_text, shown, check_spelling));
  return std::any_of(findings.begin(), findings.end(), is_no_doubt) ? 1 : 0;
}

}  // namespace

Command check_command() {
  return {.summary = "find faults in the PCI topology and the devices of a domain",
          .usage = "[DOMAIN|-] [options]",
          .description =
              "Finds faults in the PCI topology of a libvirt domain, even if libvirt accepts\n"
              "them: one line per finding, with its line, code and remedy. The exit status is\n"
              "1 for errors and warnings, 0 for doubts only or no findings. --sysfs or --host\n"
              "adds faults on that host: wrong cells and pinning, BARs without room.",
          .more = {"With --capabilities or --numa-node but without --sysfs and --host, the host is this one: /sys.",
                   "A doubt is a finding that depends on facts outside the domain, such as the version of the guest's "
                   "firmware (--firmware).",
                   "FINDINGS.md, in placement/ of the sources and in share/doc/vnuma, explains the codes."},
          .examples = {{"virsh dumpxml --inactive VM | vnuma check - --sysfs /sys",
                        "checks a defined domain against this host"}},
          .takes_domain = true,
          .reads_standard_input = true,
          .options = join({host_options("compare with the host of this sysfs"),
                           {plan_option("numa-node"),
                            plan_option("firmware"),
                            {.name = "format",
                             .help = "output format:",
                             .kind = Value::choice,
                             .value = "FORMAT",
                             .choices = {"text", "json"},
                             .preset = "text"}}}),
          .run = check};
}
