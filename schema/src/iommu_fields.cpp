// The field lists of iommu.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/iommu.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(IOMMUDriver, "driver", attribute<&T::interrupt_remapping>("intremap"),
            attribute<&T::caching_mode>("caching_mode"), attribute<&T::eim>("eim"), attribute<&T::iotlb>("iotlb"),
            attribute<&T::aw_bits>("aw_bits"), attribute<&T::dma_translation>("dma_translation"),
            attribute<&T::pci_bus>("pciBus"), attribute<&T::accel>("accel"), attribute<&T::ats>("ats"),
            attribute<&T::ril>("ril"), attribute<&T::ssid_size>("ssidSize"), attribute<&T::oas>("oas"),
            attribute<&T::cmdqv>("cmdqv"), attribute<&T::passthrough>("passthrough"), attribute<&T::xtsup>("xtsup"))

VNUMA_MODEL(IOMMUDevice, "iommu", attribute<&T::model>("model"), element<&T::driver>("driver"),
            element<&T::alias>("alias"), element<&T::acpi>("acpi"), element<&T::address>("address"))

}  // namespace vnuma::schema
