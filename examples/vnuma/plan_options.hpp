// The options of a plan. The commands place and generate share them with the hook, whose annotations have the same
// names.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include <vnuma/placement/plan.hpp>

#include "option.hpp"

// An invalid value; what() describes the expected value.
struct BadValue : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct PlanOption {
  Option option;
  void (*set)(const std::string& value, vnuma::placement::Options& plan);  // throws BadValue
};

const std::vector<PlanOption>& plan_options();

// The options for missing guest cells, the first being `cells`: place has all, the hook has `cells`, and generate has
// none, because it always makes cells.
const std::vector<PlanOption>& cell_options();
