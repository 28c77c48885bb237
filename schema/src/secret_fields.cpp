// The field lists of secret.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/secret.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(SecretUsage, "usage", attribute<&T::type>("type"), element<&T::target>("target"), element<&T::name>("name"),
            element<&T::volume>("volume"))

VNUMA_MODEL(SecretSpec, "secret", attribute<&T::ephemeral>("ephemeral"), attribute<&T::is_private>("private"),
            element<&T::uuid>("uuid"), element<&T::description>("description"), element<&T::usage>("usage"))

}  // namespace vnuma::schema
