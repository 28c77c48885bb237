/// \file
/// Lines and columns of many paths of one document.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <vnuma/schema/export.hpp>
#include <vnuma/schema/xml.hpp>

namespace vnuma::schema {

/// The positions of several paths. The text is read once.
/// \param paths paths as in Error::path()
/// \return for each path the position that locate() returns. If the document does not have the path, the start tag of
/// the innermost element around it; nullopt if the document has another root, or the text is not a path
/// \note Complexity: linear in the text and in the paths; each position that is found may cost one more pass over the
/// text.
VNUMA_SCHEMA_EXPORT std::vector<std::optional<Position>> positions(std::string_view text,
                                                                   std::span<const std::string_view> paths);

}  // namespace vnuma::schema
