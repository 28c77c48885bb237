// Characters and names that XML allows, by the rules of libxml2's parser.
#pragma once

#include <string_view>

namespace vnuma::schema {

// The offset of the first byte that is not part of a UTF-8 character that XML allows; npos if there is none.
std::size_t first_forbidden(std::string_view text);

// Whether it is a name. Colons are allowed anywhere: libxml2 reads such documents, and only warns about their
// namespaces. (xmlValidateName follows an older edition of XML than libxml2's parser.)
bool is_name(std::string_view name);

// Whether it can be the target of a processing instruction: a name other than "xml" in upper or lower case.
bool is_instruction_target(std::string_view name);

}  // namespace vnuma::schema
