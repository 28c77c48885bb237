// What the commands read: domains, hosts, manifests; and the options that name them.
#pragma once

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

// Where the host is described: in a sysfs or a snapshot; this machine's /sys where neither is named.
struct HostSource {
  std::optional<std::string> sysfs;
  std::optional<std::string> snapshot;

  bool is_named() const { return sysfs || snapshot; }
};

// --sysfs, with its help, and --host.
Options host_options(const std::string& sysfs = "the host's sysfs; /sys if no host is named");
HostSource host_source(const OptionValues& values);

// --capabilities, for what is taken from there: "the host's nodes".
Option capabilities_option(const std::string& what);

// --output, for what the command makes: "the domain".
Option output_option(const std::string& what);

// All of the host; or its nodes, and of its devices those at least that the domain is given.
vnuma::topology::Host read_host(const HostSource& source);
vnuma::topology::Host read_host(const HostSource& source, const vnuma::schema::Domain& domain);

// Replaces the host's nodes, and its CPUs where they matter, by those of the output of virsh capabilities in the file.
void take_capabilities(const std::string& file, vnuma::topology::Host& host, bool cpus_matter);
