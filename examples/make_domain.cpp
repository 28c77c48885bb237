// Makes a domain from typed structs and prints it: two guest cells on two host nodes, a GPU on each.
#include <iostream>
#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/xml.hpp>

namespace schema = vnuma::schema;

namespace {

// Cell n has 4 vCPUs, which are pinned to the first CPUs of host node n. Each host node has 32 CPUs.
void add_cell(schema::Domain& domain, unsigned n) {
  const unsigned first = 4 * n;
  domain.cpu->numa->cells.push_back(
      {.id = n,
       .cpus = schema::CpuSet::parse(std::to_string(first) + "-" + std::to_string(first + 3)).value(),
       .memory = 8,
       .unit = schema::Unit::GiB});
  for (unsigned i = 0; i < 4; ++i) {
    domain.cpu_tune->vcpu_pin.push_back({.vcpu = first + i, .cpu_set = schema::CpuSet(32 * n + i)});
  }
}

void add_gpu(schema::Domain& domain, unsigned bus) {
  schema::HostDevice& gpu = domain.devices->host_devices.emplace_back();
  gpu.mode = "subsystem";
  gpu.type = "pci";
  gpu.managed = true;
  schema::Address& source = gpu.source.emplace().address.emplace();
  source.domain = 0;
  source.bus = bus;
  source.slot = 0;
  source.function = 0;
}

}  // namespace

int main() {
  schema::Domain domain;
  domain.type = "kvm";
  domain.name = "two-gpus";
  domain.memory.emplace().value = 16;
  domain.memory->unit = schema::Unit::GiB;
  domain.vcpu.emplace().cpus = 8;
  domain.os.emplace().type.emplace() = {.os = "hvm", .arch = "x86_64", .machine = "q35"};
  domain.features.emplace().acpi.emplace();
  domain.cpu.emplace().mode = "host-passthrough";
  domain.cpu->numa.emplace();
  domain.cpu_tune.emplace();
  domain.devices.emplace();
  for (const unsigned n : {0U, 1U}) add_cell(domain, n);
  for (const unsigned bus : {0x18U, 0x9aU}) add_gpu(domain, bus);
  std::cout << schema::to_xml(domain) << std::flush;
  return std::cout ? 0 : 1;
}
