// The options of a plan, which the commands place and generate share with the hook, whose annotations have their names.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include <vnuma/placement/plan.hpp>

#include "option.hpp"

// A value that is none; what() says what was expected.
struct BadValue : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct PlanOption {
  Option option;
  void (*set)(const std::string& value, vnuma::placement::Options& plan);  // throws BadValue
};

const std::vector<PlanOption>& plan_options();
