#include "machine.hpp"

#include <string_view>

namespace vnuma::placement {

bool is_virt(const schema::OSType& type) {
  return type.machine && (*type.machine == "virt" || type.machine->starts_with("virt-"));
}

namespace {

std::string_view machine_of(const schema::Domain& domain) {
  if (!domain.os || !domain.os->type || !domain.os->type->machine) return {};
  return *domain.os->type->machine;
}

}  // namespace

// As in libvirt (qemuDomainMachineIsI440FX).
bool is_i440fx(const schema::Domain& domain) {
  const std::string_view machine = machine_of(domain);
  return machine == "pc" || machine.starts_with("pc-i440") || machine.starts_with("pc-0.") ||
         machine.starts_with("pc-1.");
}

bool is_q35(const schema::Domain& domain) { return machine_of(domain).find("q35") != std::string_view::npos; }

bool has_pcie_root(const schema::Domain& domain) {
  if (domain.devices) {
    for (const schema::Controller& controller : domain.devices->controllers) {
      if (controller.type == "pci" && controller.model == "pcie-root") return true;
      if (controller.type == "pci" && controller.model == "pci-root") return false;
    }
  }
  if (is_q35(domain)) return true;
  if (!domain.os || !domain.os->type) return false;
  const schema::OSType& type = *domain.os->type;
  return is_virt(type) && (!type.arch || *type.arch == "aarch64");
}

bool has_acpi(const schema::Domain& domain) { return domain.features && domain.features->acpi; }

}  // namespace vnuma::placement
