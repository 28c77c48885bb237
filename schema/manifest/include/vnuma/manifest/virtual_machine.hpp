/// \file
/// Reading KubeVirt's VirtualMachine and VirtualMachineInstance.
#pragma once

#include <string_view>

#include <vnuma/manifest/export.hpp>
#include <vnuma/manifest/limits.hpp>
#include <vnuma/schema/virtual_machine.hpp>

namespace vnuma::manifest {

/// Reads a VirtualMachine or VirtualMachineInstance from a manifest.
///
/// Absent values get the defaults of KubeVirt's webhooks (pkg/defaults):
/// - the architecture is amd64;
/// - cpu.sockets, cores and threads are 1; if all three are absent, sockets is resources.limits.cpu or requests.cpu;
/// - memory.guest is resources.requests.memory, limits.memory, or one huge page.
///
/// \param text one or more documents in YAML or JSON. Exactly one of them, or of the items of their Lists, is a virtual
/// machine; other objects are ignored
/// \throws schema::ParseError, with line, column and path, if
/// - the text is neither YAML nor JSON, is longer than max_manifest_size, or is nested too deeply;
/// - it has no virtual machine, or several;
/// - a value has another type than in KubeVirt's schema, or a map has a key twice;
/// - KubeVirt's webhook refuses it (validating-webhook/admitters/vmi-create-admitter.go): guestMappingPassthrough
/// without
///   dedicatedCpuPlacement or hugepages, no vCPUs, more than two threads per core (one on arm64), CPUs in resources
///   that are not a whole number or differ from cpu, memory that is not a multiple of the page size;
/// - Kubernetes does not allow a name, libvirt does not allow a device name as alias, or two devices have the same
/// name;
/// - it has no guestMappingPassthrough, because the domain would have no cells;
/// - it has an instance type, because the manifest does not contain the CPUs and memory of that.
VNUMA_MANIFEST_EXPORT schema::VirtualMachine read_virtual_machine(std::string_view text);

}  // namespace vnuma::manifest
