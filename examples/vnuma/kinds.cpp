#include "kinds.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <optional>

#include <fmt/format.h>

namespace {

using namespace std::string_view_literals;

struct Known {
  std::string_view what;  // completes "this is ..."
  std::string_view hint;  // the option that takes it, or the program that extracts something readable
  std::optional<Kind> kind = std::nullopt;
};

constexpr Known domain{"a libvirt domain", "pass it as the positional argument", Kind::domain};
constexpr Known capabilities{"the output of virsh capabilities", "pass it with --capabilities", Kind::capabilities};
constexpr Known snapshot{"a host's snapshot", "pass it with --host", Kind::snapshot};
constexpr Known machine{"a KubeVirt virtual machine", "pass it with vnuma generate --vmi", Kind::virtual_machine};
constexpr Known kubevirt{"a KubeVirt CR", "pass it with vnuma place --kubevirt", Kind::kubevirt};
constexpr Known report{"a report of vnuma", "vnuma cannot use it"};
constexpr Known object{"a Kubernetes object of another kind", "vnuma cannot use it"};
constexpr Known proxmox{"a configuration of Proxmox VE",
                        "write a domain of ten lines for it, as qemu/README.md of the examples shows"};
constexpr Known binary{"a binary file", "vnuma cannot use it"};

struct Beginning {
  std::string_view bytes;
  Known known;
};

constexpr Beginning beginnings[] = {
    {"\x1f\x8b"sv, {"a gzip file", "unpack it with zcat"}},
    {"\xfd\x37zXZ"sv, {"an xz file", "unpack it with xzcat"}},
    {"\x28\xb5\x2f\xfd"sv, {"a zstd file", "unpack it with zstdcat"}},
    {"BZh"sv, {"a bzip2 file", "unpack it with bzcat"}},
    {"PK\x03\x04"sv, {"a zip archive", "unpack it with unzip -p"}},
    {"QFI\xfb"sv, {"a disk image of QEMU", "vnuma cannot use it"}},
    {"\x7f\x45LF"sv, {"a program", "vnuma cannot use it"}},
};

struct Root {
  std::string_view path;
  Known known;
};

constexpr Root roots[] = {
    {"/domain", domain},
    {"/capabilities", capabilities},
    {"/domainCapabilities", {"the output of virsh domcapabilities", "vnuma cannot use it"}},
    {"/domstatus", {"libvirt's status file of a running domain", "virsh dumpxml prints the domain"}},
    {"/domainsnapshot", {"a libvirt snapshot of a domain", "virsh dumpxml prints the domain"}},
};

// Returns the word after the next `kind:` in YAML or JSON and removes the text up to it; empty if there is none.
std::string_view next_kind(std::string_view& text) {
  constexpr std::string_view name = "kind";
  const auto skip = [&](std::string_view characters) {
    text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
  };
  while (true) {
    const std::size_t at = text.find(name);
    if (at == text.npos) return "";
    const bool begins = at == 0 || " \n{,\"'"sv.find(text[at - 1]) != text.npos;
    text.remove_prefix(at + name.size());
    if (!begins) continue;
    skip("\"'");
    if (!text.starts_with(':')) continue;
    skip(": \t\"'");
    const std::string_view word = text.substr(0, text.find_first_of(" \t\r\n\"',}"));
    if (!word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isalnum(c); }))
      return word;
  }
}

std::optional<Known> manifest(std::string_view text) {
  std::optional<Known> found;
  for (std::string_view kind = next_kind(text); !kind.empty(); kind = next_kind(text)) {
    if (kind == "VirtualMachine" || kind == "VirtualMachineInstance") return machine;
    if (kind == "KubeVirt") return kubevirt;
    found = object;
  }
  return found;
}

// Whether the text is what `qm config` prints, or a file of /etc/pve/qemu-server: lines "key: value", up to the first
// snapshot, and comments.
bool is_proxmox(std::string_view text) {
  bool has_own_key = false;
  while (!text.empty() && !text.starts_with('[')) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    const std::string_view key = line.substr(0, line.find(':'));
    const bool is_key = std::all_of(key.begin(), key.end(),
                                    [](unsigned char c) { return std::islower(c) || std::isdigit(c) || c == '_'; });
    if (key.empty() || !is_key || key.size() == line.size()) return false;
    constexpr std::string_view own_keys[] = {"bios", "cores", "ostype", "scsihw", "smbios1", "sockets", "vmgenid"};
    has_own_key =
        has_own_key || key.starts_with("hostpci") || std::count(std::begin(own_keys), std::end(own_keys), key) > 0;
  }
  return has_own_key;
}

std::optional<Known> recognise(std::string_view text) {
  for (const Beginning& beginning : beginnings) {
    if (text.starts_with(beginning.bytes)) return beginning.known;
  }
  const std::size_t first = std::min(text.find_first_not_of(" \t\r\n\xef\xbb\xbf"), text.size());
  const std::string_view rest = text.substr(first);
  if (rest.starts_with('<')) {
    for (const Root& root : roots) {
      if (vnuma::schema::locate(text, root.path)) return root.known;
    }
    return std::nullopt;
  }
  if (text.starts_with("\xff\xfe"sv) || text.starts_with("\xfe\xff"sv)) return std::nullopt;  // XML in UTF-16
  if (std::count(rest.begin(), rest.end(), '\0') > 0) return binary;
  if (rest.starts_with('{') && rest.find("\"vnuma_snapshot\"") != rest.npos) return snapshot;
  if (rest.starts_with('{') && rest.find("\"guest_bdf\"") != rest.npos) return report;
  if (is_proxmox(rest)) return proxmox;
  return manifest(rest);
}

}  // namespace

std::string_view wish(Kind wanted) {
  switch (wanted) {
    case Kind::domain: return "give a libvirt domain, as printed by `virsh dumpxml`";
    case Kind::capabilities: return "give the output of `virsh capabilities`";
    case Kind::snapshot: return "give a snapshot from `vnuma capture`";
    case Kind::virtual_machine: return "give a VirtualMachine, as printed by `kubectl get vm NAME -o yaml`";
    case Kind::sysfs: return "give the folder of a sysfs, such as /sys or a copy of it";
    case Kind::kubevirt: return "give a KubeVirt CR, as printed by `kubectl get kubevirt -A -o yaml`";
  }
  return "";
}

std::string mistaken(std::string_view text, Kind wanted) {
  const auto known = recognise(text);
  if (!known || known->kind == wanted) return "";
  // For these, the reader of manifests has a better message.
  const bool manifest_wanted = wanted == Kind::virtual_machine || wanted == Kind::kubevirt;
  if (manifest_wanted && (known->what == object.what || known->what == binary.what)) return "";
  return fmt::format("this is {} ({}); {}", known->what, known->hint, wish(wanted));
}
