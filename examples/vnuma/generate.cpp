#include "generate.hpp"

#include <cstdlib>
#include <optional>

#include <fmt/format.h>

#include <vnuma/placement/generate.hpp>
#include <vnuma/placement/plan.hpp>
#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/cgroup.hpp>

#include "errors.hpp"
#include "files.hpp"
#include "inputs.hpp"
#include "options.hpp"
#include "plan.hpp"

namespace {

namespace placement = vnuma::placement;
namespace schema = vnuma::schema;
namespace topology = vnuma::topology;

// The CPUs of --cpuset or --cgroup.
topology::CpuSet cpus_of(const OptionValues& values) {
  const auto list = text(values, "cpuset");
  const auto cgroup = text(values, "cgroup");
  if (list.has_value() == cgroup.has_value()) {
    throw UsageError(list ? "--cpuset and --cgroup cannot be combined; name one"
                          : "name the CPUs with --cpuset or --cgroup");
  }
  if (cgroup) return topology::read_cgroup(*cgroup);
  const auto cpus = topology::CpuSet::parse(*list);
  if (!cpus) throw UsageError(fmt::format("--cpuset {}: expected a list of CPUs, such as 0-7,64-71", *list));
  return *cpus;
}

std::optional<std::string> variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value ? std::optional<std::string>(value) : std::nullopt;
}

int generate(const OptionValues& values) {
  if (domain_name(values)) throw UsageError("generate reads no domain, it makes one; name the manifest with --vmi");
  const auto vmi = text(values, "vmi");
  if (!vmi) throw UsageError("name the manifest with --vmi");
  const placement::Options options = plan_of(values);
  const Report report(values);
  const HostSource source = host_source(values);
  const topology::CpuSet cpus = cpus_of(values);
  const schema::VirtualMachine vm = read_manifest(*vmi);
  const topology::Host host = read_host(source, true);
  std::vector<std::string> devices = texts(values, "device");
  if (devices.empty()) devices = placement::devices_in_environment(vm, variable);
  placement::Generated generated = placement::generate(vm, host, cpus, devices);
  placement::Plan plan = placement::plan(generated.domain, host, options);
  placement::apply(plan, generated.domain);
  plan.warnings.insert(plan.warnings.begin(), generated.warnings.begin(), generated.warnings.end());
  write_output(text(values, "output"), schema::to_xml(generated.domain), report.of(plan, host, source));
  return 0;
}

}  // namespace

Command generate_command() {
  return {
      .summary = "make a libvirt domain for a KubeVirt VM and place its devices",
      .usage = "--vmi FILE (--cpuset LIST | --cgroup DIR) [options]",
      .description = "Makes the domain that KubeVirt would make for a VM, and places its devices.",
      .more = {"The VM must request guestMappingPassthrough. The domain has its CPUs, memory, NUMA cells and "
               "passthrough devices. Other parts of the manifest, such as disks and networks, are left out, with a "
               "warning.",
               "The domain goes to standard output, the report to standard error.",
               "The devices of --device belong, in their order, to the gpus of the manifest and then to its "
               "hostDevices. Without --device, they come from the variables that KubeVirt sets in a pod, "
               "PCI_RESOURCE_... and MDEV_PCI_RESOURCE_..."},
      .examples = {{"vnuma generate --vmi vm.yaml --cpuset 0-7 --device 18:00.0 > vm.xml",
                    "makes a domain with one GPU and eight CPUs of this host"}},
      .options = join(
          {{{.name = "vmi",
             .help = "the VirtualMachine or VirtualMachineInstance",
             .kind = Value::file,
             .value = "FILE",
             .more = "FILE is YAML or JSON."},
            {.name = "cpuset", .help = "host CPUs for the VM, such as 0-7,64-71", .kind = Value::text, .value = "LIST"},
            {.name = "cgroup",
             .help = "cgroup whose CPUs are for the VM",
             .kind = Value::folder,
             .value = "DIR",
             .more = "Version 1 or 2; in a pod, /sys/fs/cgroup."},
            {.name = "device",
             .help = "address or UUID of a device for the VM; may be repeated",
             .kind = Value::device,
             .value = "BDF",
             .repeats = true}},
           host_options("the host's sysfs; /sys if no host is named", "nodes and CPUs"),
           {output_option("the domain")},
           plan_and_report_options()}),
      .run = generate};
}
