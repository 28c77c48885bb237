// What the commands read: domains, hosts, manifests; and the options that name them.
#pragma once

#include <map>
#include <optional>
#include <string>

#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/virtual_machine.hpp>
#include <vnuma/topology/host.hpp>

#include "command.hpp"

// For use in in_file(): the text is that of a file.
vnuma::schema::Domain read_domain(const std::string& text);

// A VirtualMachine or VirtualMachineInstance.
vnuma::schema::VirtualMachine read_manifest(const std::string& file);

// Whether the KubeVirt CR enables the feature gate.
bool gate_of_kubevirt(const std::string& file);

// What the options say of the host: a sysfs or a snapshot, this machine's /sys where neither is named, and what of it
// comes from elsewhere.
struct HostSource {
  std::optional<std::string> sysfs;
  std::optional<std::string> snapshot;
  std::optional<std::string> capabilities;
  std::map<vnuma::topology::PciAddress, vnuma::topology::NodeId> numa_nodes;

  // The folder or file.
  std::string name() const { return snapshot ? *snapshot : sysfs.value_or("/sys"); }
  // Whether any option says anything of a host; without, commands that need none take none.
  bool is_named() const { return sysfs || snapshot || capabilities || !numa_nodes.empty(); }
};

// --sysfs, with its help, --host, and --capabilities, for what is taken from there.
Options host_options(const std::string& sysfs = "the host's sysfs; /sys if no host is named",
                     const std::string& from_capabilities = "the host's nodes");
// Of these and --numa-node, of which a command may have some. Throws UsageError.
HostSource host_source(const OptionValues& values);

// --output, for what the command makes: "the domain".
Option output_option(const std::string& what);

// All of the host. Where capabilities are given, its nodes are theirs, and its CPUs where they matter.
vnuma::topology::Host read_host(const HostSource& source, bool cpus_matter = false);
// What placing and checking need: its nodes, and of its devices those at least that the domain is given, without class
// and identifiers.
vnuma::topology::Host read_host(const HostSource& source, const vnuma::schema::Domain& domain);
