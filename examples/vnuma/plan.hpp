// What the commands place and generate share: the options of a plan, and its report.
#pragma once

#include <string>

#include <vnuma/placement/plan.hpp>

#include "command.hpp"

// --mirror and the others of plan_options(), --report and --verbose.
Options plan_and_report_options();
// One of them, for commands that do not plan.
Option plan_option(const std::string& name);

// By those options of a plan that the command has. Throws UsageError.
vnuma::placement::Options plan_of(const OptionValues& values);

// What --report and --verbose ask for.
struct Report {
  std::string kind;
  bool verbose = false;

  explicit Report(const OptionValues& values);  // throws UsageError
  // Empty for none.
  std::string of(const vnuma::placement::Plan& plan) const;
};
