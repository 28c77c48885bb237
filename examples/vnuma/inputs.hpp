// What the commands read: domains and hosts.
#pragma once

#include <optional>
#include <string>

#include <fmt/format.h>

#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/host.hpp>

#include "options.hpp"

// Reads a document; a swapped one is told what it is.
template <class T>
T read_document(const std::string& text, const char* other_root, const char* swapped) {
  namespace schema = vnuma::schema;
  try {
    return schema::from_xml<T>(text);
  } catch (const schema::ParseError& error) {
    if (!schema::locate(text, fmt::format("/{}", other_root))) throw;
    throw schema::ParseError(error.line(), error.column(), "", swapped);
  }
}

vnuma::schema::Domain read_domain(const std::string& text);

// Where the host is described: in a sysfs or a snapshot; this machine's /sys where neither is named.
struct HostSource {
  std::optional<std::string> sysfs;
  std::optional<std::string> snapshot;

  bool is_named() const { return sysfs || snapshot; }
};

// The options --sysfs and --host.
void add_host_options(boost::program_options::options_description& all);
HostSource host_source(const OptionValues& values);

// All of the host; or its nodes, and of its devices those at least that the domain is given.
vnuma::topology::Host read_host(const HostSource& source);
vnuma::topology::Host read_host(const HostSource& source, const vnuma::schema::Domain& domain);

// Replaces the host's nodes, and its CPUs where they matter, by those of the output of virsh capabilities in the file.
void take_capabilities(const std::string& file, vnuma::topology::Host& host, bool cpus_matter);
