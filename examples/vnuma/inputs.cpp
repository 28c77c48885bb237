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

vnuma::schema::Domain read_domain(const std::string& text) {
  return read_as(Kind::domain, text, [&] { return vnuma::schema::from_xml<vnuma::schema::Domain>(text); });
}

vnuma::schema::VirtualMachine read_manifest(const std::string& file) {
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

Options host_options(const std::string& sysfs) {
  return {{.name = "sysfs",
           .help = sysfs,
           .kind = Value::folder,
           .value = "DIR",
           .more = "Any folder of the shape of /sys will do, as a copy with its links."},
          {.name = "host",
           .help = "the host's snapshot, from vnuma capture",
           .kind = Value::file,
           .value = "FILE",
           .more = "It stands for the host's sysfs."}};
}

Option capabilities_option(const std::string& what) {
  return {.name = "capabilities",
          .help = "take " + what + " from virsh capabilities",
          .kind = Value::file,
          .value = "FILE",
          .more = "They then come from what virsh capabilities printed there."};
}

Option output_option(const std::string& what) {
  return {.name = "output",
          .help = fmt::format("write {} to FILE", what),
          .kind = Value::new_file,
          .value = "FILE",
          .letter = 'o',
          .more = "A file that is there is replaced when the new one is whole."};
}

HostSource host_source(const OptionValues& values) {
  HostSource source{text(values, "sysfs"), text(values, "host")};
  if (source.sysfs && source.snapshot) throw UsageError("--sysfs and --host exclude each other");
  return source;
}

namespace {

// A file, where a folder belongs, is told what it is.
std::string sysfs_of(const HostSource& source) {
  std::string root = source.sysfs.value_or("/sys");
  std::error_code error;
  if (!std::filesystem::is_regular_file(root, error)) return root;
  std::string message = mistaken(read_file(root), Kind::sysfs);
  if (message.empty()) message = "this is a file; " + std::string(wish(Kind::sysfs));
  throw FileError(fmt::format("{}: {}", root, message));
}

}  // namespace

vnuma::topology::Host read_host(const HostSource& source) {
  if (!source.snapshot) return vnuma::topology::read_sysfs(sysfs_of(source));
  const std::string text = read_file(*source.snapshot);
  return in_file(*source.snapshot, text,
                 [&] { return read_as(Kind::snapshot, text, [&] { return vnuma::topology::from_snapshot(text); }); });
}

vnuma::topology::Host read_host(const HostSource& source, const vnuma::schema::Domain& domain) {
  namespace placement = vnuma::placement;
  if (source.snapshot) return read_host(source);
  return vnuma::topology::read_sysfs(sysfs_of(source), placement::passthrough_devices(domain),
                                     placement::mediated_devices(domain));
}

void take_capabilities(const std::string& file, vnuma::topology::Host& host, bool cpus_matter) {
  namespace schema = vnuma::schema;
  const std::string text = read_file(file);
  in_file(file, text, [&] {
    const auto capabilities =
        read_as(Kind::capabilities, text, [&] { return schema::from_xml<schema::Capabilities>(text); });
    host.nodes = vnuma::topology::nodes_of(capabilities);
    if (cpus_matter) host.cpus = vnuma::topology::cpus_of(capabilities);
  });
}
