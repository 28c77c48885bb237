/// \file
/// Text from documents and files in a form that is safe to print.
#pragma once

#include <string>
#include <string_view>

#include <vnuma/schema/export.hpp>

namespace vnuma::schema {

/// Escapes a text for a terminal.
/// \return the text on one line. Control characters, line separators, bidirectional controls of Unicode and bytes that
/// are not UTF-8 are replaced by `\n`, `\t`, `\r` or, for each byte, `\x1b`
/// \note The messages of all exceptions of this library are escaped by it.
VNUMA_SCHEMA_EXPORT std::string visible(std::string_view text);

}  // namespace vnuma::schema
