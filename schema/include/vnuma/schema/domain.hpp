/// \file
/// Domain and everything below it: libvirt's domain XML, named as in KubeVirt's Go structs.
///
/// Every member can be absent; what libvirt repeats is a vector. `unmodelled` keeps what is not named here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vnuma/schema/box.hpp>
#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// `<alias>`: a device's name. Names given by users start with "ua-", as KubeVirt writes them; libvirt replaces others.
struct Alias {
  std::optional<std::string> name{};
  Unmodelled unmodelled{};
  bool operator==(const Alias&) const;
};

/// `<zpci>` of a PCI address on s390.
struct ZPCIAddress {
  AnyBase32 uid{};
  AnyBase32 fid{};
  Unmodelled unmodelled{};
  bool operator==(const ZPCIAddress&) const;
};

/// `<address>`: a place in the guest, or in a hostdev's source on the host. Which attributes are used depends on type.
/// For type pci, `bus` is the index of the controller that the device plugs into.
struct Address {
  std::optional<std::string> type{};
  Hex4 domain{};          ///< PCI domain
  Hex2 bus{};             ///< PCI: index of the controller; also drive, usb, ccid
  Hex2 slot{};            ///< 0-0x1f
  Hex1 function{};        ///< 0-7
  OnOff multifunction{};  ///< on function 0 of a slot that holds more functions
  UInt32 controller{};
  UInt32 target{};
  UInt32 unit{};
  std::optional<std::string> port{};    ///< a number, or for USB a path of numbers (1.2)
  std::optional<std::string> uuid{};    ///< an mdev, in a hostdev's source
  std::optional<std::string> device{};  ///< USB: the host's device number
  AnyBase32 cssid{};
  AnyBase32 ssid{};
  AnyBase32 dev_no{};
  AnyBase32 iobase{};
  AnyBase32 irq{};
  AnyBase32 reg{};
  std::optional<std::string> base{};
  Box<ZPCIAddress> zpci{};
  Unmodelled unmodelled{};
  bool operator==(const Address&) const;
};

/// `<driver>` of a controller.
struct ControllerDriver {
  UInt32 io_thread{};
  UInt32 queues{};
  UInt32 cmd_per_lun{};
  UInt32 max_sectors{};
  OnOff ioeventfd{};
  OnOff iommu{};
  OnOff ats{};
  OnOff packed{};
  OnOff page_per_vq{};
  Unmodelled unmodelled{};
  bool operator==(const ControllerDriver&) const;
};

/// `<model name='...'/>` of a PCI controller: the device that QEMU uses for it.
struct ControllerModel {
  std::optional<std::string> name{};
  Unmodelled unmodelled{};
  bool operator==(const ControllerModel&) const;
};

/// `<pcihole64>` of pcie-root: the size of the 64-bit window, in units of `unit` (KiB if absent).
struct PCIHole64 {
  UInt64 value{};
  std::optional<std::string> unit{};
  Unmodelled unmodelled{};
  bool operator==(const PCIHole64&) const;
};

/// `<target>` of a PCI controller. KubeVirt 1.8 has hotplug, busNr and node; libvirt the rest too.
struct ControllerTarget {
  AnyBase32 chassis_nr{};  ///< pci-bridge, 0-255
  AnyBase32 chassis{};     ///< ports: 0-255, unique in the domain
  Hex1 port{};             ///< ports: 0-255, slot * 8 + function by custom
  AnyBase32 bus_nr{};      ///< expander buses: 1-254, the first bus number of their range
  AnyBase32 index{};       ///< pci-root on pSeries
  OnOff hotplug{};
  UInt32 numa_node{};  ///< expander buses: the guest cell, a child element
  Unmodelled unmodelled{};
  bool operator==(const ControllerTarget&) const;
};

/// `<controller>`.
struct Controller {
  std::optional<std::string> type{};
  UInt32 index{};
  std::optional<std::string> model{};
  UInt32 ports{};
  UInt32 vectors{};
  Box<ControllerDriver> driver{};
  std::optional<ControllerModel> model_name{};  ///< the child `<model>`
  Box<PCIHole64> pci_hole64{};
  Box<ControllerTarget> target{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Controller&) const;
};

/// `<source>` of a hostdev.
struct HostDeviceSource {
  std::optional<std::string> startup_policy{};
  YesNo write_filtering{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const HostDeviceSource&) const;
};

/// `<driver>` of a hostdev.
struct HostDevDriver {
  std::optional<std::string> name{};
  std::optional<std::string> model{};
  YesNo iommufd{};
  Unmodelled unmodelled{};
  bool operator==(const HostDevDriver&) const;
};

/// `<acpi>` of a hostdev or an interface.
struct ACPIHostDev {
  UInt32 index{};
  CpuSetText node_set{};
  Unmodelled unmodelled{};
  bool operator==(const ACPIHostDev&) const;
};

/// `<boot order='...'/>` of a device.
struct BootOrder {
  UInt32 order{};
  std::optional<std::string> loadparm{};
  Unmodelled unmodelled{};
  bool operator==(const BootOrder&) const;
};

/// `<rom>`.
struct Rom {
  YesNo enabled{};
  OnOff bar{};
  std::optional<std::string> file{};
  Unmodelled unmodelled{};
  bool operator==(const Rom&) const;
};

/// `<hostdev>`: a device of the host that the guest is given.
struct HostDevice {
  std::optional<std::string> mode{};
  std::optional<std::string> type{};
  YesNo managed{};
  std::optional<std::string> model{};
  OnOff display{};
  OnOff ram_fb{};
  Box<HostDevDriver> driver{};
  Box<HostDeviceSource> source{};
  std::optional<Alias> alias{};
  std::optional<ACPIHostDev> acpi{};
  std::optional<BootOrder> boot_order{};
  Box<Rom> rom{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const HostDevice&) const;
};

/// `<source>` of an interface.
struct InterfaceSource {
  std::optional<std::string> network{};
  std::optional<std::string> device{};
  std::optional<std::string> bridge{};
  std::optional<std::string> mode{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const InterfaceSource&) const;
};

/// `<interface>`. Of type hostdev, it is a PCI device of the host, mostly an SR-IOV function.
struct Interface {
  std::optional<std::string> type{};
  YesNo managed{};
  std::optional<std::string> trust_guest_rx_filters{};
  Box<InterfaceSource> source{};
  std::optional<Alias> alias{};
  std::optional<ACPIHostDev> acpi{};
  std::optional<BootOrder> boot_order{};
  Box<Rom> rom{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Interface&) const;
};

/// `<disk>`.
struct Disk {
  std::optional<std::string> type{};
  std::optional<std::string> device{};
  std::optional<std::string> model{};
  std::optional<std::string> snapshot{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Disk&) const;
};

/// `<input>`.
struct Input {
  std::optional<std::string> type{};
  std::optional<std::string> bus{};
  std::optional<std::string> model{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Input&) const;
};

/// `<watchdog>`.
struct Watchdog {
  std::optional<std::string> model{};
  std::optional<std::string> action{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Watchdog&) const;
};

/// `<rng>`.
struct Rng {
  std::optional<std::string> model{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Rng&) const;
};

/// `<memballoon>`.
struct MemBalloon {
  std::optional<std::string> model{};
  OnOff autodeflate{};
  OnOff free_page_reporting{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const MemBalloon&) const;
};

/// `<video>`.
struct Video {
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Video&) const;
};

/// `<sound>`.
struct SoundCard {
  std::optional<std::string> model{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const SoundCard&) const;
};

/// `<filesystem>`.
struct FilesystemDevice {
  std::optional<std::string> type{};
  std::optional<std::string> access_mode{};
  std::optional<std::string> model{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const FilesystemDevice&) const;
};

/// `<serial>`.
struct Serial {
  std::optional<std::string> type{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Serial&) const;
};

/// `<console>`.
struct Console {
  std::optional<std::string> type{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Console&) const;
};

/// `<channel>`.
struct Channel {
  std::optional<std::string> type{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Channel&) const;
};

/// `<tpm>`.
struct TPM {
  std::optional<std::string> model{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const TPM&) const;
};

/// `<redirdev>`.
struct RedirectedDevice {
  std::optional<std::string> bus{};
  std::optional<std::string> type{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const RedirectedDevice&) const;
};

/// `<vsock>`.
struct VSOCK {
  std::optional<std::string> model{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const VSOCK&) const;
};

/// `<panic>`.
struct PanicDevice {
  std::optional<std::string> model{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const PanicDevice&) const;
};

/// `<memory>`.
struct MemoryDevice {
  std::optional<std::string> model{};
  YesNo discard{};
  std::optional<std::string> uuid{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const MemoryDevice&) const;
};

/// `<iommu>`.
struct IOMMUDevice {
  std::optional<std::string> model{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const IOMMUDevice&) const;
};

/// `<shmem>`.
struct Shmem {
  std::optional<std::string> name{};
  std::optional<std::string> role{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Shmem&) const;
};

/// `<smartcard>`.
struct Smartcard {
  std::optional<std::string> mode{};
  std::optional<std::string> type{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Smartcard&) const;
};

/// `<hub>`.
struct Hub {
  std::optional<std::string> type{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Hub&) const;
};

/// `<parallel>`.
struct Parallel {
  std::optional<std::string> type{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Parallel&) const;
};

/// `<graphics>`.
struct Graphics {
  std::optional<std::string> type{};
  Unmodelled unmodelled{};
  bool operator==(const Graphics&) const;
};

/// `<nvram>`.
struct NVRAMDevice {
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const NVRAMDevice&) const;
};

/// `<crypto>`.
struct Crypto {
  std::optional<std::string> model{};
  std::optional<std::string> type{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Crypto&) const;
};

/// `<audio>`.
struct Audio {
  UInt32 id{};
  std::optional<std::string> type{};
  Unmodelled unmodelled{};
  bool operator==(const Audio&) const;
};

/// `<devices>`.
struct Devices {
  std::optional<std::string> emulator{};
  std::vector<Disk> disks{};
  std::vector<Controller> controllers{};
  std::vector<FilesystemDevice> filesystems{};
  std::vector<Interface> interfaces{};
  std::vector<Smartcard> smartcards{};
  std::vector<Serial> serials{};
  std::vector<Parallel> parallels{};
  std::vector<Console> consoles{};
  std::vector<Channel> channels{};
  std::vector<Input> inputs{};
  std::vector<TPM> tpms{};
  std::vector<Graphics> graphics{};
  std::vector<SoundCard> sound_cards{};
  std::vector<Audio> audios{};
  std::vector<Video> video{};
  std::vector<HostDevice> host_devices{};
  std::vector<RedirectedDevice> redirs{};
  std::vector<Hub> hubs{};
  std::vector<Watchdog> watchdogs{};
  std::vector<MemBalloon> ballooning{};
  std::vector<Rng> rng{};
  std::vector<NVRAMDevice> nvrams{};
  std::vector<PanicDevice> panic_devices{};
  std::vector<Shmem> shmems{};
  std::vector<MemoryDevice> memory{};
  std::vector<IOMMUDevice> iommu{};
  std::vector<VSOCK> vsock{};
  std::vector<Crypto> cryptos{};
  Unmodelled unmodelled{};
  bool operator==(const Devices&) const;
};

/// `<memory>`, `<currentMemory>`: an amount in units of `unit` (KiB if absent).
struct Memory {
  UInt64 value{};
  std::optional<std::string> unit{};
  OnOff dump_core{};
  Unmodelled unmodelled{};
  bool operator==(const Memory&) const;
};

/// `<maxMemory>`.
struct MaxMemory {
  UInt64 value{};
  UInt32 slots{};
  std::optional<std::string> unit{};
  Unmodelled unmodelled{};
  bool operator==(const MaxMemory&) const;
};

/// `<page>` of `<hugepages>`.
struct HugePage {
  UInt64 size{};
  std::optional<std::string> unit{};
  CpuSetText node_set{};
  Unmodelled unmodelled{};
  bool operator==(const HugePage&) const;
};

/// `<hugepages>`.
struct HugePages {
  std::vector<HugePage> huge_page{};
  Unmodelled unmodelled{};
  bool operator==(const HugePages&) const;
};

/// `<source>` of `<memoryBacking>`.
struct MemoryBackingSource {
  std::optional<std::string> type{};
  Unmodelled unmodelled{};
  bool operator==(const MemoryBackingSource&) const;
};

/// `<access>` of `<memoryBacking>`.
struct MemoryBackingAccess {
  std::optional<std::string> mode{};
  Unmodelled unmodelled{};
  bool operator==(const MemoryBackingAccess&) const;
};

/// `<allocation>` of `<memoryBacking>`.
struct MemoryAllocation {
  std::optional<std::string> mode{};
  UInt32 threads{};
  Unmodelled unmodelled{};
  bool operator==(const MemoryAllocation&) const;
};

/// `<nosharepages/>`.
struct NoSharePages {
  Unmodelled unmodelled{};
  bool operator==(const NoSharePages&) const;
};

/// `<memoryBacking>`.
struct MemoryBacking {
  Box<HugePages> huge_pages{};
  std::optional<NoSharePages> no_share_pages{};
  std::optional<MemoryBackingSource> source{};
  std::optional<MemoryBackingAccess> access{};
  std::optional<MemoryAllocation> allocation{};
  Unmodelled unmodelled{};
  bool operator==(const MemoryBacking&) const;
};

/// `<vcpu>`.
struct VCPU {
  UInt32 cpus{};
  std::optional<std::string> placement{};
  CpuSetText cpu_set{};  ///< host CPUs of the vCPUs without a vcpupin
  UInt32 current{};
  Unmodelled unmodelled{};
  bool operator==(const VCPU&) const;
};

/// `<vcpu>` of `<vcpus>`.
struct VCPUsVCPU {
  UInt32 id{};
  YesNo enabled{};
  YesNo hotpluggable{};
  UInt32 order{};
  Unmodelled unmodelled{};
  bool operator==(const VCPUsVCPU&) const;
};

/// `<vcpus>`.
struct VCPUs {
  std::vector<VCPUsVCPU> vcpu{};
  Unmodelled unmodelled{};
  bool operator==(const VCPUs&) const;
};

/// `<vcpupin>`.
struct CPUTuneVCPUPin {
  UInt32 vcpu{};
  CpuSetText cpu_set{};  ///< host CPUs
  Unmodelled unmodelled{};
  bool operator==(const CPUTuneVCPUPin&) const;
};

/// `<iothreadpin>`.
struct CPUTuneIOThreadPin {
  UInt32 io_thread{};
  CpuSetText cpu_set{};
  Unmodelled unmodelled{};
  bool operator==(const CPUTuneIOThreadPin&) const;
};

/// `<emulatorpin>`.
struct CPUEmulatorPin {
  CpuSetText cpu_set{};
  Unmodelled unmodelled{};
  bool operator==(const CPUEmulatorPin&) const;
};

/// `<cputune>`.
struct CPUTune {
  std::vector<CPUTuneVCPUPin> vcpu_pin{};
  std::optional<CPUEmulatorPin> emulator_pin{};
  std::vector<CPUTuneIOThreadPin> io_thread_pin{};
  Unmodelled unmodelled{};
  bool operator==(const CPUTune&) const;
};

/// `<memory>` of `<numatune>`.
struct NumaTuneMemory {
  std::optional<std::string> mode{};
  CpuSetText node_set{};
  std::optional<std::string> placement{};
  Unmodelled unmodelled{};
  bool operator==(const NumaTuneMemory&) const;
};

/// `<memnode>`: the host nodes of one guest cell's memory.
struct MemNode {
  UInt32 cell_id{};
  std::optional<std::string> mode{};
  CpuSetText node_set{};
  Unmodelled unmodelled{};
  bool operator==(const MemNode&) const;
};

/// `<numatune>`.
struct NUMATune {
  std::optional<NumaTuneMemory> memory{};
  std::vector<MemNode> mem_nodes{};
  Unmodelled unmodelled{};
  bool operator==(const NUMATune&) const;
};

/// `<type>` of `<os>`.
struct OSType {
  std::optional<std::string> os{};
  std::optional<std::string> arch{};
  std::optional<std::string> machine{};
  Unmodelled unmodelled{};
  bool operator==(const OSType&) const;
};

/// `<os>`.
struct OS {
  Box<OSType> type{};
  Unmodelled unmodelled{};
  bool operator==(const OS&) const;
};

/// `<acpi/>` and other features that are there or not.
struct FeatureEnabled {
  Unmodelled unmodelled{};
  bool operator==(const FeatureEnabled&) const;
};

/// `<features>`.
struct Features {
  std::optional<FeatureEnabled> acpi{};
  std::optional<FeatureEnabled> apic{};
  std::optional<FeatureEnabled> pae{};
  Unmodelled unmodelled{};
  bool operator==(const Features&) const;
};

/// `<topology>` of `<cpu>`.
struct CPUTopology {
  UInt32 sockets{};
  UInt32 dies{};
  UInt32 cores{};
  UInt32 threads{};
  Unmodelled unmodelled{};
  bool operator==(const CPUTopology&) const;
};

/// `<feature>` of `<cpu>`.
struct CPUFeature {
  std::optional<std::string> policy{};
  std::optional<std::string> name{};
  Unmodelled unmodelled{};
  bool operator==(const CPUFeature&) const;
};

/// `<sibling>`: the distance to the cell `id`, 10 (local) to 255 (unreachable).
struct NUMACellSibling {
  UInt32 id{};
  UInt32 value{};
  Unmodelled unmodelled{};
  bool operator==(const NUMACellSibling&) const;
};

/// `<distances>`.
struct NUMACellDistances {
  std::vector<NUMACellSibling> siblings{};
  Unmodelled unmodelled{};
  bool operator==(const NUMACellDistances&) const;
};

/// `<cell>` of `<cpu><numa>`: a guest cell.
struct NUMACell {
  UInt32 id{};
  CpuSetText cpus{};  ///< vCPUs
  UInt64 memory{};    ///< in units of `unit`, KiB if absent
  std::optional<std::string> unit{};
  std::optional<std::string> memory_access{};
  YesNo discard{};
  Box<NUMACellDistances> distances{};
  Unmodelled unmodelled{};
  bool operator==(const NUMACell&) const;
};

/// `<numa>` of `<cpu>`.
struct NUMA {
  std::vector<NUMACell> cells{};
  Unmodelled unmodelled{};
  bool operator==(const NUMA&) const;
};

/// `<cpu>`.
struct CPU {
  std::optional<std::string> mode{};
  std::optional<std::string> match{};
  std::optional<std::string> check{};
  std::optional<std::string> migratable{};
  std::optional<std::string> model{};
  std::optional<std::string> vendor{};
  std::optional<CPUTopology> topology{};
  std::vector<CPUFeature> features{};
  Box<NUMA> numa{};
  Unmodelled unmodelled{};
  bool operator==(const CPU&) const;
};

/// `<qemu:env>`.
struct Env {
  std::optional<std::string> name{};
  std::optional<std::string> value{};
  Unmodelled unmodelled{};
  bool operator==(const Env&) const;
};

/// `<qemu:arg>`.
struct Arg {
  std::optional<std::string> value{};
  Unmodelled unmodelled{};
  bool operator==(const Arg&) const;
};

/// `<qemu:commandline>`, found by its namespace, whatever its prefix.
struct Commandline {
  std::vector<Arg> qemu_arg{};
  std::vector<Env> qemu_env{};
  Unmodelled unmodelled{};
  bool operator==(const Commandline&) const;
};

/// `<domain>`: a libvirt domain.
struct Domain {
  std::optional<std::string> type{};
  UInt32 id{};  ///< of a running domain
  std::optional<std::string> name{};
  std::optional<std::string> uuid{};
  std::optional<MaxMemory> max_memory{};
  std::optional<Memory> memory{};
  std::optional<Memory> current_memory{};
  Box<MemoryBacking> memory_backing{};
  Box<VCPU> vcpu{};
  Box<VCPUs> vcpus{};
  Box<CPUTune> cpu_tune{};
  Box<NUMATune> numa_tune{};
  Box<OS> os{};
  Box<Features> features{};
  Box<CPU> cpu{};
  Box<Devices> devices{};
  Box<Commandline> qemu_cmd{};
  Unmodelled unmodelled{};
  bool operator==(const Domain&) const;
};
/// KubeVirt's name for it.
using DomainSpec = Domain;

}  // namespace vnuma::schema
