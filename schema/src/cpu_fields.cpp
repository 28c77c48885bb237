// The field lists of cpu.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/cpu.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(VCPU, "vcpu", text<&T::cpus>(), attribute<&T::placement>("placement"), attribute<&T::cpu_set>("cpuset"),
            attribute<&T::current>("current"))

VNUMA_MODEL(VCPUsVCPU, "vcpu", attribute<&T::id>("id"), attribute<&T::enabled>("enabled"),
            attribute<&T::hotpluggable>("hotpluggable"), attribute<&T::order>("order"))

VNUMA_MODEL(VCPUs, "vcpus", element<&T::vcpu>("vcpu"))

VNUMA_MODEL(CPUModel, "model", text<&T::name>(), attribute<&T::fallback>("fallback"),
            attribute<&T::vendor_id>("vendor_id"))

VNUMA_MODEL(CPUTopology, "topology", attribute<&T::sockets>("sockets"), attribute<&T::dies>("dies"),
            attribute<&T::clusters>("clusters"), attribute<&T::cores>("cores"), attribute<&T::threads>("threads"))

VNUMA_MODEL(CPUFeature, "feature", attribute<&T::policy>("policy"), attribute<&T::name>("name"))

VNUMA_MODEL(NUMACellSibling, "sibling", attribute<&T::id>("id"), attribute<&T::value>("value"))

VNUMA_MODEL(NUMACellDistances, "distances", element<&T::siblings>("sibling"))

VNUMA_MODEL(NUMACacheSize, "", attribute<&T::value>("value"), attribute<&T::unit>("unit"))

VNUMA_MODEL(NUMACache, "cache", attribute<&T::level>("level"), attribute<&T::associativity>("associativity"),
            attribute<&T::policy>("policy"), element<&T::size>("size"), element<&T::line>("line"))

VNUMA_MODEL(NUMACell, "cell", attribute<&T::id>("id"), attribute<&T::cpus>("cpus"), attribute<&T::memory>("memory"),
            attribute<&T::unit>("unit"), attribute<&T::memory_access>("memAccess"), attribute<&T::discard>("discard"),
            element<&T::distances>("distances"), element<&T::caches>("cache"))

VNUMA_MODEL(NUMALatency, "latency", attribute<&T::initiator>("initiator"), attribute<&T::target>("target"),
            attribute<&T::cache>("cache"), attribute<&T::type>("type"), attribute<&T::value>("value"))

VNUMA_MODEL(NUMABandwidth, "bandwidth", attribute<&T::initiator>("initiator"), attribute<&T::target>("target"),
            attribute<&T::cache>("cache"), attribute<&T::type>("type"), attribute<&T::value>("value"),
            attribute<&T::unit>("unit"))

VNUMA_MODEL(NUMAInterconnects, "interconnects", element<&T::latencies>("latency"), element<&T::bandwidths>("bandwidth"))

VNUMA_MODEL(NUMA, "numa", element<&T::cells>("cell"), element<&T::interconnects>("interconnects"))

VNUMA_MODEL(CPUCache, "cache", attribute<&T::level>("level"), attribute<&T::mode>("mode"))

VNUMA_MODEL(CPUMaxPhysAddr, "maxphysaddr", attribute<&T::mode>("mode"), attribute<&T::bits>("bits"),
            attribute<&T::limit>("limit"))

VNUMA_MODEL(CPU, "cpu", attribute<&T::mode>("mode"), attribute<&T::match>("match"), attribute<&T::check>("check"),
            attribute<&T::migratable>("migratable"), attribute<&T::deprecated_features>("deprecated_features"),
            element<&T::model>("model"), element<&T::vendor>("vendor"), element<&T::topology>("topology"),
            element<&T::cache>("cache"), element<&T::max_phys_addr>("maxphysaddr"), element<&T::features>("feature"),
            element<&T::numa>("numa"))

}  // namespace vnuma::schema
