#include "machine.hpp"

namespace vnuma::placement {

bool is_virt(const schema::OSType& type) {
  return type.machine && (*type.machine == "virt" || type.machine->starts_with("virt-"));
}

bool has_pcie_root(const schema::Domain& domain) {
  if (domain.devices) {
    for (const schema::Controller& controller : domain.devices->controllers) {
      if (controller.type == "pci" && controller.model == "pcie-root") return true;
      if (controller.type == "pci" && controller.model == "pci-root") return false;
    }
  }
  if (!domain.os || !domain.os->type || !domain.os->type->machine) return false;
  const schema::OSType& type = *domain.os->type;
  if (type.machine->find("q35") != std::string::npos) return true;
  return is_virt(type) && (!type.arch || *type.arch == "aarch64");
}

bool has_acpi(const schema::Domain& domain) { return domain.features && domain.features->acpi; }

}  // namespace vnuma::placement
