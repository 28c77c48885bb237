// kubevirt-schema.tsv: the fields of KubeVirt's Go structs, and their names in this schema.
#pragma once

#include <cctype>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace vnuma::test {

struct GoField {
  std::string structure;  // DomainSpec
  std::string field;      // CPUTune; empty if the struct has no fields
  std::string type;       // *CPUTune
  std::string xml;    // cputune; type,attr,omitempty; ,chardata; system>entry; qemu:arg; http://kubevirt.io kubevirt
  std::string since;  // KubeVirt 1.4, 1.9
};

inline std::vector<GoField> read_go_table(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file);
  std::vector<GoField> table;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::vector<std::string> columns(1);
    for (const char c : line) {
      if (c == '\t')
        columns.emplace_back();
      else
        columns.back() += c;
    }
    columns.resize(5);
    table.push_back({columns[0], columns[1], columns[2], columns[3], columns[4]});
  }
  return table;
}

// Splits the name before a capital that follows a lower-case letter, and before the last capital of a run that a
// lower-case letter follows: PCIHole64 -> pci_hole64.
inline std::string snake_case(const std::string& name) {
  const auto upper = [&](std::size_t i) { return std::isupper(static_cast<unsigned char>(name[i])) != 0; };
  const auto lower = [&](std::size_t i) {
    return i < name.size() && std::islower(static_cast<unsigned char>(name[i])) != 0;
  };
  std::string snake;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (i > 0 && upper(i) && (lower(i - 1) || (upper(i - 1) && lower(i + 1)))) snake += '_';
    snake += static_cast<char>(std::tolower(static_cast<unsigned char>(name[i])));
  }
  return snake;
}

struct Renamed {
  const char* field;
  const char* member;
  const char* reason;
};

// Names that do not follow snake_case().
inline constexpr Renamed renamed[] = {
    {"VCPUs", "vcpus", "the plural s is not a word"},
    {"CPUs", "cpus", "the plural s is not a word"},
    {"TPMs", "tpms", "the plural s is not a word"},
    {"SMBios", "smbios", "one name in two cases"},
    {"NVRam", "nvram", "one name in two cases"},
    {"VRam", "vram", "one name in two cases"},
    {"SyNIC", "synic", "an abbreviation in two cases"},
    {"SyNICTimer", "synic_timer", "an abbreviation in two cases"},
    {"KubeVirt", "kubevirt", "a name of one word"},
    {"Auto", "automatic", "auto is a keyword of C++"},
    {"Template", "template_path", "template is a keyword of C++"},
    {"Private", "is_private", "private is a keyword of C++"},
};

inline std::string member_of(const std::string& go_field) {
  for (const Renamed& other : renamed) {
    if (go_field == other.field) return other.member;
  }
  return snake_case(go_field);
}

inline std::string struct_of(const std::string& go_struct) { return go_struct == "DomainSpec" ? "Domain" : go_struct; }

}  // namespace vnuma::test
