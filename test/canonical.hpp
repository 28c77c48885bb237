// Canonical XML by libxml2, to compare documents by.
#pragma once

#include <cstring>
#include <stdexcept>
#include <string>

#include <libxml/c14n.h>
#include <libxml/parser.h>

namespace vnuma::test {

// Removes whitespace-only text beside other nodes.
inline void strip(xmlNode* element) {
  for (xmlNode* child = element->children; child != nullptr;) {
    xmlNode* next = child->next;
    if (child->type == XML_ELEMENT_NODE) strip(child);
    const bool blank =
        child->type == XML_TEXT_NODE && std::strspn(reinterpret_cast<const char*>(child->content), " \t\r\n") ==
                                            std::strlen(reinterpret_cast<const char*>(child->content));
    if (blank && (child->prev != nullptr || child->next != nullptr)) {
      xmlUnlinkNode(child);
      xmlFreeNode(child);
    }
    child = next;
  }
}

// C14N 1.0 with comments; where there is none (C14N refuses namespaces that are relative URIs), libxml2's own output.
// CDATA sections are read as the text that they are to C14N, or white space beside them would be stripped.
inline std::string canonical(const std::string& text) {
  xmlDoc* document =
      xmlReadMemory(text.data(), static_cast<int>(text.size()), "", nullptr,
                    XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOCDATA | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  if (document == nullptr) throw std::runtime_error("not XML: " + text);
  strip(xmlDocGetRootElement(document));
  xmlChar* out = nullptr;
  int size = xmlC14NDocDumpMemory(document, nullptr, XML_C14N_1_0, nullptr, 1, &out);
  if (size < 0) xmlDocDumpMemoryEnc(document, &out, &size, "UTF-8");
  std::string result(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
  xmlFree(out);
  xmlFreeDoc(document);
  return result;
}

}  // namespace vnuma::test
