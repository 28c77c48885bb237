// What XML allows in text and names, as libxml2 judges it when it parses.
#pragma once

#include <string_view>

namespace vnuma::schema {

// The offset of the first byte that is no part of a character that a document can hold, in UTF-8; npos if all are.
std::size_t first_forbidden(std::string_view text);

// Whether it is a name. Colons may stand anywhere: libxml2 reads such documents, though it finds fault with the
// namespaces. (Its own xmlValidateName goes by an older edition of XML than its parser.)
bool is_name(std::string_view name);

// Whether a processing instruction can have it as its target: a name, but not "xml" in any case.
bool is_instruction_target(std::string_view name);

}  // namespace vnuma::schema
