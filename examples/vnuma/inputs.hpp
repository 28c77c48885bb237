// The inputs of the commands (domains, hosts and manifests) and the options that name them.
#pragma once

#include <optional>
#include <string>

#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/virtual_machine.hpp>
#include <vnuma/topology/host.hpp>
#include <vnuma/topology/node_overrides.hpp>

#include "command.hpp"

// Reads a domain. Call it in in_file(), which adds the name of the file to errors.
vnuma::schema::Domain read_domain(const std::string& text);

// Reads a VirtualMachine or VirtualMachineInstance.
vnuma::schema::VirtualMachine read_manifest(const std::string& file);

// Returns whether the KubeVirt CR enables the feature gate.
bool gate_of_kubevirt(const std::string& file);

// The host that the options name: a sysfs or a snapshot, by default this machine's /sys, and the parts that come from
// --capabilities and --numa-node.
struct HostSource {
  std::optional<std::string> sysfs;
  std::optional<std::string> snapshot;
  std::optional<std::string> capabilities;
  vnuma::topology::NodeOverrides numa_nodes;

  // The name of the folder or file.
  std::string name() const { return snapshot ? *snapshot : sysfs.value_or("/sys"); }
  // Whether any option concerns a host. If not, commands that need no host use none.
  bool is_named() const { return sysfs || snapshot || capabilities || !numa_nodes.empty(); }
};

// The options --sysfs, with its help, --host and --capabilities, with the parts that come from there.
Options host_options(const std::string& sysfs = "the host's sysfs; /sys if no host is named",
                     const std::string& from_capabilities = "the host's nodes");
// Reads these options and --numa-node; a command may have only some of them. Throws UsageError.
HostSource host_source(const OptionValues& values);

// The option --output. `what` is the result of the command: "the domain".
Option output_option(const std::string& what);

// Reads the whole host. With --capabilities, its nodes come from there, and with `cpus_matter` its CPUs too.
vnuma::topology::Host read_host(const HostSource& source, bool cpus_matter = false);
// Reads the parts of the host that place and check need: the nodes, and at least the devices of the domain, without
// identifiers.
vnuma::topology::Host read_host(const HostSource& source, const vnuma::schema::Domain& domain);
// Returns the host with the identifiers of its devices: from the sysfs, or those that `host`, from a snapshot, has.
vnuma::topology::Host with_identifiers(const vnuma::topology::Host& host, const HostSource& source);
