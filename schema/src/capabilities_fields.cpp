// The field lists of capabilities.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/capabilities.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(CapsCpu, "", attribute<&T::id>("id"), attribute<&T::socket_id>("socket_id"),
            attribute<&T::die_id>("die_id"), attribute<&T::cluster_id>("cluster_id"), attribute<&T::core_id>("core_id"),
            attribute<&T::siblings>("siblings"))

VNUMA_MODEL(CapsCpus, "", attribute<&T::num>("num"), element<&T::cpus>("cpu"))

VNUMA_MODEL(CapsCell, "", attribute<&T::id>("id"), element<&T::memory>("memory"), element<&T::distances>("distances"),
            element<&T::cpus>("cpus"))

VNUMA_MODEL(CapsCells, "", attribute<&T::num>("num"), element<&T::cells>("cell"))

VNUMA_MODEL(CapsTopology, "", element<&T::cells>("cells"))

VNUMA_MODEL(CapsHost, "", element<&T::uuid>("uuid"), element<&T::topology>("topology"))

VNUMA_MODEL(Capabilities, "capabilities", element<&T::host>("host"))

}  // namespace vnuma::schema
