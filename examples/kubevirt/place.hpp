// Places the devices of a domain.
#pragma once

#include <string>

#include "request.hpp"

struct Placed {
  std::string domain;  // the original text, if there was nothing to do
  std::string report;  // lines for a person
};

// Restores the parts of an earlier call's result that KubeVirt has dropped, and places the devices without an address.
// Throws FileError, with "--domain" as the file, if the domain cannot be read or placed, and topology::HostError.
Placed place(const std::string& domain, const Request& request);
