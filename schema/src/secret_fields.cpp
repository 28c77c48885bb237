// The field lists of secret.hpp, in libvirt's own order, which is the one in which a new child is written.
#include <vnuma/schema/secret.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(SecretUsage, "usage", attribute<&T::type>("type"), element<&T::target>("target"), element<&T::name>("name"),
            element<&T::volume>("volume"))

VNUMA_MODEL(SecretSpec, "secret", attribute<&T::ephemeral>("ephemeral"), attribute<&T::is_private>("private"),
            element<&T::uuid>("uuid"), element<&T::description>("description"), element<&T::usage>("usage"))

}  // namespace vnuma::schema
