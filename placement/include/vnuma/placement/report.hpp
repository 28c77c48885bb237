/// \file
/// Reports of a plan.
#pragma once

#include <string>

#include <vnuma/placement/plan.hpp>

namespace vnuma::placement {

/// For a person: a line per device, then the warnings. Ends in a newline.
std::string report_text(const Plan& plan);

/// For a program: one JSON object with changed, controllers, devices and warnings; what is not known is null.
std::string report_json(const Plan& plan);

}  // namespace vnuma::placement
