#include "startable.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include <vnuma/schema/size.hpp>

namespace vnuma::test {

namespace {

// A smaller BAR fits below 4 GiB, like that of edu.
constexpr std::uint64_t large_bar = 256 * MiB;

// The name that libvirt gives the bus of a controller in QEMU's arguments.
std::string bus_name(const schema::Domain& domain, std::uint32_t index) {
  if (index == 0) return "pcie.0";
  for (const schema::Controller& controller : domain.devices->controllers) {
    const bool named = controller.alias && controller.alias->name && controller.alias->name->starts_with("ua-");
    if (named && controller.type == "pci" && controller.index == index) return *controller.alias->name;
  }
  return fmt::format("pci.{}", index);
}

const schema::Address& own_address(const schema::Domain& domain, const placement::PlannedDevice& device) {
  const schema::Devices& devices = *domain.devices;
  return device.kind == placement::DeviceKind::hostdev ? *devices.host_devices[device.position].address
                                                       : *devices.interfaces[device.position].address;
}

// In JSON: QEMU creates devices in the other form before those of libvirt, and would not find their buses.
std::string device_argument(const schema::Domain& domain, const placement::PlannedDevice& device, const StandIn& in) {
  const topology::PciAddress at = address_of(domain, device);
  std::string text = fmt::format(R"({{"driver":"{}","bus":"{}","addr":"0x{:x}.0x{:x}")", in.driver,
                                 bus_name(domain, at.bus), at.slot, at.function);
  if (in.driver == "pci-testdev") text += fmt::format(R"(,"membar":{})", in.bars.back().size);
  if (own_address(domain, device).multifunction == true) text += R"(,"multifunction":true)";
  return text + "}";
}

void connect_to_nothing(schema::Interface& nic) {
  nic.type = "user";
  nic.source.reset();
  nic.target.reset();
  nic.driver.reset();
  nic.rom.emplace().enabled = false;  // the ROM images are in a separate package
}

void use_file(schema::Disk& disk, const std::string& file) {
  disk.type = "file";
  disk.source.emplace().file = file;
  disk.driver.emplace().name = "qemu";
  disk.driver->type = "raw";
  disk.read_only.emplace();  // so that several disks can use the file
}

void replace_devices(schema::Devices& devices, const Machine& machine) {
  devices.emulator.reset();
  for (schema::Interface& nic : devices.interfaces) {
    if (nic.type != "hostdev") connect_to_nothing(nic);
  }
  for (schema::Disk& disk : devices.disks) use_file(disk, machine.disk);
  for (schema::Channel& channel : devices.channels) channel.source.clear();
  devices.graphics.clear();
  devices.tpms.clear();
  devices.consoles.clear();
  devices.serials.clear();
  schema::Serial& serial = devices.serials.emplace_back();
  serial.type = "file";
  serial.source.emplace_back().path = machine.console;
}

// The bytes of each cell.
std::vector<std::uint64_t> memory_of(const std::vector<schema::NUMACell>& cells, const Machine& machine) {
  std::vector<std::uint64_t> memory;
  for (std::size_t i = 0; i < cells.size(); ++i) memory.push_back(cell_memory(i));
  if (machine.memory == 0) return memory;
  std::uint64_t all = 0;
  for (const schema::NUMACell& cell : cells) all += schema::bytes(cell) / MiB;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    memory[i] = machine.memory / MiB * (schema::bytes(cells[i]) / MiB) / all * MiB;
  }
  return memory;
}

void shrink(schema::Domain& domain, const Machine& machine) {
  std::uint32_t vcpus = 0;
  std::uint64_t memory = 0;
  std::vector<schema::NUMACell>& cells = domain.cpu->numa->cells;
  const std::vector<std::uint64_t> memory_of_cells = memory_of(cells, machine);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    schema::NUMACell& cell = cells[i];
    if (cell.cpus) {
      schema::CpuSet cpus = *cell.cpus;
      cpus.erase({most_vcpus, 0xffffffff});
      if (cpus.empty()) {
        throw std::runtime_error(
            fmt::format("cell {} has only vCPUs above {}; give it one of the first {}", i, most_vcpus - 1, most_vcpus));
      }
      cell.cpus = cpus;
      vcpus += static_cast<std::uint32_t>(cpus.size());
    }
    cell.memory = memory_of_cells[i];
    cell.unit = schema::Unit::bytes;
    memory += memory_of_cells[i];
  }
  domain.vcpu.emplace().cpus = vcpus;
  domain.vcpus.reset();
  domain.memory.emplace().value = memory;
  domain.memory->unit = schema::Unit::bytes;
  domain.current_memory.reset();
  domain.max_memory.reset();
  domain.memory_backing.reset();
  domain.cpu_tune.reset();
  domain.numa_tune.reset();
  domain.resource.reset();
  domain.cpu->mode.reset();
  domain.cpu->migratable.reset();
  domain.cpu->model.reset();
  domain.cpu->max_phys_addr.reset();
  domain.cpu->topology.reset();
  domain.cpu->features.clear();
}

void boot_directly(schema::Domain& domain, const Machine& machine) {
  schema::OS& os = *domain.os;
  os.type->os = "hvm";
  os.type->arch = machine.architecture;
  os.firmware.reset();
  os.firmware_info.reset();
  os.boot_loader.reset();
  os.nvram.reset();
  os.boot_order.clear();
  os.kernel = machine.kernel;
  os.initrd = machine.initramfs;
  const bool arm = machine.architecture == "aarch64";
  os.kernel_args = fmt::format("console={} quiet panic=-1", arm ? "ttyAMA0" : "ttyS0");
  // The default processor of virt has 32 bits.
  if (arm) domain.cpu->model.emplace().name = "cortex-a57";
  if (machine.uefi.empty()) return;
  schema::Loader& loader = os.boot_loader.emplace();
  loader.path = machine.uefi;
  loader.read_only = true;
  loader.type = "pflash";
  os.nvram.emplace().nvram = machine.nvram;
  os.nvram->template_path = machine.uefi_variables;
}

}  // namespace

StandIn stand_in(const std::vector<topology::Bar>& bars, std::uint64_t most) {
  std::uint64_t largest = 0;
  for (const topology::Bar& bar : bars) {
    if (bar.index < 6) largest = std::max(largest, bar.size);
  }
  if (largest < large_bar) return {.driver = "edu", .vendor = 0x1234, .device = 0x11e8, .bars = {{0, MiB}}};
  const std::uint64_t size = std::bit_floor(std::min(largest, most));
  return {.driver = "pci-testdev", .vendor = 0x1b36, .device = 0x0005, .bars = {{0, 0x1000}, {1, 0x100}, {2, size}}};
}

schema::Domain small(schema::Domain domain, const Machine& machine) {
  domain.type = "qemu";
  domain.id.reset();
  domain.uuid.reset();
  domain.name = "vnuma-guest";
  domain.metadata.reset();
  domain.launch_security.reset();
  domain.on_poweroff = "destroy";
  domain.on_reboot = "destroy";
  domain.on_crash = "destroy";
  if (!machine.qemu.empty() && !domain.qemu_cmd) domain.qemu_cmd.emplace();
  for (const std::string& argument : machine.qemu) domain.qemu_cmd->qemu_arg.emplace_back().value = argument;
  replace_devices(*domain.devices, machine);
  shrink(domain, machine);
  boot_directly(domain, machine);
  return domain;
}

void replace_passthrough(schema::Domain& domain, const placement::Plan& plan, const std::vector<StandIn>& stand_ins) {
  if (!domain.qemu_cmd) domain.qemu_cmd.emplace();
  for (std::size_t i = 0; i < plan.devices.size(); ++i) {
    const std::string argument = device_argument(domain, plan.devices[i], stand_ins[i]);
    domain.qemu_cmd->qemu_arg.emplace_back().value = "-device";
    domain.qemu_cmd->qemu_arg.emplace_back().value = argument;
  }
  domain.devices->host_devices.clear();
  std::erase_if(domain.devices->interfaces, [](const schema::Interface& nic) { return nic.type == "hostdev"; });
}

topology::PciAddress address_of(const schema::Domain& domain, const placement::PlannedDevice& device) {
  return topology::pci_address(own_address(domain, device));
}

}  // namespace vnuma::test
