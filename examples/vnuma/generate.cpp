#include "generate.hpp"

#include <cstdlib>
#include <iostream>
#include <optional>
#include <sstream>

#include <fmt/format.h>

#include <vnuma/manifest/virtual_machine.hpp>
#include <vnuma/placement/generate.hpp>
#include <vnuma/placement/plan.hpp>
#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/cgroup.hpp>

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
  std::string vmi;
  HostSource host;
  std::optional<std::string> capabilities;
  topology::CpuSet cpuset;
  std::optional<std::string> cgroup;  // where no cpuset is given
  std::vector<std::string> devices;
  std::optional<std::string> output;
  std::string report;
  placement::Options plan;
};

options::options_description generate_options() {
  options::options_description all("Options");
  auto add = all.add_options();
  const auto text = [](const char* name) { return options::value<std::string>()->value_name(name); };
  add("help,h", "this text");
  add("vmi", text("FILE"), "the VirtualMachine or VirtualMachineInstance, in YAML or JSON");
  add_host_options(all);
  add("capabilities", text("FILE"), "take the host's nodes and CPUs from virsh capabilities");
  add("cpuset", text("LIST"), "the host CPUs that the machine is given, as 0-7,64-71");
  add("cgroup", text("DIR"), "the cgroup whose CPUs it is given, as a pod's /sys/fs/cgroup");
  add("device", options::value<std::vector<std::string>>()->value_name("BDF"),
      "a device that it is given, by address or UUID: once for each of the manifest's gpus, then of its hostDevices; "
      "without any, those of KubeVirt's variables PCI_RESOURCE_... and MDEV_PCI_RESOURCE_...");
  add("output,o", text("FILE"), "write the domain to FILE");
  add_report_option(all);
  add_plan_options(all);
  return all;
}

// Either --cpuset or --cgroup.
void take_cpus(const OptionValues& map, Arguments& arguments) {
  const auto list = text(map, "cpuset");
  arguments.cgroup = file_name(map, "cgroup");
  if (list.has_value() == arguments.cgroup.has_value()) {
    throw UsageError(list ? "--cpuset and --cgroup exclude each other" : "name the CPUs with --cpuset or --cgroup");
  }
  if (!list) return;
  const auto cpus = topology::CpuSet::parse(*list);
  if (!cpus) throw UsageError(fmt::format("--cpuset {}: expected a list of CPUs, as 0-7,64-71", *list));
  arguments.cpuset = *cpus;
}

Arguments parse_generate(const std::vector<std::string>& words) {
  const OptionValues map = parse_options(words, generate_options());
  Arguments arguments;
  arguments.help = map.count("help") > 0;
  if (arguments.help) return arguments;
  if (domain_name(map)) throw UsageError("generate reads no domain, but makes one; --vmi names the manifest");
  const auto vmi = file_name(map, "vmi");
  if (!vmi) throw UsageError("name the manifest with --vmi");
  arguments.vmi = *vmi;
  arguments.host = host_source(map);
  arguments.capabilities = file_name(map, "capabilities");
  take_cpus(map, arguments);
  if (map.count("device")) arguments.devices = map["device"].as<std::vector<std::string>>();
  arguments.output = file_name(map, "output");
  arguments.report = report_kind(map);
  arguments.plan = plan_options(map);
  if ((arguments.vmi == "-") + (arguments.host.snapshot == "-") + (arguments.capabilities == "-") > 1) {
    throw UsageError("standard input can be one file only; name the others");
  }
  return arguments;
}

std::optional<std::string> variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value ? std::optional<std::string>(value) : std::nullopt;
}

std::string help() {
  std::ostringstream out;
  out << "Usage: vnuma generate --vmi FILE (--cpuset LIST | --cgroup DIR) [options]\n\n"
         "Makes the domain that KubeVirt would make of a VirtualMachine with guestMappingPassthrough on a host: its\n"
         "CPUs, memory, NUMA and passthrough devices, placed as `vnuma place` does. What the manifest has besides is\n"
         "left out, and named. The domain goes to standard output, the report to standard error.\n\n"
         "Example: vnuma generate --vmi vm.yaml --host host.json --cpuset 0-7 --device 0000:18:00.0 > domain.xml\n\n"
      << generate_options();
  return out.str();
}

}  // namespace

int generate(const std::vector<std::string>& words) {
  const Arguments arguments = parse_generate(words);
  if (arguments.help) return write_standard_output(help()), 0;
  const std::string manifest = read_file(arguments.vmi);
  const schema::VirtualMachine vm =
      in_file(arguments.vmi, manifest, [&] { return vnuma::manifest::read_virtual_machine(manifest); });
  topology::Host host = read_host(arguments.host);
  if (arguments.capabilities) take_capabilities(*arguments.capabilities, host, true);
  const topology::CpuSet cpus = arguments.cgroup ? topology::read_cgroup(*arguments.cgroup) : arguments.cpuset;
  placement::Generated generated = placement::generate(
      vm, host, cpus, arguments.devices.empty() ? placement::devices_in_environment(vm, variable) : arguments.devices);
  placement::Plan plan = placement::plan(generated.domain, host, arguments.plan);
  placement::apply(plan, generated.domain);
  plan.warnings.insert(plan.warnings.begin(), generated.warnings.begin(), generated.warnings.end());
  write_output(arguments.output, schema::to_xml(generated.domain));
  std::cerr << report(arguments.report, plan);
  return 0;
}
