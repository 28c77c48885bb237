/// \file
/// Text from documents and files, made fit to be shown.
#pragma once

#include <string>
#include <string_view>

#include <vnuma/schema/export.hpp>

namespace vnuma::schema {

/// The text on one line that does no harm to a terminal: control characters, line separators, what turns text from left
/// to right around (Unicode's bidirectional controls), and bytes that are not UTF-8 become `\n`, `\t`, `\r` or `\x1b`.
/// All messages of this library's exceptions have been through it.
VNUMA_SCHEMA_EXPORT std::string visible(std::string_view text);

}  // namespace vnuma::schema
