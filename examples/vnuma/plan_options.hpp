// The options of a plan and its report, which place and generate share.
#pragma once

#include <string>

#include <vnuma/placement/plan.hpp>

#include "options.hpp"

void add_plan_options(boost::program_options::options_description& all);
vnuma::placement::Options plan_options(const OptionValues& values);

// The option --report: text, json or none.
void add_report_option(boost::program_options::options_description& all);
std::string report_kind(const OptionValues& values);
// The report of that kind; empty for none.
std::string report(const std::string& kind, const vnuma::placement::Plan& plan);
