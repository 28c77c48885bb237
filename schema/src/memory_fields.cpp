// The field lists of memory.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/memory.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(Memory, "memory", text<&T::value>(), attribute<&T::unit>("unit"), attribute<&T::dump_core>("dumpCore"))

VNUMA_MODEL(MaxMemory, "maxMemory", text<&T::value>(), attribute<&T::slots>("slots"), attribute<&T::unit>("unit"))

VNUMA_MODEL(HugePage, "page", attribute<&T::size>("size"), attribute<&T::unit>("unit"),
            attribute<&T::node_set>("nodeset"))

VNUMA_MODEL(HugePages, "hugepages", element<&T::huge_page>("page"))

VNUMA_MODEL(MemoryBackingSource, "source", attribute<&T::type>("type"))

VNUMA_MODEL(MemoryBackingAccess, "access", attribute<&T::mode>("mode"))

VNUMA_MODEL(MemoryAllocation, "allocation", attribute<&T::mode>("mode"), attribute<&T::threads>("threads"))

VNUMA_MODEL(NoSharePages, "nosharepages")

VNUMA_MODEL(MemoryBacking, "memoryBacking", element<&T::huge_pages>("hugepages"),
            element<&T::no_share_pages>("nosharepages"), element<&T::locked>("locked"), element<&T::source>("source"),
            element<&T::access>("access"), element<&T::allocation>("allocation"), element<&T::discard>("discard"))

VNUMA_MODEL(MemoryAddress, "address", attribute<&T::base>("base"))

VNUMA_MODEL(MemoryLabel, "label", element<&T::size>("size"))

VNUMA_MODEL(DynamicMemslots, "dynamicMemslots", attribute<&T::enabled>("enabled"))

VNUMA_MODEL(MemoryTarget, "target", element<&T::size>("size"), element<&T::node>("node"), element<&T::block>("block"),
            element<&T::requested>("requested"), element<&T::current>("current"), element<&T::label>("label"),
            element<&T::read_only>("readonly"), element<&T::address>("address"),
            element<&T::dynamic_memslots>("dynamicMemslots"))

VNUMA_MODEL(MemoryDeviceSource, "source", element<&T::page_size>("pagesize"), element<&T::node_mask>("nodemask"),
            element<&T::path>("path"), element<&T::align_size>("alignsize"), element<&T::pmem>("pmem"))

VNUMA_MODEL(MemoryDevice, "memory", attribute<&T::model>("model"), attribute<&T::access>("access"),
            attribute<&T::discard>("discard"), element<&T::uuid>("uuid"), element<&T::source>("source"),
            element<&T::target>("target"), element<&T::alias>("alias"), element<&T::acpi>("acpi"),
            element<&T::address>("address"))

}  // namespace vnuma::schema
