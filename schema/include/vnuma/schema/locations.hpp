/// \file
/// Where many places stand in a text.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <vnuma/schema/export.hpp>
#include <vnuma/schema/xml.hpp>

namespace vnuma::schema {

/// For each path what locate() gives, or, where the text has no such place, the start tag of the nearest element around
/// it; nullopt where it does not have the root either. Reads the text once. Linear in the text, for each place that is
/// found (which counts its line), and in the paths.
VNUMA_SCHEMA_EXPORT std::vector<std::optional<Location>> locations(std::string_view text,
                                                                   std::span<const std::string_view> paths);

}  // namespace vnuma::schema
