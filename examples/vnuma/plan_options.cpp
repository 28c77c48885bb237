#include "plan_options.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "words.hpp"

namespace placement = vnuma::placement;
namespace schema = vnuma::schema;

namespace {

const std::vector<std::string> mirrors{"numa", "root-complex", "switch"};
const std::vector<std::string> mmio_modes{"off", "warn", "auto"};
const std::vector<std::string> firmwares{"ovmf-2022", "ovmf-2025", "seabios"};
const std::vector<std::string> ways{"leave", "nearest", "cell"};
const std::vector<std::string> truths{"true", "false"};

// The enumerators are in the order of the words.
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
  plan.unaligned = choice<placement::Unaligned>(value, ways);
}

void reserve_buses(const std::string& value, placement::Options& plan) {
  const auto number = schema::UInt32::from_text(value);
  if (!number.valid() || *number > 254) throw BadValue("expected a number from 0 to 254");
  plan.reserve_buses = *number;
}

// Adds to the nodes that are there.
void add_numa_nodes(const std::string& value, placement::Options& plan) {
  for (std::size_t begin = 0; begin <= value.size();) {
    const std::size_t end = std::min(value.find(',', begin), value.size());
    const std::string entry = value.substr(begin, end - begin);
    const std::size_t equals = std::min(entry.find('='), entry.size());
    const auto address = placement::PciAddress::parse(entry.substr(0, equals));
    const auto node = schema::UInt32::from_text(equals < entry.size() ? entry.substr(equals + 1) : "");
    if (!address || !node.valid()) throw BadValue("expected BDF=N, as 0000:27:00.0=1, with commas between several");
    const auto [known, fresh] = plan.numa_nodes.emplace(*address, *node);
    if (!fresh && known->second != *node) {
      throw BadValue(fmt::format("expected BDF=N for each device once; it was given node {} already", known->second));
    }
    begin = end + 1;
  }
}

}  // namespace

const std::vector<PlanOption>& plan_options() {
  static const std::vector<PlanOption> all{
      {{.name = "mirror",
        .help = "rebuild",
        .kind = Value::choice,
        .value = "LEVEL",
        .choices = mirrors,
        .preset = "numa",
        .more = "How much of the host's PCIe hierarchy the guest gets: an expander bus for each guest cell (numa), for "
                "each guest cell and root complex of the host (root-complex), or the host's PCIe switches as well "
                "(switch), so that the guest's NCCL finds the NIC that shares a switch with a GPU. What does not fit "
                "is left out, with a warning."},
       set_mirror},
      {{.name = "unaligned",
        .help = "devices without a cell:",
        .kind = Value::choice,
        .value = "HOW",
        .choices = ways,
        .preset = "leave",
        .more = "What becomes of devices whose host node no guest cell stands for, as the GPUs of Grace machines: they "
                "stay as they are, go to the cell of the nearest host node, or get a new cell without CPUs."},
       set_unaligned},
      {{.name = "mmio",
        .help = "room for BARs:",
        .kind = Value::choice,
        .value = "MODE",
        .choices = mmio_modes,
        .preset = "warn",
        .more = "Large BARs need more address space than some firmware gives. auto sets what is missing: "
                "opt/ovmf/X-PciMmio64Mb for OVMF, pcihole64 for other firmware, and, for OVMF 2022.11, io-reserve=0 and "
                "hotplug=off for ports that would take all I/O addresses. off says nothing of it."},
       set_mmio},
      {{.name = "firmware",
        .help = "the guest's:",
        .kind = Value::choice,
        .value = "NAME",
        .choices = firmwares,
        .more = "A domain says whether it boots UEFI, and not which version: where only some versions lack room for "
                "BARs, that is in doubt until this is said. ovmf-2022 is edk2 2022.11 (Debian 12), ovmf-2025 edk2 "
                "2025.02 (Debian 13), seabios SeaBIOS 1.16."},
       set_firmware},
      {{.name = "numa-node",
        .help = "the host node of a device; may be repeated",
        .kind = Value::device_node,
        .value = "BDF=N",
        .repeats = true,
        .more = "For devices of which the host's firmware does not say the node, or not the right one. Several stand "
                "in one word with commas between them."},
       add_numa_nodes},
      {{.name = "reserve-buses",
        .help = "bus numbers to keep free behind new buses (0)",
        .kind = Value::text,
        .value = "N",
        .preset = "0",
        .more = "So many bus numbers stay free behind each new expander bus, for devices that come later: 0 to 254."},
       reserve_buses},
      {{.name = "strict",
        .help = "fail unless every device ends on its cell, if it has any",
        .more = "Without it, a device that cannot be placed stays as it is, and the report says why. A guest without "
                "cells has none to be on: nothing is done, with a warning, and that is no failure."},
       set_strict},
  };
  return all;
}
