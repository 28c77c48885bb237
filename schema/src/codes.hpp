// Codes: the fields of a sequence of attributes or children.
#pragma once

#include <string>

namespace vnuma::schema {

// Field::code of each, in one byte; 0 for an unmodelled item. A string, because a short one needs no allocation.
using Codes = std::u8string;

}  // namespace vnuma::schema
