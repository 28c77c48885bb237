// The request of a VMI and of the sidecar's environment to the hook.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

#include <vnuma/placement/plan.hpp>

// A VMI or an option is invalid; what() has its name and the expected value.
struct RequestError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Request {
  bool guest_mapping = false;  // spec.domain.cpu.numa.guestMappingPassthrough
  vnuma::placement::Options options;
  std::filesystem::path sysfs = "/sys";
};

// Returns whether VNUMA_STRICT is set to a value other than "" and "false". An invalid value counts as strict, so that
// the user notices it.
bool environment_is_strict() noexcept;

// Reads the options from the environment (VNUMA_MIRROR, ...) and from the VMI's annotations (vnuma.io/mirror, ...),
// which have priority. `strict` has the value from the environment; if an annotation changes it, it is set before any
// later error is thrown, so that it applies to that error. Throws RequestError.
Request read_request(std::string_view vmi, bool& strict);
