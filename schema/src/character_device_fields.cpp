// The field lists of character_device.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/character_device.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(CharacterLog, "log", attribute<&T::file>("file"), attribute<&T::append>("append"))

VNUMA_MODEL(CharacterProtocol, "protocol", attribute<&T::type>("type"))

VNUMA_MODEL(SerialTargetModel, "model", attribute<&T::name>("name"))

VNUMA_MODEL(SerialTarget, "target", attribute<&T::type>("type"), attribute<&T::port>("port"),
            element<&T::model>("model"))

VNUMA_MODEL(SerialSource, "source", attribute<&T::mode>("mode"), attribute<&T::path>("path"),
            attribute<&T::append>("append"), attribute<&T::host>("host"), attribute<&T::service>("service"),
            attribute<&T::channel>("channel"), attribute<&T::master>("master"), attribute<&T::slave>("slave"),
            attribute<&T::tls>("tls"))

VNUMA_MODEL(SerialLog, "log", attribute<&T::file>("file"), attribute<&T::append>("append"))

VNUMA_MODEL(Serial, "serial", attribute<&T::type>("type"), attribute<&T::tty>("tty"), element<&T::source>("source"),
            element<&T::protocol>("protocol"), element<&T::log>("log"), element<&T::target>("target"),
            element<&T::alias>("alias"), element<&T::acpi>("acpi"), element<&T::address>("address"))

VNUMA_MODEL(Parallel, "parallel", attribute<&T::type>("type"), attribute<&T::tty>("tty"), element<&T::source>("source"),
            element<&T::protocol>("protocol"), element<&T::log>("log"), element<&T::target>("target"),
            element<&T::alias>("alias"), element<&T::address>("address"))

VNUMA_MODEL(ConsoleTarget, "target", attribute<&T::type>("type"), attribute<&T::port>("port"))

VNUMA_MODEL(ConsoleSource, "source", attribute<&T::mode>("mode"), attribute<&T::path>("path"),
            attribute<&T::append>("append"), attribute<&T::host>("host"), attribute<&T::service>("service"),
            attribute<&T::channel>("channel"), attribute<&T::master>("master"), attribute<&T::slave>("slave"),
            attribute<&T::tls>("tls"))

VNUMA_MODEL(Console, "console", attribute<&T::type>("type"), attribute<&T::tty>("tty"), element<&T::source>("source"),
            element<&T::protocol>("protocol"), element<&T::log>("log"), element<&T::target>("target"),
            element<&T::alias>("alias"), element<&T::acpi>("acpi"), element<&T::address>("address"))

VNUMA_MODEL(ChannelSource, "source", attribute<&T::mode>("mode"), attribute<&T::path>("path"),
            attribute<&T::append>("append"), attribute<&T::host>("host"), attribute<&T::service>("service"),
            attribute<&T::channel>("channel"), attribute<&T::master>("master"), attribute<&T::slave>("slave"),
            attribute<&T::tls>("tls"))

VNUMA_MODEL(ChannelTarget, "target", attribute<&T::type>("type"), attribute<&T::name>("name"),
            attribute<&T::state>("state"), attribute<&T::address>("address"), attribute<&T::port>("port"))

VNUMA_MODEL(Channel, "channel", attribute<&T::type>("type"), element<&T::source>("source"),
            element<&T::protocol>("protocol"), element<&T::log>("log"), element<&T::target>("target"),
            element<&T::alias>("alias"), element<&T::address>("address"))

VNUMA_MODEL(RedirectedDeviceSource, "source", attribute<&T::mode>("mode"), attribute<&T::path>("path"),
            attribute<&T::append>("append"), attribute<&T::host>("host"), attribute<&T::service>("service"),
            attribute<&T::channel>("channel"), attribute<&T::master>("master"), attribute<&T::slave>("slave"),
            attribute<&T::tls>("tls"))

VNUMA_MODEL(RedirectedDevice, "redirdev", attribute<&T::bus>("bus"), attribute<&T::type>("type"),
            element<&T::source>("source"), element<&T::protocol>("protocol"), element<&T::boot_order>("boot"),
            element<&T::alias>("alias"), element<&T::address>("address"))

VNUMA_MODEL(Smartcard, "smartcard", attribute<&T::mode>("mode"), attribute<&T::type>("type"),
            element<&T::source>("source"), element<&T::protocol>("protocol"), element<&T::database>("database"),
            element<&T::alias>("alias"), element<&T::address>("address"))

}  // namespace vnuma::schema
