#include "inputs.hpp"

#include <filesystem>

#include <fmt/format.h>

#include <vnuma/manifest/feature_gates.hpp>
#include <vnuma/manifest/virtual_machine.hpp>
#include <vnuma/placement/plan.hpp>
#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/capabilities.hpp>
#include <vnuma/topology/snapshot.hpp>
#include <vnuma/topology/sysfs.hpp>

#include "errors.hpp"
#include "files.hpp"
#include "kinds.hpp"
#include "options.hpp"
#include "plan.hpp"

namespace schema = vnuma::schema;
namespace topology = vnuma::topology;

schema::Domain read_domain(const std::string& text) {
  return read_as(Kind::domain, text, [&] { return schema::from_xml<schema::Domain>(text); });
}

schema::VirtualMachine read_manifest(const std::string& file) {
  const std::string text = read_file(file);
  return in_file(file, text, [&] {
    return read_as(Kind::virtual_machine, text, [&] { return vnuma::manifest::read_virtual_machine(text); });
  });
}

bool gate_of_kubevirt(const std::string& file) {
  const std::string text = read_file(file);
  return in_file(file, text, [&] {
    return read_as(Kind::kubevirt, text, [&] { return vnuma::manifest::gate_enabled_in_kubevirt(text); });
  });
}

Options host_options(const std::string& sysfs, const std::string& from_capabilities) {
  return {{.name = "sysfs",
           .help = sysfs,
           .kind = Value::folder,
           .value = "DIR",
           .more = "Any folder with the structure of /sys works, such as a copy with its links. If the folder is named "
                   "sys, the physical address bits come from proc/cpuinfo beside it."},
          {.name = "host",
           .help = "the host's snapshot, from vnuma capture",
           .kind = Value::file,
           .value = "FILE",
           .more = "It replaces the host's sysfs."},
          {.name = "capabilities",
           .help = "take " + from_capabilities + " from virsh capabilities",
           .kind = Value::file,
           .value = "FILE",
           .more = "FILE has the output of virsh capabilities on that host."}};
}

Option output_option(const std::string& what) {
  return {.name = "output",
          .help = fmt::format("write {} to FILE", what),
          .kind = Value::new_file,
          .value = "FILE",
          .letter = 'o',
          .more = "An existing file is replaced only after the new one is complete."};
}

HostSource host_source(const OptionValues& values) {
  HostSource source{text(values, "sysfs"), text(values, "host"), text(values, "capabilities"),
                    plan_of(values).numa_nodes};
  if (source.sysfs && source.snapshot) throw UsageError("--sysfs and --host cannot be combined; name one host");
  return source;
}

namespace {

// The folder of the sysfs. If it is a file, the error names the kind of the file.
std::string sysfs_of(const HostSource& source) {
  std::string root = source.name();
  std::error_code error;
  if (!std::filesystem::is_regular_file(root, error)) return root;
  std::string message = mistaken(read_file(root), Kind::sysfs);
  if (message.empty()) message = "this is a file; " + std::string(wish(Kind::sysfs));
  throw FileError(fmt::format("{}: {}", root, message));
}

topology::Host read_snapshot(const std::string& file) {
  const std::string text = read_file(file);
  return in_file(file, text,
                 [&] { return read_as(Kind::snapshot, text, [&] { return topology::from_snapshot(text); }); });
}

void take_capabilities(const std::string& file, topology::Host& host, bool cpus_matter) {
  const std::string text = read_file(file);
  in_file(file, text, [&] {
    const auto capabilities =
        read_as(Kind::capabilities, text, [&] { return schema::from_xml<schema::Capabilities>(text); });
    host.nodes = topology::nodes_of(capabilities);
    if (cpus_matter) host.cpus = topology::cpus_of(capabilities);
  });
}

// The host with the nodes and CPUs from --capabilities and the nodes from --numa-node.
topology::Host completed(topology::Host host, const HostSource& source, bool cpus_matter = false) {
  if (source.capabilities) {
    take_capabilities(*source.capabilities, host, cpus_matter);
    topology::assume_only_node(host);
  }
  for (const auto& [pattern, node] : source.numa_nodes) {
    if (host.node(node)) continue;
    topology::CpuSet nodes;
    for (const topology::Node& one : host.nodes) nodes.insert({one.id, one.id});
    throw FileError(fmt::format("--numa-node {}={}: the host has no such node; name one of {}", pattern.format(), node,
                                nodes.format()));
  }
  topology::override_nodes(source.numa_nodes, host);
  return host;
}

}  // namespace

topology::Host read_host(const HostSource& source, bool cpus_matter) {
  return completed(source.snapshot ? read_snapshot(*source.snapshot) : topology::read_sysfs(sysfs_of(source)), source,
                   cpus_matter);
}

topology::Host read_host(const HostSource& source, const schema::Domain& domain) {
  namespace placement = vnuma::placement;
  if (source.snapshot) return read_host(source);
  const std::string root = sysfs_of(source);
  std::vector<topology::PciAddress> devices;
  std::vector<std::string> mediated;
  try {
    devices = placement::passthrough_devices(domain);
    mediated = placement::mediated_devices(domain);
  } catch (const schema::Error&) {
    // Reads all devices, because those of the domain cannot be listed. plan() and check() report the reason.
    return read_host(source);
  }
  return completed(topology::read_sysfs(root, devices, mediated), source);
}

topology::Host with_identifiers(const topology::Host& host, const HostSource& source) {
  return source.snapshot ? host : topology::read_sysfs(sysfs_of(source));
}
