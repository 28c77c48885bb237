// The devices of a domain that are PCI devices of the host.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vnuma/placement/plan.hpp>

#include "../sink.hpp"
#include "element.hpp"

namespace vnuma::placement {

// What a domain says of a passthrough device: a hostdev of type pci, an interface of type hostdev, or a mediated
// device.
struct PassthroughDevice {
  DeviceKind kind = DeviceKind::hostdev;
  std::size_t position = 0;            // in Devices::host_devices or Devices::interfaces
  std::optional<PciAddress> source{};  // on the host; nullopt: a mediated device
  std::string uuid{};                  // of a mediated device, in lower case
  std::string alias{};
  std::optional<PciAddress> address{};  // in the guest; nullopt unless it is whole
  bool has_address_element = false;     // <address>, whatever it says
  bool is_unassigned = false;           // address type unassigned: the guest does not get the device

  Element element() const { return {kind == DeviceKind::hostdev ? "hostdev" : "interface", position}; }
  std::string path() const { return element().path(); }
  // The address on the host, or the UUID.
  std::string name() const { return uuid.empty() ? source->format() : uuid; }
  bool is_mediated() const { return !uuid.empty(); }
  // Whether the domain gives it an address, or a part of one, which stays unless Options::readdress moves the device.
  bool is_kept() const { return has_address_element && !is_unassigned; }
};

// The domain's passthrough devices, hostdevs first. A device without a source is a diagnostic; if they are collected,
// the device is left out.
std::vector<PassthroughDevice> read_passthrough_devices(const schema::Domain& domain, const DiagnosticSink& sink = {});

// A device that is given twice is a diagnostic.
void check_given_once(const std::vector<PassthroughDevice>& devices, const DiagnosticSink& sink);

}  // namespace vnuma::placement
