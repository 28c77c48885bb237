// Whether the guest's firmware has room for the BARs of the passthrough devices, and what gives it room.
#pragma once

#include <optional>
#include <vector>

#include <vnuma/placement/plan.hpp>

#include "../domain/passthrough_devices.hpp"
#include "../domain/pci_tree.hpp"

namespace vnuma::placement {

// The guest whose devices need room.
struct WindowInput {
  const schema::Domain& domain;
  const topology::Host& host;
  const PciTree& pci;                             // with all that is planned
  const std::vector<PassthroughDevice>& devices;  // with their addresses there
  unsigned ports_to_come = 0;                     // root ports that libvirt will add
};

// What to set, and the warnings.
struct WindowPlan {
  PlannedMmio mmio{};
  std::vector<Diagnostic> warnings{};
};

// By Options::mmio, firmware, strict and explain. Nothing with Mmio::off. Throws PlanError as plan() documents.
WindowPlan plan_window(const WindowInput& input, const Options& options);

// Definite faults of a domain as it is, and doubts about the firmware that it may boot.
std::vector<Diagnostic> check_window(const WindowInput& input, std::optional<Firmware> firmware);

}  // namespace vnuma::placement
