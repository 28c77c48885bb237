// The field lists of device.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/device.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(ACPI, "acpi", attribute<&T::index>("index"), attribute<&T::node_set>("nodeset"))

VNUMA_MODEL(ACPIHostDev, "acpi", attribute<&T::index>("index"), attribute<&T::node_set>("nodeset"))

VNUMA_MODEL(BootOrder, "boot", attribute<&T::order>("order"), attribute<&T::loadparm>("loadparm"))

VNUMA_MODEL(Rom, "rom", attribute<&T::enabled>("enabled"), attribute<&T::bar>("bar"), attribute<&T::file>("file"))

VNUMA_MODEL(Flag, "")

VNUMA_MODEL(ReadOnly, "readonly")

VNUMA_MODEL(Shareable, "shareable")

VNUMA_MODEL(Teaming, "teaming", attribute<&T::type>("type"), attribute<&T::persistent>("persistent"))

VNUMA_MODEL(DeviceDriver, "driver", attribute<&T::iommu>("iommu"), attribute<&T::ats>("ats"),
            attribute<&T::packed>("packed"), attribute<&T::page_per_vq>("page_per_vq"))

VNUMA_MODEL(USBId, "", attribute<&T::id>("id"))

VNUMA_MODEL(BackendDomain, "backenddomain", attribute<&T::name>("name"))

}  // namespace vnuma::schema
