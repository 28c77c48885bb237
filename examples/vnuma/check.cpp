#include "check.hpp"

#include <vnuma/placement/check.hpp>

#include "errors.hpp"
#include "files.hpp"
#include "inputs.hpp"
#include "options.hpp"
#include "plan.hpp"

namespace {

namespace placement = vnuma::placement;
namespace schema = vnuma::schema;

int check(const OptionValues& values) {
  const HostSource source = host_source(values);
  const std::string name = domain_name(values).value_or("-");
  const std::string domain_text = read_file(name);
  const auto findings = in_file(name, domain_text, [&] {
    const schema::Domain domain = read_domain(domain_text);
    return source.is_named() ? placement::check(domain, read_host(source, domain)) : placement::check(domain);
  });
  const std::string shown = name == "-" ? "<stdin>" : name;
  write_standard_output(text(values, "format") == "json" ? placement::findings_json(findings, domain_text, shown)
                                                         : placement::findings_text(findings, domain_text, shown));
  return findings.empty() ? 0 : 1;
}

}  // namespace

Command check_command() {
  return {.summary = "find what is wrong with a domain's PCI topology and devices",
          .usage = "[DOMAIN|-] [options]",
          .description =
              "Finds what is wrong with a libvirt domain's PCI topology, also where libvirt\n"
              "defines it: a line for each finding, with its line, code and remedy, and exit\n"
              "status 1; nothing, and 0, if there is none. With --sysfs or --host also what\n"
              "does not fit the host: devices on the wrong cell, BARs without room, and more.",
          .more = {"Where --capabilities or --numa-node say something of a host and nothing names it, it is this one: "
                   "/sys.",
                   "FINDINGS.md, in the sources' placement and in share/doc/vnuma, explains the codes."},
          .examples = {{"virsh dumpxml --inactive VM | vnuma check - --sysfs /sys",
                        "checks a defined domain against this host"}},
          .takes_domain = true,
          .reads_standard_input = true,
          .options = join({host_options("hold it against the host with this sysfs", "that host's nodes"),
                           {numa_node_option(),
                            {.name = "format",
                             .help = "the form:",
                             .kind = Value::choice,
                             .value = "FORMAT",
                             .choices = {"text", "json"},
                             .preset = "text"}}}),
          .run = check};
}
