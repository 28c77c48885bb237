// Reads a domain, changes it, and prints it: edit_domain < domain.xml
// Adds a virtio disk and pins vCPU 0 to host CPU 7. The rest of the XML stays the same, including comments and elements
// that the library does not know. The output is formatted like libvirt's.
#include <algorithm>
#include <iostream>
#include <iterator>
#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/xml.hpp>

namespace schema = vnuma::schema;

namespace {

void add_disk(schema::Devices& devices) {
  schema::Disk& disk = devices.disks.emplace_back();
  disk.type = "file";
  disk.device = "disk";
  disk.driver.emplace().name = "qemu";
  disk.driver->type = "qcow2";
  disk.source.emplace().file = "/var/lib/libvirt/images/data.qcow2";
  disk.target.emplace().device = "vdz";
  disk.target->bus = "virtio";
}

void pin(schema::CPUTune& tune, std::uint32_t vcpu, std::uint32_t cpu) {
  auto& pins = tune.vcpu_pin;
  auto own = std::find_if(pins.begin(), pins.end(), [&](const auto& pin) { return pin.vcpu == vcpu; });
  if (own == pins.end()) own = pins.insert(pins.end(), {.vcpu = vcpu});
  own->cpu_set = schema::CpuSet(cpu);
}

}  // namespace

int main() try {
  const std::string text(std::istreambuf_iterator<char>(std::cin), {});
  auto domain = schema::from_xml<schema::Domain>(text);
  add_disk(domain.devices ? *domain.devices : domain.devices.emplace());
  pin(domain.cpu_tune ? *domain.cpu_tune : domain.cpu_tune.emplace(), 0, 7);
  std::cout << schema::to_xml(domain) << std::flush;
  return std::cout ? 0 : 1;
} catch (const schema::ParseError& error) {
  std::cerr << "line " << error.line() << ", column " << error.column() << ": " << error.what() << "\n";
  return 1;
}
