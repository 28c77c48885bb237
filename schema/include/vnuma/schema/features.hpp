/// \file
/// `<features>` of the hypervisor.
#pragma once

#include <optional>
#include <string>

#include <vnuma/schema/box.hpp>
#include <vnuma/schema/export.hpp>
#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// `<acpi/>` and other features that are on if present.
struct VNUMA_SCHEMA_EXPORT FeatureEnabled {
  OnOff state{};  ///< smm
  OnOff eoi{};    ///< apic
  Unmodelled unmodelled{};
  bool operator==(const FeatureEnabled&) const;
};

/// A feature with a state, which is on if absent.
struct VNUMA_SCHEMA_EXPORT FeatureState {
  OnOff state{};
  Unmodelled unmodelled{};
  bool operator==(const FeatureState&) const;
};

/// `<spinlocks>`.
struct VNUMA_SCHEMA_EXPORT FeatureSpinlocks {
  OnOff state{};
  UInt32 retries{};  ///< at least 4095
  Unmodelled unmodelled{};
  bool operator==(const FeatureSpinlocks&) const;
};

/// `<stimer>`.
struct VNUMA_SCHEMA_EXPORT SyNICTimer {
  OnOff state{};
  std::optional<FeatureState> direct{};
  Unmodelled unmodelled{};
  bool operator==(const SyNICTimer&) const;
};

/// `<vendor_id>`.
struct VNUMA_SCHEMA_EXPORT FeatureVendorID {
  OnOff state{};
  std::optional<std::string> value{};  ///< up to 12 characters
  Unmodelled unmodelled{};
  bool operator==(const FeatureVendorID&) const;
};

/// `<tlbflush>`.
struct VNUMA_SCHEMA_EXPORT TLBFlush {
  OnOff state{};
  std::optional<FeatureState> direct{};
  std::optional<FeatureState> extended{};
  Unmodelled unmodelled{};
  bool operator==(const TLBFlush&) const;
};

/// `<hyperv>`: features for Windows guests.
struct VNUMA_SCHEMA_EXPORT FeatureHyperv {
  std::optional<std::string> mode{};  ///< custom, passthrough
  std::optional<FeatureState> relaxed{};
  std::optional<FeatureState> vapic{};
  std::optional<FeatureSpinlocks> spinlocks{};
  std::optional<FeatureState> vp_index{};
  std::optional<FeatureState> runtime{};
  std::optional<FeatureState> synic{};
  Box<SyNICTimer> synic_timer{};
  std::optional<FeatureState> reset{};
  Box<FeatureVendorID> vendor_id{};
  std::optional<FeatureState> frequencies{};
  std::optional<FeatureState> reenlightenment{};
  Box<TLBFlush> tlb_flush{};
  std::optional<FeatureState> ipi{};
  std::optional<FeatureState> evmcs{};
  std::optional<FeatureState> avic{};
  Unmodelled unmodelled{};
  bool operator==(const FeatureHyperv&) const;
};

/// `<dirty-ring>`.
struct VNUMA_SCHEMA_EXPORT FeatureDirtyRing {
  OnOff state{};
  UInt32 size{};  ///< entries, a power of 2 from 1024 to 65536
  Unmodelled unmodelled{};
  bool operator==(const FeatureDirtyRing&) const;
};

/// `<kvm>`.
struct VNUMA_SCHEMA_EXPORT FeatureKVM {
  std::optional<FeatureState> hidden{};
  std::optional<FeatureState> hint_dedicated{};
  std::optional<FeatureState> poll_control{};
  std::optional<FeatureState> pv_ipi{};
  std::optional<FeatureDirtyRing> dirty_ring{};
  Unmodelled unmodelled{};
  bool operator==(const FeatureKVM&) const;
};

/// `<pvspinlock>`.
struct VNUMA_SCHEMA_EXPORT FeaturePVSpinlock {
  OnOff state{};
  Unmodelled unmodelled{};
  bool operator==(const FeaturePVSpinlock&) const;
};

/// `<gic>`.
struct VNUMA_SCHEMA_EXPORT FeatureGIC {
  std::optional<std::string> version{};  ///< 2, 3, host
  Unmodelled unmodelled{};
  bool operator==(const FeatureGIC&) const;
};

/// `<ioapic>`. Interrupt remapping needs the qemu driver.
struct VNUMA_SCHEMA_EXPORT FeatureIOAPIC {
  std::optional<std::string> driver{};  ///< kvm, qemu
  Unmodelled unmodelled{};
  bool operator==(const FeatureIOAPIC&) const;
};

/// `<features>`.
struct VNUMA_SCHEMA_EXPORT Features {
  std::optional<FeatureEnabled> acpi{};
  std::optional<FeatureEnabled> apic{};
  std::optional<FeatureEnabled> pae{};
  Box<FeatureHyperv> hyperv{};
  Box<FeatureKVM> kvm{};
  std::optional<FeaturePVSpinlock> pv_spinlock{};
  std::optional<FeatureState> pmu{};
  std::optional<FeatureState> vm_port{};
  Box<FeatureGIC> gic{};
  std::optional<FeatureEnabled> smm{};
  Box<FeatureIOAPIC> ioapic{};
  Unmodelled unmodelled{};
  bool operator==(const Features&) const;
};

}  // namespace vnuma::schema
