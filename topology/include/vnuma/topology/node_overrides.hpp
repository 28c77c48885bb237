/// \file
/// NodeOverrides: NUMA nodes that a user gives for devices.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <vnuma/topology/export.hpp>
#include <vnuma/topology/host.hpp>
#include <vnuma/topology/pci_address.hpp>

namespace vnuma::topology {

/// One PCI address, or all addresses with the same beginning: "0000:27:00.0", "0000:4*", "*". In an order, addresses
/// come first, then the patterns with `*`, longer ones before shorter ones.
class VNUMA_TOPOLOGY_EXPORT AddressPattern {
 public:
  /// Matches this address only.
  AddressPattern(const PciAddress& address) : address_(address) {}

  /// Parses an address as PciAddress::parse does, or the beginning of one and `*`. The domain may be absent: "27:*" is
  /// "0000:27:*", and one or two digits are of a bus, "18*" is "0000:18*".
  /// \return nullopt for any other text, also for a beginning that no address has
  static std::optional<AddressPattern> parse(std::string_view text);
  /// Returns "0000:27:00.0" or "0000:4*".
  std::string format() const { return address_ ? address_->format() : beginning_ + "*"; }
  /// Returns the address; nullopt if this is a pattern with `*`.
  const std::optional<PciAddress>& address() const { return address_; }
  /// Returns whether this is the address, or its PciAddress::format begins in this way.
  bool matches(const PciAddress& address) const;

  std::strong_ordering operator<=>(const AddressPattern& other) const;
  bool operator==(const AddressPattern& other) const { return (*this <=> other) == 0; }

 private:
  AddressPattern() = default;

  std::optional<PciAddress> address_{};
  std::string beginning_{};  // of a pattern with `*`
};

/// The nodes of devices, by address or pattern. They override what the host reports.
using NodeOverrides = std::map<AddressPattern, NodeId>;

/// Returns the node that is given for an address: by the address itself, or else by the longest pattern that matches.
/// nullopt if none is given.
/// \note Complexity: logarithmic in the addresses, linear in the patterns.
VNUMA_TOPOLOGY_EXPORT std::optional<NodeId> given_node(const NodeOverrides& overrides, const PciAddress& address);

/// Sets the nodes of the devices that the overrides match: NodeSource::given.
/// \note Complexity: linear in the devices, for each as given_node.
VNUMA_TOPOLOGY_EXPORT void override_nodes(const NodeOverrides& overrides, Host& host);

}  // namespace vnuma::topology
