/// \file
/// PciTree: the PCIe topology of a host or of a guest, to be shown as text, as a drawing, or to a program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
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

/// What a passthrough device of a guest is on the host.
struct Passthrough {
  std::string source{};                  ///< the address on the host, or the UUID of a mediated device
  std::optional<bool> is_on_host{};      ///< whether the host has it; nullopt: the host is not known
  std::optional<NodeId> host_node{};     ///< nullopt: not known
  std::optional<std::uint32_t> cell{};   ///< the guest cell that stands for host_node; nullopt: none does
  std::optional<bool> is_on_its_cell{};  ///< nullopt: cell is not known
  bool operator==(const Passthrough&) const = default;
};

/// A thing in the tree, and what hangs on it.
struct TreeEntry {
  enum class Kind {
    numa_node,     ///< of the host, or a guest cell; without `node`, what is on none
    root_complex,  ///< a host bridge
    expander_bus,  ///< of a guest: a host bridge of its own
    root_port,
    upstream_port,    ///< of a PCIe switch, and stands for it
    downstream_port,  ///< of a PCIe switch
    bridge,           ///< any other
    device,
    summary,  ///< stands for entries that were left out: see summarised
  };
  Kind kind = Kind::device;
  /// Root complexes: "pci0000:15", "pcie.0"; controllers of a guest: "pci.4", as libvirt names them; mediated devices
  /// of the host: the UUID; summaries: "12 other devices".
  std::string name{};
  /// Devices, in a word: device_word; in a guest, where that is not known, libvirt's: "hostdev", "disk", "video".
  std::string word{};
  std::optional<PciAddress> address{};         ///< as the machine has it; of a guest, where that can be predicted
  std::optional<PciAddress> domain_address{};  ///< of a guest: in the domain's XML, where `bus` is the index of a port
  std::optional<NodeId> node{};                ///< the host's node, or the guest's cell
  CpuSet cpus{};                               ///< NUMA nodes: CPUs, or vCPUs
  std::uint64_t memory_bytes = 0;              ///< NUMA nodes; 0: not known, or none
  std::optional<std::uint32_t> bus_nr{};       ///< expander buses: the first bus
  std::optional<std::uint32_t> last_bus{};     ///< and the last that is in use
  std::optional<PciIds> ids{};                 ///< nullopt: not known
  std::string vendor_name{};                   ///< empty: not known; builders of trees do not know it
  std::string device_name{};                   ///< the same
  std::string model{};                         ///< of a guest's devices, as libvirt names it; empty: none
  std::string alias{};                         ///< of a guest's devices; empty: none
  std::optional<Passthrough> passthrough{};
  std::string remark{};  ///< for a person: what is not as it should be
  bool is_shown = true;  ///< devices: whether to list it, or count it among others: see summarised
  std::vector<TreeEntry> below{};

  bool is_bridge() const { return kind >= Kind::root_port && kind <= Kind::bridge; }
  bool operator==(const TreeEntry&) const = default;
};

/// A machine.
struct PciTree {
  bool is_guest = false;
  std::string name{};              ///< of a guest: the domain's
  std::vector<TreeEntry> nodes{};  ///< of kind numa_node, by node; what is on none comes last
  bool operator==(const PciTree&) const = default;
};

/// The host's tree. A root complex is on the node that all of its devices are on whose node is known. Of the bridges,
/// which sysfs does not tell apart, the first below a root complex is a root port, and below it upstream and downstream
/// ports of switches take turns; what has devices beside ports, or, as an upstream port, has no ports, is a bridge.
/// Devices are shown if guests are given them for their nearness (DeviceKind::is_near). Linear, times a logarithm.
VNUMA_TOPOLOGY_EXPORT PciTree host_tree(const Host& host);

/// A shorter tree for the same machine: devices that are not shown, and ports that have no devices, are counted in a
/// summary at the end of what they hang on ("12 other devices, 3 empty ports"); so are root complexes that have nothing
/// that is shown, and four or more equal virtual functions in a row. Linear in the entries times the depth.
VNUMA_TOPOLOGY_EXPORT PciTree summarised(const PciTree& tree);

/// How a text is laid out.
struct TextStyle {
  bool unicode = false;   ///< lines from Unicode's box drawings; else from ASCII
  bool colour = false;    ///< ANSI's colours
  std::size_t width = 0;  ///< columns; 0: as many as it takes
};

/// For a person: a line for each entry, what hangs on it below it and indented; what is alone on a port, beside it
/// where that fits the width. Details that do not fit are cut; names and addresses never are. Control characters, and
/// bytes that are not UTF-8, are written as visible() has them. Linear.
VNUMA_TOPOLOGY_EXPORT std::string tree_text(const PciTree& tree, const TextStyle& style = {});

/// For Graphviz's dot: a digraph from left to right, with a box for each NUMA node. Linear.
VNUMA_TOPOLOGY_EXPORT std::string tree_dot(const PciTree& tree);

/// For a program: one JSON object with "machine" ("host" or "guest"), "name" (the domain's; null for a host) and
/// "nodes", a list of entries. Each entry has "kind", "below", a list of entries, and by its kind:
///
///     numa_node          node, cpus ("0-31,64-95"; "" without CPUs), memory_bytes, remark
///     root_complex       name ("pci0000:15", "pcie.0"), node
///     expander_bus       name ("pci.1"), node (the guest cell), address, domain_address, bus_nr, last_bus,
///                        remark
///     root_port          name (in a guest "pci.2"), address, domain_address, node, class, vendor, device ("0x030200"),
///                        vendor_name, device_name, remark
///     upstream_port      the same; stands for its switch
///     downstream_port    the same
///     bridge             the same
///     device             the same, and word ("GPU", "NIC VF", "hostdev", "disk"), model, alias, passthrough: null, or
///                        source (host address or UUID), is_on_host, host_node, cell (that stands for host_node),
///                        is_on_its_cell
///     summary            name ("12 other devices")
///
/// Addresses are as "0000:18:00.0": `address` is the machine's own, in a guest that which it will have,
/// `domain_address` that of the domain's XML. What is not known, or is not there, is null. Members may be added. Text
/// that is not UTF-8 is replaced. Linear.
VNUMA_TOPOLOGY_EXPORT std::string tree_json(const PciTree& tree);

}  // namespace vnuma::topology
