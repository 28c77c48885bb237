// Findings of check, as lines to compare.
#pragma once

#include <algorithm>

#include <fmt/format.h>

#include <vnuma/placement/check.hpp>

#include "placement/build.hpp"

namespace vnuma::test {

// "VN014" for each finding, sorted.
inline Lines codes(const std::vector<placement::Finding>& findings) {
  Lines codes;
  for (const placement::Finding& finding : findings) codes.push_back(finding.code);
  std::sort(codes.begin(), codes.end());
  return codes;
}

// "VN014 /domain/devices/controller[2]/target/@busNr: message" for each.
inline Lines lines(const std::vector<placement::Finding>& findings) {
  Lines lines;
  for (const auto& finding : findings) {
    lines.push_back(fmt::format("{} {}: {}", finding.code, finding.path, finding.message));
  }
  return lines;
}

}  // namespace vnuma::test
