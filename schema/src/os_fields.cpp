// The field lists of os.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/os.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(FirmwareFeature, "feature", attribute<&T::enabled>("enabled"), attribute<&T::name>("name"))

VNUMA_MODEL(FirmwareInfo, "firmware", element<&T::features>("feature"))

VNUMA_MODEL(OSType, "type", text<&T::os>(), attribute<&T::arch>("arch"), attribute<&T::machine>("machine"))

VNUMA_MODEL(ACPITable, "table", text<&T::path>(), attribute<&T::type>("type"))

VNUMA_MODEL(OSACPI, "acpi", element<&T::table>("table"))

VNUMA_MODEL(SMBios, "smbios", attribute<&T::mode>("mode"))

VNUMA_MODEL(Boot, "boot", attribute<&T::dev>("dev"))

VNUMA_MODEL(BootMenu, "bootmenu", attribute<&T::enable>("enable"), attribute<&T::timeout>("timeout"))

VNUMA_MODEL(BIOS, "bios", attribute<&T::use_serial>("useserial"), attribute<&T::reboot_timeout>("rebootTimeout"))

VNUMA_MODEL(Loader, "loader", text<&T::path>(), attribute<&T::read_only>("readonly"), attribute<&T::secure>("secure"),
            attribute<&T::type>("type"), attribute<&T::stateless>("stateless"), attribute<&T::format>("format"))

VNUMA_MODEL(NVRam, "nvram", text<&T::nvram>(), attribute<&T::template_path>("template"),
            attribute<&T::template_format>("templateFormat"), attribute<&T::format>("format"),
            attribute<&T::type>("type"))

VNUMA_MODEL(OS, "os", attribute<&T::firmware>("firmware"), element<&T::type>("type"),
            element<&T::firmware_info>("firmware"), element<&T::boot_loader>("loader"), element<&T::nvram>("nvram"),
            element<&T::kernel>("kernel"), element<&T::initrd>("initrd"), element<&T::kernel_args>("cmdline"),
            element<&T::dtb>("dtb"), element<&T::boot_order>("boot"), element<&T::boot_menu>("bootmenu"),
            element<&T::acpi>("acpi"), element<&T::smbios>("smbios"), element<&T::bios>("bios"))

VNUMA_MODEL(Entry, "entry", text<&T::value>(), attribute<&T::name>("name"), attribute<&T::file>("file"))

VNUMA_MODEL(SysInfoEntries, "", element<&T::entry>("entry"))

VNUMA_MODEL(SysInfo, "sysinfo", attribute<&T::type>("type"), element<&T::bios>("bios"), element<&T::system>("system"),
            element<&T::base_board>("baseBoard"), element<&T::chassis>("chassis"),
            element<&T::oem_strings>("oemStrings"), element<&T::entry>("entry"))

}  // namespace vnuma::schema
