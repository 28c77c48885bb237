// The sample domains and hosts of examples/.
#pragma once

#include <ostream>
#include <stdexcept>
#include <string>

#include "run.hpp"

namespace vnuma::test {

struct Sample {
  const char* domain;
  const char* host;
  friend std::ostream& operator<<(std::ostream& out, const Sample& sample) { return out << sample.domain; }
};

inline constexpr Sample samples[] = {{"proposal", "eight-node"},   {"eight-gpu", "two-socket-eight-gpu"},
                                     {"eight-node", "eight-node"}, {"one-node", "one-node"},
                                     {"no-node", "no-node"},       {"grace", "grace"},
                                     {"mediated", "mediated"},     {"unreported", "unreported"}};

inline std::string example(const std::string& name) { return VNUMA_SOURCE_DIR "/examples/" + name; }
inline std::string domain_file(const std::string& name) { return example("domains/" + name + ".xml"); }

// Makes the sysfs tree of a sample host in the folder.
inline void unfold(const std::string& host, const std::string& folder) {
  const Result result = run({example("hosts/unfold"), example("hosts/" + host + ".host"), folder});
  if (result.status != 0) throw std::runtime_error("unfold: " + result.err);
}

// The sysfs tree of a sample host. Each tree is made once, for tests that do not change it.
inline std::string sysfs(const std::string& host) {
  static const TemporaryFolder folder;
  const std::string tree = folder / host;
  if (!fs::exists(tree)) unfold(host, tree);
  return tree;
}

// As virt-manager makes it and libvirt defines it: no cells, no pins, and an address for each device.
inline const std::string plain_domain =
    "<domain type='kvm'><name>vm</name><memory unit='GiB'>64</memory><vcpu placement='static'>16</vcpu>"
    "<os><type arch='x86_64' machine='pc-q35-9.2'>hvm</type></os><features><acpi/></features>"
    "<cpu mode='host-passthrough' check='none' migratable='on'/><devices>"
    "<controller type='pci' index='0' model='pcie-root'/><controller type='pci' index='1' model='pcie-root-port'/>"
    "<controller type='pci' index='2' model='pcie-root-port'/>"
    "<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0' bus='0x18' slot='0' function='0'/>"
    "</source><address type='pci' bus='1' slot='0'/></hostdev>"
    "<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0' bus='0x9a' slot='0' function='0'/>"
    "</source><address type='pci' bus='2' slot='0'/></hostdev></devices></domain>";

inline Result place(const Sample& sample, std::vector<std::string> options = {}) {
  options.insert(options.begin(), {"place", domain_file(sample.domain), "--sysfs", sysfs(sample.host)});
  return run_vnuma(options);
}

// The text with one passage replaced. The text must have the passage.
inline std::string with(std::string text, const std::string& passage, const std::string& other) {
  const std::size_t at = text.find(passage);
  if (at == std::string::npos) throw std::logic_error("the sample has no " + passage);
  return text.replace(at, passage.size(), other);
}

}  // namespace vnuma::test
