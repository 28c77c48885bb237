// The field lists of commandline.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/commandline.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(Env, "", attribute<&T::name>("name"), attribute<&T::value>("value"))

VNUMA_MODEL(Arg, "", attribute<&T::value>("value"))

VNUMA_MODEL(Commandline, "", element<&T::qemu_arg>("arg"), element<&T::qemu_env>("env"))

}  // namespace vnuma::schema
