// What XML allows in text and names, as libxml2 judges it.
#pragma once

#include <string>
#include <string_view>

namespace vnuma::schema {

// The offset of the first byte that is no part of a character that a document can hold, in UTF-8; npos if all are.
std::size_t first_forbidden(std::string_view text);

// Whether it is a name, with or without a prefix.
bool is_qualified_name(const std::string& name);

}  // namespace vnuma::schema
