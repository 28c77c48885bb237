// Findings of check, as lines to compare.
#pragma once

#include <algorithm>

#include <fmt/format.h>

#include <vnuma/placement/check.hpp>

#include "placement/build.hpp"

namespace vnuma::test {

// "VN014" for each finding, sorted.
inline Lines codes(const std::vector<placement::Diagnostic>& findings) {
  Lines codes = codes_of(findings);
  std::sort(codes.begin(), codes.end());
  return codes;
}

// "VN014 /domain/devices/controller[2]/target/@busNr" for each.
inline Lines lines(const std::vector<placement::Diagnostic>& findings) {
  Lines lines;
  for (const auto& finding : findings) {
    lines.push_back(fmt::format("{} {}", name(finding.code), finding.path));
  }
  return lines;
}

}  // namespace vnuma::test
