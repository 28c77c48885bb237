// The field lists of host_device.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/host_device.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(HostDevDriver, "driver", attribute<&T::name>("name"), attribute<&T::model>("model"),
            attribute<&T::iommufd>("iommufd"))

VNUMA_MODEL(HostDeviceParentAddress, "parentaddr", attribute<&T::unique_id>("unique_id"),
            element<&T::address>("address"))

VNUMA_MODEL(HostDeviceAdapter, "adapter", attribute<&T::type>("type"), attribute<&T::name>("name"),
            attribute<&T::parent>("parent"), attribute<&T::managed>("managed"),
            attribute<&T::parent_wwnn>("parent_wwnn"), attribute<&T::parent_wwpn>("parent_wwpn"),
            attribute<&T::parent_fabric_wwn>("parent_fabric_wwn"), attribute<&T::wwnn>("wwnn"),
            attribute<&T::wwpn>("wwpn"), element<&T::parent_address>("parentaddr"))

VNUMA_MODEL(HostDeviceSource, "source", attribute<&T::startup_policy>("startupPolicy"),
            attribute<&T::write_filtering>("writeFiltering"), attribute<&T::guest_reset>("guestReset"),
            attribute<&T::missing>("missing"), attribute<&T::protocol>("protocol"), attribute<&T::name>("name"),
            attribute<&T::wwpn>("wwpn"), element<&T::vendor>("vendor"), element<&T::product>("product"),
            element<&T::adapter>("adapter"), element<&T::host>("host"), element<&T::auth>("auth"),
            element<&T::initiator>("initiator"), element<&T::block>("block"), element<&T::character>("char"),
            element<&T::interface>("interface"), element<&T::address>("address"))

VNUMA_MODEL(HostDevice, "hostdev", attribute<&T::mode>("mode"), attribute<&T::type>("type"),
            attribute<&T::managed>("managed"), attribute<&T::sgio>("sgio"), attribute<&T::rawio>("rawio"),
            attribute<&T::model>("model"), attribute<&T::display>("display"), attribute<&T::ram_fb>("ramfb"),
            element<&T::driver>("driver"), element<&T::teaming>("teaming"), element<&T::source>("source"),
            element<&T::ip>("ip"), element<&T::route>("route"), element<&T::read_only>("readonly"),
            element<&T::shareable>("shareable"), element<&T::boot_order>("boot"), element<&T::alias>("alias"),
            element<&T::rom>("rom"), element<&T::acpi>("acpi"), element<&T::address>("address"))

}  // namespace vnuma::schema
