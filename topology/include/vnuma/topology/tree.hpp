/// \file
/// PciTree: the PCIe topology of a host or a guest, which can be written as text, as a drawing or as JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <vnuma/topology/export.hpp>
#include <vnuma/topology/host.hpp>

namespace vnuma::topology {

/// Numbers of the PCI ID database.
struct PciIds {
  std::uint32_t class_code = 0;  ///< 24 bits
  std::uint16_t vendor = 0;
  std::uint16_t device = 0;
  bool operator==(const PciIds&) const = default;
};

/// The host's side of a passthrough device in a guest.
struct Passthrough {
  std::string source{};                  ///< the address on the host, or the UUID of a mediated device
  std::optional<bool> is_on_host{};      ///< whether the host has it; nullopt if the host is unknown
  std::optional<NodeId> host_node{};     ///< nullopt if unknown
  std::optional<std::uint32_t> cell{};   ///< the guest cell of host_node; nullopt if it has none
  std::optional<bool> is_on_its_cell{};  ///< nullopt if the cell is unknown
  bool operator==(const Passthrough&) const = default;
};

/// An entry of the tree, with the entries below it.
struct TreeEntry {
  enum class Kind {
    numa_node,     ///< of the host, or a guest cell; without `node`: holds the entries on no node
    root_complex,  ///< a host bridge
    expander_bus,  ///< a host bridge that is a device of a guest
    root_port,
    upstream_port,    ///< of a PCIe switch; represents the switch
    downstream_port,  ///< of a PCIe switch
    bridge,           ///< any other bridge
    device,
    summary,  ///< represents entries that were left out: see summarised
  };
  Kind kind = Kind::device;
  /// Root complexes: "pci0000:15", "pcie.0". Controllers of a guest: libvirt's name, "pci.4". Mediated devices of a
  /// host: the UUID. Summaries: "12 other devices".
  std::string name{};
  /// Devices: device_word. If this is unknown in a guest, libvirt's word: "hostdev", "disk", "video".
  std::string word{};
  std::optional<PciAddress> address{};         ///< on this machine; in a guest, if it can be predicted
  std::optional<PciAddress> domain_address{};  ///< guests: in the XML, where `bus` is a controller's index
  std::optional<NodeId> node{};                ///< the node of a host or the cell of a guest
  CpuSet cpus{};                               ///< NUMA nodes: CPUs or vCPUs
  std::uint64_t memory_bytes = 0;              ///< NUMA nodes; 0 if unknown or none
  std::optional<std::uint32_t> bus_nr{};       ///< expander buses: the first bus
  std::optional<std::uint32_t> last_bus{};     ///< expander buses: the last bus in use
  std::optional<PciIds> ids{};                 ///< nullopt if unknown
  std::string vendor_name{};                   ///< empty if unknown; the caller fills it in, from pci.ids
  std::string device_name{};                   ///< the same
  std::string model{};                         ///< devices of a guest: libvirt's model; empty if none
  std::string alias{};                         ///< devices of a guest; empty if none
  std::optional<Passthrough> passthrough{};
  std::string remark{};  ///< a fault, for a person
  bool is_shown = true;  ///< devices: false if summarised may count it in a summary
  std::vector<TreeEntry> below{};

  bool is_bridge() const { return kind >= Kind::root_port && kind <= Kind::bridge; }
  bool operator==(const TreeEntry&) const = default;
};

/// A machine.
struct PciTree {
  bool is_guest = false;
  std::string name{};              ///< the name of the domain; empty for a host
  std::vector<TreeEntry> nodes{};  ///< of kind numa_node, by node; the one without a node is last
  bool operator==(const PciTree&) const = default;
};

/// Returns the tree of a host.
///
/// A root complex is on a node if all of its devices with a known node are on that node. sysfs does not report the
/// kinds of bridges, so they are derived: a bridge directly below a root complex is a root port, and below it upstream
/// and downstream ports of switches alternate. An upstream port has ports below it and nothing else; any other bridge
/// in its position is a plain bridge. Devices are shown if guests get them for their nearness (DeviceKind::is_near).
///
/// \note Complexity: linear, times a logarithm.
VNUMA_TOPOLOGY_EXPORT PciTree host_tree(const Host& host);

/// Returns a shorter tree of the same machine.
///
/// A summary at the end of an entry counts the devices that are not shown, the ports without devices, and the root
/// complexes with nothing to show: "12 other devices, 3 empty ports". Another summary replaces four or more equal
/// virtual functions in a row.
///
/// \note Complexity: the product of entries and depth.
VNUMA_TOPOLOGY_EXPORT PciTree summarised(const PciTree& tree);

/// Returns what people call a device with this name in pci.ids: "H100 SXM5 80GB" for "GH100 [H100 SXM5 80GB]". Control
/// characters are escaped, as in schema::visible.
VNUMA_TOPOLOGY_EXPORT std::string short_name(std::string_view device_name);

/// The style of a text.
struct TextStyle {
  bool unicode = false;   ///< draw lines with Unicode's box characters; otherwise with ASCII
  bool colour = false;    ///< use ANSI colours
  std::size_t width = 0;  ///< the number of columns; 0: unlimited
};

/// Returns the tree as text for a person.
///
/// Each entry has a line, with the entries below it indented on the next lines. The only entry below a port is on the
/// line of the port, if it fits. Details that do not fit are cut; names and addresses are never cut. Control characters
/// and bytes that are not UTF-8 are escaped, as in schema::visible.
///
/// \note Complexity: linear.
VNUMA_TOPOLOGY_EXPORT std::string tree_text(const PciTree& tree, const TextStyle& style = {});

/// Returns the tree as a drawing for Graphviz's dot: a digraph from left to right, with a box for each NUMA node.
/// \note Complexity: linear.
VNUMA_TOPOLOGY_EXPORT std::string tree_dot(const PciTree& tree);

/// Returns the tree as JSON for a program: one object with "machine" ("host" or "guest"), "name" (of the domain; null
/// for a host) and "nodes", a list of entries. Each entry has "kind" and "below", a list of entries. The other members
/// depend on the kind:
///
///     numa_node          node, cpus ("0-31,64-95"; "" without CPUs), memory_bytes, remark
///     root_complex       name ("pci0000:15", "pcie.0"), node
///     expander_bus       name ("pci.1"), node (the guest cell), address, domain_address, bus_nr, last_bus,
///                        remark
///     root_port          name (in a guest "pci.2"), address, domain_address, node, class, vendor, device ("0x030200"),
///                        vendor_name, device_name, remark
///     upstream_port      the same; represents its switch
///     downstream_port    the same
///     bridge             the same
///     device             the same, and word ("GPU", "NIC VF", "hostdev", "disk"), model, alias, passthrough: null, or
///                        source (host address or UUID), is_on_host, host_node, cell (of host_node), is_on_its_cell
///     summary            name ("12 other devices")
///
/// Addresses have the form "0000:18:00.0": `address` is the address on this machine, in a guest the address that the
/// guest will give; `domain_address` is the address in the domain's XML. Unknown and absent values are null. Later
/// versions may add members. Text that is not UTF-8 is replaced.
///
/// \note Complexity: linear.
VNUMA_TOPOLOGY_EXPORT std::string tree_json(const PciTree& tree);

}  // namespace vnuma::topology
