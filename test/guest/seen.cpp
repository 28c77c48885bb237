#include "seen.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace vnuma::test {

namespace {

constexpr const char* report_begin = "=== vnuma report begins";

// The kernel's IORESOURCE_UNSET: the BAR has a size, but no address.
constexpr std::uint64_t unset = 0x20000000;

// Reads a word and returns the value after it: "vendor 0x8086".
std::string after(std::istringstream& line, const std::string& word) {
  std::string found;
  std::string value;
  if (!(line >> found >> value) || found != word) throw std::runtime_error("the guest's report has no " + word);
  return value;
}

std::uint64_t number(const std::string& text) { return std::stoull(text, nullptr, 0); }

topology::PciDevice read_device(std::istringstream& line) {
  topology::PciDevice device;
  std::string name;
  line >> name;
  device.address = topology::PciAddress::parse(name).value();
  device.vendor = static_cast<std::uint16_t>(number(after(line, "vendor")));
  device.device = static_cast<std::uint16_t>(number(after(line, "device")));
  device.class_code = static_cast<std::uint32_t>(number(after(line, "class")));
  const std::string node = after(line, "node");
  if (node != "-1" && node != "none") device.numa_node = static_cast<topology::NodeId>(number(node));
  // /sys/devices/pci0000:f0/0000:f0:00.0/0000:f1:00.0: the host bridge, the bridges, the device.
  std::istringstream path(after(line, "path"));
  for (std::string part; std::getline(path, part, '/');) {
    if (part.starts_with("pci")) device.root_complex = part;
    const auto bridge = topology::PciAddress::parse(part);
    if (bridge && *bridge != device.address) device.bridges.push_back(*bridge);
  }
  return device;
}

topology::Bar read_bar(std::istringstream& line) {
  topology::Bar bar;
  std::string start;
  std::string end;
  std::string flags;
  line >> bar.index >> start >> end >> flags;
  bar.start = number(start);
  bar.size = number(end) - bar.start + 1;
  bar.flags = number(flags);
  return bar;
}

topology::Node read_node(std::istringstream& line) {
  topology::Node node;
  line >> node.id;
  const std::string cpus = after(line, "cpus");
  if (cpus != "-") node.cpus = topology::CpuSet::parse(cpus).value();
  node.memory_bytes = number(after(line, "memory")) * 1024;
  std::string word;
  line >> word;  // distance
  unsigned distance = 0;
  for (topology::NodeId to = 0; line >> distance; ++to) node.distances.emplace_back(to, distance);
  return node;
}

}  // namespace

bool is_assigned(const topology::Bar& bar) { return bar.start != 0 && (bar.flags & unset) == 0; }

std::optional<topology::Host> read_report(const std::string& console) {
  const std::size_t begin = console.find(report_begin);
  if (begin == std::string::npos || console.find(report_end, begin) == std::string::npos) return std::nullopt;
  topology::Host seen;
  std::istringstream report(console.substr(begin));
  for (std::string text; std::getline(report, text) && !text.starts_with(report_end);) {
    std::istringstream line(text);
    std::string kind;
    line >> kind;
    if (kind == "device") seen.devices.push_back(read_device(line));
    if (kind == "bar") seen.devices.back().bars.push_back(read_bar(line));
    if (kind == "node") seen.nodes.push_back(read_node(line));
  }
  return seen;
}

std::string firmware_version(const std::string& console) {
  constexpr std::string_view word = "\nfirmware ";
  const std::size_t begin = console.find(word, std::min(console.find(report_begin), console.size()));
  if (begin == std::string::npos) return "";
  const std::size_t at = begin + word.size();
  return console.substr(at, console.find_first_of("\r\n", at) - at);
}

}  // namespace vnuma::test
