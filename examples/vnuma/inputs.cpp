#include "inputs.hpp"

#include <vnuma/placement/plan.hpp>
#include <vnuma/topology/capabilities.hpp>
#include <vnuma/topology/snapshot.hpp>
#include <vnuma/topology/sysfs.hpp>

#include "errors.hpp"
#include "files.hpp"

vnuma::schema::Domain read_domain(const std::string& text) {
  return read_document<vnuma::schema::Domain>(
      text, "capabilities",
      "this is the output of virsh capabilities, which --capabilities reads; give a libvirt domain, as `virsh "
      "dumpxml` prints it");
}

void add_host_options(boost::program_options::options_description& all) {
  const auto text = [](const char* name) { return boost::program_options::value<std::string>()->value_name(name); };
  auto add = all.add_options();
  add("sysfs", text("DIR"), "the host's sysfs; /sys if no host is named");
  add("host", text("FILE"), "the host's snapshot, from vnuma capture");
}

HostSource host_source(const OptionValues& values) {
  HostSource source{file_name(values, "sysfs"), file_name(values, "host")};
  if (source.sysfs && source.snapshot) throw UsageError("--sysfs and --host exclude each other");
  return source;
}

vnuma::topology::Host read_host(const HostSource& source) {
  if (!source.snapshot) return vnuma::topology::read_sysfs(source.sysfs.value_or("/sys"));
  const std::string text = read_file(*source.snapshot);
  return in_file(*source.snapshot, text, [&] { return vnuma::topology::from_snapshot(text); });
}

vnuma::topology::Host read_host(const HostSource& source, const vnuma::schema::Domain& domain) {
  namespace placement = vnuma::placement;
  if (source.snapshot) return read_host(source);
  return vnuma::topology::read_sysfs(source.sysfs.value_or("/sys"), placement::passthrough_devices(domain),
                                     placement::mediated_devices(domain));
}

void take_capabilities(const std::string& file, vnuma::topology::Host& host, bool cpus_matter) {
  namespace schema = vnuma::schema;
  const std::string text = read_file(file);
  in_file(file, text, [&] {
    const auto capabilities = read_document<schema::Capabilities>(
        text, "domain", "this is a domain, which stands without an option; give the output of `virsh capabilities`");
    host.nodes = vnuma::topology::nodes_of(capabilities);
    if (cpus_matter) host.cpus = vnuma::topology::cpus_of(capabilities);
  });
}
