/// \file
/// Reading KubeVirt's VirtualMachine and VirtualMachineInstance.
#pragma once

#include <string_view>

#include <vnuma/manifest/export.hpp>
#include <vnuma/manifest/limits.hpp>
#include <vnuma/schema/virtual_machine.hpp>

namespace vnuma::manifest {

/// Reads the VirtualMachine or VirtualMachineInstance of a manifest in YAML or JSON: the only one in its documents and
/// Lists, whatever else is in them. What it does not say has the defaults of KubeVirt's webhooks (pkg/defaults): amd64
/// is the architecture, and
/// - vCPUs: cpu.sockets, cores and threads, each 1 if absent; sockets from resources.limits.cpu, or requests.cpu, if
///   all three are;
/// - memory: memory.guest, or resources.requests.memory, limits.memory, or one huge page.
///
/// \throws schema::ParseError, with line, column and path, if the text is neither YAML nor JSON, is longer than
/// max_manifest_size or too deeply nested; if none or several machines are in it; if something that is read is of
/// another type than in KubeVirt's schema, or twice in its map; and for what its webhooks refuse
/// (validating-webhook/admitters/vmi-create-admitter.go): guestMappingPassthrough without dedicatedCpuPlacement or
/// hugepages, no vCPUs, more than two threads a core (more than one on arm64), CPUs in resources that are no whole
/// number or not those of cpu, memory that is not a multiple of the page size; and for names that Kubernetes, or in
/// libvirt's aliases of devices libvirt, does not take, or that two devices have. A machine without
/// guestMappingPassthrough is refused too, for its domain would have no cells, and so is one with an instance type,
/// whose CPUs and memory the manifest does not have.
VNUMA_MANIFEST_EXPORT schema::VirtualMachine read_virtual_machine(std::string_view text);

}  // namespace vnuma::manifest
