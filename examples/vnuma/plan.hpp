// The options of a plan and its report, which the commands place and generate share.
#pragma once

#include <string>

#include <vnuma/placement/plan.hpp>

#include "command.hpp"
#include "inputs.hpp"

// --mirror and the others of plan_options(), --report and --verbose.
Options plan_and_report_options();
// --cells and its companions.
Options missing_cells_options();
// Returns one of the options of plan_options(), for commands that do not plan.
Option plan_option(const std::string& name);

// Reads those options of a plan that the command has. Throws UsageError.
vnuma::placement::Options plan_of(const OptionValues& values);

// The kind of report, from --report and --verbose.
struct Report {
  std::string kind;
  bool verbose = false;

  explicit Report(const OptionValues& values);  // throws UsageError
  // Returns the report of a plan on a host; empty for "none". A text for a person, on a terminal or with --verbose, has
  // the names of devices.
  std::string of(const vnuma::placement::Plan& plan, const vnuma::topology::Host& host, const HostSource& source) const;
};
