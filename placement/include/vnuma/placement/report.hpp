/// \file
/// Reports of a plan.
#pragma once

#include <string>

#include <vnuma/placement/plan.hpp>

namespace vnuma::placement {

/// For a person: a line per device, then the warnings, each on one line. Ends in a newline. Linear.
std::string report_text(const Plan& plan);

/// For a program: one JSON object with changed, controllers, devices and warnings; what is not known is null. Text that
/// is not UTF-8 is replaced. Linear.
std::string report_json(const Plan& plan);

}  // namespace vnuma::placement
