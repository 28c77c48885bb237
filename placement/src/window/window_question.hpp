// WindowQuestion: what the rules for the window for BARs look at, and how they report.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include <vnuma/placement/plan.hpp>

#include "bar_layout.hpp"
#include "firmware.hpp"

namespace vnuma::placement {

// A diagnostic, and whether plan() fails on it.
struct WindowFinding {
  Diagnostic diagnostic{};
  bool is_error = false;
};

// What one rule, or all, decide.
struct WindowAnswer {
  std::vector<WindowFinding> findings{};
  std::optional<std::uint64_t> ovmf_mmio64_mb{};
  std::optional<std::uint64_t> pci_hole64{};
  std::vector<std::string> qemu_arguments{};
  std::vector<std::string> why{};

  void add(bool is_error, Diagnostic diagnostic) { findings.push_back({std::move(diagnostic), is_error}); }
  void add(WindowAnswer other);
};

struct WindowQuestion {
  const schema::Domain& domain;
  const topology::Host& host;
  const BarLayout& layout;
  FirmwareKind kind;
  Candidates candidates;    // the firmware that the domain may have
  bool is_firmware_stated;  // by the options
  bool is_strict;
  bool is_automatic;  // what is missing is to be set
  bool is_check;      // for check(): only definite faults of this domain, and doubts

  // Bytes of the 64-bit window that the BARs need.
  std::uint64_t window() const { return layout.size(Space::above_4g); }
  // "the BARs of the passthrough devices need a 64-bit window of 64 GiB"
  std::string need() const;

  // The candidates for which `is` holds.
  template <class Is>
  Candidates those(Is is) const {
    Candidates some;
    std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(some),
                 [&](const FirmwareFacts* row) { return is(*row); });
    return some;
  }
  // The names of the versions if other candidates are not affected, else of the kind of firmware.
  std::string who(const Candidates& affected) const;
  // Adds a diagnostic about the affected candidates, if there are any: a doubt if other candidates are not affected.
  void report(WindowAnswer& answer, bool is_error, const Candidates& affected, Diagnostic diagnostic) const;
};

}  // namespace vnuma::placement
