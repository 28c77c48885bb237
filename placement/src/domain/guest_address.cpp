#include "guest_address.hpp"

#include <fmt/format.h>

namespace vnuma::placement {

namespace {

std::optional<PciAddress> read_address(const schema::Address& address, const Element& of) {
  PciAddress whole;
  try {
    whole = topology::pci_address(address);
  } catch (const schema::Error&) {
    topology::pci_address(address, of.path() + "/address");  // throws with the path
    throw;
  }
  if (whole.domain != 0) {
    throw PlanError(make_diagnostic(Code::invalid_value, of.path() + "/address/@domain",
                                    fmt::format("the guest has no PCI domain {:#x}", whole.domain), "use 0"));
  }
  if (whole.bus == 0 && whole.slot == 0) return std::nullopt;
  return whole;
}

}  // namespace

std::optional<PciAddress> guest_address(const schema::Box<schema::Address>& address, const Element& of,
                                        const DiagnosticSink& sink) {
  if (!address || (address->type && *address->type != "pci")) return std::nullopt;
  return sink.read([&] { return read_address(*address, of); });
}

}  // namespace vnuma::placement
