// Whether the guest's firmware has room for the BARs of the passthrough devices, and what gives it room.
#pragma once

#include <vnuma/placement/plan.hpp>

#include "guest_pci.hpp"

namespace vnuma::placement {

// Fills in Plan::mmio, and adds the warnings, for a plan that is done otherwise. `devices` have the addresses that they
// will have; `pci` is the domain's PCI tree with all that is planned in it; `ports_to_come` are the root ports that
// libvirt will add. Throws PlanError as plan() says.
void plan_mmio(Plan& plan, const std::vector<PlannedDevice>& devices, const schema::Domain& domain,
               const topology::Host& host, const Options& options, const GuestPci& pci, unsigned ports_to_come);

// The same for a domain as it is, whose devices have their addresses. Reports definite faults, and
// as doubts those that only some of the firmware has which the domain may boot. Unknown address bits are no fault.
void check_mmio(const schema::Domain& domain, const topology::Host& host, const GuestPci& pci,
                const std::vector<PlannedDevice>& devices, unsigned ports_to_come, std::optional<Firmware> firmware,
                const Faults& faults);

// Whether apply makes any setting.
bool sets_anything(const PlannedMmio& planned);

// Makes the settings in a domain that has none of them. The constructor does all that can throw; it throws PlanError
// where the domain has one already. apply() needs room for one more controller.
class MmioSettings {
 public:
  MmioSettings(const PlannedMmio& planned, schema::Domain& domain);
  void apply() noexcept;

 private:
  schema::Domain& domain_;
  schema::Box<schema::Commandline> qemu_cmd_;
  schema::Box<schema::PCIHole64> pci_hole64_;
  std::vector<schema::Controller> root_;  // none, or one
};

}  // namespace vnuma::placement
