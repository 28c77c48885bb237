// The field lists of small_device.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/small_device.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(Watchdog, "watchdog", attribute<&T::model>("model"), attribute<&T::action>("action"),
            element<&T::alias>("alias"), element<&T::acpi>("acpi"), element<&T::address>("address"))

VNUMA_MODEL(RngBackend, "backend", text<&T::source>(), attribute<&T::model>("model"), attribute<&T::type>("type"))

VNUMA_MODEL(RngDriver, "driver", attribute<&T::queues>("queues"), attribute<&T::iommu>("iommu"),
            attribute<&T::ats>("ats"), attribute<&T::packed>("packed"), attribute<&T::page_per_vq>("page_per_vq"))

VNUMA_MODEL(RngRate, "rate", attribute<&T::bytes>("bytes"), attribute<&T::period>("period"))

VNUMA_MODEL(Rng, "rng", attribute<&T::model>("model"), element<&T::driver>("driver"), element<&T::rate>("rate"),
            element<&T::backend>("backend"), element<&T::alias>("alias"), element<&T::acpi>("acpi"),
            element<&T::address>("address"))

VNUMA_MODEL(Stats, "stats", attribute<&T::period>("period"))

VNUMA_MODEL(MemBalloonDriver, "driver", attribute<&T::iommu>("iommu"), attribute<&T::ats>("ats"),
            attribute<&T::packed>("packed"), attribute<&T::page_per_vq>("page_per_vq"))

VNUMA_MODEL(MemBalloon, "memballoon", attribute<&T::model>("model"), attribute<&T::autodeflate>("autodeflate"),
            attribute<&T::free_page_reporting>("freePageReporting"), element<&T::stats>("stats"),
            element<&T::alias>("alias"), element<&T::acpi>("acpi"), element<&T::address>("address"),
            element<&T::driver>("driver"))

VNUMA_MODEL(TPMBackend, "backend", attribute<&T::type>("type"), attribute<&T::version>("version"),
            attribute<&T::persistent_state>("persistent_state"), attribute<&T::debug>("debug"))

VNUMA_MODEL(TPM, "tpm", attribute<&T::model>("model"), element<&T::backend>("backend"), element<&T::alias>("alias"),
            element<&T::acpi>("acpi"), element<&T::address>("address"))

VNUMA_MODEL(CID, "cid", attribute<&T::automatic>("auto"), attribute<&T::address>("address"))

VNUMA_MODEL(VSOCK, "vsock", attribute<&T::model>("model"), element<&T::cid>("cid"), element<&T::driver>("driver"),
            element<&T::alias>("alias"), element<&T::acpi>("acpi"), element<&T::address>("address"))

VNUMA_MODEL(PanicDevice, "panic", attribute<&T::model>("model"), element<&T::alias>("alias"), element<&T::acpi>("acpi"),
            element<&T::address>("address"))

VNUMA_MODEL(ShmemModel, "model", attribute<&T::type>("type"))

VNUMA_MODEL(Shmem, "shmem", attribute<&T::name>("name"), attribute<&T::role>("role"), element<&T::model>("model"),
            element<&T::size>("size"), element<&T::alias>("alias"), element<&T::acpi>("acpi"),
            element<&T::address>("address"))

VNUMA_MODEL(Hub, "hub", attribute<&T::type>("type"), element<&T::alias>("alias"), element<&T::address>("address"))

VNUMA_MODEL(NVRAMDevice, "nvram", element<&T::alias>("alias"), element<&T::address>("address"))

VNUMA_MODEL(Crypto, "crypto", attribute<&T::model>("model"), attribute<&T::type>("type"), element<&T::alias>("alias"),
            element<&T::address>("address"))

}  // namespace vnuma::schema
