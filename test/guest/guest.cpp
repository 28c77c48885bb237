#include "guest.hpp"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/test/results_collector.hpp>
#include <boost/test/unit_test.hpp>

#include <vnuma/placement/qemu_arguments.hpp>
#include <vnuma/schema/size.hpp>
#include <vnuma/schema/xml.hpp>

#include "libvirt.hpp"
#include "seen.hpp"
#include "tool/run.hpp"

namespace vnuma::test {

namespace {

using placement::PlannedDevice;
using topology::NodeId;
using topology::PciAddress;
using topology::PciDevice;

// The folder that test/guest/prepare fills.
const std::string files = VNUMA_GUEST_FILES;

Libvirt& libvirt() {
  static Libvirt instance;
  return instance;
}

// What ShowsConsole prints.
std::string shown;

void show(const std::string& title, const std::string& text) { shown += fmt::format("{}:\n{}\n", title, text); }

void show(const Run& run) {
  show("the guest's console", run.console);
  show("libvirt's log", run.log);
}

// The folder with the files that guests of the architecture boot.
std::string folder_of(const std::string& architecture) {
  return files + (architecture == "aarch64" ? "/arm64" : "/amd64");
}

Machine machine(const schema::Domain& domain, const Boot& boot) {
  Machine machine;
  machine.architecture = domain.os->type->arch.value_or("x86_64");
  if (const std::string missing = missing_for(machine.architecture); !missing.empty()) {
    throw std::runtime_error(missing);
  }
  const std::string folder = folder_of(machine.architecture);
  machine.kernel = folder + "/vmlinuz";
  machine.initramfs = folder + "/initramfs";
  machine.console = libvirt().file("console");
  machine.disk = libvirt().file("disk");
  std::ofstream(machine.disk) << std::string(std::size_t{1} << 20, '\0');
  if (machine.architecture == "aarch64") {
    // virt always boots with UEFI, because QEMU gives its ACPI tables to UEFI only.
    machine.uefi = folder + "/AAVMF_CODE.fd";
    machine.uefi_variables = folder + "/AAVMF_VARS.fd";
  } else if (boot.uefi) {
    machine.uefi = "/usr/share/OVMF/OVMF_CODE_4M.fd";
    machine.uefi_variables = "/usr/share/OVMF/OVMF_VARS_4M.fd";
  }
  machine.nvram = libvirt().file("nvram");
  std::filesystem::remove(machine.nvram);
  machine.qemu = boot.qemu;
  machine.memory = boot.memory;
  return machine;
}

// The ports above a device, the root port first, and the expander bus that they are on; null if they are on pcie-root.
struct Chain {
  const schema::Controller* expander = nullptr;
  // The first has its guest address; the others have the guest's slot and function, but not its bus.
  std::vector<PciAddress> ports;
};

// The chain of a device on the bus of the controller with this index.
Chain chain_of(const schema::Domain& domain, std::uint32_t index) {
  Chain chain;
  while (index != 0) {
    const auto& controllers = domain.devices->controllers;
    const auto found = std::find_if(controllers.begin(), controllers.end(), [&](const schema::Controller& controller) {
      return controller.type == "pci" && controller.index == index && controller.address;
    });
    if (found == controllers.end()) return {};
    if (found->model == "pcie-expander-bus") {
      chain.expander = &*found;
      if (!chain.ports.empty()) chain.ports.front().bus = static_cast<std::uint8_t>(*found->target->bus_nr);
      break;
    }
    chain.ports.insert(chain.ports.begin(), topology::pci_address(*found->address));
    index = chain.ports.front().bus;
  }
  return chain;
}

// Whether these bridges of the guest are these ports.
bool are(const std::vector<PciAddress>& bridges, const std::vector<PciAddress>& ports) {
  const auto is = [](const PciAddress& a, const PciAddress& b) { return a.slot == b.slot && a.function == b.function; };
  return std::equal(bridges.begin(), bridges.end(), ports.begin(), ports.end(), is) &&
         (ports.empty() || bridges.front() == ports.front());
}

std::uint32_t id_of(const std::vector<schema::NUMACell>& cells, std::size_t position) {
  return cells[position].id.value_or(static_cast<std::uint32_t>(position));
}

// The CPUs of a cell in the started guest.
schema::CpuSet cpus_of(const schema::NUMACell& cell) {
  schema::CpuSet cpus = cell.cpus ? *cell.cpus : schema::CpuSet();
  cpus.erase({most_vcpus, 0xffffffff});
  return cpus;
}

// The guest's node of a cell. Linux numbers nodes in the order of ACPI's SRAT. QEMU's SRAT lists the CPUs first, then
// the memory of the cells in the order of their ids. So the node of a cell with CPUs is the one that has them, and the
// nodes of cells without CPUs come last, in the order of the ids.
std::optional<NodeId> node_of(const Guest& guest, std::uint32_t cell_id) {
  const auto& cells = guest.placed.cpu->numa->cells;
  schema::CpuSet cpus;
  std::size_t before = 0;  // cells without CPUs that have a lower id
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::uint32_t id = id_of(cells, i);
    if (id == cell_id) cpus = cpus_of(cells[i]);
    before += id < cell_id && cpus_of(cells[i]).empty();
  }
  for (const topology::Node& node : guest.seen.nodes) {
    if (node.cpus != cpus) continue;
    if (!cpus.empty() || before == 0) return node.id;
    --before;
  }
  return std::nullopt;
}

std::string join(const std::vector<PciAddress>& addresses) {
  std::string text;
  for (const PciAddress& address : addresses) text += (text.empty() ? "" : ", ") + address.format();
  return text;
}

std::string node_text(const std::optional<NodeId>& node) { return node ? fmt::format("node {}", *node) : "no node"; }

bool below_expander(const Guest& guest, const PlannedDevice& device) {
  return device.address && chain_of(guest.placed, device.address->bus).expander;
}

// Removes the I/O BAR of pci-testdev from the BARs to check. An expander bus of an arm64 guest has I/O space for its
// first port only (measured with AAVMF 2025.02), and the devices that pci-testdev replaces have no I/O BAR.
void forget_io(StandIn& in) {
  std::erase_if(in.bars, [](const StandIn::Bar& bar) { return bar.size < 0x1000; });
}

void check_bars(const StandIn& stand_in, const PciDevice& seen, std::vector<std::string>& broken) {
  for (const StandIn::Bar& expected : stand_in.bars) {
    const auto bar = std::find_if(seen.bars.begin(), seen.bars.end(), [&](const topology::Bar& candidate) {
      return candidate.index == expected.index && candidate.size == expected.size && is_assigned(candidate);
    });
    if (bar != seen.bars.end()) continue;
    broken.push_back(
        fmt::format("BAR {} of {} ({} bytes) is not assigned", expected.index, seen.address.format(), expected.size));
  }
}

// Each device must have its planned address in the domain: the guest cannot tell two equal stand-ins apart.
void check_address(const Guest& guest, const PlannedDevice& device, std::vector<std::string>& broken) {
  if (!device.address) return;
  const auto check = [&](const schema::Domain& domain, const char* which) {
    const PciAddress at = address_of(domain, device);
    if (at == *device.address) return;
    broken.push_back(fmt::format("{} is at {} in the {} domain, but at {} in the plan", device.name(), at.format(),
                                 which, device.address->format()));
  };
  check(guest.placed, "placed");
  check(guest.defined, "defined");
}

void check_device(const Guest& guest, std::size_t i, std::vector<std::string>& broken) {
  const PlannedDevice& device = guest.plan.devices[i];
  const std::string name = device.name();
  if (!device.guest_bdf) {
    broken.push_back(name + " has no predicted address");
    return;
  }
  const PciDevice* seen = guest.seen.find(*device.guest_bdf);
  if (!seen) {
    broken.push_back(fmt::format("{} is missing: the guest has no device at {}", name, device.guest_bdf->format()));
    return;
  }
  if (seen->vendor != guest.stand_ins[i].vendor || seen->device != guest.stand_ins[i].device) {
    broken.push_back(fmt::format("{} is missing: the guest has another device at {}", name, seen->address.format()));
  }
  const Chain chain = chain_of(guest.placed, device.address->bus);
  if (!are(seen->bridges, chain.ports)) {
    broken.push_back(
        fmt::format("{} is behind {}, but must be behind {}", name, join(seen->bridges), join(chain.ports)));
  }
  const auto cell =
      device.outcome == placement::Outcome::placed ? device.guest_cell.value() : *chain.expander->target->numa_node;
  const auto node = node_of(guest, cell);
  if (!node || seen->numa_node != node) {
    broken.push_back(
        fmt::format("{} is on {}, but cell {} is {}", name, node_text(seen->numa_node), cell, node_text(node)));
  }
  check_bars(guest.stand_ins[i], *seen, broken);
}

// Below the expander buses, the guest must have only the ports and devices of the plan, and no other device on a node.
void check_strangers(const Guest& guest, std::vector<std::string>& broken) {
  std::set<PciAddress> expected;
  for (const PlannedDevice& device : guest.plan.devices) {
    const PciDevice* seen = device.guest_bdf ? guest.seen.find(*device.guest_bdf) : nullptr;
    if (!seen || !below_expander(guest, device)) continue;
    expected.insert(seen->address);
    expected.insert(seen->bridges.begin(), seen->bridges.end());
  }
  for (const PciDevice& seen : guest.seen.devices) {
    const bool below = seen.root_complex != "pci0000:00";
    if (below && !expected.contains(seen.address)) {
      broken.push_back(fmt::format("{} ({:04x}:{:04x}) is below an expander bus, but not in the plan",
                                   seen.address.format(), seen.vendor, seen.device));
    }
    if (!below && seen.numa_node) {
      broken.push_back(
          fmt::format("{} is on {}, but not below an expander bus", seen.address.format(), node_text(seen.numa_node)));
    }
  }
}

// A device that was left alone must be at its address from libvirt, on pcie-root or behind a port there, on no node.
void check_left_alone(const Guest& guest, std::size_t i, std::vector<std::string>& broken) {
  const std::string name = guest.plan.devices[i].name();
  const PciAddress at = address_of(guest.defined, guest.plan.devices[i]);
  const std::vector<PciAddress> ports = chain_of(guest.defined, at.bus).ports;
  if (at.bus != 0 && ports.empty()) {
    broken.push_back(fmt::format("{} is at {} in the domain, which is not behind a root port", name, at.format()));
    return;
  }
  // The guest chooses the number of the bus behind a port, so the port identifies the bus.
  const auto is_there = [&](const PciDevice& seen) {
    return seen.root_complex == "pci0000:00" && are(seen.bridges, ports) && seen.address.slot == at.slot &&
           seen.address.function == at.function;
  };
  const auto seen = std::find_if(guest.seen.devices.begin(), guest.seen.devices.end(), is_there);
  const std::string location = at.bus == 0 ? "at " + at.format() : "behind " + join(ports);
  if (seen == guest.seen.devices.end() || seen->vendor != guest.stand_ins[i].vendor ||
      seen->device != guest.stand_ins[i].device) {
    const char* found = seen == guest.seen.devices.end() ? "nothing" : "another device";
    broken.push_back(fmt::format("{} was left alone, but {} is {}", name, found, location));
  } else if (seen->numa_node) {
    broken.push_back(fmt::format("{} was left alone, but is on {}", name, node_text(seen->numa_node)));
  }
}

// Compares the order as the plan does: devices that are not below an expander bus come first, in any order.
void check_order(const Guest& guest, std::vector<std::string>& broken) {
  std::map<PciAddress, PciAddress> addresses;  // in the guest, by host address
  for (const PlannedDevice& device : guest.plan.devices) {
    const bool below = below_expander(guest, device);
    if (!device.address || (below && !device.guest_bdf)) continue;
    addresses.emplace(*device.source, below ? *device.guest_bdf : PciAddress{});
  }
  const bool ordered = std::is_sorted(addresses.begin(), addresses.end(),
                                      [](const auto& a, const auto& b) { return a.second < b.second; });
  const bool warned = std::any_of(guest.plan.warnings.begin(), guest.plan.warnings.end(),
                                  [](const auto& warning) { return warning.code == placement::Code::guest_order; });
  if (ordered == warned)
    broken.push_back(warned ? "devices are in the host's order, but the plan warns of another order"
                            : "devices are not in the host's order, and the plan does not warn of this");
}

// The lines of the arguments on one line, with a stand-in for each passthrough device: "-device edu,id=..." for
// "-device vfio-pci,host=...,id=...".
std::string with_stand_ins(const std::string& arguments, const std::vector<StandIn>& stand_ins) {
  std::string words;
  auto in = stand_ins.begin();
  std::istringstream lines(arguments);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("-device vfio-pci,")) {
      const StandIn& replacement = *in++;
      line = "-device " + replacement.driver + line.substr(line.find(",id="));
      if (replacement.driver == "pci-testdev") line += fmt::format(",membar={}", replacement.bars.back().size);
    }
    words += line + ' ';
  }
  return words;
}

std::optional<unsigned> listed(const schema::NUMACell& cell, std::uint32_t to) {
  if (!cell.distances) return std::nullopt;
  for (const schema::NUMACellSibling& sibling : cell.distances->siblings) {
    if (sibling.id == to) return *sibling.value;
  }
  return std::nullopt;
}

// libvirt uses a distance that only one of the two cells has for both directions.
unsigned distance(const std::vector<schema::NUMACell>& cells, std::size_t from, std::size_t to) {
  if (const auto own = listed(cells[from], id_of(cells, to))) return *own;
  return listed(cells[to], id_of(cells, from)).value_or(from == to ? 10 : 20);
}

// The bytes of memory of a cell in the started guest.
std::uint64_t memory_of(const Guest& guest, std::uint32_t cell_id) {
  const auto& cells = guest.defined.cpu->numa->cells;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (id_of(cells, i) == cell_id) return schema::bytes(cells[i]);
  }
  return 0;
}

void check_nodes(const Guest& guest, std::vector<std::string>& broken) {
  const auto& cells = guest.placed.cpu->numa->cells;
  if (guest.seen.nodes.size() != cells.size()) {
    broken.push_back(
        fmt::format("the guest has {} nodes, but the domain has {} cells", guest.seen.nodes.size(), cells.size()));
  }
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::uint32_t id = id_of(cells, i);
    const auto found = node_of(guest, id);
    if (!found) {
      broken.push_back(fmt::format("the guest has no node for cell {}", id));
      continue;
    }
    const topology::Node& node = *guest.seen.node(*found);
    // The kernel and its tables use a part.
    const std::uint64_t most = memory_of(guest, id);
    if (node.memory_bytes > most || node.memory_bytes < most / 3) {
      broken.push_back(fmt::format("node {} has {} bytes of memory", *found, node.memory_bytes));
    }
    for (std::size_t to = 0; to < cells.size(); ++to) {
      const auto other = node_of(guest, id_of(cells, to));
      const unsigned expected = distance(cells, i, to);
      const auto is = [&](const auto& entry) { return entry.first == other && entry.second == expected; };
      if (std::any_of(node.distances.begin(), node.distances.end(), is)) continue;
      broken.push_back(fmt::format("the distance from cell {} to cell {} is not {}", id, id_of(cells, to), expected));
    }
  }
}

}  // namespace

std::string scratch_file(const std::string& name) { return libvirt().file(name); }

std::string missing_for(const std::string& architecture) {
  const std::string folder = folder_of(architecture);
  for (const char* file : {"vmlinuz", "initramfs", "AAVMF_CODE.fd", "AAVMF_VARS.fd"}) {
    if (architecture != "aarch64" && std::string(file).starts_with("AAVMF")) continue;
    if (std::filesystem::exists(folder + "/" + file)) continue;
    return fmt::format("{} has no {}, so no {} guest can boot; run test/guest/prepare {}", folder, file, architecture,
                       files);
  }
  return "";
}

boost::test_tools::assertion_result aarch64_can_boot(boost::unit_test::test_unit_id) {
  const std::string missing = missing_for("aarch64");
  boost::test_tools::assertion_result result(missing.empty());
  result.message() << missing;
  return result;
}

schema::Domain define(const schema::Domain& domain, const Boot& boot) {
  const std::string xml = schema::to_xml(small(domain, machine(domain, boot)));
  show("the domain to define", xml);
  try {
    schema::Domain defined = schema::from_xml<schema::Domain>(libvirt().define(xml));
    defined.cpu_tune = domain.cpu_tune;
    defined.numa_tune = domain.numa_tune;
    return defined;
  } catch (const Refused& refused) {
    show(refused.run);
    throw;
  }
}

std::string refusal(const schema::Domain& domain, const std::function<void(schema::Domain&)>& change) {
  schema::Domain changed = small(domain, machine(domain, {}));
  if (change) change(changed);
  const std::string xml = schema::to_xml(changed);
  show("the domain that may be refused", xml);
  try {
    libvirt().define(xml);
    if (changed.devices->host_devices.empty()) libvirt().run(xml, "", {});
  } catch (const Refused& refused) {
    return refused.what();
  }
  return "";
}

Guest place_and_boot(schema::Domain domain, const topology::Host& host, const Boot& boot) {
  Guest guest;
  if (boot.uefi) domain.os->firmware = "efi";
  guest.plan = placement::plan(domain, host, boot.options);
  placement::apply(guest.plan, domain);
  guest.placed = std::move(domain);
  for (const PlannedDevice& device : guest.plan.devices) {
    const PciDevice* on_host = host.find(*device.source);
    StandIn in = stand_in(on_host ? on_host->bars : std::vector<topology::Bar>{}, boot.largest_bar);
    if (guest.placed.os->type->arch == "aarch64") forget_io(in);
    guest.stand_ins.push_back(std::move(in));
  }
  // Define the domain with its passthrough devices first, so that libvirt does not use their ports for others.
  guest.defined = define(guest.placed, boot);
  schema::Domain startable = guest.defined;
  startable.cpu_tune.reset();  // this machine lacks the host's CPUs and nodes
  startable.numa_tune.reset();
  replace_passthrough(startable, guest.plan, guest.stand_ins);
  const std::string xml = schema::to_xml(startable);
  show("the domain to start", xml);
  if (const char* file = std::getenv("VNUMA_GUEST_XML")) std::ofstream(file) << xml;
  try {
    for (unsigned start = 1;; ++start) {
      const Run run = libvirt().run(xml, report_end, boot.bound);
      show(run);
      auto seen = read_report(run.console);
      if (!seen && start < boot.starts) continue;
      if (!seen) throw std::runtime_error("the guest printed no report");
      guest.seen = *std::move(seen);
      guest.firmware = firmware_version(run.console);
      break;
    }
  } catch (const Refused& refused) {
    show(refused.run);
    throw;
  }
  return guest;
}

Guest boot_without_libvirt(Guest guest) {
  schema::Domain domain = guest.defined;
  domain.numa_tune.reset();
  const Machine machine = vnuma::test::machine(domain, {});
  const std::string arguments =
      with_stand_ins(placement::qemu_text(placement::qemu_arguments(domain)), guest.stand_ins);
  // A user of the arguments has a machine, a console and a disk; here the kernel is booted directly.
  const std::string command = fmt::format(
      "exec timeout -s KILL 150 qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot"
      " -machine q35,accel=tcg -kernel {} -initrd {} -append '{}' -serial file:{} {}",
      machine.kernel, machine.initramfs, *domain.os->kernel_args, machine.console, arguments);
  show("the command", command);
  for (unsigned start = 1;; ++start) {
    std::filesystem::remove(machine.console);
    const Result result = run({"sh", "-c", command});
    const std::string console = std::filesystem::exists(machine.console) ? read(machine.console) : "";
    show("the output of QEMU", result.err);
    show("the guest's console", console);
    auto seen = read_report(console);
    if (!seen && start < 2) continue;
    if (!seen) throw std::runtime_error("the guest printed no report");
    guest.seen = *std::move(seen);
    return guest;
  }
}

std::string broken_promises(const Guest& guest) {
  std::vector<std::string> broken;
  for (std::size_t i = 0; i < guest.plan.devices.size(); ++i) {
    const PlannedDevice& device = guest.plan.devices[i];
    check_address(guest, device, broken);
    if (device.outcome == placement::Outcome::placed || below_expander(guest, device))
      check_device(guest, i, broken);
    else
      check_left_alone(guest, i, broken);
  }
  check_strangers(guest, broken);
  check_order(guest, broken);
  check_nodes(guest, broken);
  return fmt::format("{}", fmt::join(broken, "\n"));
}

std::vector<std::string> devices(const Guest& guest) {
  std::vector<PlannedDevice> in_order = guest.plan.devices;
  std::sort(in_order.begin(), in_order.end(),
            [](const PlannedDevice& a, const PlannedDevice& b) { return a.source < b.source; });
  std::vector<std::string> lines;
  for (const PlannedDevice& device : in_order) {
    const PciDevice* seen = device.guest_bdf ? guest.seen.find(*device.guest_bdf) : nullptr;
    if (!seen) continue;
    std::string line = fmt::format("{} is {} on {}", device.name(), seen->address.format(), node_text(seen->numa_node));
    if (!seen->bridges.empty()) line += " behind " + join(seen->bridges);
    lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> nodes(const Guest& guest) {
  std::vector<std::string> lines;
  for (const topology::Node& node : guest.seen.nodes) {
    const std::string cpus = node.cpus.empty() ? "no CPUs" : "CPUs " + node.cpus.format();
    std::string line = fmt::format("node {}: {}, distances", node.id, cpus);
    for (const auto& [to, value] : node.distances) line += fmt::format(" {}", value);
    lines.push_back(line);
  }
  return lines;
}

ShowsConsole::ShowsConsole() { shown.clear(); }

ShowsConsole::~ShowsConsole() {
  namespace ut = boost::unit_test;
  const auto& results = ut::results_collector.results(ut::framework::current_test_case_id());
  if (results.p_assertions_failed > 0 || std::uncaught_exceptions() > 0) std::cerr << shown;
}

}  // namespace vnuma::test
