// The error of applying a plan to another domain than the one that was planned.
#pragma once

#include <string>
#include <utility>

#include <vnuma/placement/plan.hpp>

namespace vnuma::placement {

[[noreturn]] inline void refuse_stale(std::string path, std::string message = "the plan is not for this domain") {
  throw PlanError(make_diagnostic(Code::stale_plan, std::move(path), std::move(message), "plan it again"));
}

}  // namespace vnuma::placement
