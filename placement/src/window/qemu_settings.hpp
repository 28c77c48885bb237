// What a domain sets for the window for BARs (<qemu:commandline>, <pcihole64>), and what a plan adds to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <vnuma/placement/plan.hpp>

namespace vnuma::placement {

inline constexpr std::string_view ovmf_item = "opt/ovmf/X-PciMmio64Mb";

// The value of -fw_cfg for a window of so many bytes.
std::string fw_cfg(std::uint64_t window);

// How the domain sets X-PciMmio64Mb.
struct OvmfSetting {
  unsigned count = 0;    // how often
  bool is_file = false;  // the value is in a file of the host
  std::string value;     // as it is written, of the first

  // In bytes; nullopt for what is not a number, or one that OVMF ignores.
  std::optional<std::uint64_t> window() const;
};

OvmfSetting ovmf_setting(const schema::Domain& domain);

// Whether the domain has -global with the setting.
bool has_global(const schema::Domain& domain, std::string_view setting);

// The path of <pcihole64> of pcie-root; that of <devices> if the domain does not declare pcie-root.
std::string path_of_pci_hole(const schema::Domain& domain);

// <pcihole64> of pcie-root, in bytes.
std::optional<std::uint64_t> pci_hole64(const schema::Domain& domain);

// Whether apply makes any setting.
bool sets_anything(const PlannedMmio& planned);

// Adds the planned settings to a domain that has none of them. The constructor does all that can throw; it throws
// PlanError if the domain has one already. apply() needs room for one more controller.
class SettingsChange {
 public:
  SettingsChange(const PlannedMmio& planned, schema::Domain& domain);
  void apply() noexcept;

 private:
  schema::Domain& domain_;
  schema::Box<schema::Commandline> qemu_cmd_;
  schema::Box<schema::PCIHole64> pci_hole64_;
  std::vector<schema::Controller> root_;  // none, or one
};

}  // namespace vnuma::placement
