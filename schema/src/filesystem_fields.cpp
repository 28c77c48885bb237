// The field lists of filesystem.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/filesystem.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(FilesystemSource, "source", attribute<&T::dir>("dir"), attribute<&T::socket>("socket"),
            attribute<&T::name>("name"), attribute<&T::file>("file"), attribute<&T::dev>("dev"),
            attribute<&T::usage>("usage"), attribute<&T::units>("units"))

VNUMA_MODEL(FilesystemTarget, "target", attribute<&T::dir>("dir"))

VNUMA_MODEL(FilesystemDriver, "driver", attribute<&T::type>("type"), attribute<&T::format>("format"),
            attribute<&T::queue>("queue"), attribute<&T::write_policy>("wrpolicy"), attribute<&T::iommu>("iommu"),
            attribute<&T::ats>("ats"), attribute<&T::packed>("packed"), attribute<&T::page_per_vq>("page_per_vq"))

VNUMA_MODEL(FilesystemBinaryCache, "cache", attribute<&T::mode>("mode"))

VNUMA_MODEL(FilesystemBinarySandbox, "sandbox", attribute<&T::mode>("mode"))

VNUMA_MODEL(FilesystemBinaryLock, "lock", attribute<&T::posix>("posix"), attribute<&T::flock>("flock"))

VNUMA_MODEL(FilesystemBinaryThreadPool, "thread_pool", attribute<&T::size>("size"))

VNUMA_MODEL(FilesystemBinary, "binary", attribute<&T::path>("path"), attribute<&T::xattr>("xattr"),
            element<&T::cache>("cache"), element<&T::sandbox>("sandbox"), element<&T::lock>("lock"),
            element<&T::thread_pool>("thread_pool"))

VNUMA_MODEL(FilesystemDevice, "filesystem", attribute<&T::type>("type"), attribute<&T::access_mode>("accessmode"),
            attribute<&T::multidevs>("multidevs"), attribute<&T::fmode>("fmode"), attribute<&T::dmode>("dmode"),
            attribute<&T::model>("model"), element<&T::driver>("driver"), element<&T::binary>("binary"),
            element<&T::source>("source"), element<&T::target>("target"), element<&T::read_only>("readonly"),
            element<&T::boot_order>("boot"), element<&T::alias>("alias"), element<&T::acpi>("acpi"),
            element<&T::address>("address"))

}  // namespace vnuma::schema
