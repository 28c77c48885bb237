// What a VMI, and the environment of the sidecar, ask of the hook.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

#include <vnuma/placement/plan.hpp>

// A VMI or an option that cannot be read; what() names it, and what was expected.
struct RequestError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Request {
  bool guest_mapping = false;  // spec.domain.cpu.numa.guestMappingPassthrough
  vnuma::placement::Options options;
  std::filesystem::path sysfs = "/sys";
};

// Whether the environment asks for strict: VNUMA_STRICT is there, and neither empty nor "false". What is no truth value
// counts as strict, so that whoever wrote it learns of it.
bool environment_is_strict() noexcept;

// Reads the options of the environment (VNUMA_MIRROR, ...) and of the VMI's annotations (vnuma.io/mirror, ...), which
// win. `strict` is what the environment says; where an annotation says otherwise it is set, at once, so that it holds
// for what is thrown later. Throws RequestError.
Request read_request(std::string_view vmi, bool& strict);
