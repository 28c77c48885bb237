/// \file
/// plan and apply: which expander buses, ports and addresses a domain gets.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/error.hpp>
#include <vnuma/topology/host.hpp>
#include <vnuma/topology/locality.hpp>

#pragma GCC visibility push(default)
namespace vnuma::placement {

using topology::NodeId;
using topology::PciAddress;

/// How much of the host's PCIe hierarchy the guest gets.
enum class Mirror {
  numa,          ///< an expander bus per guest cell
  root_complex,  ///< an expander bus per guest cell and root complex of the host
  pcie_switch,   ///< and the host's PCIe switches, as far as they decide how near two devices are (topology::level)
};

/// What becomes of devices whose host node has no guest cell: no memnode names the node, and no vCPU is pinned to its
/// CPUs. GPUs of Grace machines are on such nodes.
enum class Unaligned {
  leave,    ///< they stay as they are
  nearest,  ///< they go to the cell of the host node that is nearest by the host's distances
  cell,     ///< they get a new guest cell without CPUs, one for each host node
};

/// What is done about the room that the BARs of the passthrough devices need in the guest: PlannedMmio.
enum class Mmio {
  off,        ///< nothing, and nothing is said
  warn,       ///< where the firmware may lack room, a warning says what is missing
  automatic,  ///< what is missing is set
};

/// The guest's firmware, by the versions that were measured (placement/FIRMWARE.md). A domain says whether it boots
/// UEFI, and not the version.
enum class Firmware {
  ovmf_2022,  ///< edk2 of November 2022, as Debian 12 has it: OVMF 2022.11; on aarch64 AAVMF
  ovmf_2025,  ///< edk2 of February 2025, as Debian 13 has it: OVMF 2025.02; on aarch64 AAVMF
  seabios,    ///< SeaBIOS 1.16.2 or 1.16.3, which do not differ here
};

/// What whoever plans calls the options that messages name as a remedy, so that a person can use it: the tool has
/// "--readdress" and "--mmio auto".
struct OptionNames {
  std::string readdress = "Options::readdress";   ///< empty: there is no such option, and no message names it
  std::string numa_node = "Options::numa_nodes";  ///< followed by BDF=NODE
  std::string unaligned = "Options::unaligned";
  std::string mmio = "Mmio::automatic";  ///< with its value
  std::string firmware = "Options::firmware";
};

/// What a plan is asked for.
struct Options {
  /// Every passthrough PCI device must end on its cell; anything else is an error. Without guest cells there is nothing
  /// to be on, and no device is moved.
  bool strict = false;
  /// Drop the guest addresses of passthrough devices that are not on their cell, and plan these devices anew.
  bool readdress = false;
  /// Host nodes that override what the host says, by host address.
  std::map<PciAddress, NodeId> numa_nodes{};
  /// Devices that are there outrank it: one that comes later may be farther from them than on the host.
  Mirror mirror = Mirror::numa;
  /// Bus numbers that stay free behind each new expander bus, for devices that come later; none if they do not fit.
  unsigned reserve_buses = 0;
  /// Devices whose host node has no guest cell. With `nearest` and `cell`, that cell is theirs also for `strict`.
  Unaligned unaligned = Unaligned::leave;
  Mmio mmio = Mmio::warn;
  /// The guest's firmware, where its version is known. Without it a shortage that only some versions have is a doubt: a
  /// warning that begins with "in doubt" and names them. One that the domain cannot have is an error.
  std::optional<Firmware> firmware{};
  /// Say in the plan why each choice was made: `why` of its members, else empty. A quarter of a plan's work.
  bool explain = false;
  OptionNames names{};
};

/// What becomes of a device.
enum class Outcome {
  placed,  ///< it gets a port on its cell
  kept,    ///< it had a guest address, and keeps it
  left,    ///< it stays as it is, and `reason` says why
};

/// The guest cell that stands for a host node.
struct PlannedNode {
  NodeId host_node = 0;
  std::uint32_t guest_cell = 0;
  std::string why{};  ///< that cell, for a person; with Options::explain, as every `why` of a plan
  bool operator==(const PlannedNode&) const = default;
};

/// A guest cell without CPUs that the plan adds. It is in no memnode: its host node need not have memory, without
/// which the guest would not start.
struct PlannedCell {
  std::uint32_t id = 0;
  NodeId host_node = 0;          ///< that it stands for
  std::uint64_t memory = 0;      ///< bytes: 64 MiB, or as many whole huge pages as that takes
  std::uint32_t taken_from = 0;  ///< the cell that had this memory: the largest
  /// To every cell, itself included: the host's, from 11 to 255, 10 to itself, 20 where the host does not say.
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
  std::vector<std::string> why{};  ///< there is one, with this busNr and in this slot: sentences for a person
  bool operator==(const PlannedController&) const = default;
};

/// A port, or a switch, that Options::readdress empties.
struct RemovedController {
  std::size_t position = 0;  ///< in Devices::controllers
  std::uint32_t index = 0;
  bool operator==(const RemovedController&) const = default;
};

/// What becomes of a passthrough PCI device: a hostdev of type pci, an interface of type hostdev, or a mediated device
/// (a hostdev of type mdev and model vfio-pci).
struct PlannedDevice {
  enum class Kind { hostdev, interface };
  Kind kind = Kind::hostdev;
  std::size_t position = 0;  ///< in Devices::host_devices or Devices::interfaces
  /// On the host; of a mediated device, its parent's, or nullopt if the host does not have it.
  std::optional<PciAddress> source{};
  std::string uuid{};  ///< of a mediated device, in lower case; empty for others
  std::string alias{};
  Outcome outcome = Outcome::left;
  std::string reason{};            ///< why it is kept or left, for a person; empty if placed
  std::vector<std::string> why{};  ///< it is there, if placed: sentences for a person
  std::optional<NodeId> host_node{};
  std::optional<std::uint32_t> guest_cell{};  ///< the cell that stands for host_node
  std::optional<PciAddress> address{};        ///< in the domain, placed or kept
  std::optional<PciAddress> moved_from{};     ///< the address that Options::readdress takes away
  std::optional<PciAddress> guest_bdf{};      ///< that firmware and kernel of the guest will give it, where predictable
  bool multifunction = false;
  std::optional<topology::Place> host_place{};   ///< where the host has it
  std::optional<topology::Place> guest_place{};  ///< where the guest will; bridges by their address in the domain
  /// The address on the host, or the UUID of a mediated device.
  std::string name() const { return uuid.empty() ? source->format() : uuid; }
  bool operator==(const PlannedDevice&) const = default;
};

/// The room that the BARs of the passthrough devices need in the guest, and what apply sets to make it. A guest that
/// lacks it lists the device with its BAR unassigned, and the driver fails.
///
/// The window is for BARs that are 64-bit and prefetchable, which is what a bridge passes above 4 GiB; each is at a
/// multiple of its size, and so is the window of each bridge. All passthrough devices count, placed or not, but for
/// those in not_counted. OVMF (UEFI on x86) gets a setting where the window, what the domain's own devices need and
/// what OVMF keeps free for hot-plug, a 256th of the window for each port, exceed the 32 GiB that every OVMF gives
/// (since 2022.11 an eighth of the guest's address space where that is more, but a domain does not say how old its OVMF
/// is); and, for OVMF 2022.11, where a root complex has more than nine ports, for each of which it reserves I/O.
/// SeaBIOS needs none: `<pcihole64>` is what QEMU declares to the guest, 32 GiB on q35 and 512 GiB on virt by default.
struct PlannedMmio {
  std::optional<std::uint64_t> window{};          ///< bytes; nullopt with Mmio::off
  std::optional<unsigned> io_ports{};             ///< ports whose devices have I/O BARs; nullopt with Mmio::off
  std::optional<std::uint64_t> ovmf_mmio64_mb{};  ///< set: fw_cfg opt/ovmf/X-PciMmio64Mb, a power of two, in MiB
  std::optional<std::uint64_t> pci_hole64{};      ///< set: `<pcihole64>` of pcie-root, a power of two, in bytes
  std::vector<std::string> qemu_arguments{};      ///< added to <qemu:commandline>, that of ovmf_mmio64_mb among them
  std::vector<std::string> why{};                 ///< that window, and what firmware gives: sentences for a person
  std::vector<std::string> not_counted{};  ///< devices whose BARs nobody knows: mediated, or not on the host; by name
  bool operator==(const PlannedMmio&) const = default;
};

/// What apply will change in a domain, and what becomes of each device.
struct Plan {
  bool changed = false;                          ///< whether apply changes anything
  Mirror mirror = Mirror::numa;                  ///< what was asked for, or what of it the numbers suffice for
  std::vector<PlannedNode> nodes{};              ///< those that have devices and a cell, ascending
  std::vector<PlannedCell> cells{};              ///< to add, by id
  std::vector<PlannedController> controllers{};  ///< to add
  std::vector<RemovedController> removed{};      ///< by position
  std::vector<PlannedDevice> devices{};          ///< each passthrough PCI device: hostdevs, then interfaces
  PlannedMmio mmio{};
  std::vector<std::string> warnings{};
  bool operator==(const Plan&) const = default;
};

/// A domain that cannot be planned, or not as the options demand. Nothing was changed.
class PlanError : public schema::Error {
 public:
  using schema::Error::Error;
};

/// Plans a port for each device under an expander bus of its guest cell: an empty one that is there, else a new one on
/// an expander bus that has room, else on a new one. Functions of one host slot share a port. With Options::mirror,
/// expander buses are of one root complex, and devices of one host switch are on one switch; where slots, indexes or
/// bus numbers do not suffice, the plan reserves no buses, then mirrors a level less, with a warning, or, if `strict`,
/// throws. A device that has no room near those that are there goes farther, with a warning, or, if `strict`, it
/// throws. Without guest cells nothing is placed; Mmio::automatic then sets the window for BARs alone.
///
/// A cell without CPUs that no host node is mapped to stands for the host node of the devices under its expander bus;
/// one that has lost them, and is as a new one for a host node would be, is used again.
///
/// Pure: the same arguments give the same plan. Devices that have a guest address keep it, so a planned domain gives a
/// plan that changes nothing, and one more device or one less leaves the others where they are.
///
/// \throws PlanError for PCI controllers without model or index or with one index, addresses that are used twice,
/// devices that are given twice or have no source address, numbers out of range, when indexes, slots or bus numbers run
/// out, where `strict` cannot be met, for firmware that the domain cannot have, and where the window for BARs does not
/// fit into the guest-physical address bits that `<maxphysaddr>` states, or, with `strict` or Mmio::automatic, into
/// those that are known otherwise: the host's (Host::address_bits) for guests with its processor, and QEMU's default of
/// 40 for emulated processors and for named models on QEMU's own machine types; `strict` also refuses settings of the
/// domain that do not suffice, and more I/O BARs than the firmware takes; schema::Error as guest_map.
///
/// Complexity: linear in the devices, times a logarithm and the number of expander buses (at most 26) and of empty
/// ports; quadratic in the guest cells.
Plan plan(const schema::Domain& domain, const topology::Host& host, const Options& options = {});

/// Changes the domain as planned; it must be the one that was planned, unchanged. Either all is applied, or it throws
/// PlanError, for another domain or one that the plan was applied to, and the domain is as it was. Linear.
void apply(const Plan& plan, schema::Domain& domain);

/// The host addresses of the domain's passthrough PCI devices, hostdevs first: with mediated_devices, what a plan needs
/// of the host. \throws PlanError for a PCI hostdev without source address. Linear.
std::vector<PciAddress> passthrough_devices(const schema::Domain& domain);

/// The UUIDs, in lower case, of the mediated devices that the domain is given. \throws PlanError as
/// passthrough_devices, and for one without UUID. Linear.
std::vector<std::string> mediated_devices(const schema::Domain& domain);

}  // namespace vnuma::placement
#pragma GCC visibility pop
