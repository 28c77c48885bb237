/// \file
/// Making a domain for a KubeVirt virtual machine, as KubeVirt would, for plan to place.
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/virtual_machine.hpp>
#include <vnuma/topology/cpu_set.hpp>
#include <vnuma/topology/host.hpp>

#pragma GCC visibility push(default)
namespace vnuma::placement {

/// A virtual machine that the CPUs and devices of its pod, or the host, do not suffice for. `what()` says what it asks
/// for, what there is, and the remedy.
class GenerateError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A domain that was made.
struct Generated {
  schema::Domain domain{};
  std::vector<std::string> warnings{};  ///< for a person, one line each: what was left out, among them
};

/// The devices that KubeVirt's device plugins gave a pod: for each of `gpus` and then of `host_devices` the host
/// address, or the UUID of a mediated device. They are taken one after the other from the environment variables
/// PCI_RESOURCE_NAME and MDEV_PCI_RESOURCE_NAME, which hold lists with commas; NAME is device_name in capitals, with _
/// for each / and . (ResourceNameToEnvVar in pkg/util/util.go, and device/hostdevice/addresspool.go).
/// \param variable gives the value of a variable, nullopt if it is not set
/// \throws GenerateError if there are fewer devices than are asked for. Quadratic in the devices.
std::vector<std::string> devices_in_environment(
    const schema::VirtualMachine& vm,
    const std::function<std::optional<std::string>(const std::string& name)>& variable);

/// Makes the CPU, memory, NUMA and passthrough parts of the domain, as KubeVirt does for guestMappingPassthrough
/// (pkg/virt-launcher/virtwrap/converter/vcpu/vcpu.go), and nothing else but what libvirt needs to define it:
/// - the threads of each core on siblings of one core of the host; cores, and thereby sockets, fill the nodes one after
///   the other. Where `cpus` has too few siblings, KubeVirt takes any CPUs of one node, and tells the guest that they
///   are siblings; that is an error here;
/// - a guest cell for each host node whose CPUs are used, numbered from 0 in the host's order, with the host's
///   distances, held to the 11 to 255 that libvirt takes between cells, and strictly on that node's memory;
/// - memory in whole huge pages, the same number for each cell; the first cells take one more each where some remain;
/// - the emulator's threads on the CPUs behind those of the vCPUs;
/// - a hostdev for each device, not managed, with KubeVirt's alias: first those of host_devices, then of gpus, PCI
///   devices before mediated ones. What displays a vGPU is left out, as all displays are.
/// Nothing is placed yet: see plan.
///
/// \param cpus of the host, that the pod was given: topology::read_cgroup
/// \param devices one for each of vm.gpus and then of vm.host_devices: a host address or a mediated device's UUID
/// \throws GenerateError with the numbers if `cpus` has a CPU that the host does not list or that is not on one node,
/// fewer than vCPUs and emulator need, or too few siblings for the threads of its cores; if memory is not a multiple of
/// the page size, or has fewer pages than there are cells; if there are more or fewer devices than vm asks for; and for
/// a device that is named twice or that the host does not have. Complexity: linear in vCPUs and devices, times a
/// logarithm, and in nodes times CPUs of the host.
Generated generate(const schema::VirtualMachine& vm, const topology::Host& host, const topology::CpuSet& cpus,
                   const std::vector<std::string>& devices);

}  // namespace vnuma::placement
#pragma GCC visibility pop
