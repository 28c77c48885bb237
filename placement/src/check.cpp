#include <vnuma/placement/check.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <vnuma/schema/size.hpp>

#include "faults.hpp"
#include "firmware.hpp"
#include "guest_pci.hpp"
#include "host_rules.hpp"
#include "mmio.hpp"
#include "passthrough.hpp"
#include "rules.hpp"

namespace vnuma::placement {

namespace {

using enum Severity;

// By Rule. The one place of code, severity and title; FINDINGS.md explains them.
constexpr std::array<FindingKind, 37> kinds{{
    {"VN001", error, "a value that is none, or out of range"},
    {"VN002", error, "a PCI controller of no known model"},
    {"VN003", error, "two PCI controllers with one index"},
    {"VN004", error, "a wrong index for, or in place of, the PCI root"},
    {"VN005", error, "two devices at one address"},
    {"VN006", error, "plugged into a controller that does not take it"},
    {"VN007", error, "controllers that are plugged into each other"},
    {"VN008", error, "a controller with an index below that of its bus"},
    {"VN009", error, "an expander bus on a machine without PCIe"},
    {"VN010", warning, "an expander bus without a node"},
    {"VN011", error, "an expander bus on a cell that does not exist"},
    {"VN012", error, "a guest cell without memory"},
    {"VN013", warning, "ACPI is off"},
    {"VN014", error, "two expander buses with one busNr"},
    {"VN015", error, "bus ranges that overlap"},
    {"VN016", error, "a bus range that ends beyond 255"},
    {"VN017", error, "an expander bus without busNr and with several bridges"},
    {"VN018", error, "an expander bus with a busNr that the root's bridges take"},
    {"VN019", error, "two ports with one chassis"},
    {"VN020", error, "a function without function 0 beside it"},
    {"VN021", error, "several functions in a slot that says it has one"},
    {"VN022", warning, "an empty port under an expander bus"},
    {"VN023", warning, "devices in another order than the host's"},
    {"VN024", error, "a passthrough device without a source"},
    {"VN025", error, "a passthrough device that is given twice"},
    {"VN026", error, "a device that the host lacks"},
    {"VN027", error, "cells or pinning that the host cannot have"},
    {"VN028", warning, "a memnode that does not say which cell a host node is"},
    {"VN029", warning, "a device on the wrong cell"},
    {"VN030", warning, "a device under the wrong switch"},
    {"VN031", error, "more ports with I/O BARs than the firmware has room for"},
    {"VN032", warning, "more ports than OVMF reserves I/O for"},
    {"VN033", error, "a 64-bit window that is too small for the BARs"},
    {"VN034", error, "too few address bits for the BARs"},
    {"VN035", error, "too little room below 4 GiB for the BARs"},
    {"VN036", warning, "passthrough devices and no guest cells"},
    {"VN037", warning, "guest cells that nothing ties to host nodes"},
}};
static_assert(kinds.size() == static_cast<std::size_t>(Rule::loose_cells) + 1);

// Cells whose id or memory is no number; QEMU starts none without memory.
void check_cells(const schema::Domain& domain, const Faults& faults) {
  if (!domain.cpu || !domain.cpu->numa) return;
  std::size_t position = 0;
  for (const schema::NUMACell& cell : domain.cpu->numa->cells) {
    const std::string path = "/domain/cpu/numa/cell[" + std::to_string(++position) + "]";
    faults.read([&] { return cell.id.value_or(0); });
    const auto memory =
        faults.read([&] { return cell.memory ? std::optional(schema::bytes(cell, path)) : std::nullopt; });
    if (memory != 0) continue;
    faults.add({Rule::cell_without_memory, path + "/@memory", "the cell has no memory, and QEMU starts none without",
                "give it 64 MiB or more"});
  }
}

std::vector<PlannedDevice> devices_of(const schema::Domain& domain, const Faults& faults) {
  std::vector<PlannedDevice> devices = list_passthrough(domain, faults);
  check_given_once(devices, faults);
  std::erase_if(devices, [&](const PlannedDevice& device) { return is_unassigned(domain, device); });
  for (PlannedDevice& device : devices) {
    device.address =
        faults.read([&] { return guest_address(guest_address_of(*domain.devices, device), element_of(device)); });
  }
  return devices;
}

std::vector<Fault> faults_of(const schema::Domain& domain, const topology::Host* host, const CheckOptions& options) {
  std::vector<Fault> found;
  const Faults faults(found);
  const GuestPci pci(domain, faults);
  const bool all_read = found.empty();
  check_controllers(domain, pci, faults);
  // Else what could not be read may be in one.
  for (Fault& fault : all_read ? empty_ports(pci) : std::vector<Fault>()) faults.add(std::move(fault));
  check_cells(domain, faults);
  const bool has_expanders = std::any_of(pci.controllers().begin(), pci.controllers().end(),
                                         [](const PciController& controller) { return controller.is_expander(); });
  if (auto fault = acpi_off(domain); fault && has_expanders) faults.add(std::move(*fault));
  std::vector<PlannedDevice> devices = devices_of(domain, faults);
  const bool is_one_node = host && host->nodes.size() == 1;
  if (auto fault = cells_missing(domain);
      fault && !devices.empty() && !(is_one_node && fault->rule == Rule::no_cells)) {
    faults.add(std::move(*fault));
  }
  if (host) check_host(domain, *host, pci, devices, faults);
  check_order(pci, devices, faults);
  // What firmware does was measured on machines with PCIe.
  if (host && has_pcie_root(domain))
    check_mmio(domain, *host, pci, devices, pci.ports_to_come(), options.firmware, faults);
  return found;
}

// Each place once for each kind: a value that is none is met by several rules.
std::vector<Finding> findings_of(const schema::Domain& domain, const topology::Host* host,
                                 const CheckOptions& options) {
  std::vector<Finding> findings;
  std::set<std::pair<Rule, std::string>> seen;
  for (Fault& fault : faults_of(domain, host, options)) {
    if (!seen.emplace(fault.rule, fault.path).second) continue;
    const FindingKind& kind = kinds[static_cast<std::size_t>(fault.rule)];
    findings.push_back({std::string(kind.code), fault.doubt ? doubt : kind.severity, std::move(fault.path),
                        std::move(fault.message), std::move(fault.remedy)});
  }
  return findings;
}

}  // namespace

std::string_view name(Severity severity) {
  switch (severity) {
    case error: return "error";
    case warning: return "warning";
    case doubt: return "doubt";
  }
  return {};
}

std::span<const FindingKind> finding_kinds() { return kinds; }

std::vector<Finding> check(const schema::Domain& domain) { return findings_of(domain, nullptr, {}); }

std::vector<Finding> check(const schema::Domain& domain, const topology::Host& host, const CheckOptions& options) {
  if (options.firmware) firmware_of(domain, options.firmware);  // throws where the domain cannot have it
  return findings_of(domain, &host, options);
}

}  // namespace vnuma::placement
