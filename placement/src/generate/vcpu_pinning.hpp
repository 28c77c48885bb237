// Which host CPU each vCPU runs on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <vnuma/schema/virtual_machine.hpp>
#include <vnuma/topology/cpu_set.hpp>
#include <vnuma/topology/host.hpp>

namespace vnuma::placement {

struct Pinning {
  std::vector<std::uint32_t> vcpus{};  // the host CPU of each
  topology::CpuSet emulator{};
};

// Pins as generate says, or throws GenerateError with the numbers.
Pinning pin_vcpus(const schema::VirtualMachine& vm, const topology::Host& host, const topology::CpuSet& cpus);

}  // namespace vnuma::placement
