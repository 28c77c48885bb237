#include "show.hpp"

#include <fmt/format.h>

#include <vnuma/placement/guest_devices.hpp>
#include <vnuma/placement/guest_tree.hpp>
#include <vnuma/placement/qemu_arguments.hpp>
#include <vnuma/topology/device_kind.hpp>
#include <vnuma/topology/guest_map.hpp>
#include <vnuma/topology/matrix.hpp>

#include "device_names.hpp"
#include "errors.hpp"
#include "files.hpp"
#include "inputs.hpp"
#include "options.hpp"
#include "plan.hpp"
#include "spelling.hpp"
#include "terminal.hpp"

namespace {

namespace placement = vnuma::placement;
namespace schema = vnuma::schema;
namespace topology = vnuma::topology;
using Locations = std::vector<std::optional<topology::Location>>;

// The host of a domain; nullopt if no option names one.
std::optional<topology::Host> host_of_domain(const HostSource& source) {
  return source.is_named() ? std::optional(read_host(source)) : std::nullopt;
}

std::string host_matrix(const topology::Host& host) {
  topology::MatrixLabels labels{{"ON THE HOST", "KIND"}};
  Locations locations;
  for (const topology::PciDevice& device : host.devices) {
    if (!topology::device_kind(device.class_code).is_near) continue;
    labels.push_back({device.address.format(), topology::device_word(device)});
    locations.push_back(location_of(device));
  }
  for (const topology::MediatedDevice& device : host.mediated_devices) {
    labels.push_back({device.uuid, "mdev"});
    locations.push_back(location_of(device, host));
  }
  if (locations.empty()) return "the host has no GPU, NIC, accelerator, NVMe disk or mediated device\n";
  return matrix_text(labels, locations);
}

// The devices of the domain in the guest and, if a host is named, on the host.
std::string domain_matrix(const schema::Domain& domain, const HostSource& source) {
  topology::MatrixLabels labels{{"ON THE HOST", "IN THE GUEST", "ALIAS"}};
  const auto devices = placement::guest_devices(domain);
  if (devices.empty()) return "the domain has no passthrough PCI device\n";
  const auto host = host_of_domain(source);
  Locations on_host;
  Locations in_guest;
  for (const placement::GuestDevice& device : devices) {
    labels.push_back({device.name(), device.guest_bdf ? device.guest_bdf->format() : "-",
                      device.alias.empty() ? "-" : device.alias});
    on_host.push_back(host ? location_on_host(device, *host) : std::nullopt);
    if (host && !on_host.back()) {
      write_standard_error(
          fmt::format("warning: the host has no device {}; name the host that the domain is for\n", device.name()));
    }
    in_guest.push_back(device.location);
  }
  return host ? matrix_text(labels, on_host, in_guest) : matrix_text(labels, in_guest);
}

// The tree in the format of the options.
std::string tree(topology::PciTree tree, const OptionValues& values, const std::string& format) {
  name_devices(tree, text(values, "pci-ids"));
  if (format == "json") return tree_json(tree);
  if (!values.count("all")) tree = summarised(tree);
  return format == "dot" ? tree_dot(tree) : tree_text(tree, standard_output_style());
}

std::string domain_tree(const schema::Domain& domain, const HostSource& source, const OptionValues& values,
                        const std::string& format) {
  const auto host = host_of_domain(source);
  return tree(placement::guest_tree(domain, host ? &*host : nullptr), values, format);
}

// A device on no cell has the arguments that the domain means, but these are seldom wanted.
std::string arguments_of_qemu(const schema::Domain& domain) {
  std::string arguments = qemu_text(placement::qemu_arguments(domain));
  const bool has_cells = topology::has_guest_cells(domain);
  for (const placement::GuestDevice& device : placement::guest_devices(domain)) {
    if (device.location.node) continue;
    write_standard_error(fmt::format(
        "warning: {} is on no guest cell; use vnuma place {}--readdress, which places it or tells why not\n",
        device.name(), has_cells ? "" : "--cells add "));
  }
  return arguments;
}

std::string show_domain(const schema::Domain& domain, const HostSource& source, const OptionValues& values,
                        const std::string& format) {
  if (format == "matrix") return domain_matrix(domain, source);
  if (format == "qemu") return arguments_of_qemu(domain);
  return domain_tree(domain, source, values, format);
}

int show(const OptionValues& values) {
  const std::string format = *text(values, "format");
  const HostSource source = host_source(values);
  const auto name = domain_name(values);
  if (!name) {
    if (format == "qemu") throw UsageError("--format qemu needs a DOMAIN; name a domain that vnuma place has placed");
    const topology::Host host = read_host(source);
    return write_standard_output(format == "matrix" ? host_matrix(host) : tree(host_tree(host), values, format)), 0;
  }
  const std::string text = read_file(*name);
  write_standard_output(
      in_file(*name, text, [&] { return show_domain(read_domain(text), source, values, format); }, check_spelling));
  return 0;
}

}  // namespace

Command show_command() {
  Command command{
      .summary = "show the PCIe topology of a host or guest, and how near devices are",
      .usage = "[DOMAIN|-] [options]",
      .description =
          "Shows the PCIe topology of the host or, with DOMAIN, of its guest, with the\n"
          "addresses that the guest will give. With DOMAIN and --sysfs or --host, it also\n"
          "shows the kind of each passthrough device, and whether the device is on the cell\n"
          "of its host node.",
      .more =
          {"A matrix shows how near devices are, with NVIDIA's names. For a host, it has the GPUs, NICs, "
           "accelerators, NVMe disks and mediated devices; for a domain, the passthrough devices, in the guest "
           "and, if a host is named, on the host.",
           "The arguments of QEMU are for guests that start without libvirt: by a script, or by Proxmox VE with args: "
           "of qm. There is one on each line, quoted for a shell. They give the guest the cells, ports and "
           "passthrough devices of a placed domain; -machine, -cpu, firmware, disks, NICs and pinning are left to "
           "the script or qm. qemu/README.md, in examples/ of the sources and in share/doc/vnuma, "
           "has an example."},
      .examples = {{"vnuma show placed.xml --sysfs /sys",
                    "shows the topology that the guest will see, and which devices are on their cells"},
                   {"vnuma show --format dot | dot -Tsvg > host.svg", "draws this host"},
                   {"vnuma show placed.xml --sysfs /sys --format matrix",
                    "compares how near the devices are in the guest and on the host"},
                   {"vnuma show placed.xml --format qemu | xargs -r qemu-system-x86_64 -machine q35,accel=kvm",
                    "starts the guest without libvirt"}},
      .takes_domain = true,
      .options =
          join({host_options("the host's sysfs; /sys without DOMAIN and other host"),
                {plan_option("numa-node"),
                 {.name = "format",
                  .help = "output format:",
                  .kind = Value::choice,
                  .value = "FORMAT",
                  .choices = {"text", "dot", "json", "matrix", "qemu"},
                  .preset = "text",
                  .more = "text is a tree, dot a drawing for Graphviz, json a tree for programs, matrix a table of how "
                          "near devices are, and qemu the arguments of QEMU for DOMAIN."},
                 {.name = "all",
                  .help = "list the entries that text and dot only count",
                  .letter = 'a',
                  .more = "These are devices that guests seldom get, and empty ports."}}}),
      .run = show};
  if (knows_device_names()) {
    command.options.push_back({.name = "pci-ids",
                               .help = "file of device names, instead of the system's pci.ids",
                               .kind = Value::file,
                               .value = "FILE"});
  }
  return command;
}
