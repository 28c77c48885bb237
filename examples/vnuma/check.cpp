#include "check.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

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

struct Checked {
  std::string name;
  std::string text;
  schema::Domain domain{};
  std::vector<placement::Diagnostic> findings{};

  std::string shown() const { return name == "-" ? "<stdin>" : name; }
};

std::vector<Checked> read_domains(const OptionValues& values) {
  std::vector<std::string> names = domain_names(values);
  if (names.empty()) names.emplace_back("-");
  std::vector<Checked> domains;
  for (const std::string& name : names) {
    Checked& one = domains.emplace_back(Checked{.name = name, .text = read_file(name)});
    one.domain = in_file(name, one.text, [&] { return read_domain(one.text); });
  }
  return domains;
}

// The whole host: what a plan needs of it does not include the memory of nodes.
void check_each(std::vector<Checked>& domains, const HostSource& source, const placement::CheckOptions& options) {
  const auto host = source.is_named() ? std::optional(read_host(source)) : std::nullopt;
  for (Checked& one : domains) {
    one.findings = in_file(one.name, one.text, [&] {
      return host ? placement::check(one.domain, *host, options) : placement::check(one.domain);
    });
  }
}

// Each pair of domains once, in the findings of the later one.
void compare_pins(std::vector<Checked>& domains) {
  for (auto later = domains.begin(); later != domains.end(); ++later) {
    for (auto other = domains.begin(); other != later; ++other) {
      const auto shared = placement::check_shared_pins(later->domain, other->domain, other->shown());
      later->findings.insert(later->findings.end(), shared.begin(), shared.end());
    }
  }
}

std::string as_text(const std::vector<Checked>& domains) {
  std::string out;
  for (const Checked& one : domains)
    out += placement::findings_text(one.findings, one.text, one.shown(), check_spelling);
  return out;
}

// An object for one domain; else an array of them.
std::string as_json(const std::vector<Checked>& domains) {
  std::vector<std::string> objects;
  for (const Checked& one : domains)
    objects.push_back(placement::findings_json(one.findings, one.text, one.shown(), check_spelling));
  if (objects.size() == 1) return objects.front();
  for (std::string& object : objects) object.pop_back();  // the end of the line
  return fmt::format("[{}]\n", fmt::join(objects, ",\n"));
}

int check(const OptionValues& values) {
  const HostSource source = host_source(values);
  const placement::CheckOptions options{.firmware = plan_of(values).firmware};
  if (options.firmware && !source.is_named()) {
    throw UsageError("--firmware needs a host; name it with --sysfs or --host");
  }
  std::vector<Checked> domains = read_domains(values);
  check_each(domains, source, options);
  compare_pins(domains);
  write_standard_output(text(values, "format") == "json" ? as_json(domains) : as_text(domains));
  return std::any_of(
             domains.begin(), domains.end(),
             [](const Checked& one) { return std::any_of(one.findings.begin(), one.findings.end(), is_no_doubt); })
             ? 1
             : 0;
}

}  // namespace

Command check_command() {
  return {
      .summary = "find faults in the PCI topology and the devices of a domain",
      .usage = "[DOMAIN|-]... [options]",
      .description =
          "Finds faults in the PCI topology of a libvirt domain, even if libvirt accepts\n"
          "them: one line per finding, with its line, code and remedy. The exit status is\n"
          "1 for errors and warnings, 0 for doubts only or no findings. --sysfs or --host\n"
          "adds faults on that host: wrong cells and pinning, BARs without room.",
      .more =
          {"Several domains are checked as guests that run on the host at the same time: the vCPUs of no two should be "
           "pinned to the same CPUs.",
           "With --capabilities or --numa-node but without --sysfs and --host, the host is this one: /sys.",
           "A doubt is a finding that depends on facts outside the domain, such as the version of the guest's "
           "firmware (--firmware).",
           "FINDINGS.md, in placement/ of the sources and in share/doc/vnuma, explains the codes."},
      .examples = {{"virsh dumpxml --inactive VM | vnuma check - --sysfs /sys",
                    "checks a defined domain against this host"},
                   {"vnuma check a.xml b.xml --host host.json",
                    "checks two domains against a host, and whether their vCPUs share CPUs of it"}},
      .takes_domain = true,
      .takes_several = true,
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
