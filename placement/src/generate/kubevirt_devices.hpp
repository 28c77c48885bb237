// The hostdevs of a domain that is generated, as KubeVirt names them.
#pragma once

#include <string>
#include <vector>

#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/virtual_machine.hpp>
#include <vnuma/topology/host.hpp>

namespace vnuma::placement {

// A hostdev for each device, as generate() documents. Throws GenerateError.
std::vector<schema::HostDevice> kubevirt_devices(const schema::VirtualMachine& vm, const topology::Host& host,
                                                 const std::vector<std::string>& devices);

}  // namespace vnuma::placement
