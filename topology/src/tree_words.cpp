#include "tree_words.hpp"

#include <utility>

#include <fmt/format.h>

#include <vnuma/schema/visible.hpp>
#include <vnuma/topology/size_text.hpp>

namespace vnuma::topology {

namespace {

using Kind = TreeEntry::Kind;

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::root_complex: return "root complex";
    case Kind::expander_bus: return "expander bus";
    case Kind::root_port: return "root port";
    case Kind::upstream_port: return "switch";
    case Kind::downstream_port: return "port";
    case Kind::bridge: return "bridge";
    default: return "";
  }
}

Words label(const TreeEntry& entry, bool is_guest) {
  switch (entry.kind) {
    case Kind::numa_node:
      if (!entry.node) return {is_guest ? "on no guest cell" : "on no NUMA node", Tone::heading};
      return {fmt::format("{} {}", is_guest ? "cell" : "NUMA node", *entry.node), Tone::heading};
    case Kind::summary: return {entry.name, Tone::faint};
    case Kind::device: break;
    case Kind::root_complex:
    case Kind::expander_bus:
      return {fmt::format("{} {}", name(entry.kind), entry.name.empty() ? "unknown" : entry.name)};
    default: {
      const std::string own = entry.address ? entry.address->format() : "";
      return {fmt::format("{} {}", name(entry.kind), entry.name.empty() ? own : entry.name)};
    }
  }
  const Tone tone = tone_of(entry);
  if (entry.address) return {fmt::format("{} {}", entry.word, entry.address->format()), tone};
  if (!entry.name.empty()) return {fmt::format("{} {}", entry.word, entry.name), tone};
  if (entry.domain_address) return {fmt::format("{} (domain {})", entry.word, entry.domain_address->format()), tone};
  return {fmt::format("{} (no address yet)", entry.word), tone};
}

// Whether the device is on its cell.
Words verdict(const Passthrough& device) {
  if (device.is_on_host == false) return {"not on the host", Tone::bad};
  if (!device.host_node) return {"unknown host node", Tone::bad};
  if (!device.cell) return {fmt::format("host node {} has no cell", *device.host_node), Tone::bad};
  if (device.is_on_its_cell == true) return {"right cell", Tone::good};
  return {fmt::format("belongs on cell {}", *device.cell), Tone::bad};
}

bool has_names(Kind kind) { return kind == Kind::device || kind == Kind::upstream_port || kind == Kind::bridge; }

struct Counts {
  std::size_t all = 0;    // passthrough devices, if the host is known
  std::size_t right = 0;  // on their cells
  std::size_t unknown = 0;
};

void count(const TreeEntry& entry, Counts& counts) {
  if (entry.passthrough && entry.passthrough->is_on_host) {
    ++counts.all;
    counts.right += entry.passthrough->is_on_its_cell == true;
    counts.unknown += !entry.passthrough->is_on_its_cell;
  }
  for (const TreeEntry& below : entry.below) count(below, counts);
}

}  // namespace

Tone tone_of(const TreeEntry& entry) {
  const std::string_view word = entry.word;
  for (const std::string_view gpu : {"GPU", "accelerator", "mdev", "hostdev"}) {
    if (word.starts_with(gpu)) return Tone::gpu;
  }
  if (word.starts_with("NIC") || word == "interface") return Tone::nic;
  if (word.starts_with("NVMe") || word == "disk") return Tone::disk;
  return Tone::plain;
}

std::string source(const Passthrough& device) { return "host " + schema::visible(device.source); }

std::string short_name(std::string_view device_name) {
  const std::size_t begin = device_name.rfind('[');
  if (begin == device_name.npos || !device_name.ends_with(']')) return schema::visible(device_name);
  return schema::visible(device_name.substr(begin + 1, device_name.size() - begin - 2));
}

Line line_of(const TreeEntry& entry, bool is_guest) {
  Line line{.label = label(entry, is_guest), .details = {}};
  const auto add = [&](std::string text, Tone tone = Tone::plain) {
    if (!text.empty()) line.details.push_back({std::move(text), tone});
  };
  if (entry.kind == Kind::numa_node && entry.node) {
    add(entry.cpus.empty() ? "no CPUs" : (is_guest ? "vCPUs " : "CPUs ") + entry.cpus.format());
    if (entry.memory_bytes > 0) add(size_text(entry.memory_bytes));
  }
  if (entry.kind == Kind::expander_bus) {
    add(entry.bus_nr ? fmt::format("busNr {}, buses {:02x}-{:02x}", *entry.bus_nr, *entry.bus_nr, *entry.last_bus)
                     : "no busNr");
  }
  if (entry.is_bridge() && entry.below.empty()) add("empty");
  add(entry.remark, Tone::bad);
  if (entry.passthrough) {
    add(source(*entry.passthrough));
    if (entry.passthrough->is_on_host) line.details.push_back(verdict(*entry.passthrough));
  }
  add(entry.alias);
  if (entry.kind == Kind::device && entry.address && entry.domain_address && entry.address != entry.domain_address) {
    add(fmt::format("domain {}", entry.domain_address->format()), Tone::faint);
  }
  add(entry.model, Tone::faint);
  if (has_names(entry.kind)) {
    add(short_name(entry.device_name), Tone::faint);
    add(entry.vendor_name, Tone::faint);
    if (entry.ids && entry.device_name.empty()) {
      add(fmt::format("[{:04x}:{:04x}]", entry.ids->vendor, entry.ids->device), Tone::faint);
    }
  }
  line.label.text = schema::visible(line.label.text);
  for (Words& detail : line.details) detail.text = schema::visible(detail.text);
  return line;
}

std::string title(const PciTree& tree) {
  if (!tree.is_guest) return "host";
  return tree.name.empty() ? "guest" : schema::visible("guest " + tree.name);
}

std::string verdict(const PciTree& tree) {
  Counts counts;
  for (const TreeEntry& node : tree.nodes) count(node, counts);
  if (counts.all == 0) return "";
  return fmt::format("{} of {} passthrough device{} on the cell of {} host node{}", counts.right, counts.all,
                     counts.all == 1 ? " is" : "s are", counts.all == 1 ? "its" : "their",
                     counts.unknown == 0 ? "" : fmt::format("; for {}, the cell is unknown", counts.unknown));
}

}  // namespace vnuma::topology
