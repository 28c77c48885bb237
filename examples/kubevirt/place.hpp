// What the hook does with a domain.
#pragma once

#include <string>

#include "request.hpp"

struct Placed {
  std::string domain;  // the text as it was, where nothing is to be done
  std::string report;  // for a person, in lines
};

// Restores what KubeVirt has lost of an earlier call's work, and places the devices that have no address. Throws
// FileError, with "--domain" as file, for a domain that cannot be read or placed, and topology::HostError.
Placed place(const std::string& domain, const Request& request);
