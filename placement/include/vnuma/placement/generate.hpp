/// \file
/// generate: makes a domain for a KubeVirt virtual machine, as KubeVirt would, for plan() to place.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <vnuma/placement/diagnostic.hpp>
#include <vnuma/placement/export.hpp>
#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/virtual_machine.hpp>
#include <vnuma/topology/cpu_set.hpp>
#include <vnuma/topology/host.hpp>

namespace vnuma::placement {

/// Thrown if the host cannot provide what the virtual machine asks for. `what()` has what it asks for, what there is,
/// and the remedy.
class VNUMA_PLACEMENT_EXPORT GenerateError : public DiagnosticError {
 public:
  using DiagnosticError::DiagnosticError;
};

/// A generated domain.
struct Generated {
  schema::Domain domain{};
  std::vector<Diagnostic> warnings{};  ///< parts of the manifest that were left out
};

/// The devices that KubeVirt's device plugins gave a pod.
///
/// They are taken one after the other from the environment variables PCI_RESOURCE_NAME and MDEV_PCI_RESOURCE_NAME,
/// which hold lists with commas. NAME is device_name in capitals, with _ for each / and . (ResourceNameToEnvVar in
/// pkg/util/util.go, and device/hostdevice/addresspool.go).
///
/// \param vm the virtual machine
/// \param variable returns the value of a variable, nullopt if it is not set
/// \return for each of `gpus` and then of `host_devices` the host address, or the UUID of a mediated device
/// \throws GenerateError if there are fewer devices than the virtual machine asks for
/// \note Complexity: quadratic in the devices.
VNUMA_PLACEMENT_EXPORT std::vector<std::string> devices_in_environment(
    const schema::VirtualMachine& vm,
    const std::function<std::optional<std::string>(const std::string& name)>& variable);

/// Makes the CPU, memory, NUMA and passthrough parts of the domain, as KubeVirt does for guestMappingPassthrough
/// (pkg/virt-launcher/virtwrap/converter/vcpu/vcpu.go), and besides only what libvirt needs to define it:
/// - the threads of each core on siblings of one core of the host; cores, and thereby sockets, fill the nodes one after
///   the other. If `cpus` has too few siblings, KubeVirt takes any CPUs of one node and tells the guest that they are
///   siblings; here that is an error;
/// - a guest cell for each host node whose CPUs are used, numbered from 0 in the host's order, strictly on that node's
///   memory, with the host's distances limited to the 11 to 255 that libvirt accepts between cells;
/// - memory in whole huge pages, the same number for each cell; the first cells take one more each if some remain;
/// - the emulator's threads on the CPUs behind those of the vCPUs;
/// - a hostdev for each device, not managed, with KubeVirt's alias: first those of host_devices, then of gpus, PCI
///   devices before mediated ones. Displays of vGPUs are left out, like all displays.
///
/// No device has an address yet; plan() places them.
///
/// \param vm the virtual machine
/// \param host the host, with its CPUs
/// \param cpus the CPUs of the host that the pod has: topology::read_cgroup
/// \param devices one for each of vm.gpus and then of vm.host_devices: a host address or a mediated device's UUID
/// \return the domain, and what was left out of the manifest
/// \throws GenerateError with the numbers,
///   - if `cpus` has a CPU that the host does not list or that is not on one node, fewer CPUs than vCPUs and emulator
///     need, or too few siblings for the threads of its cores;
///   - if memory is not a multiple of the page size, or has fewer pages than there are cells;
///   - if there are more or fewer devices than vm asks for, one is named twice, or the host does not have one.
/// \note Complexity: linear in vCPUs and devices, times a logarithm, and in nodes times CPUs of the host.
VNUMA_PLACEMENT_EXPORT Generated generate(const schema::VirtualMachine& vm, const topology::Host& host,
                                          const topology::CpuSet& cpus, const std::vector<std::string>& devices);

}  // namespace vnuma::placement
