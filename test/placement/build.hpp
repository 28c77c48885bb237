// Small guests and hosts to plan on.
#pragma once

#include <algorithm>
#include <exception>
#include <initializer_list>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <vnuma/placement/plan.hpp>
#include <vnuma/placement/report.hpp>

namespace vnuma::topology {

inline std::ostream& operator<<(std::ostream& out, const PciAddress& address) { return out << address.format(); }

}  // namespace vnuma::topology

namespace vnuma::test {

using placement::PciAddress;

inline PciAddress bdf(const std::string& text) { return PciAddress::parse(text).value(); }

// A host of `nodes` nodes; node n has CPU n.
inline topology::Host host(unsigned nodes, std::initializer_list<std::pair<const char*, int>> devices = {}) {
  topology::Host host;
  for (unsigned n = 0; n < nodes; ++n) host.nodes.push_back({.id = n, .cpus = topology::CpuSet(n)});
  for (const auto& [address, node] : devices) {
    topology::PciDevice device;
    device.address = bdf(address);
    if (node >= 0) device.numa_node = static_cast<topology::NodeId>(node);
    host.devices.push_back(std::move(device));
  }
  std::sort(host.devices.begin(), host.devices.end(), [](auto& a, auto& b) { return a.address < b.address; });
  return host;
}

inline schema::Address pci(const std::string& text) {
  const PciAddress address = bdf(text);
  schema::Address out;
  out.type = "pci";
  out.domain = address.domain;
  out.bus = address.bus;
  out.slot = address.slot;
  out.function = address.function;
  return out;
}

inline schema::HostDevice hostdev(const std::string& source) {
  schema::HostDevice device;
  device.mode = "subsystem";
  device.type = "pci";
  device.source.emplace().address = pci(source);
  return device;
}

inline schema::HostDevice hostdev(const std::string& source, const std::string& address) {
  schema::HostDevice device = hostdev(source);
  device.address = pci(address);
  return device;
}

inline schema::Controller controller(unsigned index, const std::string& model, const std::string& address) {
  schema::Controller out;
  out.type = "pci";
  out.index = index;
  out.model = model;
  out.address = pci(address);
  return out;
}

inline schema::Controller expander(unsigned index, const std::string& address, unsigned bus_nr, unsigned node) {
  schema::Controller out = controller(index, "pcie-expander-bus", address);
  out.target.emplace().bus_nr = bus_nr;
  out.target->numa_node = node;
  return out;
}

inline schema::Controller port(unsigned index, const std::string& address) {
  return controller(index, "pcie-root-port", address);
}

// A hostdev that is a mediated device.
inline schema::HostDevice mdev(const std::string& uuid) {
  schema::HostDevice device;
  device.mode = "subsystem";
  device.type = "mdev";
  device.model = "vfio-pci";
  device.source.emplace().address.emplace().uuid = schema::UuidText::from_text(uuid);
  return device;
}

// A q35 guest with ACPI and `cells` cells; cell c has vCPU c, which is pinned to the host's CPU c.
inline schema::Domain guest(unsigned cells, std::initializer_list<const char*> sources = {}) {
  schema::Domain domain;
  domain.os.emplace().type.emplace().machine = "q35";
  domain.features.emplace().acpi.emplace();
  schema::NUMA& numa = domain.cpu.emplace().numa.emplace();
  schema::CPUTune& tune = domain.cpu_tune.emplace();
  for (unsigned c = 0; c < cells; ++c) {
    schema::NUMACell& cell = numa.cells.emplace_back();
    cell.id = c;
    cell.cpus = schema::CpuSet(c);
    schema::CPUTuneVCPUPin& pin = tune.vcpu_pin.emplace_back();
    pin.vcpu = c;
    pin.cpu_set = schema::CpuSet(c);
  }
  schema::Devices& devices = domain.devices.emplace();
  for (const char* source : sources) devices.host_devices.push_back(hostdev(source));
  return domain;
}

inline const placement::PlannedDevice& device(const placement::Plan& plan, const std::string& source) {
  for (const placement::PlannedDevice& device : plan.devices) {
    if (device.source == bdf(source)) return device;
  }
  throw std::logic_error("the plan has no " + source);
}

// One more device of the host, behind bridges of its root complex, the root port first: "16:01.0 17:00.0 18:04.0".
inline void attach(topology::Host& host, const std::string& source, unsigned node, const std::string& root_complex,
                   const std::string& bridges = "") {
  topology::PciDevice device{.address = bdf(source), .numa_node = node, .root_complex = root_complex};
  std::istringstream words(bridges);
  for (std::string word; words >> word;) device.bridges.push_back(bdf(word));
  host.devices.push_back(std::move(device));
  std::sort(host.devices.begin(), host.devices.end(), [](auto& a, auto& b) { return a.address < b.address; });
}

// Two GPUs and a NIC: GPU 18 and the NIC behind one switch, GPU 28 behind another root port.
inline topology::Host one_switch() {
  topology::Host machine = host(1);
  attach(machine, "18:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:00.0");
  attach(machine, "19:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:01.0");
  attach(machine, "28:00.0", 0, "pci0000:15", "15:02.0");
  return machine;
}

using Lines = std::vector<std::string>;

// "1 pcie-root-port at 02:00.0" for each controller that the plan adds; the bus is an index.
inline Lines controllers(const placement::Plan& plan) {
  Lines lines;
  for (const placement::PlannedController& controller : plan.controllers) {
    std::string line = std::to_string(controller.index) + " " + controller.model + " at " + controller.address.format();
    if (controller.bus_nr) line += " busNr " + std::to_string(*controller.bus_nr);
    lines.push_back(std::move(line));
  }
  return lines;
}

// "18:00.0 is e3:00.0" for each device that is placed.
inline Lines devices(const placement::Plan& plan) {
  Lines lines;
  for (const placement::PlannedDevice& device : plan.devices) {
    if (device.outcome != placement::Outcome::placed) continue;
    lines.push_back(device.name() + " is " + device.guest_bdf.value().format());
  }
  return lines;
}

// For checks of reports and messages.
inline bool mentions(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Diagnostics as a program that calls the library prints them.
inline Lines texts(const std::vector<placement::Diagnostic>& diagnostics) {
  Lines lines;
  for (const placement::Diagnostic& diagnostic : diagnostics) lines.push_back(to_string(diagnostic));
  return lines;
}

// "VN014" for each.
inline Lines codes_of(const std::vector<placement::Diagnostic>& diagnostics) {
  Lines codes;
  for (const placement::Diagnostic& diagnostic : diagnostics) codes.push_back(name(diagnostic.code));
  return codes;
}

// Whether a warning of the plan has the code, and its text all the parts: numbers and names.
template <class... Parts>
bool warns(const placement::Plan& plan, placement::Code code, const Parts&... parts) {
  return std::any_of(plan.warnings.begin(), plan.warnings.end(), [&](const placement::Diagnostic& warning) {
    return warning.code == code && (mentions(to_string(warning), parts) && ...);
  });
}

// The reasons of a device, as reports name them: "has-address", "off-cell".
inline Lines reasons(const placement::PlannedDevice& device) {
  Lines names;
  for (const placement::DeviceReason& reason : device.reasons) names.emplace_back(name(reason.reason));
  return names;
}

// For BOOST_CHECK_EXCEPTION: the error's text has all the parts.
template <class... Parts>
auto says(Parts... parts) {
  return [=](const std::exception& error) { return (mentions(error.what(), parts) && ...); };
}

// For BOOST_CHECK_EXCEPTION: the error has the code, and its text all the parts: paths, numbers and names.
template <class... Parts>
auto with(placement::Code code, Parts... parts) {
  return [=](const placement::DiagnosticError& error) {
    return error.diagnostic().code == code && (mentions(error.what(), parts) && ...);
  };
}

}  // namespace vnuma::test
