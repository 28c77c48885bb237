// The field lists of devices.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/devices.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(Devices, "devices", element<&T::emulator>("emulator"), element<&T::disks>("disk"),
            element<&T::controllers>("controller"), element<&T::filesystems>("filesystem"),
            element<&T::interfaces>("interface"), element<&T::smartcards>("smartcard"), element<&T::serials>("serial"),
            element<&T::parallels>("parallel"), element<&T::consoles>("console"), element<&T::channels>("channel"),
            element<&T::inputs>("input"), element<&T::tpms>("tpm"), element<&T::graphics>("graphics"),
            element<&T::sound_cards>("sound"), element<&T::audios>("audio"), element<&T::video>("video"),
            element<&T::host_devices>("hostdev"), element<&T::redirs>("redirdev"), element<&T::hubs>("hub"),
            element<&T::watchdogs>("watchdog"), element<&T::ballooning>("memballoon"), element<&T::rng>("rng"),
            element<&T::nvrams>("nvram"), element<&T::panic_devices>("panic"), element<&T::shmems>("shmem"),
            element<&T::memory>("memory"), element<&T::iommu>("iommu"), element<&T::vsock>("vsock"),
            element<&T::cryptos>("crypto"))

}  // namespace vnuma::schema
