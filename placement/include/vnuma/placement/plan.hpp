/// \file
/// plan and apply: which expander buses, ports and addresses a domain gets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <vnuma/placement/diagnostic.hpp>
#include <vnuma/placement/export.hpp>
#include <vnuma/placement/layout.hpp>
#include <vnuma/schema/domain.hpp>
#include <vnuma/topology/host.hpp>
#include <vnuma/topology/locality.hpp>
#include <vnuma/topology/node_overrides.hpp>

namespace vnuma::placement {

using topology::NodeId;
using topology::PciAddress;

/// How much of the host's PCIe hierarchy the guest gets.
enum class Mirror {
  numa,          ///< an expander bus per guest cell
  root_complex,  ///< an expander bus per guest cell and root complex of the host
  pcie_switch,   ///< and the host's PCIe switches, as far as they decide how near two devices are (topology::level)
};

/// What to do with devices whose host node has no guest cell: no memnode names the node, and no vCPU is pinned to its
/// CPUs. GPUs of Grace machines are on such nodes. Devices of a node with a tie (topology::GuestMap::ties) stay as they
/// are in every mode, because the domain names several cells for them.
enum class Unaligned {
  leave,    ///< they stay as they are
  nearest,  ///< they go to the cell of the host node that is nearest by the host's distances
  cell,     ///< they get a new guest cell without CPUs, one for each host node
};

/// What to do about the room that the BARs of the passthrough devices need in the guest: PlannedMmio.
enum class Mmio {
  off,        ///< nothing
  warn,       ///< a warning if the firmware may lack room
  automatic,  ///< set what is missing
};

/// The guest's firmware: the versions that were measured (placement/FIRMWARE.md). A domain says whether it boots UEFI,
/// but not the version.
enum class Firmware {
  ovmf_2022,  ///< edk2 of November 2022, as Debian 12 has it: OVMF 2022.11; on aarch64 AAVMF
  ovmf_2025,  ///< edk2 of February 2025, as Debian 13 has it: OVMF 2025.02; on aarch64 AAVMF
  seabios,    ///< SeaBIOS 1.16.2 or 1.16.3, which do not differ here
};

/// What to do if guest cells, or pins and memnodes for them, are missing.
enum class Cells {
  keep,         ///< nothing: without them no device is placed
  add,          ///< give the domain what is missing: Layout
  add_to_pins,  ///< the same, but pin nothing: an unpinned vCPU is an error. For a pod, whose other CPUs are unknown
};

/// What plan() is to do.
struct Options {
  /// With Cells::add, a domain without guest cells gets one for each host node of `nodes`; if that is empty, for each
  /// node of `cpus`; if that is empty too, for each node that its passthrough devices are on (for a node without CPUs,
  /// the nearest with CPUs).
  /// - The vCPUs are split evenly, by whole cores, and pinned one to one to host CPUs of the node: those of `cpus`,
  ///   else of `<vcpu cpuset>`, else whole cores, the lowest first, without the first core of each node. A domain
  ///   without `<topology>` gets one.
  /// - The memory is split evenly, in whole huge pages or MiB, with a strict memnode for each cell.
  /// - The emulator and the IOThreads are pinned to the other CPUs of these nodes, if there are any.
  /// What the domain has is kept: pins without cells decide the cells; cells without pins get pins; a memnode decides
  /// the node of its cell.
  Cells cells = Cells::keep;
  topology::CpuSet cpus{};   ///< with Cells::add: host CPUs for vCPUs; empty: chosen
  topology::CpuSet nodes{};  ///< with Cells::add: host nodes for new cells; empty: chosen
  /// Every passthrough PCI device must end on its cell; anything else is an error. So passthrough devices in a domain
  /// without guest cells are an error, and devices of a host node whose cell is ambiguous.
  bool strict = false;
  /// Drop the guest addresses of passthrough devices that are not on their cell, and plan these devices anew.
  bool readdress = false;
  /// Host nodes that override what the host says, by host address or pattern; for mediated devices, by the address of
  /// the parent. A pattern gives no node to a device that the host lacks.
  topology::NodeOverrides numa_nodes{};
  /// How much of the host's hierarchy the guest gets. Devices keep the addresses that they have, so a device that is
  /// added later may be farther from them than on the host.
  Mirror mirror = Mirror::numa;
  /// Bus numbers that stay free behind each new expander bus, for devices that are added later; none if they do not
  /// fit.
  unsigned reserve_buses = 0;
  /// Devices whose host node has no guest cell. With `nearest` and `cell`, `strict` accepts the cell that they get.
  Unaligned unaligned = Unaligned::leave;
  Mmio mmio = Mmio::warn;
  /// The guest's firmware, if its version is known. Without it, a shortage that only some versions have is a doubt,
  /// which names these versions. Firmware that the domain cannot have is an error.
  std::optional<Firmware> firmware{};
  /// Fill in the members `why`, which give the reason of each choice. They take a quarter of a plan's time.
  bool explain = false;
};

/// What a plan does with a device.
enum class Outcome {
  placed,  ///< it gets a port on its cell
  kept,    ///< it has a guest address, or a part of one, and keeps it
  left,    ///< it is not placed, and its element stays as it is
};

/// Why a device is kept or left.
enum class Reason {
  has_address,      ///< the domain gives it an address
  partial_address,  ///< the domain gives it a part of an address, which libvirt completes
  unassigned,       ///< its address is of type unassigned: the guest does not get it
  no_pcie_root,     ///< the machine has no PCIe root
  no_guest_cells,   ///< the guest has no NUMA cells
  not_on_host,      ///< the host does not have it, or its parent
  pci_bridge,       ///< it is a PCI bridge, which a guest cannot get
  unknown_node,     ///< the host does not say which NUMA node it is on
  no_cell,          ///< its host node maps to no guest cell
  ambiguous_cell,   ///< several guest cells have equally many vCPUs on its host node
  shared_slot,      ///< Options::readdress cannot move it: other functions of its slot stay
  hidden,           ///< the guest may not see it
  off_cell,         ///< it keeps an address that is not on its cell
};

/// "has-address", "no-cell" and so on, as reports name it.
VNUMA_PLACEMENT_EXPORT std::string_view name(Reason reason);

/// A reason, in words for a person.
struct DeviceReason {
  Reason reason{};
  std::string sentence{};              ///< without its full stop
  std::optional<OptionHint> option{};  ///< an option that helps
  bool operator==(const DeviceReason&) const = default;
};

/// The guest cell that a host node maps to.
struct PlannedNode {
  NodeId host_node = 0;
  std::uint32_t guest_cell = 0;
  std::string why{};  ///< why that cell, for a person; with Options::explain, like every `why` of a plan
  bool operator==(const PlannedNode&) const = default;
};

/// A guest cell without CPUs that the plan adds. No memnode names it, because its host node may have no memory, and
/// then a memnode would keep the guest from starting.
struct PlannedCell {
  std::uint32_t id = 0;
  NodeId host_node = 0;          ///< the node that maps to it
  std::uint64_t memory = 0;      ///< bytes: 64 MiB, or as many whole huge pages as that takes
  std::uint32_t taken_from = 0;  ///< the cell that had this memory: the largest
  /// To every cell, itself included: the host's distances, limited to 11 to 255; 10 to itself; 20 if the host gives
  /// none.
  std::vector<std::pair<std::uint32_t, unsigned>> distances{};
  bool operator==(const PlannedCell&) const = default;
};

/// A controller that the plan adds.
struct PlannedController {
  std::uint32_t index = 0;
  std::string model{};                     ///< pcie-expander-bus, pcie-root-port, pcie-switch-upstream-port, ...
  std::optional<std::uint32_t> bus_nr{};   ///< expander buses
  std::optional<std::uint32_t> node{};     ///< expander buses: the guest cell
  std::optional<std::uint32_t> chassis{};  ///< ports
  std::optional<std::uint32_t> port{};     ///< ports: slot * 8 + function
  PciAddress address{};                    ///< `bus` is the index of the controller it plugs into
  bool multifunction = false;
  std::vector<std::string> why{};  ///< why this controller, busNr and slot: sentences for a person
  bool operator==(const PlannedController&) const = default;
};

/// A port or switch that Options::readdress empties, and that goes.
struct RemovedController {
  std::size_t position = 0;  ///< in Devices::controllers
  std::uint32_t index = 0;
  bool operator==(const RemovedController&) const = default;
};

/// The element that gives the guest a device.
enum class DeviceKind { hostdev, interface };

/// A passthrough PCI device, and what a plan does with it: a hostdev of type pci, an interface of type hostdev, or a
/// mediated device (a hostdev of type mdev and model vfio-pci).
struct VNUMA_PLACEMENT_EXPORT PlannedDevice {
  DeviceKind kind = DeviceKind::hostdev;
  std::size_t position = 0;  ///< in Devices::host_devices or Devices::interfaces
  /// The address on the host. Of a mediated device, the address of its parent; nullopt if the host does not have it.
  std::optional<PciAddress> source{};
  std::string uuid{};  ///< of a mediated device, in lower case; empty for others
  std::string alias{};
  Outcome outcome = Outcome::left;
  std::vector<DeviceReason> reasons{};  ///< why it is kept or left; of a placed device at most Reason::hidden
  std::vector<std::string> why{};       ///< why it is placed there, with Options::explain: sentences for a person
  std::optional<NodeId> host_node{};
  topology::NodeSource node_source = topology::NodeSource::firmware;  ///< where host_node comes from, if it is known
  std::optional<std::uint32_t> guest_cell{};                          ///< the cell that host_node maps to
  std::optional<PciAddress> address{};                                ///< in the domain, placed or kept
  std::optional<PciAddress> moved_from{};                             ///< the address that Options::readdress removes
  std::optional<PciAddress> guest_bdf{};  ///< the address that the guest will give it, if it can be predicted
  bool multifunction = false;
  std::optional<topology::Location> host_location{};
  std::optional<topology::Location> guest_location{};  ///< bridges by their addresses in the domain
  /// The address on the host, or the UUID of a mediated device.
  std::string name() const { return uuid.empty() ? source->format() : uuid; }
  /// Whether `reasons` has the reason.
  bool has(Reason reason) const;
  bool operator==(const PlannedDevice&) const = default;
};

/// The room that the BARs of the passthrough devices need in the guest, and the settings that apply() makes for it. A
/// guest without that room lists the device with its BAR unassigned, and the driver fails.
///
/// The window is for BARs that are 64-bit and prefetchable: bridges pass only these above 4 GiB. Each BAR is at a
/// multiple of its size, and so is the window of each bridge. All passthrough devices count, placed or not, except
/// those in not_counted.
///
/// With Mmio::automatic, AAVMF gets a `<pcihole64>` if the BARs need more than the 512 GiB that QEMU declares by
/// default on virt. SeaBIOS needs no setting: it assigns BARs whatever pcihole64 says. OVMF (UEFI on x86) gets a
/// setting in two cases, unless Options::firmware excludes them:
/// - The BARs, the domain's own devices and what OVMF keeps free for hot-plug (a 256th of the window for each port)
///   exceed the 32 GiB that every OVMF gives. Since 2022.11 it gives an eighth of the guest's address space if that is
///   more, but a domain does not say how old its OVMF is.
/// - The domain may boot OVMF 2022.11, several root complexes have ports, and one of them has more than nine: OVMF
///   2022.11 reserves I/O for each.
struct PlannedMmio {
  std::optional<std::uint64_t> window{};          ///< bytes; nullopt with Mmio::off
  std::optional<unsigned> io_ports{};             ///< ports whose devices have I/O BARs; nullopt with Mmio::off
  std::optional<std::uint64_t> ovmf_mmio64_mb{};  ///< set: fw_cfg opt/ovmf/X-PciMmio64Mb, a power of two, in MiB
  std::optional<std::uint64_t> pci_hole64{};      ///< set: `<pcihole64>` of pcie-root, a power of two, in bytes
  std::vector<std::string> qemu_arguments{};      ///< added to <qemu:commandline>, including that of ovmf_mmio64_mb
  std::vector<std::string> why{};                 ///< why that window: sentences for a person
  std::vector<std::string>
      not_counted{};  ///< names of devices with unknown BARs: mediated ones, and those not on the host
  bool operator==(const PlannedMmio&) const = default;
};

/// What apply() will change in a domain, and the outcome of each device.
struct Plan {
  bool changed = false;                          ///< whether apply changes anything
  Layout layout{};                               ///< cells with vCPUs, pins and memnodes that Cells::add adds
  Mirror mirror = Mirror::numa;                  ///< Options::mirror, or a lower level if numbers do not suffice
  std::vector<PlannedNode> nodes{};              ///< host nodes with devices and a cell, ascending
  std::vector<PlannedCell> cells{};              ///< to add, by id
  std::vector<PlannedController> controllers{};  ///< to add
  std::vector<RemovedController> removed{};      ///< by position
  std::vector<PlannedDevice> devices{};          ///< each passthrough PCI device: hostdevs, then interfaces
  PlannedMmio mmio{};
  std::vector<Diagnostic> warnings{};  ///< in the severity that their code has in check(), or doubts
  bool operator==(const Plan&) const = default;
};

/// A domain that cannot be planned, or not as the options demand. Nothing was changed.
class VNUMA_PLACEMENT_EXPORT PlanError : public DiagnosticError {
 public:
  using DiagnosticError::DiagnosticError;
};

/// Plans a port on its guest cell for each passthrough device that has no address.
///
/// A device gets an empty port under an expander bus of its cell; else a new port on an expander bus that has room;
/// else a new port on a new expander bus. Functions of one host slot share a port. Without guest cells no device is
/// placed; Mmio::automatic then sets the window for BARs alone. A device whose host node has no cell, or an ambiguous
/// one, is left.
///
/// With Options::mirror, an expander bus holds devices of one root complex, and devices of one host switch are on one
/// switch. If slots, indexes or bus numbers do not suffice, the plan drops the reserve of bus numbers; if that does not
/// help, it mirrors one level less, and tries the reserve again. Each step gives a warning. A device that has no room
/// near its neighbours goes farther away, with a warning.
///
/// The host node of the devices under an expander bus maps to the cell of that bus if the cell has no CPUs and no other
/// node maps to it. With Unaligned::cell, a cell that has lost its devices and equals what a new cell would be is used
/// again.
///
/// The same arguments give the same plan. Devices that have an address keep it, so planning a planned domain changes
/// nothing, and adding or removing a device leaves the others where they are.
///
/// \param domain the guest; nothing in it changes
/// \param host the host that it runs on, with at least the domain's passthrough devices; with Cells::add also with its
/// CPUs and the memory of its nodes
/// \param options see Options; with `strict`, a device that is not on its cell, an ignored memnode, an expander bus
/// without busNr, ACPI that is off, and a plan with less than was asked for are errors
/// \return the plan, for apply() and for reports; Plan::changed says whether there is anything to apply
/// \throws PlanError
///   - for PCI controllers without model or index or with the same index, addresses that are used twice, devices that
///     are given twice or have no source address, and invalid or out-of-range values;
///   - for a PCI root that the machine does not have;
///   - for cells, pinning and memnodes that topology::guest_map refuses;
///   - with Cells::add, if it is unknown which host nodes the cells are for, or CPUs or memory do not suffice;
///   - if indexes, slots or bus numbers run out;
///   - if `strict` cannot be met, or the domain cannot have Options::firmware;
///   - if the window for BARs does not fit into the guest-physical address bits that `<maxphysaddr>` states. With
///     `strict` or Mmio::automatic also if it does not fit those that are known otherwise: the host's
///     (Host::address_bits) for guests with its processor, and QEMU's 40 for emulated processors and for named models
///     on QEMU's own machine types. `strict` also refuses settings of the domain that do not suffice, and more I/O BARs
///     than the firmware takes.
/// \note Complexity: linear in the devices, times a logarithm and the number of expander buses (at most 26) and of
/// empty ports; quadratic in the guest cells.
VNUMA_PLACEMENT_EXPORT Plan plan(const schema::Domain& domain, const topology::Host& host, const Options& options = {});

/// Changes the domain as planned: all of it, or nothing.
///
/// \param plan what plan() returned
/// \param domain the domain that was planned, unchanged
/// \throws PlanError for another domain, or one that the plan was applied to; the domain is then as it was
/// \note Complexity: linear.
VNUMA_PLACEMENT_EXPORT void apply(const Plan& plan, schema::Domain& domain);

/// The host addresses of the domain's passthrough PCI devices, hostdevs first. These and mediated_devices() are what a
/// plan needs of the host (topology::read_sysfs).
///
/// \throws PlanError for a PCI hostdev without source address
/// \note Complexity: linear.
VNUMA_PLACEMENT_EXPORT std::vector<PciAddress> passthrough_devices(const schema::Domain& domain);

/// The UUIDs, in lower case, of the domain's mediated devices.
///
/// \throws PlanError as passthrough_devices, and for a mediated device without UUID
/// \note Complexity: linear.
VNUMA_PLACEMENT_EXPORT std::vector<std::string> mediated_devices(const schema::Domain& domain);

}  // namespace vnuma::placement
