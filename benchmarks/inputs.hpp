// Domains and hosts of any size, for the benchmarks and for test/growth.
#pragma once

#include <cstdint>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include <vnuma/topology/host.hpp>

namespace vnuma::benchmarks {

inline std::string read(const std::string& name) {
  std::ifstream file(name);
  if (!file) throw std::runtime_error("cannot read " + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The document with the content of its <devices> repeated.
inline std::string with_devices_repeated(const std::string& document, unsigned times) {
  const std::string begin = "<devices>";
  const std::size_t from = document.find(begin) + begin.size();
  const std::size_t to = document.find("</devices>");
  if (from > to || to == std::string::npos) throw std::runtime_error("the document has no <devices>");
  const std::string devices = document.substr(from, to - from);
  std::string out = document.substr(0, from);
  for (unsigned i = 0; i < times; ++i) out += devices;
  return out + document.substr(to);
}

// The address of one of up to 200 GPUs. Each has its own bus.
inline topology::PciAddress gpu_address(unsigned number) { return {0, static_cast<std::uint8_t>(0x20 + number), 0, 0}; }

// A host with two nodes. Each root complex has ten GPUs, each below its own root port. The first half of the GPUs is on
// node 0.
inline topology::Host host_of(unsigned gpus) {
  topology::Host host;
  host.nodes = {{.id = 0, .cpus = topology::CpuSet::parse("0-7").value(), .distances = {{0, 10}, {1, 21}}},
                {.id = 1, .cpus = topology::CpuSet::parse("8-15").value(), .distances = {{0, 21}, {1, 10}}}};
  constexpr std::uint64_t MiB = 1 << 20;
  constexpr std::uint64_t prefetchable = 0x14220c;  // memory, and 64-bit
  for (unsigned i = 0; i < gpus; ++i) {
    const std::string root = std::to_string(i / 10);
    host.devices.push_back({.address = gpu_address(i),
                            .numa_node = 2 * i < gpus ? 0U : 1U,
                            .class_code = 0x030200,
                            .vendor = 0x10de,
                            .device = 0x2330,
                            .root_complex = "pci0000:" + std::string(2 - root.size(), '0') + root,
                            .bridges = {{0, static_cast<std::uint8_t>(i / 10), static_cast<std::uint8_t>(i % 10), 0}},
                            .bars = {{0, (1ULL << 40) + i * 16 * MiB, 16 * MiB, prefetchable},
                                     {2, (1ULL << 42) + i * 1024 * MiB, 1024 * MiB, prefetchable}}});
  }
  return host;
}

// A domain for this host, with a guest cell for each node and all GPUs. `others` is the number of further devices,
// which are not on a PCI bus: disks of a SCSI controller, and channels.
inline std::string domain_of(unsigned gpus, unsigned others = 0) {
  std::string text = R"(<domain type="kvm">
  <name>growth</name>
  <memory unit="GiB">64</memory>
  <vcpu>16</vcpu>
  <cputune>
)";
  for (unsigned i = 0; i < 16; ++i) {
    text += "    <vcpupin vcpu=\"" + std::to_string(i) + "\" cpuset=\"" + std::to_string(i) + "\"/>\n";
  }
  text += R"(  </cputune>
  <os><type arch="x86_64" machine="q35">hvm</type></os>
  <features><acpi/></features>
  <cpu mode="host-passthrough">
    <maxphysaddr mode="emulate" bits="52"/>
    <numa>
      <cell id="0" cpus="0-7" memory="32" unit="GiB"/>
      <cell id="1" cpus="8-15" memory="32" unit="GiB"/>
    </numa>
  </cpu>
  <devices>
    <controller type="scsi" index="0" model="virtio-scsi"/>
    <controller type="virtio-serial" index="0"/>
)";
  for (unsigned i = 0; i < others; ++i) {
    const std::string number = std::to_string(i);
    text += i % 2 ? "    <channel type=\"unix\"><target type=\"virtio\" name=\"channel." + number + "\"/></channel>\n"
                  : "    <disk type=\"block\" device=\"disk\"><driver name=\"qemu\" type=\"raw\"/><source dev=\"/dev/" +
                        number + "\"/><target dev=\"sd" + number + "\" bus=\"scsi\"/></disk>\n";
  }
  for (unsigned i = 0; i < gpus; ++i) {
    constexpr const char* digits = "0123456789abcdef";
    const unsigned bus = gpu_address(i).bus;
    text += "    <hostdev mode=\"subsystem\" type=\"pci\" managed=\"no\"><source><address domain=\"0x0000\" bus=\"0x" +
            std::string{digits[bus / 16], digits[bus % 16]} +
            "\" slot=\"0x00\" function=\"0x0\"/></source><alias name=\"ua-gpu-" + std::to_string(i) +
            "\"/></hostdev>\n";
  }
  return text + "  </devices>\n</domain>\n";
}

}  // namespace vnuma::benchmarks
