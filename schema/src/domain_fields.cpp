// The field lists of domain.hpp: one entry per field, which reading, writing, the tree conversions and the
// reference derive from. The order is libvirt's own, and the one in which a new child is written.
#include <vnuma/schema/domain.hpp>

#include "record.hpp"

namespace vnuma::schema {

namespace {

constexpr std::string_view qemu_namespace = "http://libvirt.org/schemas/domain/qemu/1.0";

}  // namespace

VNUMA_MODEL(Alias, "alias", attribute<&T::name>("name"))

VNUMA_MODEL(ZPCIAddress, "", attribute<&T::uid>("uid"), attribute<&T::fid>("fid"))

VNUMA_MODEL(Address, "address", attribute<&T::type>("type"), attribute<&T::domain>("domain"), attribute<&T::bus>("bus"),
            attribute<&T::slot>("slot"), attribute<&T::function>("function"),
            attribute<&T::multifunction>("multifunction"), attribute<&T::controller>("controller"),
            attribute<&T::target>("target"), attribute<&T::unit>("unit"), attribute<&T::port>("port"),
            attribute<&T::uuid>("uuid"), attribute<&T::device>("device"), attribute<&T::cssid>("cssid"),
            attribute<&T::ssid>("ssid"), attribute<&T::dev_no>("devno"), attribute<&T::iobase>("iobase"),
            attribute<&T::irq>("irq"), attribute<&T::reg>("reg"), attribute<&T::base>("base"),
            element<&T::zpci>("zpci"))

VNUMA_MODEL(ControllerDriver, "", attribute<&T::io_thread>("iothread"), attribute<&T::queues>("queues"),
            attribute<&T::cmd_per_lun>("cmd_per_lun"), attribute<&T::max_sectors>("max_sectors"),
            attribute<&T::ioeventfd>("ioeventfd"), attribute<&T::iommu>("iommu"), attribute<&T::ats>("ats"),
            attribute<&T::packed>("packed"), attribute<&T::page_per_vq>("page_per_vq"))

VNUMA_MODEL(ControllerModel, "", attribute<&T::name>("name"))

VNUMA_MODEL(PCIHole64, "", text<&T::value>(), attribute<&T::unit>("unit"))

VNUMA_MODEL(ControllerTarget, "", attribute<&T::chassis_nr>("chassisNr"), attribute<&T::chassis>("chassis"),
            attribute<&T::port>("port"), attribute<&T::bus_nr>("busNr"), attribute<&T::index>("index"),
            attribute<&T::hotplug>("hotplug"), element<&T::numa_node>("node"))

VNUMA_MODEL(Controller, "controller", attribute<&T::type>("type"), attribute<&T::index>("index"),
            attribute<&T::model>("model"), attribute<&T::ports>("ports"), attribute<&T::vectors>("vectors"),
            element<&T::driver>("driver"), element<&T::model_name>("model"), element<&T::pci_hole64>("pcihole64"),
            element<&T::target>("target"), element<&T::alias>("alias"), element<&T::address>("address"))

VNUMA_MODEL(HostDeviceSource, "", attribute<&T::startup_policy>("startupPolicy"),
            attribute<&T::write_filtering>("writeFiltering"), element<&T::address>("address"))

VNUMA_MODEL(HostDevDriver, "", attribute<&T::name>("name"), attribute<&T::model>("model"),
            attribute<&T::iommufd>("iommufd"))

VNUMA_MODEL(ACPIHostDev, "", attribute<&T::index>("index"), attribute<&T::node_set>("nodeset"))

VNUMA_MODEL(BootOrder, "", attribute<&T::order>("order"), attribute<&T::loadparm>("loadparm"))

VNUMA_MODEL(Rom, "", attribute<&T::enabled>("enabled"), attribute<&T::bar>("bar"), attribute<&T::file>("file"))

VNUMA_MODEL(HostDevice, "hostdev", attribute<&T::mode>("mode"), attribute<&T::type>("type"),
            attribute<&T::managed>("managed"), attribute<&T::model>("model"), attribute<&T::display>("display"),
            attribute<&T::ram_fb>("ramfb"), element<&T::driver>("driver"), element<&T::source>("source"),
            element<&T::alias>("alias"), element<&T::acpi>("acpi"), element<&T::boot_order>("boot"),
            element<&T::rom>("rom"), element<&T::address>("address"))

VNUMA_MODEL(InterfaceSource, "", attribute<&T::network>("network"), attribute<&T::device>("dev"),
            attribute<&T::bridge>("bridge"), attribute<&T::mode>("mode"), element<&T::address>("address"))

VNUMA_MODEL(Interface, "interface", attribute<&T::type>("type"), attribute<&T::managed>("managed"),
            attribute<&T::trust_guest_rx_filters>("trustGuestRxFilters"), element<&T::source>("source"),
            element<&T::alias>("alias"), element<&T::acpi>("acpi"), element<&T::boot_order>("boot"),
            element<&T::rom>("rom"), element<&T::address>("address"))

VNUMA_MODEL(Disk, "disk", attribute<&T::type>("type"), attribute<&T::device>("device"), attribute<&T::model>("model"),
            attribute<&T::snapshot>("snapshot"), element<&T::alias>("alias"), element<&T::address>("address"))

VNUMA_MODEL(Input, "input", attribute<&T::type>("type"), attribute<&T::bus>("bus"), attribute<&T::model>("model"),
            element<&T::alias>("alias"), element<&T::address>("address"))

VNUMA_MODEL(Watchdog, "watchdog", attribute<&T::model>("model"), attribute<&T::action>("action"),
            element<&T::alias>("alias"), element<&T::address>("address"))

VNUMA_MODEL(Rng, "rng", attribute<&T::model>("model"), element<&T::alias>("alias"), element<&T::address>("address"))

VNUMA_MODEL(MemBalloon, "memballoon", attribute<&T::model>("model"), attribute<&T::autodeflate>("autodeflate"),
            attribute<&T::free_page_reporting>("freePageReporting"), element<&T::alias>("alias"),
            element<&T::address>("address"))

VNUMA_MODEL(Video, "video", element<&T::alias>("alias"), element<&T::address>("address"))

VNUMA_MODEL(SoundCard, "sound", attribute<&T::model>("model"), element<&T::alias>("alias"),
            element<&T::address>("address"))

VNUMA_MODEL(FilesystemDevice, "filesystem", attribute<&T::type>("type"), attribute<&T::access_mode>("accessmode"),
            attribute<&T::model>("model"), element<&T::alias>("alias"), element<&T::address>("address"))

VNUMA_MODEL(Serial, "serial", attribute<&T::type>("type"), element<&T::alias>("alias"), element<&T::address>("address"))

VNUMA_MODEL(Console, "console", attribute<&T::type>("type"), element<&T::alias>("alias"),
            element<&T::address>("address"))

VNUMA_MODEL(Channel, "channel", attribute<&T::type>("type"), element<&T::alias>("alias"),
            element<&T::address>("address"))

VNUMA_MODEL(TPM, "tpm", attribute<&T::model>("model"), element<&T::alias>("alias"), element<&T::address>("address"))

VNUMA_MODEL(RedirectedDevice, "redirdev", attribute<&T::bus>("bus"), attribute<&T::type>("type"),
            element<&T::alias>("alias"), element<&T::address>("address"))

VNUMA_MODEL(VSOCK, "vsock", attribute<&T::model>("model"), element<&T::alias>("alias"), element<&T::address>("address"))

VNUMA_MODEL(PanicDevice, "panic", attribute<&T::model>("model"), element<&T::alias>("alias"),
            element<&T::address>("address"))

VNUMA_MODEL(MemoryDevice, "memory", attribute<&T::model>("model"), attribute<&T::discard>("discard"),
            element<&T::uuid>("uuid"), element<&T::alias>("alias"), element<&T::address>("address"))

VNUMA_MODEL(IOMMUDevice, "iommu", attribute<&T::model>("model"), element<&T::alias>("alias"),
            element<&T::address>("address"))

VNUMA_MODEL(Shmem, "shmem", attribute<&T::name>("name"), attribute<&T::role>("role"), element<&T::alias>("alias"),
            element<&T::address>("address"))

VNUMA_MODEL(Smartcard, "smartcard", attribute<&T::mode>("mode"), attribute<&T::type>("type"),
            element<&T::alias>("alias"), element<&T::address>("address"))

VNUMA_MODEL(Hub, "hub", attribute<&T::type>("type"), element<&T::alias>("alias"), element<&T::address>("address"))

VNUMA_MODEL(Parallel, "parallel", attribute<&T::type>("type"), element<&T::alias>("alias"),
            element<&T::address>("address"))

VNUMA_MODEL(Graphics, "graphics", attribute<&T::type>("type"))

VNUMA_MODEL(NVRAMDevice, "nvram", element<&T::alias>("alias"), element<&T::address>("address"))

VNUMA_MODEL(Crypto, "crypto", attribute<&T::model>("model"), attribute<&T::type>("type"), element<&T::alias>("alias"),
            element<&T::address>("address"))

VNUMA_MODEL(Audio, "audio", attribute<&T::id>("id"), attribute<&T::type>("type"))

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

VNUMA_MODEL(Memory, "memory", text<&T::value>(), attribute<&T::unit>("unit"), attribute<&T::dump_core>("dumpCore"))

VNUMA_MODEL(MaxMemory, "", text<&T::value>(), attribute<&T::slots>("slots"), attribute<&T::unit>("unit"))

VNUMA_MODEL(HugePage, "", attribute<&T::size>("size"), attribute<&T::unit>("unit"), attribute<&T::node_set>("nodeset"))

VNUMA_MODEL(HugePages, "", element<&T::huge_page>("page"))

VNUMA_MODEL(MemoryBackingSource, "", attribute<&T::type>("type"))

VNUMA_MODEL(MemoryBackingAccess, "", attribute<&T::mode>("mode"))

VNUMA_MODEL(MemoryAllocation, "", attribute<&T::mode>("mode"), attribute<&T::threads>("threads"))

VNUMA_MODEL(NoSharePages, "")

VNUMA_MODEL(MemoryBacking, "memoryBacking", element<&T::huge_pages>("hugepages"),
            element<&T::no_share_pages>("nosharepages"), element<&T::source>("source"), element<&T::access>("access"),
            element<&T::allocation>("allocation"))

VNUMA_MODEL(VCPU, "vcpu", text<&T::cpus>(), attribute<&T::placement>("placement"), attribute<&T::cpu_set>("cpuset"),
            attribute<&T::current>("current"))

VNUMA_MODEL(VCPUsVCPU, "", attribute<&T::id>("id"), attribute<&T::enabled>("enabled"),
            attribute<&T::hotpluggable>("hotpluggable"), attribute<&T::order>("order"))

VNUMA_MODEL(VCPUs, "", element<&T::vcpu>("vcpu"))

VNUMA_MODEL(CPUTuneVCPUPin, "", attribute<&T::vcpu>("vcpu"), attribute<&T::cpu_set>("cpuset"))

VNUMA_MODEL(CPUTuneIOThreadPin, "", attribute<&T::io_thread>("iothread"), attribute<&T::cpu_set>("cpuset"))

VNUMA_MODEL(CPUEmulatorPin, "", attribute<&T::cpu_set>("cpuset"))

VNUMA_MODEL(CPUTune, "cputune", element<&T::vcpu_pin>("vcpupin"), element<&T::emulator_pin>("emulatorpin"),
            element<&T::io_thread_pin>("iothreadpin"))

VNUMA_MODEL(NumaTuneMemory, "", attribute<&T::mode>("mode"), attribute<&T::node_set>("nodeset"),
            attribute<&T::placement>("placement"))

VNUMA_MODEL(MemNode, "", attribute<&T::cell_id>("cellid"), attribute<&T::mode>("mode"),
            attribute<&T::node_set>("nodeset"))

VNUMA_MODEL(NUMATune, "numatune", element<&T::memory>("memory"), element<&T::mem_nodes>("memnode"))

VNUMA_MODEL(OSType, "", text<&T::os>(), attribute<&T::arch>("arch"), attribute<&T::machine>("machine"))

VNUMA_MODEL(OS, "os", element<&T::type>("type"))

VNUMA_MODEL(FeatureEnabled, "")

VNUMA_MODEL(Features, "features", element<&T::acpi>("acpi"), element<&T::apic>("apic"), element<&T::pae>("pae"))

VNUMA_MODEL(CPUTopology, "", attribute<&T::sockets>("sockets"), attribute<&T::dies>("dies"),
            attribute<&T::cores>("cores"), attribute<&T::threads>("threads"))

VNUMA_MODEL(CPUFeature, "", attribute<&T::policy>("policy"), attribute<&T::name>("name"))

VNUMA_MODEL(NUMACellSibling, "", attribute<&T::id>("id"), attribute<&T::value>("value"))

VNUMA_MODEL(NUMACellDistances, "", element<&T::siblings>("sibling"))

VNUMA_MODEL(NUMACell, "cell", attribute<&T::id>("id"), attribute<&T::cpus>("cpus"), attribute<&T::memory>("memory"),
            attribute<&T::unit>("unit"), attribute<&T::memory_access>("memAccess"), attribute<&T::discard>("discard"),
            element<&T::distances>("distances"))

VNUMA_MODEL(NUMA, "numa", element<&T::cells>("cell"))

VNUMA_MODEL(CPU, "cpu", attribute<&T::mode>("mode"), attribute<&T::match>("match"), attribute<&T::check>("check"),
            attribute<&T::migratable>("migratable"), element<&T::model>("model"), element<&T::vendor>("vendor"),
            element<&T::topology>("topology"), element<&T::features>("feature"), element<&T::numa>("numa"))

VNUMA_MODEL(Env, "", attribute<&T::name>("name"), attribute<&T::value>("value"))

VNUMA_MODEL(Arg, "", attribute<&T::value>("value"))

VNUMA_MODEL(Commandline, "", element<&T::qemu_arg>("arg"), element<&T::qemu_env>("env"))

VNUMA_MODEL(Domain, "domain", attribute<&T::type>("type"), attribute<&T::id>("id"), element<&T::name>("name"),
            element<&T::uuid>("uuid"), element<&T::max_memory>("maxMemory"), element<&T::memory>("memory"),
            element<&T::current_memory>("currentMemory"), element<&T::memory_backing>("memoryBacking"),
            only_once(element<&T::vcpu>("vcpu")), element<&T::vcpus>("vcpus"),
            only_once(element<&T::cpu_tune>("cputune")), only_once(element<&T::numa_tune>("numatune")),
            only_once(element<&T::os>("os")), only_once(element<&T::features>("features")),
            only_once(element<&T::cpu>("cpu")), only_once(element<&T::devices>("devices")),
            element<&T::qemu_cmd>("commandline", qemu_namespace, "qemu"))

}  // namespace vnuma::schema
