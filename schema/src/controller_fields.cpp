// The field lists of controller.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/controller.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(ControllerDriver, "driver", attribute<&T::io_thread>("iothread"), attribute<&T::queues>("queues"),
            attribute<&T::cmd_per_lun>("cmd_per_lun"), attribute<&T::max_sectors>("max_sectors"),
            attribute<&T::ioeventfd>("ioeventfd"), attribute<&T::iommu>("iommu"), attribute<&T::ats>("ats"),
            attribute<&T::packed>("packed"), attribute<&T::page_per_vq>("page_per_vq"))

VNUMA_MODEL(ControllerModel, "model", attribute<&T::name>("name"))

VNUMA_MODEL(PCIHole64, "pcihole64", text<&T::value>(), attribute<&T::unit>("unit"))

VNUMA_MODEL(ControllerTarget, "target", attribute<&T::chassis_nr>("chassisNr"), attribute<&T::chassis>("chassis"),
            attribute<&T::port>("port"), attribute<&T::bus_nr>("busNr"), attribute<&T::index>("index"),
            attribute<&T::hotplug>("hotplug"), attribute<&T::memory_reserve>("memReserve"),
            element<&T::numa_node>("node"))

VNUMA_MODEL(ControllerMaster, "master", attribute<&T::startport>("startport"))

VNUMA_MODEL(Controller, "controller", attribute<&T::type>("type"), attribute<&T::index>("index"),
            attribute<&T::model>("model"), attribute<&T::ports>("ports"), attribute<&T::vectors>("vectors"),
            attribute<&T::max_grant_frames>("maxGrantFrames"), attribute<&T::max_event_channels>("maxEventChannels"),
            element<&T::driver>("driver"), element<&T::model_name>("model"), element<&T::target>("target"),
            element<&T::serial>("serial"), element<&T::pci_hole64>("pcihole64"), element<&T::alias>("alias"),
            element<&T::master>("master"), element<&T::acpi>("acpi"), element<&T::address>("address"))

}  // namespace vnuma::schema
