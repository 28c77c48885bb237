// What the commands read: domains and hosts.
#pragma once

#include <string>

#include <fmt/format.h>

#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/host.hpp>

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

// The host's nodes, and of its devices those that the domain is given.
vnuma::topology::Host read_host(const std::string& sysfs, const vnuma::schema::Domain& domain);
