// The field lists of features.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/features.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(FeatureEnabled, "", attribute<&T::state>("state"), attribute<&T::eoi>("eoi"))

VNUMA_MODEL(FeatureState, "", attribute<&T::state>("state"))

VNUMA_MODEL(FeatureSpinlocks, "spinlocks", attribute<&T::state>("state"), attribute<&T::retries>("retries"))

VNUMA_MODEL(SyNICTimer, "stimer", attribute<&T::state>("state"), element<&T::direct>("direct"))

VNUMA_MODEL(FeatureVendorID, "vendor_id", attribute<&T::state>("state"), attribute<&T::value>("value"))

VNUMA_MODEL(TLBFlush, "tlbflush", attribute<&T::state>("state"), element<&T::direct>("direct"),
            element<&T::extended>("extended"))

VNUMA_MODEL(FeatureHyperv, "hyperv", attribute<&T::mode>("mode"), element<&T::relaxed>("relaxed"),
            element<&T::vapic>("vapic"), element<&T::spinlocks>("spinlocks"), element<&T::vp_index>("vpindex"),
            element<&T::runtime>("runtime"), element<&T::synic>("synic"), element<&T::synic_timer>("stimer"),
            element<&T::reset>("reset"), element<&T::vendor_id>("vendor_id"), element<&T::frequencies>("frequencies"),
            element<&T::reenlightenment>("reenlightenment"), element<&T::tlb_flush>("tlbflush"),
            element<&T::ipi>("ipi"), element<&T::evmcs>("evmcs"), element<&T::avic>("avic"))

VNUMA_MODEL(FeatureDirtyRing, "dirty-ring", attribute<&T::state>("state"), attribute<&T::size>("size"))

VNUMA_MODEL(FeatureKVM, "kvm", element<&T::hidden>("hidden"), element<&T::hint_dedicated>("hint-dedicated"),
            element<&T::poll_control>("poll-control"), element<&T::pv_ipi>("pv-ipi"),
            element<&T::dirty_ring>("dirty-ring"))

VNUMA_MODEL(FeaturePVSpinlock, "pvspinlock", attribute<&T::state>("state"))

VNUMA_MODEL(FeatureGIC, "gic", attribute<&T::version>("version"))

VNUMA_MODEL(FeatureIOAPIC, "ioapic", attribute<&T::driver>("driver"))

VNUMA_MODEL(Features, "features", element<&T::acpi>("acpi"), element<&T::apic>("apic"), element<&T::pae>("pae"),
            element<&T::hyperv>("hyperv"), element<&T::kvm>("kvm"), element<&T::pv_spinlock>("pvspinlock"),
            element<&T::pmu>("pmu"), element<&T::vm_port>("vmport"), element<&T::gic>("gic"), element<&T::smm>("smm"),
            element<&T::ioapic>("ioapic"))

}  // namespace vnuma::schema
