#include "plan_options.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "words.hpp"

namespace placement = vnuma::placement;
namespace schema = vnuma::schema;
namespace topology = vnuma::topology;

namespace {

const std::vector<std::string> mirrors{"numa", "root-complex", "switch"};
const std::vector<std::string> mmio_modes{"off", "warn", "auto"};
const std::vector<std::string> firmwares{"ovmf-2022", "ovmf-2025", "seabios"};
const std::vector<std::string> unaligned_modes{"leave", "nearest", "cell"};
const std::vector<std::string> cell_modes{"keep", "add"};
const std::vector<std::string> truths{"true", "false"};

// The enumerators have the order of the words.
template <class Enum>
Enum choice(const std::string& value, const std::vector<std::string>& words) {
  const auto found = std::find(words.begin(), words.end(), value);
  if (found == words.end()) throw BadValue("expected " + alternatives(words));
  return static_cast<Enum>(found - words.begin());
}

void set_strict(const std::string& value, placement::Options& plan) { plan.strict = choice<int>(value, truths) == 0; }

void set_mirror(const std::string& value, placement::Options& plan) {
  plan.mirror = choice<placement::Mirror>(value, mirrors);
}

void set_mmio(const std::string& value, placement::Options& plan) {
  plan.mmio = choice<placement::Mmio>(value, mmio_modes);
}

void set_firmware(const std::string& value, placement::Options& plan) {
  plan.firmware = choice<placement::Firmware>(value, firmwares);
}

void set_unaligned(const std::string& value, placement::Options& plan) {
  plan.unaligned = choice<placement::Unaligned>(value, unaligned_modes);
}

void set_cells(const std::string& value, placement::Options& plan) {
  plan.cells = choice<placement::Cells>(value, cell_modes);
}

vnuma::topology::CpuSet list_of(const std::string& value, const char* example) {
  const auto set = vnuma::topology::CpuSet::parse(value);
  if (!set || set->empty()) throw BadValue(fmt::format("expected a list of numbers, such as {}", example));
  return *set;
}

void set_cpus(const std::string& value, placement::Options& plan) { plan.cpus = list_of(value, "1-15,65-79"); }

void set_nodes(const std::string& value, placement::Options& plan) { plan.nodes = list_of(value, "0-1"); }

void reserve_buses(const std::string& value, placement::Options& plan) {
  const auto number = schema::UInt32::from_text(value);
  if (!number.valid() || *number > 254) throw BadValue("expected a number from 0 to 254");
  plan.reserve_buses = *number;
}

// Adds nodes, because the option may be repeated.
void add_numa_nodes(const std::string& value, placement::Options& plan) {
  for (std::size_t begin = 0; begin <= value.size();) {
    const std::size_t end = std::min(value.find(',', begin), value.size());
    const std::string entry = value.substr(begin, end - begin);
    const std::size_t equals = std::min(entry.find('='), entry.size());
    const auto pattern = topology::AddressPattern::parse(entry.substr(0, equals));
    const auto node = schema::UInt32::from_text(equals < entry.size() ? entry.substr(equals + 1) : "");
    if (!pattern || !node.valid()) {
      throw BadValue(
          "expected BDF=N, such as 0000:27:00.0=1, or a pattern, such as 0000:4*=1; separate several with commas");
    }
    const auto [known, fresh] = plan.numa_nodes.emplace(*pattern, *node);
    if (!fresh && known->second != *node) {
      throw BadValue(fmt::format("expected BDF=N once for each {0}; this {0} already has node {1}",
                                 pattern->address() ? "device" : "pattern", known->second));
    }
    begin = end + 1;
  }
}

PlanOption cells() {
  return {
      {.name = "cells",
       .help = "missing guest cells:",
       .kind = Value::choice,
       .value = "HOW",
       .choices = cell_modes,
       .preset = "keep",
       .more = "add gives a domain without guest cells one for each host node that its devices are on, with an even "
               "share of the vCPUs and the memory: vCPUs are pinned to host CPUs, memory is bound by memnodes, and the "
               "emulator is pinned to other CPUs of these nodes. Cells without pins get pins; pins without cells get "
               "cells. What the domain has is kept. keep adds nothing."},
      set_cells};
}

PlanOption cpus() {
  return {{.name = "cpus",
           .help = "host CPUs for --cells add",
           .kind = Value::text,
           .value = "LIST",
           .more = "The host CPUs that vCPUs are pinned to, as 1-15,65-79. Without it, whole cores are chosen, the "
                   "lowest first; the first core of each node is left to the host."},
          set_cpus};
}

PlanOption nodes() {
  return {{.name = "nodes",
           .help = "host nodes for --cells add",
           .kind = Value::text,
           .value = "LIST",
           .more = "The host nodes that get a guest cell, as 0-1. Without it, they are the nodes of --cpus, or of the "
                   "passthrough devices."},
          set_nodes};
}

PlanOption mirror() {
  return {
      {.name = "mirror",
       .help = "hierarchy level:",
       .kind = Value::choice,
       .value = "LEVEL",
       .choices = mirrors,
       .preset = "numa",
       .more = "The part of the host's PCIe hierarchy that the guest gets: an expander bus for each guest cell (numa), "
               "an expander bus for each guest cell and root complex of the host (root-complex), or also the PCIe "
               "switches of the host (switch), so that NCCL in the guest finds the NIC that shares a switch with a "
               "GPU. Parts that do not fit are left out, with a warning."},
      set_mirror};
}

PlanOption unaligned() {
  return {
      {.name = "unaligned",
       .help = "devices without a cell:",
       .kind = Value::choice,
       .value = "HOW",
       .choices = unaligned_modes,
       .preset = "leave",
       .more = "For devices whose host node has no guest cell, such as the GPUs of Grace machines: they stay as they "
               "are (leave), go to the cell of the nearest host node (nearest), or get a new cell without CPUs "
               "(cell)."},
      set_unaligned};
}

PlanOption mmio() {
  return {
      {.name = "mmio",
       .help = "room for BARs:",
       .kind = Value::choice,
       .value = "MODE",
       .choices = mmio_modes,
       .preset = "warn",
       .more = "Large BARs need more address space than some firmware provides. warn reports missing room, auto adds "
               "it, and off does neither. auto sets opt/ovmf/X-PciMmio64Mb for OVMF, pcihole64 for AAVMF, "
               "and, for OVMF 2022.11, io-reserve=0 and hotplug=off for ports that would take all I/O addresses."},
      set_mmio};
}

PlanOption firmware() {
  return {
      {.name = "firmware",
       .help = "guest firmware:",
       .kind = Value::choice,
       .value = "NAME",
       .choices = firmwares,
       .more = "A domain specifies whether it boots UEFI, but not the version of the firmware. If only some versions "
               "lack room for BARs, that is a doubt until the version is specified. ovmf-2022 is edk2 2022.11 "
               "(Debian 12), ovmf-2025 edk2 2025.02 (Debian 13), seabios SeaBIOS 1.16."},
      set_firmware};
}

PlanOption numa_node() {
  return {{.name = "numa-node",
           .help = "host node of a device; may be repeated",
           .kind = Value::device_node,
           .value = "BDF=N",
           .repeats = true,
           .more = "For devices whose node the firmware of the host does not report or reports wrongly. BDF can be the "
                   "beginning of addresses and *: 0000:4*=0 or 4*=0, or *=0 for all devices. An address has priority "
                   "over a pattern, and a longer pattern over a shorter one. One value can have several, separated by "
                   "commas. Without this option, a device whose node is not reported is on the only node that has "
                   "CPUs, or else on the only node that has CPUs in the local_cpulist of the device."},
          add_numa_nodes};
}

PlanOption reserved_buses() {
  return {{.name = "reserve-buses",
           .help = "free bus numbers behind each new bus (0)",
           .kind = Value::text,
           .value = "N",
           .preset = "0",
           .more = "The number of bus numbers that stay free behind each new expander bus, for devices that are added "
                   "later: 0 to 254."},
          reserve_buses};
}

PlanOption strict() {
  return {
      {.name = "strict",
       .help = "fail if a device would not be on its cell",
       .more =
           "Passthrough devices in a guest without cells are a failure too, and so are devices of a host node that "
           "could belong to several cells. Without --strict, a device that cannot be placed stays as it is, and the "
           "report has the reason."},
      set_strict};
}

}  // namespace

const std::vector<PlanOption>& plan_options() {
  static const std::vector<PlanOption> all{mirror(),    unaligned(),      mmio(),  firmware(),
                                           numa_node(), reserved_buses(), strict()};
  return all;
}

const std::vector<PlanOption>& cell_options() {
  static const std::vector<PlanOption> all{cells(), cpus(), nodes()};
  return all;
}
