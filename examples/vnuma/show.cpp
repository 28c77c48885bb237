#include "show.hpp"

#include <fmt/format.h>

#include <vnuma/placement/guest_devices.hpp>
#include <vnuma/topology/matrix.hpp>
#include <vnuma/topology/sysfs.hpp>

#include "errors.hpp"
#include "files.hpp"
#include "inputs.hpp"
#include "options.hpp"

namespace {

namespace placement = vnuma::placement;
namespace schema = vnuma::schema;
namespace topology = vnuma::topology;
using Places = std::vector<std::optional<topology::Place>>;

// What a host's device is that guests are given for its nearness; empty for others. Classes are those of the PCI ID
// database.
std::string kind(const topology::PciDevice& device) {
  const std::uint32_t base = device.class_code >> 16;
  const std::uint32_t subclass = device.class_code >> 8;
  std::string kind;
  if (base == 0x02) kind = "NIC";
  if (base == 0x03) kind = "GPU";
  if (base == 0x12 || subclass == 0x0b40) kind = "accelerator";
  if (subclass == 0x0108) kind = "NVMe";
  if (!kind.empty() && device.physical_function) kind += " VF";
  return kind;
}

std::string host_matrix(const topology::Host& host) {
  topology::MatrixLabels labels{{"ON THE HOST", "KIND"}};
  Places places;
  for (const topology::PciDevice& device : host.devices) {
    if (kind(device).empty()) continue;
    labels.push_back({device.address.format(), kind(device)});
    places.push_back(place_of(device));
  }
  for (const topology::MediatedDevice& device : host.mediated_devices) {
    labels.push_back({device.uuid, "mdev"});
    places.push_back(place_of(device, host));
  }
  if (places.empty()) return "the host has no GPU, NIC, accelerator, NVMe disk or mediated device\n";
  return matrix_text(labels, places);
}

// nullopt if the host does not have the device.
std::optional<topology::Place> place_on_host(const placement::GuestDevice& device, const topology::Host& host) {
  if (const auto* mediated = host.find_mediated(device.uuid)) return place_of(*mediated, host);
  const topology::PciDevice* found = device.uuid.empty() ? host.find(*device.source) : nullptr;
  return found ? std::optional(place_of(*found)) : std::nullopt;
}

// The domain's devices, and with the host's sysfs where they are there.
std::string domain_matrix(const schema::Domain& domain, const HostSource& source) {
  topology::MatrixLabels labels{{"ON THE HOST", "IN THE GUEST", "ALIAS"}};
  const auto devices = placement::guest_devices(domain);
  if (devices.empty()) return "the domain has no passthrough PCI device\n";
  const topology::Host host = source.is_named() ? read_host(source, domain) : topology::Host{};
  Places on_host;
  Places in_guest;
  for (const placement::GuestDevice& device : devices) {
    labels.push_back({device.name(), device.guest_bdf ? device.guest_bdf->format() : "-",
                      device.alias.empty() ? "-" : device.alias});
    on_host.push_back(place_on_host(device, host));
    if (source.is_named() && !on_host.back()) {
      write_standard_error(
          fmt::format("warning: the host has no device {}; is it the one that the domain is for?\n", device.name()));
    }
    in_guest.push_back(device.place);
  }
  return source.is_named() ? matrix_text(labels, on_host, in_guest) : matrix_text(labels, in_guest);
}

int show(const OptionValues& values) {
  const HostSource source = host_source(values);
  const auto name = domain_name(values);
  if (!name) return write_standard_output(host_matrix(read_host(source))), 0;
  const std::string text = read_file(*name);
  write_standard_output(in_file(*name, text, [&] { return domain_matrix(read_domain(text), source); }));
  return 0;
}

}  // namespace

Command show_command() {
  return {.name = "show",
          .summary = "how near devices are to each other, on a host, in a guest, or both",
          .usage = "[DOMAIN|-] [options]",
          .description =
              "Shows how near devices are to each other: without DOMAIN, the GPUs, NICs,\n"
              "accelerators, NVMe disks and mediated devices of the host; with DOMAIN, its\n"
              "passthrough devices as the guest sees them; with DOMAIN and --sysfs or --host,\n"
              "on the host and in the guest side by side.",
          .examples = {{"vnuma show placed.xml --sysfs /sys --format matrix",
                        "holds the guest's nearness against the host's"}},
          .takes_domain = true,
          .options = join({host_options(),
                           {{.name = "format",
                             .help = "the form:",
                             .kind = Value::choice,
                             .value = "FORMAT",
                             .choices = {"matrix"},
                             .preset = "matrix"}}}),
          .run = show};
}
