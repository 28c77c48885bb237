// What a domain says of its machine.
#pragma once

#include <vnuma/schema/domain.hpp>

namespace vnuma::placement {

// Whether the machine is virt, of any version ("virt-7.2").
bool is_virt(const schema::OSType& type);

// Whether the machine is i440fx, whose alias is "pc".
bool is_i440fx(const schema::Domain& domain);

// Whether the machine is q35, of any version and vendor ("pc-q35-rhel9.2.0").
bool is_q35(const schema::Domain& domain);

// Whether the machine has a PCIe root: q35 on x86, virt on aarch64.
bool has_pcie_root(const schema::Domain& domain);

// Without ACPI the guest knows no NUMA nodes.
bool has_acpi(const schema::Domain& domain);

}  // namespace vnuma::placement
