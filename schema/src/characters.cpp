#include "characters.hpp"

#include <algorithm>

#include <libxml/chvalid.h>
#include <libxml/tree.h>
#include <libxml/xmlstring.h>

namespace vnuma::schema {

std::size_t first_forbidden(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    int length = static_cast<int>(std::min<std::size_t>(text.size() - i, 4));
    const int c = xmlGetUTF8Char(reinterpret_cast<const unsigned char*>(text.data() + i), &length);
    if (c < 0 || !xmlIsCharQ(c)) return i;
    i += static_cast<std::size_t>(length);
  }
  return std::string_view::npos;
}

bool is_qualified_name(const std::string& name) {
  return name.find('\0') == name.npos && xmlValidateQName(reinterpret_cast<const xmlChar*>(name.c_str()), 0) == 0;
}

}  // namespace vnuma::schema
